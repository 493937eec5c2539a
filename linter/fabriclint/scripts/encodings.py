"""Base64 that holds text."""

from __future__ import annotations

import base64
import binascii
import re

from fabriclint.patterns import late

_BASE64 = late(r"[A-Za-z0-9+/]+={0,2}")
_SHORTEST = 16


def looks_encoded(text: str) -> bool:
    """Whether a text is one run of base64 (with line ends) that is long enough not to be a word."""
    return (
        len(text) >= _SHORTEST
        and _BASE64.fullmatch("".join(text.split())) is not None
        and " " not in text.strip()
    )


def decoded(text: str) -> str | None:
    """The text that base64 holds; None where it is no base64, or holds no text."""
    packed = "".join(text.split())
    if not _BASE64.fullmatch(packed):
        return None
    try:
        plain = base64.b64decode(packed, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return plain if not re.search(r"[\x00-\x08\x0e-\x1f]", plain) else None
