"""The intrinsic functions, one each: what it gives for its argument in a stack."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Names
from typing import TYPE_CHECKING, Final, TypeAlias

from fabriclint.languages.cloudformation.combine import (
    ZONES,
    Builder,
    each_option,
    equal,
    join,
    one_of,
    select,
    split,
    to_json,
    whole,
)
from fabriclint.languages.cloudformation.tree import (
    Entry,
    Mapping,
    Node,
    Places,
    Scalar,
    Sequence,
    scalar_text,
)
from fabriclint.patterns import late
from fabriclint.text import Span
from fabriclint.values import NO_INPUTS, Inputs, Reference, Seq, Truth, Unknown, Value, all_of, any_of

if TYPE_CHECKING:
    from fabriclint.languages.cloudformation.stack import Stack

Function: TypeAlias = "Callable[[Stack, Mapping, Node], Value]"

_HOLE = late(r"\$\{([^{}]*)\}")
_DYNAMIC = late(r"\{\{resolve:([^{}]*)\}\}")
_FILLED = late(r"\{\{[-~]?\s*[^{}]*\}\}\Z")
_VARIABLE = late(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}\Z")
_WORDS = {
    w: b for b, ws in ((True, "yes Yes YES on On ON"), (False, "no No NO off Off OFF")) for w in ws.split()
}
MAX_CIDRS: Final = 256


def _wrong(name: str, node: Node) -> Value:
    return Value(Unknown.because(f"{name} is not written as CloudFormation takes it", node.span), node.span)


def _items(node: Node, least: int, most: int) -> list[Node] | None:
    if isinstance(node, Sequence) and least <= len(node.items) <= most:
        return node.items
    return None


# --------------------------------------------------------------------------------- text


def read_text(text: str, node: Scalar) -> Value:
    """A text that stands for itself, with dynamic references in it; what another tool fills in is unknown."""
    place = node.span
    if not node.style and text in _WORDS:
        return Value(_WORDS[text], place)
    if "{{resolve:" in text:
        return _resolved(text, node)
    if _FILLED.match(text) or _VARIABLE.match(text):
        return Value(Unknown.because(f"{text} is left for another tool to fill in", place), place)
    return Value(text, place)


def _resolved(text: str, node: Scalar) -> Value:
    built, places = Builder(), node.places()
    at = 0
    for found in _DYNAMIC.finditer(text):
        built.add(text[at : found.start()], places.part(at, found.start()))
        built.add(_dynamic(found[1], node.span), places.part(*found.span()))
        at = found.end()
    built.add(text[at:], places.part(at, len(text)))
    return built.done(node.span)


def _dynamic(inner: str, place: Span) -> Reference:
    return Reference(f"{{{{resolve:{inner}}}}}", (), place)


def _sub(stack: Stack, node: Mapping, argument: Node) -> Value:
    variables: Names[str, Entry] = {}
    if isinstance(argument, Sequence):
        if len(argument.items) != 2 or not isinstance(argument.items[1], Mapping):
            return _wrong("Fn::Sub", node)
        argument, given = argument.items
        if isinstance(given, Mapping):
            variables = given.entries
    if not isinstance(argument, Scalar):
        return _wrong("Fn::Sub", node)
    text = argument.text
    holes = list(_HOLE.finditer(text))
    if not holes:
        return _after_sub(Value(text, argument.span), argument)
    built, places = Builder(), argument.places()
    at = 0
    for hole in holes:
        _lines(built, text, places, at, hole.start())
        name = hole[1].strip()
        place = places.part(*hole.span())
        if name.startswith("!"):
            built.add(f"${{{name[1:]}}}", place)
        elif name in variables:
            built.value(stack.evaluate(variables[name].value), place)
        else:
            built.value(_named(stack, name, place), place)
        at = hole.end()
        if built.full:
            break
    _lines(built, text, places, at, len(text))
    return _after_sub(stack.session.within(built.done(argument.span)), argument)


def _after_sub(value: Value, argument: Scalar) -> Value:
    """A dynamic reference may be put together by Sub."""
    if not isinstance(value.data, str) or "{{resolve:" not in value.data:
        return value
    whole = Scalar(value.data, "'", argument.source, argument.start, argument.end)
    return _resolved(value.data, whole).under(value.inputs)


def _lines(built: Builder, text: str, places: Places, start: int, end: int) -> None:
    """Add a literal stretch line by line, each with its place."""
    while start < end:
        stop = text.find("\n", start, end) + 1 or end
        built.add(text[start:stop], places.part(start, stop))
        start = stop


def _named(stack: Stack, name: str, place: Span) -> Value:
    if "." in name and not name.startswith("AWS::"):
        resource, *steps = name.split(".")
        return stack.attribute(resource, tuple(steps), place)
    return stack.ref(name, place)


def _join(stack: Stack, node: Mapping, argument: Node) -> Value:
    pair = _items(argument, 2, 2)
    if pair is None:
        return _wrong("Fn::Join", node)
    delimiter = stack.evaluate(pair[0]).text() if not isinstance(pair[0], Scalar) else pair[0].text
    if delimiter is None:
        return _wrong("Fn::Join", node)
    return _joined(stack.session.within(join(delimiter, stack.evaluate(pair[1]), node.span)), node)


def _joined(value: Value, node: Mapping) -> Value:
    if not isinstance(value.data, str) or "{{resolve:" not in value.data:
        return value
    whole = Scalar(value.data, "'", node.source, node.start, node.end)
    return _resolved(value.data, whole).under(value.inputs)


def _split(stack: Stack, node: Mapping, argument: Node) -> Value:
    pair = _items(argument, 2, 2)
    delimiter = scalar_text(pair[0]) if pair else None
    if pair is None or delimiter is None:
        return _wrong("Fn::Split", node)
    return split(delimiter, stack.evaluate(pair[1]), node.span)


def _select(stack: Stack, node: Mapping, argument: Node) -> Value:
    pair = _items(argument, 2, 2)
    if pair is None:
        return _wrong("Fn::Select", node)
    index, source = pair
    call = source.call() if isinstance(source, Mapping) else None
    in_order = call is not None and call[0] in ("Fn::Split", "Ref")
    return select(stack.evaluate(index), stack.evaluate(source), node.span, in_order=in_order)


def _base64(stack: Stack, node: Mapping, argument: Node) -> Value:
    """The text itself: what is encoded is what a reader wants to see."""
    return stack.evaluate(argument)


def _length(stack: Stack, node: Mapping, argument: Node) -> Value:
    value = stack.evaluate(argument)
    if isinstance(value.data, Seq) and value.data.more is None:
        return Value(len(value.data.items), node.span, inputs=value.inputs)
    why = value.data.more if isinstance(value.data, Seq) else value.unknown
    return Value(
        why or Unknown.because("the length of the list is not known", node.span),
        node.span,
        inputs=value.inputs,
    )


def _to_json(stack: Stack, node: Mapping, argument: Node) -> Value:
    return stack.session.within(to_json(stack.evaluate(argument), node.span))


# --------------------------------------------------------------------------------- names


def _ref(stack: Stack, node: Mapping, argument: Node) -> Value:
    name = scalar_text(argument)
    if name is None:
        value = stack.evaluate(argument)  # with language extensions a Ref may be computed
        name = value.text()
        if name is None:
            return Value(value.unknown, node.span) if value.unknown else _wrong("Ref", node)
    return stack.ref(name.strip(), node.span)


def _get_att(stack: Stack, node: Mapping, argument: Node) -> Value:
    if isinstance(argument, Sequence) and len(argument.items) >= 2:
        texts = [stack.evaluate(item).text() for item in argument.items]
        if any(text is None for text in texts):
            return Value(Unknown.because("the attribute's name is not known", node.span), node.span)
        name, *steps = ".".join(text for text in texts if text is not None).split(".")
    else:
        name, *steps = (scalar_text(argument) or "").split(".")
    if not name or not steps:
        return _wrong("Fn::GetAtt", node)
    return stack.attribute(name, tuple(steps), node.span)


def _import(stack: Stack, node: Mapping, argument: Node) -> Value:
    name = stack.evaluate(argument)
    found = stack.imported(name, node.span)
    if found is not None:
        return found.moved(node.span).under(name.inputs)
    said = name.text()
    if said is None:  # what is written stands for the name: written alike, it is the same import
        call = argument.call() if isinstance(argument, Mapping) else None
        inner = call[1].value if call is not None else argument
        said = stack.prefix + (scalar_text(inner) or " ".join(inner.span.text.split()))
    return Value(Reference(f"export {said}", (), node.span), node.span, inputs=name.inputs)


def _find_in_map(stack: Stack, node: Mapping, argument: Node) -> Value:
    parts = _items(argument, 3, 4)
    if parts is None:
        return _wrong("Fn::FindInMap", node)
    name, first, second = (stack.evaluate(part) for part in parts[:3])
    inputs = name.inputs | first.inputs | second.inputs
    title = name.text()
    if title is None:
        return Value(
            name.unknown or Unknown.because("the mapping's name is not known", node.span),
            node.span,
            inputs=inputs,
        )
    entry = stack.template.mappings.get(title)
    table = entry.value if entry is not None else None
    if not isinstance(table, Mapping):
        return Value(
            Unknown.because(f"the mapping {title} is not in this template", node.span),
            node.span,
            inputs=inputs,
        )
    rows, why_row = _looked_up([table], first, node.span)
    cells, why_cell = _looked_up(rows, second, node.span)
    found = [stack.evaluate(cell) for cell in cells]
    because = why_row or why_cell
    if why_row is not None and why_cell is not None:
        because = why_row.also(why_cell)
    if because is None and found:
        return found[0].moved(node.span).under(inputs)
    fallback = _default(parts[3]) if len(parts) == 4 else None
    if fallback is not None and because is None:
        return stack.evaluate(fallback).moved(node.span).under(inputs)
    if because is None:
        shown = f"{title}.{first.show()}.{second.show()}"
        return Value(Unknown.because(f"the mapping has no {shown}", node.span), node.span, inputs=inputs)
    if fallback is not None:
        found.append(stack.evaluate(fallback))
    return one_of(found, because, node.span, inputs)


def _looked_up(tables: list[Node], key: Value, place: Span) -> tuple[list[Node], Unknown | None]:
    """What the key finds in each table, and why it is open which: an open key may be any."""
    options, because = each_option(key, place)
    texts = [option.text() for option in options]
    found: list[Node] = []
    if any(text is None for text in texts):
        because = key.unknown or Unknown.because(f"{key.show()} is not known", place)
        for table in tables:
            if isinstance(table, Mapping):
                found.extend(entry.value for entry in table.entries.values())
        return found, because
    for table in tables:
        for text in texts:
            node = table.get(text) if isinstance(table, Mapping) and text is not None else None
            if node is not None:
                found.append(node)
    return found, because


def _default(node: Node) -> Node | None:
    return node.get("DefaultValue") if isinstance(node, Mapping) else None


# --------------------------------------------------------------------------------- choices


def _if(stack: Stack, node: Mapping, argument: Node) -> Value:
    parts = _items(argument, 3, 3)
    if parts is None:
        return _wrong("Fn::If", node)
    name = scalar_text(parts[0])
    truth = stack.named(name, parts[0].span) if name is not None else stack.holds(parts[0])
    if truth.certain:
        return stack.evaluate(parts[1]).under(truth.inputs)
    if truth.excluded:
        return stack.evaluate(parts[2]).under(truth.inputs)
    options = [stack.evaluate(part) for part in parts[1:]]
    return one_of(options, Unknown(truth.reasons), node.span, truth.inputs)


def condition_of(stack: Stack, node: Node) -> Truth:
    """Whether a condition's expression holds; three-valued."""
    if isinstance(node, Scalar):
        data = node.data()
        if isinstance(data, bool):
            return Truth.of(data)
        return (
            stack.condition(node.text, node.span)
            if isinstance(data, str)
            else Truth.unknown("no condition", node.span)
        )
    if isinstance(node, Mapping) and len(node.entries) == 1:
        name, entry = next(iter(node.entries.items()))
        argument = entry.value
        if name == "Condition":
            called = scalar_text(argument)
            if called is not None:
                return stack.condition(called, argument.span)
        elif name == "Fn::Equals":
            pair = _items(argument, 2, 2)
            if pair is not None:
                return equal(_operand(stack, pair[0]), _operand(stack, pair[1]), node.span)
        elif name == "Fn::Not":
            single = _items(argument, 1, 1)
            if single is not None:
                return ~stack.holds(single[0])
        elif name in ("Fn::And", "Fn::Or"):
            several = _items(argument, 1, 1000)
            if several is not None:
                truths = (stack.holds(item) for item in several)
                return all_of(truths) if name == "Fn::And" else any_of(truths)
    return Truth.unknown("the condition is not written as CloudFormation takes it", node.span)


