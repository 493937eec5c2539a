"""The built-in rules: one file a rule, written against `fabriclint.sdk` like anyone's."""
