"""Writes changes as Terraform code for a person to paste, the way `terraform fmt` leaves it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from fabriclint.languages.terraform.vocabulary import SHAPES
from fabriclint.languages.writing import (
    Blocks,
    Listed,
    Native,
    Nested,
    Piece,
    change_element,
    chosen,
    counting,
    gathered,
    one_peer_each,
    placed,
    reworded,
    with_ports,
)
from fabriclint.model.change import (
    Add,
    Change,
    Inside,
    Join,
    Link,
    New,
    Region,
    Remove,
    Reword,
    Same,
    Set,
    Shell,
    Written,
)
from fabriclint.model.element import Element
from fabriclint.patterns import late
from fabriclint.values import Data, Map, Reference, Seq, Text, Unknown, Value, plain

# The arguments of the tables that take a list; a test holds this to the providers' schemas.
LISTS = frozenset(
    {
        "accelerator_manufacturers",
        "accelerator_names",
        "accelerator_types",
        "agent_arns",
        "allowed_instance_types",
        "allowed_prefixes",
        "args",
        "availability_zones",
        "capacity_reservation_ids",
        "capacity_reservation_resource_group_arns",
        "cidr_blocks",
        "compute_resources.instance_type",
        "events",
        "instance_types",
        "ipv6_cidr_blocks",
        "prefix_list_ids",
        "propagating_vgws",
        "requires_compatibilities",
        "route_table_ids",
        "security_group_arns",
        "security_group_ids",
        "security_group_names",
        "security_groups",
        "subnet_arns",
        "subnet_ids",
        "subnets",
        "values",
        "vpc_security_group_ids",
        "vpc_zone_identifier",
    }
)
MAPS = ("tags", "labels")
_MORE = "# …"
_WIDTH = 80
_IDENTIFIER = late(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_ALL = "[*]"
_SIMPLE = late(r"(?:var|local)(?:\.[A-Za-z_][A-Za-z0-9_-]*)+\Z")
# What `dynamic` blocks and instances count with means nothing elsewhere.
_ITERATED = late(r"(?<![\w.-])(?!(?:var|local|module|data|path)\.)[a-z_]+\.(?:value|key|index)\b")
_COUNT = late(r"^\s*\"?count\"?\s*[=:]", re.MULTILINE)


def write(changes: Sequence[Change], near: Element) -> str:
    """The changes as blocks of HCL (and shell lines), parted by blank lines; it ends without a newline."""
    return Writer(changes, near).text()


class Code(str):
    """An expression of HCL as it stands, where a plain text would be quoted."""

    __slots__ = ()


def snake(name: str) -> str:
    """A name as Terraform names are written: `EfaSelf-1` reads `efa_self_1`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^A-Za-z0-9_]+", "_", parted).strip("_").lower() or "this"