def _operand(stack: Stack, node: Node) -> Value:
    """One side of Equals: a plain scalar counts as its text, as a parameter's default does."""
    if isinstance(node, Scalar):
        data = node.data()
        return Value("" if data is None else data, node.span)
    return stack.evaluate(node)


# --------------------------------------------------------------------------------- networks


def _zones(stack: Stack, node: Mapping, argument: Node) -> Value:
    region = stack.evaluate(argument)
    own = stack.ref("AWS::Region", node.span)
    said = region.text()
    inputs: Inputs = region.inputs
    if (
        said == ""
        or region.absent
        or region.handle == Reference("AWS::Region")
        or (said and said == own.text())
    ):
        target = ZONES
    elif said is not None:
        target = f"{ZONES} {said}"
    elif isinstance(region.data, Reference):
        target = f"{ZONES} {region.data}"
    else:
        return Value(
            region.unknown or Unknown.because("the Region is not known", node.span), node.span, inputs=inputs
        )
    return Value(Reference(target, ("names",), node.span), node.span, inputs=inputs)


def _cidr(stack: Stack, node: Mapping, argument: Node) -> Value:
    parts = _items(argument, 2, 3)
    if parts is None:
        return _wrong("Fn::Cidr", node)
    block, count = stack.evaluate(parts[0]), stack.evaluate(parts[1])
    bits = stack.evaluate(parts[2]) if len(parts) == 3 else None
    inputs = block.inputs | count.inputs | (bits.inputs if bits is not None else NO_INPUTS)
    many, size = whole(count), whole(bits) if bits is not None else None
    text = block.text()
    if text is not None and many is not None and size is not None:
        return Value(_blocks(text, many, size, node), node.span, inputs=inputs)
    if many is None or not 1 <= many <= MAX_CIDRS:
        why = count.unknown or Unknown.because("how many blocks Fn::Cidr makes is not known", node.span)
        return Value(why, node.span, inputs=inputs)
    handle = block.handle
    of = str(handle) if handle else stack.prefix + " ".join(parts[0].span.text.split())
    width = bits.text() if bits is not None else None
    target = f"cidr of {of}" + (f" by {width}" if width else "")
    items = tuple(Value(Reference(target, (n,), node.span), node.span) for n in range(many))
    return Value(Seq(items), node.span, inputs=inputs)


