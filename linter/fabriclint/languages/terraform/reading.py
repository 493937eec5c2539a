"""Blocks as values: an argument, or the nested blocks of a name with `dynamic` ones written out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Final

from fabriclint.languages.terraform.expressions import has_lines, members_of
from fabriclint.languages.terraform.failures import Failure, fails, inputs_of, joined, one_of
from fabriclint.languages.terraform.syntax import Attribute, Block
from fabriclint.text import Span
from fabriclint.values import Inputs, Map, OneOf, Seq, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.languages.terraform.instances import ModuleScope

_MOST_BLOCKS: Final = 1_000
_MOST_DEPTH: Final = 40
_MOST_OPTIONS: Final = 8
_FRAMES: Final = 8


def read_block(block: Block, name: str, scope: ModuleScope) -> Value:
    """What a block has under a name: an argument's value at its expression, or its blocks as a list of maps."""
    attribute = block.attributes.get(name)
    if attribute is not None:
        return _argument(attribute, scope)
    found = [inner for inner in block.blocks if _type_of(inner) == name]
    if found:
        place = found[0].header
        return scope.run.deeper(_FRAMES, lambda: _listed(found, scope, place, 0), place)
    if block.broken is not None:
        return Value(Unknown((block.broken,)), block.header)
    return Value(None, block.header, "absent")


def _type_of(block: Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def _argument(attribute: Attribute, scope: ModuleScope) -> Value:
    value = _settled(scope.run.pull(attribute.expression, scope))
    data = value.data
    if has_lines(value):
        return value  # a script stands where its lines do
    origin = "absent" if data is None else value.origin
    place = attribute.span
    if scope.module.outer is not None and value.place is not None:
        place = value.place  # in a stub, what the caller wrote keeps the caller's place
    return Value(data, place, origin, value.reference, value.inputs)


def _settled(value: Value) -> Value:
    """Options that Terraform would refuse are not the case; an option is only left out where another one stands."""
    data = value.data
    if isinstance(data, OneOf):
        kept = [option for option in value.options() if not fails(option)]
        if kept and len(kept) < len(value.options()):
            return one_of(kept, data.because, value.place, value.inputs)
    elif isinstance(data, Seq) and any(isinstance(item.data, OneOf) for item in data.items):
        return Value(
            Seq(tuple([_settled(item) for item in data.items]), data.more, data.kind),
            value.place,
            value.origin,
            value.reference,
            value.inputs,
        )
    return value


def _map_of(block: Block, scope: ModuleScope, depth: int) -> Value:
    """A nested block as a map at its header."""
    entries = {name: _argument(attribute, scope) for name, attribute in block.attributes.items()}
    inner: dict[str, list[Block]] = {}
    for nested in block.blocks:
        inner.setdefault(_type_of(nested), []).append(nested)
    for name, blocks in inner.items():
        if depth >= _MOST_DEPTH:
            entries[name] = Value(Unknown.because("the blocks nest too deeply", block.header), block.header)
        else:
            listed = partial(_listed, blocks, scope, blocks[0].header, depth + 1)
            entries[name] = scope.run.deeper(_FRAMES, listed, block.header)
    return Value(Map(entries, None if block.broken is None else Unknown((block.broken,))), block.header)


def _listed(blocks: Sequence[Block], scope: ModuleScope, place: Span, depth: int) -> Value:
    """Blocks of one name as a list; one of several lists where a `dynamic` is one of several."""
    pieces = [
        _dynamic(block, scope, depth)
        if block.type == "dynamic" and block.labels
        else Value(Seq((_map_of(block, scope, depth),)))
        for block in blocks
    ]
    inputs = inputs_of(pieces)
    choices = [piece.options() for piece in pieces]
    total = 1
    for options in choices:
        total *= len(options)
    if total == 1:
        return _joined([options[0] for options in choices], place, inputs)
    because = joined([piece.data.because for piece in pieces if isinstance(piece.data, OneOf)])
    if total > _MOST_OPTIONS:
        fixed = [options[0] for options in choices if len(options) == 1]
        return _joined([*fixed, Value(Seq((), because))], place, inputs)
    return one_of([_joined(chosen, place, inputs) for chosen in product(*choices)], because, place, inputs)


def _joined(pieces: Sequence[Value], place: Span, inputs: Inputs) -> Value:
    items: list[Value] = []
    open_: list[Unknown] = []
    for piece in pieces:
        if isinstance(piece.data, Seq):
            items.extend(piece.data.items)
            if piece.data.more is not None:
                open_.append(piece.data.more)
        elif isinstance(piece.data, Unknown):
            open_.append(piece.data)
    return Value(Seq(tuple(items), joined(open_) if open_ else None), place, inputs=inputs)


def _dynamic(block: Block, scope: ModuleScope, depth: int) -> Value:
    """The blocks that a `dynamic` makes; where their number is not known, one stands for them and there may be more."""
    each = block.attributes.get("for_each")
    content = next((inner for inner in block.blocks if inner.type == "content"), None)
    if each is None or content is None:
        why = block.broken
        what = (
            Unknown((why,))
            if why
            else Failure.because("this dynamic block lacks for_each or content", block.header)
        )
        return Value(Seq((), what), block.header)
    iterator = block.attributes.get("iterator")
    name = block.labels[0] if iterator is None else iterator.span.text.strip()
    collection = scope.run.pull(each.expression, scope)
    if isinstance(collection.data, OneOf):
        options = [_made(option, each, content, name, block, scope, depth) for option in collection.options()]
        return one_of(options, collection.data.because, block.header, collection.inputs)
    return _made(collection, each, content, name, block, scope, depth)


def _made(
    collection: Value,
    each: Attribute,
    content: Block,
    name: str,
    block: Block,
    scope: ModuleScope,
    depth: int,
) -> Value:
    members, more = members_of(collection, each.span)
    items: list[Value] = []
    perhaps: Unknown | None = None  # why the block that stands for all may itself not be made
    if members is None or (more is not None and not members) or len(members) > _MOST_BLOCKS:
        if more is None:
            more = Unknown.because(f"more than {_MOST_BLOCKS:,} blocks; one stands for all", each.span)
        else:
            perhaps = more
        either = Value(more, each.span, inputs=collection.inputs)
        members = [(either, either)]
    for key, value in members:
        stop = scope.run.spend(60)
        if stop is not None:
            more = stop
            break
        both = Value(Map({"key": key, "value": value}), each.span)
        made = _map_of(content, scope.within({name: both}), depth).moved(block.header)
        if perhaps is not None:
            made = Value(OneOf((made, Value(None, block.header, "absent")), perhaps), block.header)
        items.append(made)
    return Value(Seq(tuple(items), more), block.header, inputs=collection.inputs)