class Writer:
    """Writes the changes of one fix. `notes` collects what a person has to know of the code written last.

    `names` are those that new resources get, by the name of their Add; without one it is made of that name.
    """

    def __init__(
        self, changes: Sequence[Change], near: Element, names: Mapping[str, str] | None = None
    ) -> None:
        self.changes = changes
        self.near = near
        self.module = home(near)
        self.notes: list[str] = []
        self.names = names or {}
        self.region_code = ""
        self.added = {
            change.name: f"{type_}.{self.name_of(change)}"
            for change in changes
            if isinstance(change, Add) and (type_ := chosen(SHAPES, change)) is not None
        }

    def name_of(self, add: Add) -> str:
        """What the resource of an Add is called."""
        return self.names.get(add.name) or self.plain_name(add.name, chosen(SHAPES, add) or "")

    @staticmethod
    def plain_name(name: str, type_: str) -> str:
        """A name without the words at its end that the resource type says already: `s3_endpoint` of a VPC endpoint is `s3`."""
        words, said = snake(name).split("_"), type_.split("_")
        while len(words) > 1 and words[-1] in said:
            words.pop()
        return "_".join(words)

    def text(self) -> str:
        parts: list[str] = []
        for change in gathered(self.changes):
            if isinstance(change, Shell):
                parts.append("\n".join(change.lines))
            elif isinstance(change, Reword):
                parts.append(reworded(change))
            elif isinstance(change, Add):
                parts.extend(self.resource(piece) for piece in self.added_pieces(change))
            elif isinstance(change, list):
                parts.append(self.resource(self.changed_piece(change)))
        return "\n\n".join(parts)

    # pieces

    def added_pieces(self, add: Add) -> list[Piece]:
        type_ = chosen(SHAPES, add)
        if type_ is None:
            return [
                Piece("", "", Nested(), comments=_said(add.said, f"Terraform has no resource for {add.kind}"))
            ]
        words = {word: value for word, value in add.attributes.items() if word != "style"}
        alike: list[dict[str, Written]] = [words]
        if add.kind == "security_group_rule":
            alike = [with_ports(words)] if type_ == "aws_security_group_rule" else one_peer_each(words)
        pieces: list[Piece] = []
        for number, one in enumerate(alike, 1):
            body, strange = placed(SHAPES[type_].attributes, one, LISTS)
            name = self.name_of(add) if number == 1 else f"{self.name_of(add)}_{number}"
            piece = Piece(name, type_, body, comments=_said(add.said if number == 1 else ""))
            piece.comments.extend(f"{type_} has no place for {word.replace('_', ' ')}" for word in strange)
            pieces.append(piece)
        return pieces

    def changed_piece(self, changes: list[Inside | Set | Remove]) -> Piece:
        element = changes[0].element
        module, rest = split(element.address)
        if not rest:
            return Piece(
                module,
                "",
                Nested(),
                element,
                [f"{module} is a module call: these sources do not show inside"],
            )
        piece = Piece(bare(rest).rpartition(".")[2], element.type, Nested(), element)
        if element.outside is not None:
            piece.comments.append(f"{module} makes this; let its arguments come to:")
        elif module:
            piece.comments.append(f"inside {module}")
        for change in changes:
            if isinstance(change, Inside) and element.kind == "security_group":
                rules = tuple(
                    with_ports(item) if isinstance(item, Mapping) else item for item in change.items
                )
                change = Inside(element, change.attribute, rules, change.comment)
            change_element(piece, change, LISTS)
        return piece

    # lines

    def resource(self, piece: Piece) -> str:
        self.notes = []
        lines = self.body(piece.body, piece.type.startswith("awscc_"))
        comments = [
            f"# {line}"
            for text in (*piece.comments, *dict.fromkeys(self.notes))
            for line in text.splitlines()
        ]
        if not piece.type:
            return "\n".join(comments)
        if piece.element is not None:
            deleted = [f"# delete {path}" for path in piece.deleted]
            lines = [_MORE, *deleted, *lines]
        keyword = "data" if piece.type.startswith("data.") else "resource"
        header = f'{keyword} "{piece.type.removeprefix("data.")}" "{piece.name}" {{'
        written = [header, *_indented(lines), "}"] if lines else [f"{header}}}"]
        if piece.element is not None and piece.element.outside is not None:
            written = [f"# {line}" for line in written]  # nobody edits a module of others
        return "\n".join([*comments, *written])

    def body(self, nested: Nested, objects: bool) -> list[str]:
        """The lines of a block: arguments first, then the blocks, each after a blank line."""
        arguments: list[tuple[str, list[str]]] = []
        blocks: list[list[str]] = []
        for name, native in nested.entries.items():
            if objects or name in MAPS or not isinstance(native, (Nested, Blocks)):
                arguments.append((name, self.expression(native)))
                continue
            blocks.extend(self.blocks(name, native if isinstance(native, Blocks) else Blocks([native])))
        lines = [*([_MORE] if nested.there else []), *_aligned(arguments)]
        for block in blocks:
            lines.extend(["", *block] if lines else block)
        return lines

    def blocks(self, name: str, native: Blocks) -> list[list[str]]:
        """The lines of each block of a name; many that differ in one counting number are one dynamic block."""
        items, last = native.items, None
        counted = counting(items)
        if counted is not None:
            first, argument, numbers = counted
            content = Nested({**items[first].entries, argument: Code(f"{name}.value")})
            inner = ["content {", *_indented(self.body(content, False)), "}"]
            over = f"for_each = range({numbers[0]}, {numbers[-1] + 1})"
            last = [f'dynamic "{name}" {{', *_indented([over, "", *inner]), "}"]
            items = items[:first]
        written: list[list[str]] = []
        for item in items:
            inner = _indented(self.body(item, False))
            written.append([f"{name} {{", *inner, "}"] if inner else [f"{name} {{}}"])
        return [*written, *([last] if last else [])]

    # expressions

    def expression(self, value: Native) -> list[str]:
        """A value as the lines of an expression."""
        if isinstance(value, Code):
            return [str(value)]
        if isinstance(value, Nested):
            return _braced([(name, self.expression(inner)) for name, inner in value.entries.items()])
        if isinstance(value, Blocks):
            return _bracketed([self.expression(item) for item in value.items], value.there)
        if isinstance(value, Listed):
            return self.listed(value.items, value.there)
        if isinstance(value, list):
            return self.listed(value, False)
        if isinstance(value, Mapping):
            return _braced([(_key(key), self.expression(inner)) for key, inner in value.items()])
        if isinstance(value, Same):
            return self.same(value.value)
        return [self.scalar(value)]

    def scalar(self, value: bool | int | float | str | Link | New | Region | Join | None) -> str:
        if isinstance(value, Link):
            return self.link(value)
        if isinstance(value, New):
            address = self.added.get(value.name, snake(value.name))
            newest = value.attribute == "version" and address.startswith("aws_launch_template.")
            return f"{address}.latest_version" if newest else f"{address}.{value.attribute}"
        if isinstance(value, Region):
            known = self.region()
            return self.region_source() or (_literal(known) if known is not None else self.region_asked())
        if isinstance(value, Join):
            return self.join(value)
        return _literal(value)

    def listed(self, items: list[Written], there: bool) -> list[str]:
        splats = [
            self.link(item) for item in items if isinstance(item, Link) and _stands_for_many(item.element)
        ]
        single = [item for item in items if not (isinstance(item, Link) and _stands_for_many(item.element))]
        lines = _bracketed([self.expression(item) for item in single], there)
        if not splats:
            return lines
        if not single and not there:
            return [splats[0]] if len(splats) == 1 else [f"concat({', '.join(splats)})"]
        if len(lines) == 1:
            return [f"concat({', '.join([*lines, *splats])})"]
        parts = [*lines[:-1], f"{lines[-1]},", *(f"{splat}," for splat in splats)]
        return ["concat(", *_indented(parts), ")"]

    def link(self, link: Link) -> str:
        """A reference as code near the finding can write it."""
        element = link.element
        module, rest = split(element.address)
        attribute = _attribute(link)
        if _stands_for_many(element) and not _counted(element):
            rest = f"values({rest.removesuffix(_ALL)}){_ALL}"
        if element.outside is not None:
            there = element.outside(attribute)
            if there is not None and home(element) == self.module:
                return there
        elif module == self.module:
            return f"{rest}.{attribute}"
        name = f"{element.kind}_{link.attribute}"
        inside = module.removeprefix(self.module).removeprefix(".") if module.startswith(self.module) else ""
        way = steps(inside)
        if len(way) == 2:
            there = f"module.{way[1]}.{name}"
            self.notes.append(f"{there} stands for the output of that module that gives {rest}.{attribute}")
            return there
        self.notes.append(
            f"var.{name} stands for {element.address}.{attribute}, handed to this module as a variable"
        )
        return f"var.{name}"

    def region(self) -> str | None:
        return self.near.region.text() if self.near.region is not None else None

    def region_source(self) -> str | None:
        """The variable or local that the provider takes its Region from, where the finding's module can name it."""
        value = self.near.region
        place = value.place if value is not None else None
        if place is None or self.module or _folder(place.path) != _folder(self.near.place.path):
            return None
        text = place.text.strip()
        return text if _SIMPLE.match(text) else None

    def region_asked(self) -> str:
        if self.region_code:
            return self.region_code
        self.notes.append(
            'needs: data "aws_region" "current" {} (its attribute is name before provider version 6)'
        )
        return "data.aws_region.current.region"

    def join(self, join: Join) -> str:
        text = ""
        for part in join.parts:
            if isinstance(part, str):
                text += _escaped(part)
                continue
            known = self.region() if isinstance(part, Region) and self.region_source() is None else None
            text += _escaped(known) if known is not None else f"${{{self.scalar(part)}}}"
        return f'"{text}"'

    def same(self, value: Value) -> list[str]:
        """What the user wrote, where that is Terraform code on one line; else the value it came to."""
        place = value.place
        if (
            place is not None
            and place.path.endswith((".tf", ".tofu"))
            and _folder(place.path) == _folder(self.near.place.path)
        ):
            text = place.text.strip()
            if text and "\n" not in text and not _ITERATED.search(text):
                return [text]
        return self.data(value.data)

    def data(self, data: Data) -> list[str]:
        if isinstance(data, Seq):
            return _bracketed([self.data(item.data) for item in data.items], data.more is not None)
        if isinstance(data, Map):
            return _braced([(_key(key), self.data(item.data)) for key, item in data.entries.items()])
        if isinstance(data, Reference):
            return [self.reference(data)]
        if isinstance(data, Text) and not any(isinstance(part, Unknown) for part in data.parts):
            parts = (
                f"${{{self.reference(part)}}}" if isinstance(part, Reference) else _escaped(str(part))
                for part in data.parts
            )
            return [f'"{"".join(parts)}"']
        if data is None or isinstance(data, (bool, int, float, str)):
            return [_literal(data)]
        self.notes.append("null stands for a value that these sources do not decide")
        return ["null"]

    def reference(self, reference: Reference) -> str:
        return str(reference).removeprefix(f"{self.module}.") if self.module else str(reference)


