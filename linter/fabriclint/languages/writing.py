"""What the writers of all languages share: the resource type a change becomes, and where its words stand in it.

`placed` reads a Shape backwards. Its result is a tree in the language's own names that a writer only has to spell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct, field

from fabriclint.model.change import Add, Change, Inside, Remove, Reword, Same, Set, Written
from fabriclint.model.element import At, Attribute, Each, Element, Fixed, Shape
from fabriclint.values import Seq

_PEERS = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_lists", "security_groups")
_ALL_PROTOCOLS = ("-1", "all")


class Nested(Struct, eq=False):
    """A block or object, its native names in order; `there` says that the source has more in it."""

    entries: dict[str, Native] = field(default_factory=dict[str, "Native"])
    there: bool = False


class Blocks(Struct, eq=False):
    """A list of blocks or objects; `there` says that the source has some already."""

    items: list[Nested]
    there: bool = False


class Listed(Struct, eq=False):
    """A list of plain values; `there` says that the source has some already."""

    items: list[Written]
    there: bool = False


Native: TypeAlias = "Written | Nested | Blocks | Listed"


class Piece(Struct, eq=False):
    """One resource to show: a new one (`element` is None), or one that is there with what changes in it."""

    name: str
    type: str
    body: Nested
    element: Element | None = None
    comments: list[str] = field(default_factory=list[str])
    deleted: list[str] = field(default_factory=list[str])


def chosen(shapes: Mapping[str, Shape], add: Add) -> str | None:
    """The resource type that holds most of an Add's words; the extra word `style` names one outright."""
    style = add.attributes.get("style")
    if isinstance(style, str) and style in shapes:
        return style
    best: tuple[int, str] | None = None
    for type_, shape in shapes.items():
        if shape.kind != add.kind or _contradicts(shape, add.attributes):
            continue
        points = sum(
            word in shape.attributes for word in add.attributes if word != "self"
        )  # every form can say it
        if best is None or points > best[0]:
            best = (points, type_)
    return best[1] if best else None


def _contradicts(shape: Shape, attributes: Mapping[str, Written]) -> bool:
    for word, attribute in shape.attributes.items():
        given = attributes.get(word)
        if (
            isinstance(attribute, Fixed)
            and isinstance(given, (bool, int, float, str))
            and given != attribute.value
        ):
            return True
    return False


def all_protocols(rule: Mapping[str, Written]) -> bool:
    """Whether a security group rule is for every protocol, so that ports mean nothing in it."""
    return rule.get("protocol") in _ALL_PROTOCOLS


def with_ports(rule: Mapping[str, Written]) -> dict[str, Written]:
    """A rule of a form that wants ports even for every protocol: there they read 0."""
    words: dict[str, Written] = {**({"from_port": 0, "to_port": 0} if all_protocols(rule) else {}), **rule}
    order = [word for word in ("direction", "group", "from_port", "to_port", "protocol") if word in words]
    return {word: words[word] for word in dict.fromkeys((*order, *words))}


def one_peer_each(rule: Mapping[str, Written]) -> list[dict[str, Written]]:
    """The rule once for each range, prefix list and group it names, for forms that hold a single one.

    `self` becomes the rule's own group, and ports go where every protocol is meant: these forms refuse them.
    """
    peers: list[tuple[str, Written]] = []
    for word in _PEERS:
        peers.extend((word, item) for item in listed(rule.get(word)))
    if rule.get("self") is True and "group" in rule:
        peers.append(("security_groups", rule["group"]))
    left_out = (*_PEERS, "self", *(("from_port", "to_port") if all_protocols(rule) else ()))
    rest = {word: value for word, value in rule.items() if word not in left_out}
    return [{**rest, word: item} for word, item in peers] or [rest]


