"""What checkov loads."""

from fabriclint.doors.checkov.register import register

register()