# names


def steps(address: str) -> list[str]:
    """The parts of an address between its dots, dots in an index aside."""
    found: list[str] = []
    start = at = 0
    quoted = False
    while at < len(address):
        sign = address[at]
        if quoted and sign == "\\":
            at += 1
        elif sign == '"':
            quoted = not quoted
        elif sign == "." and not quoted:
            found.append(address[start:at])
            start = at + 1
        at += 1
    return [*found, address[start:]] if address else []


def split(address: str) -> tuple[str, str]:
    """An address as its module (`module.net[0]`, empty for the root) and the rest."""
    way = steps(address)
    at = 1 if way and way[0].startswith("root[") else 0
    while at + 1 < len(way) and way[at] == "module":
        at += 2
    return ".".join(way[:at]), ".".join(way[at:])


def home(element: Element) -> str:
    """The module whose files the user would edit: that of the element, or of the call that leads to it."""
    if element.outside is None:
        return split(element.address)[0]
    way = steps(element.address)
    above = 1 if way[0].startswith("root[") else 0
    return ".".join(way[: above + 2 * (len(element.calls) - 1)])


def bare(address: str) -> str:
    """An address without its index."""
    return address.partition("[")[0]


def _stands_for_many(element: Element) -> bool:
    """Whether the element is every instance of a resource whose number is not known."""
    return element.address.endswith(_ALL)