def listed(value: Written) -> list[Written]:
    """A value as a list: none where it is absent, one for a single value."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def put(body: Nested, path: str, value: Native) -> None:
    """Set what stands at a dotted path, with the blocks on the way; lists that are there grow."""
    *way, last = path.split(".")
    for step in way:
        inner = body.entries.get(step)
        if not isinstance(inner, Nested):
            inner = Nested()
            body.entries[step] = inner
        body = inner
    known = body.entries.get(last)
    match known, value:
        case Blocks(), Blocks():
            known.items.extend(value.items)
        case Listed(), Listed():
            known.items.extend(value.items)
        case Nested(), Nested():
            known.entries.update(value.entries)
        case _:
            body.entries[last] = value


def placed(
    attributes: Mapping[str, Attribute], words: Mapping[str, Written], lists: frozenset[str]
) -> tuple[Nested, list[str]]:
    """Words at their native places, and the words that have none; `lists` are the native names that hold lists."""
    body = Nested()
    strange: list[str] = []
    for word, value in words.items():
        attribute = attributes.get(word)
        if attribute is None:
            strange.append(word)
        elif isinstance(attribute, Each):
            blocks, unknown = blocks_of(attribute, value, lists)
            strange.extend(f"{word}.{name}" for name in unknown)
            put(body, attribute.path, blocks)
        elif not isinstance(attribute, Fixed):
            path = attribute.paths[0] if isinstance(attribute, At) else attribute
            put(body, path, fitted(path, value, lists))
    return body, strange


def fitted(path: str, value: Written, lists: frozenset[str]) -> Native:
    """A value as its place takes it: a list where a list is held, a single value where it is not."""
    if isinstance(value, Same) and isinstance(value.value.data, Seq):
        return value  # a list already
    if path in lists or path.rpartition(".")[2] in lists:
        return Listed(listed(value)) if value is not None else None
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    return value


def blocks_of(attribute: Each, value: Written, lists: frozenset[str]) -> tuple[Blocks, list[str]]:
    """Items of an Each in native names. A map of tags becomes keys and values where those are what is held."""
    items = listed(value)
    if set(attribute.inside) == {"key", "value"}:
        items = [pair for item in items for pair in _pairs(item)]
    found: list[Nested] = []
    strange: list[str] = []
    for item in items:
        if isinstance(item, Mapping):
            nested, unknown = placed(attribute.inside, item, lists)
            found.append(nested)
            strange.extend(unknown)
    return Blocks(found), list(dict.fromkeys(strange))


def _pairs(item: Written) -> list[Written]:
    if not isinstance(item, Mapping) or set(item) <= {"key", "value"}:
        return [item]
    return [{"key": key, "value": value} for key, value in item.items()]


def place_of(element: Element, word: str) -> str | None:
    """The path of a word in this element: the one that is written there, else the first; None where it has none."""
    attribute = element.shape.attributes.get(word)
    if attribute is None or isinstance(attribute, Fixed):
        return None
    if isinstance(attribute, (str, Each)):
        return element.spelling(word)
    for path in attribute.paths:
        first, *rest = path.split(".")
        if not element.read(first).field(*rest).absent:
            return path
    return attribute.paths[0]


def change_element(piece: Piece, change: Inside | Set | Remove, lists: frozenset[str]) -> None:
    """Add to a piece what a change does to its element."""
    element = change.element
    path = place_of(element, change.attribute)
    if change.comment:
        piece.comments.append(change.comment)
    if path is None:
        piece.comments.append(f"{element.type} has no place for {change.attribute.replace('_', ' ')}")
        return
    if isinstance(change, Remove):
        piece.deleted.append(path)
        return
    attribute = element.shape.attributes[change.attribute]
    value: Written = list(change.items) if isinstance(change, Inside) else change.value
    native: Native
    if isinstance(attribute, Each):
        native, _ = blocks_of(attribute, value, lists)
    else:
        native = fitted(path, value, lists)
    if isinstance(change, Inside) and isinstance(native, (Blocks, Listed)):
        native.there = not element.get(change.attribute).absent
    put(piece.body, path, native)
    body, *way = piece.body, *path.split(".")[:-1]
    for number, step in enumerate(way, 1):
        inner = body.entries[step]
        if not isinstance(inner, Nested):
            break
        inner.there = not element.read(way[0]).field(*way[1:number]).absent
        body = inner


def gathered(changes: Iterable[Change]) -> list[Change | list[Inside | Set | Remove]]:
    """The changes in order, those of one element together where its first one stands."""
    found: list[Change | list[Inside | Set | Remove]] = []
    of: dict[Element, list[Inside | Set | Remove]] = {}
    for change in changes:
        if not isinstance(change, (Inside, Set, Remove)):
            found.append(change)
            continue
        group = of.get(change.element)
        if group is None:
            group = of[change.element] = []
            found.append(group)
        group.append(change)
    return found


MANY = 5
"""More blocks than this that differ in one counting number are not written out for a person one by one."""


def counting(items: Sequence[Nested]) -> tuple[int, str, list[int]] | None:
    """Where many blocks end in a run that differs in one number that counts up by one.

    The index of the run's first block, the native name of the number and its values; None where there is no such run.
    """
    if len(items) <= MANY:
        return None
    last, before = items[-1].entries, items[-2].entries
    if last.keys() != before.keys():
        return None
    changing = [name for name in last if not alike(last[name], before[name])]
    if len(changing) != 1:
        return None
    name = changing[0]
    numbers: list[int] = []
    for item in reversed(items):
        number = item.entries.get(name)
        same = item.entries.keys() == last.keys() and all(
            alike(item.entries[key], last[key]) for key in last if key != name
        )
        if not same or not isinstance(number, int) or (numbers and number != numbers[-1] - 1):
            break
        numbers.append(number)
    numbers.reverse()
    return (len(items) - len(numbers), name, numbers) if len(numbers) > MANY - 1 else None


def alike(one: Native, other: Native) -> bool:
    """Whether two values would be written alike; of repeated source text only the very same counts."""
    if isinstance(one, Same) and isinstance(other, Same):
        return one.value is other.value
    if isinstance(one, Nested) and isinstance(other, Nested):
        return one.entries.keys() == other.entries.keys() and all(
            alike(one.entries[name], other.entries[name]) for name in one.entries
        )
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(alike(one[name], other[name]) for name in one)
    if isinstance(one, (Blocks, Listed, list)) and isinstance(other, (Blocks, Listed, list)):
        mine, theirs = _members(one), _members(other)
        return len(mine) == len(theirs) and all(alike(*pair) for pair in zip(mine, theirs, strict=True))
    return type(one) is type(other) and one == other


def _members(value: Blocks | Listed | list[Written]) -> Sequence[Native]:
    return value if isinstance(value, list) else value.items


def reworded(change: Reword) -> str:
    """The first line of a reworded text as it should read."""
    place = change.place
    line = place.source.line_text(place.line)
    before = line[: place.column - 1]
    return f"{before}{change.new}{line[place.column - 1 + len(change.old) :]}".strip()
