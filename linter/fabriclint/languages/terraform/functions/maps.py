"""Maps and objects: merging, looking up, and turning them around."""

from __future__ import annotations

from typing import Literal

from fabriclint.languages.terraform.functions.calling import Call, Undecided, also, function, unknown_of
from fabriclint.languages.terraform.functions.conversions import converted
from fabriclint.languages.terraform.functions.lists import any_of_these, members_open
from fabriclint.languages.terraform.kinds import ANY, differ, kind_of
from fabriclint.values import Data, Map, OneOf, Reference, Seq, Unknown, Value


@function("merge", least=0, most=None, lenient=True)
def merge(call: Call) -> Data | Value:
    """The entries of all maps; of equal keys the last one's. What stands before an unknown map may be replaced by it."""
    given = [arg for arg in call.args if arg.data is not None]
    if len(given) == 1 and isinstance(given[0].data, (Reference, Unknown)):
        return given[0]
    entries: dict[str, Value] = {}
    more: Unknown | None = None
    for arg in given:
        if isinstance(arg.data, (Reference, Unknown)):
            because = members_open(arg)
            entries = _replaceable(entries, because)
            more = also(more, because)
            continue
        found = call.map(arg)
        if found.more is not None:
            entries = _replaceable(entries, found.more)
            more = also(more, found.more)
        entries = {**entries, **found.entries}
    call.at_most(len(entries))
    return Map(entries, more, "map" if _all_maps(call) else "object")


def _all_maps(call: Call) -> bool:
    """Whether all arguments are maps of one type, and so the result is one."""
    if not call.args or not all(isinstance(arg.data, Map) and arg.data.kind == "map" for arg in call.args):
        return False
    kinds = [kind_of(arg) for arg in call.args]
    return not any(differ(kinds[0], kind) for kind in kinds[1:])


def _replaceable(entries: dict[str, Value], because: Unknown) -> dict[str, Value]:
    return {
        key: Value(OneOf((item, Value(because, item.place)), because), item.place, inputs=item.inputs)
        for key, item in entries.items()
    }


@function("lookup", least=2, most=3, lenient=True)
def lookup(call: Call) -> Data | Value:
    """The entry of a key, or the default where there is none."""
    map_, key = call.args[:2]
    default = call.args[2] if len(call.args) == 3 else None
    open_ = unknown_of(key.data, key.place)
    if isinstance(map_.data, Reference) and open_ is None and default is None:
        return call.part(map_, call.text(key))
    if isinstance(map_.data, (Reference, Unknown)):
        raise Undecided(members_open(map_))
    found = call.map(map_)
    if open_ is not None:
        if found.more is not None:
            raise Undecided(open_.also(found.more))
        choices = [*found.entries.values(), *([default] if default is not None else [])]
        return any_of_these(call, choices, open_)
    name = call.text(key)
    if name in found.entries:
        return found.entries[name]
    if found.more is not None:
        raise Undecided(found.more)
    if default is None:
        raise call.refused(f'lookup() found no key "{name[:60]}"')
    if found.kind == "map" and found.entries:
        return converted(call, default, kind_of(map_).member or ANY)
    return default


@function("keys")
def keys(call: Call) -> Data:
    """The keys in the order of their characters."""
    found = call.map(call.args[0])
    return Seq(tuple(call.value(key) for key in _ordered(found)), found.more, _listed(found))


@function("values")
def values(call: Call) -> Data:
    """The values in the order of their keys."""
    found = call.map(call.args[0])
    return Seq(tuple(found.entries[key] for key in _ordered(found)), found.more, _listed(found))


def _listed(found: Map) -> Literal["list", "tuple"]:
    return "list" if found.kind == "map" else "tuple"


def _ordered(found: Map) -> list[str]:
    return sorted(found.entries, key=lambda key: key.encode("utf-8", "surrogatepass"))


@function("zipmap", least=2)
def zipmap(call: Call) -> Data:
    """A map of keys and their values. Where a key is not known, keys before it may stand for another value."""
    names, items = call.seq(call.args[0]), call.args[1]
    if isinstance(items.data, Reference):
        if names.more is not None:
            raise Undecided(names.more)
        results = tuple(call.part(items, n) for n in range(len(names.items)))
        more = None
    else:
        seq = call.seq(items)
        if seq.kind == "set":
            raise call.refused("zipmap() does not take a set of values")
        more = also(names.more, seq.more)
        results = seq.items
        if more is None and len(results) != len(names.items):
            raise call.refused("zipmap() needs as many values as keys")
        if more is not None:
            raise Undecided(more)
    entries: dict[str, Value] = {}
    kind: Literal["map", "object"] = (
        "map" if isinstance(items.data, Seq) and items.data.kind == "list" else "object"
    )
    for key, item in zip(names.items, results, strict=True):
        open_ = unknown_of(key.data, key.place)
        if open_ is not None:
            call.inputs.update(key.inputs)
            entries = _replaceable(entries, open_)
            more = also(more, open_)
        else:
            entries[call.text(key)] = item
    return Map(entries, more, kind)


@function("transpose")
def transpose(call: Call) -> Data:
    """A map of lists of strings turned around: each string with the keys that had it."""
    found = call.entries(call.args[0])
    turned: dict[str, list[str]] = {}
    for key in sorted(found):
        for item in call.members(found[key]):
            turned.setdefault(call.text(item), []).append(key)
    return Map(
        {
            text: call.value(Seq(tuple(call.value(key) for key in sorted(turned[text])), None, "list"))
            for text in sorted(turned)
        },
        None,
        "map",
    )
