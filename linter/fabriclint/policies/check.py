"""What can be said of a condition before any source is read: that its words are there, and that its parts fit together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final, TypeAlias

from fabriclint.model.network import Zone
from fabriclint.policies.regex import compiled
from fabriclint.policies.tree import (
    BadCondition,
    Calculate,
    Call,
    Choose,
    Compare,
    Has,
    In,
    Index,
    Join,
    Listed,
    Macro,
    Minus,
    Name,
    Node,
    Not,
    Scalar,
    Select,
)
from fabriclint.policies.words import CONDITION, DATA, NULL, NUMBER, TEXT, Kind, words

Names: TypeAlias = Mapping[str, Kind]
_THINGS: Final = frozenset({"thing", "link"})


def condition(node: Node, names: Names) -> None:
    """Hold a tree to being a condition; raises BadCondition."""
    kind = kind_of(node, names)
    if kind.sort not in ("condition", "data"):
        raise BadCondition(f"this is a {kind} and no condition; compare it with something", node.at)


def kind_of(node: Node, names: Names) -> Kind:
    """What a tree comes to; raises BadCondition where a word is unknown or two parts do not fit."""
    match node:
        case Scalar():
            return _literal(node)
        case Name():
            if node.name not in names:
                raise BadCondition(f"there is no {node.name} here; {_near(node.name, names)}", node.at)
            return names[node.name]
        case Select():
            return _select(node, names)
        case Index():
            return _index(node, names)
        case Has():
            kind_of(node.what, names)
            return CONDITION
        case Not():
            condition(node.of, names)
            return CONDITION
        case Join():
            for part in node.parts:
                condition(part, names)
            return CONDITION
        case Minus():
            return _of_sort(node.of, names, NUMBER)
        case Compare():
            return _compare(node, names)
        case In():
            return _in(node, names)
        case Calculate():
            return _calculate(node, names)
        case Choose():
            return _choose(node, names)
        case Listed():
            return _listed(node, names)
        case Macro():
            return _macro(node, names)
        case Call():
            return _call(node, names)


def _literal(node: Scalar) -> Kind:
    if node.value is None:
        return NULL
    if isinstance(node.value, bool):
        return CONDITION
    return TEXT if isinstance(node.value, str) else NUMBER


def _near(name: str, valid: Iterable[str]) -> str:
    known = sorted(valid)
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"


def _select(node: Select, names: Names) -> Kind:
    kind = kind_of(node.of, names)
    if kind.sort == "data":
        return DATA
    if kind.sort == "list":
        raise BadCondition(f"a list has no words; ask its members: exists(one, one.{node.word} …)", node.at)
    if kind.sort not in _THINGS:
        raise BadCondition(f"a {kind} has no words", node.at)
    if kind.cls is None:
        raise BadCondition(
            "what this link leads to is not looked at; has() says whether there is one", node.at
        )
    valid = words(kind.cls)
    if node.word not in valid:
        raise BadCondition(f"{kind.cls.__name__} has no word {node.word}; {_near(node.word, valid)}", node.at)
    return valid[node.word].kind


def _index(node: Index, names: Names) -> Kind:
    kind, key = kind_of(node.of, names), kind_of(node.key, names)
    if kind.sort == "list":
        if key.sort not in ("number", "data"):
            raise BadCondition("a list is asked by a number", node.key.at)
        return kind.item or DATA
    if kind.sort != "data":
        raise BadCondition(f"a {kind} has no members", node.at)
    if key.sort not in ("number", "text", "data"):
        raise BadCondition("a member is asked by a number or a text", node.key.at)
    return DATA


def _of_sort(node: Node, names: Names, wanted: Kind) -> Kind:
    kind = kind_of(node, names)
    if kind.sort not in (wanted.sort, "data"):
        raise BadCondition(f"this is a {kind} and no {wanted}", node.at)
    return wanted


def _comparable(one: Kind, other: Kind) -> bool:
    """Whether == makes sense of two kinds."""
    sorts = {one.sort, other.sort}
    if "place" in sorts:
        return False
    if one.sort == other.sort:
        return (
            one.sort != "list" or one.item is None or other.item is None or _comparable(one.item, other.item)
        )
    if "data" in sorts:
        return not sorts & {"thing"}
    if "null" in sorts:
        return "link" in sorts
    if sorts == {"thing", "text"}:
        return Zone in (one.cls, other.cls)
    return sorts in (_THINGS, {"link", "text"})


def _compare(node: Compare, names: Names) -> Kind:
    one, other = kind_of(node.one, names), kind_of(node.other, names)
    for kind, text in ((one, node.other), (other, node.one)):
        _option(kind, text)
    if node.order in ("==", "!="):
        if not _comparable(one, other):
            raise BadCondition(f"a {one} is never a {other}", node.at)
    else:
        sorts = {one.sort, other.sort}
        if not (sorts <= {"number", "data"} or sorts <= {"text", "data"}):
            raise BadCondition(f"a {one} and a {other} have no order", node.at)
    return CONDITION


def _option(kind: Kind, node: Node) -> None:
    """Refuse a text that is none of those there are."""
    if kind.options and isinstance(node, Scalar) and isinstance(node.value, str):
        if node.value not in kind.options:
            raise BadCondition(f"{node.value!r} is none of these; {_near(node.value, kind.options)}", node.at)
    elif kind.options and isinstance(node, Listed):
        for item in node.items:
            _option(kind, item)


def _in(node: In, names: Names) -> Kind:
    what, inside = kind_of(node.what, names), kind_of(node.inside, names)
    if inside.sort not in ("list", "data"):
        raise BadCondition(f"a {inside} holds nothing", node.inside.at)
    if inside.item is not None and not _comparable(what, inside.item):
        raise BadCondition(f"a {what} is never in a {inside}", node.at)
    _option(what, node.inside)
    return CONDITION


def _calculate(node: Calculate, names: Names) -> Kind:
    one, other = kind_of(node.one, names), kind_of(node.other, names)
    sorts = {one.sort, other.sort}
    if sorts <= {"number", "data"} and sorts != {"data"}:
        return NUMBER
    if node.sign == "+":
        if sorts == {"list"} and _fits(one.item, other.item):
            return one if one.item is not None else other
        if sorts <= {"text", "data"} and sorts != {"data"}:
            return TEXT
    if sorts == {"data"}:
        return DATA
    raise BadCondition(f"{node.sign} does not go with a {one} and a {other}", node.at)


def _fits(one: Kind | None, other: Kind | None) -> bool:
    return one is None or other is None or one.sort == other.sort


def _choose(node: Choose, names: Names) -> Kind:
    condition(node.when, names)
    one, other = kind_of(node.then, names), kind_of(node.other, names)
    if one.sort == other.sort and one.cls is other.cls:
        return one
    if one.sort in _THINGS | {"list", "place"} or other.sort in _THINGS | {"list", "place"}:
        raise BadCondition(f"a {one} or a {other} is not one kind of thing", node.at)
    return DATA


def _listed(node: Listed, names: Names) -> Kind:
    kinds = [kind_of(item, names) for item in node.items]
    if not kinds:
        return Kind("list")
    if any(kind.sort == "place" for kind in kinds):
        raise BadCondition("a place is no member of a list", node.at)
    first = kinds[0]
    if all(kind.sort == first.sort and kind.cls is first.cls for kind in kinds):
        return Kind("list", item=first)
    if any(kind.sort in _THINGS | {"list"} for kind in kinds):
        raise BadCondition("the members of a list have to be alike", node.at)
    return Kind("list", item=DATA)


def _macro(node: Macro, names: Names) -> Kind:
    kind = kind_of(node.of, names)
    if kind.sort not in ("list", "data"):
        raise BadCondition(f"{node.test}() is asked of a list, and this is a {kind}", node.at)
    if node.name in names:
        raise BadCondition(f"{node.name} already stands for something else", node.at)
    inner = {**names, node.name: kind.item or DATA}
    if node.test == "map":
        item = kind_of(node.body, inner)
        if item.sort == "place":
            raise BadCondition("a place is no member of a list", node.body.at)
        return Kind("list", item=item)
    condition(node.body, inner)
    if node.test == "filter":
        return kind if kind.sort == "list" else Kind("list", item=DATA)
    return CONDITION


def _call(node: Call, names: Names) -> Kind:
    kinds = [kind_of(one, names) for one in node.arguments]
    first = node.arguments[0]
    if node.function == "size":
        if kinds[0].sort not in ("list", "text", "data"):
            raise BadCondition(f"a {kinds[0]} has no size", first.at)
        return NUMBER
    for one, kind in zip(node.arguments, kinds, strict=True):
        if kind.sort not in ("text", "data"):
            raise BadCondition(f"{node.function}() is asked of texts, and this is a {kind}", one.at)
    if node.function == "matches":
        pattern = node.arguments[1]
        if not isinstance(pattern, Scalar) or not isinstance(pattern.value, str):
            raise BadCondition("the pattern has to be written out", pattern.at)
        compiled(pattern.value, pattern.at)
    return CONDITION
