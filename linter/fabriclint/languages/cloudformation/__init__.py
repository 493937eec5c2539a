"""CloudFormation: templates in YAML and JSON, with their nested stacks."""

from fabriclint.languages.cloudformation.language import LANGUAGE

__all__ = ["LANGUAGE"]
