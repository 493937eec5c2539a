"""The input languages. A language is a package here that exposes `LANGUAGE`; nothing else knows how many there are."""

from __future__ import annotations

from fabriclint.languages.base import Language


def languages() -> tuple[Language, ...]:
    """Every language, in the order in which they are asked; imported only when somebody reads sources."""
    from fabriclint.languages import cloudformation, terraform

    return (terraform.LANGUAGE, cloudformation.LANGUAGE)
