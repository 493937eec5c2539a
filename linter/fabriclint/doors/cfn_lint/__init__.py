"""fabriclint inside cfn-lint: `cfn-lint -a fabriclint.doors.cfn_lint template.yaml`.

cfn-lint makes a rule of every class that it finds here.
"""

from fabriclint.doors.cfn_lint.rules import rule_classes

globals().update({made.__name__: made for made in rule_classes()})
