"""What is wrong with a document by a JSON Schema, in words: file, line, key, and the nearest valid key or value."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from fabriclint.documents.places import Path, Places, nearest
from fabriclint.text import Source

_NO_FORMS: Mapping[str, str] = {}


def problems(
    data: Any,
    places: Places,
    source: Source,
    schema: Mapping[str, Any],
    *,
    whole: str,
    above: Path = (),
    forms: Mapping[str, str] = _NO_FORMS,
) -> list[str]:
    """One line for each mistake, in the order of the file: `path:line: key: what`.

    `whole` is what the document is called, `above` the keys that lead to it inside its file, and `forms` says of a
    pattern of the schema what a text that does not match it is not.
    """
    from jsonschema import Draft202012Validator

    found: dict[tuple[int, str], None] = {}
    validator: Any = Draft202012Validator(schema)
    for error in validator.iter_errors(data):
        path: Path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            valid = sorted(error.schema.get("properties", {}))
            for name in sorted(str(key) for key in error.instance if key not in valid):
                at = nearest(places, (*above, *path, name), source)
                found[at.line, f"{named((*path, name))}: {_no_such(name, valid)}"] = None
            continue
        at = nearest(places, (*above, *path), source)
        found[at.line, f"{named(path) or whole}: {_wrong(error, forms)}"] = None
    return [f"{source.path}:{line}: {what}" for line, what in sorted(found)]


def named(path: Path) -> str:
    """A key with those above it, as TOML writes it."""
    return ".".join(f'"{part}"' if "." in str(part) else str(part) for part in path)


def _no_such(name: str, valid: list[str]) -> str:
    near = get_close_matches(name, valid, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"valid keys are {', '.join(valid)}"
    return f"there is no such key; {hint}"


def _wrong(error: Any, forms: Mapping[str, str]) -> str:
    """What is wrong with a value, in words."""
    wanted: Any = error.validator_value
    if error.validator == "type":
        kinds = {"object": "a table", "array": "a list", "string": "a text", "number": "a number"}
        return f"this has to be {kinds.get(str(wanted), str(wanted))}"
    if error.validator == "required":
        missing = [name for name in wanted if name not in error.instance]
        return f"{', '.join(missing)} is missing"
    if error.validator == "pattern" and wanted in forms:
        return f"{error.instance!r} is no {forms[wanted]}"
    if error.validator == "enum":
        near = get_close_matches(str(error.instance), [str(one) for one in wanted], n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else ""
        return f"{error.instance!r} is none of {', '.join(wanted)}{hint}"
    if error.validator in ("exclusiveMinimum", "minimum"):
        return f"{error.instance} is too small, it has to be above {wanted}"
    if error.validator == "maximum":
        return f"{error.instance} is too large, it may be {wanted} at most"
    return "this may not be empty" if error.validator == "minLength" else str(error.message)
