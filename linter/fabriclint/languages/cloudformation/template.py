"""One template: what is a template at all, its sections, and what is wrong with them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as Names
from typing import Final, cast

from msgspec import Struct, field

from fabriclint.languages.base import Diagnostic
from fabriclint.languages.cloudformation.parallelcluster import cluster_of, may_be_configuration, not_judged
from fabriclint.languages.cloudformation.tree import (
    MAX_SAID,
    Entry,
    Mapping,
    Node,
    Parsed,
    Scalar,
    Sequence,
    scalar_text,
)
from fabriclint.patterns import late
from fabriclint.text import Source, Span, remembered

MAX_PARAMETERS: Final = 500

KEPT: Final = 256
"""How many trees are kept: a template is read again for each set of parameters, and to find out which import from which."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_RESOURCES = late(rb"""^(?:\xef\xbb\xbf)?(?:Resources|"Resources"|'Resources')[ \t]*:""", re.MULTILINE)
_RESOURCES_JSON = late(rb'"Resources"\s*:\s*\{')
_TYPE = late(rb"""["']?Type["']?\s*:\s*["']?(?:AWS|Custom|Alexa)::""")
_TYPES = ("AWS::", "Custom::", "Alexa::")
_MACROS = (
    "AWS::Include",
    "AWS::Serverless-",
    "AWS::LanguageExtensions",
    "AWS::CodeDeployBlueGreen",
    "AWS::SecretsManager-",
)
_SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs")

_DIRECTIVE = late(
    rb"""^[^\S\n]*+(?:
        (?P<jinja>[^\n]*?\{%-?[ \w])
      | (?P<go>(?:-[^\S\n]++)?+(?:["']?[\w.-]++(?:::[\w.-]++)*+["']?[^\S\n]*+:[^\S\n]*+)?+["']?\{\{-?[^\S\n]*+
            (?:\.|\$|/\*|if\b|range\b|end\b|with\b|template\b|include\b|define\b|else\b))
      | (?P<braces>(?:-[^\S\n]++)?+(?:["']?[\w.-]++(?:::[\w.-]++)*+["']?[^\S\n]*+:[^\S\n]*+)?+\{\{(?!\s*resolve:))
      | (?P<erb><%)
    )""",
    re.MULTILINE | re.VERBOSE,
)
_ENGINES = {"jinja": "Jinja", "go": "Go text", "braces": "Jinja or Mustache", "erb": "ERB"}


class Template(Struct, eq=False):
    """A file as a template: its sections by name, the transforms it asks for."""

    source: Source
    document: Mapping
    parameters: Names[str, Entry]
    mappings: Names[str, Entry]
    conditions: Names[str, Entry]
    resources: Names[str, Entry]
    outputs: Names[str, Entry]
    extended: bool
    macros: tuple[tuple[str, Span], ...] = ()
    diagnostics: list[Diagnostic] = field(default_factory=list[Diagnostic])


class Loaded(Struct, frozen=True):
    """What came of reading a file as a template; without one the diagnostics say why."""

    template: Template | None
    diagnostics: tuple[Diagnostic, ...]


def may_be_template(data: bytes) -> bool:
    """Whether a file's bytes look like a template; cheap, and broken templates count."""
    if data[:2] in _UTF16:
        text = data.decode("utf-16", "replace")
        return "Resources" in text and "AWS::" in text
    if may_be_configuration(data):
        return True
    if b"Resources" not in data or not (b"AWS" in data or b"Custom::" in data or b"Alexa::" in data):
        return False
    versioned = b"AWSTemplateFormatVersion" in data
    if not versioned and not _TYPE.search(data):
        return False
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return bool(_RESOURCES.search(data))
    if not _RESOURCES_JSON.search(data):
        return False
    try:
        document: object = json.loads(data)
    except (ValueError, RecursionError):
        return True
    return isinstance(document, dict) and isinstance(
        cast("dict[str, object]", document).get("Resources"), dict
    )


@remembered(KEPT)
def load(source: Source) -> Loaded:
    """Read a file's bytes as a template. Never raises: what cannot be read is said."""
    parsed = read_tree(source)
    document = parsed.document
    if document is not None and not isinstance(document, Mapping):
        parsed = _refused(source, 0, "the file holds no template: its top level is not a mapping")
    if not isinstance(document, Mapping):
        if may_be_configuration(source.data):
            # Half of them hold placeholders that a script fills in: that is no fault of the file.
            return Loaded(None, tuple(not_judged(said) for said in parsed.diagnostics))
        return Loaded(None, tuple(parsed.diagnostics))
    template = _sections(source, document, parsed.diagnostics)
    return Loaded(template, tuple(template.diagnostics))


def read_tree(source: Source) -> Parsed:
    """Read a file's bytes as YAML or JSON; without a document the diagnostics say why."""
    data = source.data
    if data[:2] in _UTF16:
        return _refused(source, 0, "the file is UTF-16; CloudFormation and this reader take UTF-8")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return _refused(source, error.start, "the file is not UTF-8 here, so nothing of it is read")
    parsed = _parse(source)
    foreign = _foreign(source, parsed)
    if foreign is not None:
        engine, at = foreign
        place = source.span(at).first_line()
        message = f"not judged: this file is written in a template language ({engine}) that must run first"
        return Parsed(diagnostics=[Diagnostic("warning", message, place)], broken=True)
    if parsed.broken:
        parsed.document = None
    elif parsed.document is None:
        return _refused(source, 0, "the file holds no template: its top level is not a mapping")
    return parsed


def _refused(source: Source, at: int, message: str) -> Parsed:
    place = source.span(at, min(at + 1, len(source.data)))
    return Parsed(diagnostics=[Diagnostic("error", message, place)], broken=True)


def _parse(source: Source) -> Parsed:
    json_first = source.data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
    if json_first:
        from fabriclint.languages.cloudformation.json_spans import parse_json

        parsed = parse_json(source)
        if not parsed.broken or source.path.endswith(".json"):
            return parsed
    from fabriclint.languages.cloudformation.yaml_events import parse_yaml

    return parse_yaml(source)


def _foreign(source: Source, parsed: Parsed) -> tuple[str, int] | None:
    """The template language that the file is written in, and where it shows; only asked where the tree is not whole."""
    if not parsed.broken:
        if parsed.foreign is None or parsed.foreign[0] == "Rain":
            return parsed.foreign
    elif b"{%" not in source.data and b"{{" not in source.data and b"<%" not in source.data:
        return None
    found = _DIRECTIVE.search(source.data)
    if found is None or found.lastgroup is None:
        return parsed.foreign
    line = found[0]
    return _ENGINES[found.lastgroup], found.start() + len(line) - len(line.lstrip())


# ------------------------------------------------------------------------------- sections


def _sections(source: Source, document: Mapping, diagnostics: list[Diagnostic]) -> Template:
    found: dict[str, dict[str, Entry]] = {}
    for name in _SECTIONS:
        node = document.get(name)
        found[name] = {}
        if isinstance(node, Mapping) and not node.short:
            found[name] = node.entries
        elif node is not None and not _null(node):
            message = f"{name} is not a mapping of names, so it is not read"
            diagnostics.append(Diagnostic("error", message, node.span.first_line()))
    transforms = list(_transforms(document.get("Transform")))
    macros = tuple((name, place) for name, place in transforms if not name.startswith(_MACROS))
    return Template(
        source=source,
        document=document,
        parameters=_parameters(found["Parameters"], diagnostics),
        mappings=found["Mappings"],
        conditions=found["Conditions"],
        resources=found["Resources"] or cluster_of(document),
        outputs=found["Outputs"],
        extended=any(name == "AWS::LanguageExtensions" for name, _ in transforms),
        macros=macros,
        diagnostics=diagnostics,
    )


def _parameters(entries: dict[str, Entry], diagnostics: list[Diagnostic]) -> dict[str, Entry]:
    kept: dict[str, Entry] = {}
    for name, entry in entries.items():
        if len(kept) >= MAX_PARAMETERS:
            message = f"only the first {MAX_PARAMETERS} parameters are read; CloudFormation allows 200"
            diagnostics.append(Diagnostic("warning", message, entry.key.span))
            break
        if isinstance(entry.value, Mapping):
            kept[name] = entry
        elif not name.startswith("Fn::") and len(diagnostics) < MAX_SAID:
            message = f"the parameter {name} is not a mapping, so it is not read"
            diagnostics.append(Diagnostic("warning", message, entry.key.span))
    return kept


def _transforms(node: Node | None) -> list[tuple[str, Span]]:
    if isinstance(node, Sequence):
        return [pair for item in node.items for pair in _transforms(item)]
    if isinstance(node, Mapping):
        name = scalar_text(node.get("Name"))
        return [(name, node.span)] if name else []
    name = scalar_text(node)
    return [(name, node.span)] if node is not None and name else []


def _null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.data() is None


def is_template(template: Template) -> bool:
    """Whether a mapping that was read is a template: it says its version, or a resource has a type of CloudFormation."""
    if "AWSTemplateFormatVersion" in template.document.entries or "Transform" in template.document.entries:
        return True
    for entry in template.resources.values():
        if isinstance(entry.value, Mapping):
            kind = scalar_text(entry.value.get("Type"))
            if kind and kind.startswith(_TYPES):
                return True
    return False