def _counted(element: Element) -> bool:
    """Whether the resource has `count`, so that its name alone is a list; `for_each` makes a map."""
    return element.body is None or _COUNT.search(element.body.text) is not None


def _attribute(link: Link) -> str:
    """What Terraform calls the attribute of a Link."""
    if link.attribute == "version" and link.element.kind == "launch_template":
        return "latest_version"
    path = link.element.spelling(link.attribute)
    return link.attribute if "." in path else path


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


# text


def _said(*texts: str) -> list[str]:
    return [text for text in texts if text]


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" if line else "" for line in lines]


def _aligned(arguments: list[tuple[str, list[str]]]) -> list[str]:
    """Arguments with their `=` in one column, as far as they follow each other on lines of their own."""
    lines: list[str] = []
    run: list[tuple[str, str]] = []

    def end_run() -> None:
        width = max((len(name) for name, _ in run), default=0)
        lines.extend(f"{name.ljust(width)} = {text}" for name, text in run)
        run.clear()

    for name, value in arguments:
        if len(value) == 1:
            run.append((name, value[0]))
            continue
        end_run()
        lines.extend([f"{name} = {value[0]}", *value[1:]])
    end_run()
    return lines


def _bracketed(items: list[list[str]], there: bool) -> list[str]:
    if not there and all(len(item) == 1 for item in items):
        line = f"[{', '.join(item[0] for item in items)}]"
        if len(line) <= _WIDTH:
            return [line]
    lines = [_MORE] if there else []
    for item in items:
        lines.extend([*item[:-1], f"{item[-1]},"])
    return ["[", *_indented(lines), "]"]


def _braced(entries: list[tuple[str, list[str]]]) -> list[str]:
    return ["{", *_indented(_aligned(entries)), "}"] if entries else ["{}"]


def _key(key: str) -> str:
    return key if _IDENTIFIER.match(key) else _literal(key)


def _escaped(text: str) -> str:
    signs = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return "".join(signs.get(sign, sign) for sign in text).replace("${", "$${").replace("%{", "%%{")


def _literal(value: bool | int | float | str | None) -> str:
    if value is None:
        return "null"
    return f'"{_escaped(value)}"' if isinstance(value, str) else plain(value)