def _blocks(text: str, count: int, bits: int, node: Mapping) -> Seq | Unknown:
    from ipaddress import ip_network

    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError:
        return Unknown.because(f"{text[:40]} is no address block", node.span)
    prefix = network.max_prefixlen - bits
    if not network.prefixlen <= prefix <= network.max_prefixlen or not 1 <= count <= MAX_CIDRS:
        return Unknown.because("Fn::Cidr cannot cut the block this way", node.span)
    if count > 1 << (prefix - network.prefixlen):
        return Unknown.because(f"{text} does not hold {count} blocks of that size", node.span)
    subnets = network.subnets(new_prefix=prefix)
    return Seq(tuple(Value(str(next(subnets)), node.span) for _ in range(count)))


def _transform(stack: Stack, node: Mapping, argument: Node) -> Value:
    from fabriclint.languages.cloudformation.include import included, is_include

    if is_include(argument):
        tree = included(stack, argument)
        return Value(tree, node.span) if isinstance(tree, Unknown) else stack.evaluate(tree)
    name = argument.get("Name") if isinstance(argument, Mapping) else None
    return Value(
        Unknown.because(f"the macro {scalar_text(name) or ''} is not run".replace("  ", " "), node.span),
        node.span,
    )


def _in_property(stack: Stack, node: Mapping, argument: Node) -> Value:
    """A condition function where a value is asked for."""
    truth = condition_of(stack, node)
    if truth.undecided:
        return Value(Unknown(truth.reasons), node.span, inputs=truth.inputs)
    return Value(truth.certain, node.span, inputs=truth.inputs)


FUNCTIONS: Final[dict[str, Function]] = {
    "Ref": _ref,
    "Fn::And": _in_property,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::Equals": _in_property,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _zones,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _import,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Not": _in_property,
    "Fn::Or": _in_property,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": _to_json,
    "Fn::Transform": _transform,
}
