"""A template being evaluated: parameters, mappings, conditions, resources' properties and outputs, each when asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from fabriclint.languages.base import Diagnostic, Files, Settings
from fabriclint.languages.cloudformation import parameters
from fabriclint.languages.cloudformation.combine import scalar, too_large
from fabriclint.languages.cloudformation.exports import Exports, exported_as, shown
from fabriclint.languages.cloudformation.template import Loaded, Template, load
from fabriclint.languages.cloudformation.tree import Entry, Mapping, Node, Scalar, Sequence, scalar_text
from fabriclint.model.element import Call
from fabriclint.text import Source, Span
from fabriclint.values import (
    NO_INPUTS,
    YES,
    Data,
    Input,
    Inputs,
    Map,
    OneOf,
    Reason,
    Reference,
    Seq,
    Text,
    Truth,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from fabriclint.languages.cloudformation.nested import Child

MAX_NESTING: Final = 60
"""How many evaluations may wait for each other; one takes up to eleven frames of Python's stack."""

MAX_BUILT: Final = 50_000_000
"""How many characters all texts computed for one root may have together."""

MAX_HANDED: Final = 4096
"""How many characters an attribute, output or parameter that is handed on may have; CloudFormation sets the same limit."""

MAX_REASONS: Final = 20
"""How many reasons an open condition keeps."""

CUSTOM: Final = ("Custom::", "AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Macro")
STACK_TYPES: Final = ("AWS::CloudFormation::Stack", "AWS::Serverless::Application")


class Session(Struct, eq=False):
    """What the stacks of one root share."""

    files: Files
    settings: Settings
    said: dict[Diagnostic, None] = field(default_factory=dict[Diagnostic, None])
    stacks: list[Stack] = field(default_factory=list["Stack"])
    loaded: dict[str, Loaded] = field(default_factory=dict[str, Loaded])
    sources: dict[str, Source] = field(default_factory=dict[str, Source])
    depth: int = 0
    exports: Exports = field(default_factory=Exports)
    exporting: int = 0
    built: int = 0
    copied: int = 0
    included: int = 0
    secrets: set[str] = field(default_factory=set[str])

    def say(self, diagnostic: Diagnostic) -> None:
        """Add a diagnostic once."""
        self.said.setdefault(diagnostic)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What was said, in order."""
        return tuple(self.said)

    def within(self, value: Value) -> Value:
        """A text that was computed; unknown where all of them together grow beyond what is read."""
        data = value.data
        if isinstance(data, (str, Text)):
            self.built += _length(data)
            if self.built > MAX_BUILT:
                return Value(too_large(value.place), value.place, inputs=value.inputs)
        return value

    def load(self, path: str) -> Loaded:
        """A file of the tree as a template; raises Unreadable. Its diagnostics are said once."""
        found = self.loaded.get(path)
        if found is None:
            source = self.files.source(path)
            found = self.loaded[path] = load(source)
            self.sources[path] = source
            self.said.update(dict.fromkeys(found.diagnostics))
        return found


class Stack:
    """One template with its parameters. `prefix` is the path of nested stacks that leads to it (`Network/`)."""

    def __init__(
        self,
        session: Session,
        template: Template,
        *,
        prefix: str = "",
        calls: tuple[Call, ...] = (),
        exists: Truth = YES,
        given: Callable[[str], Value] | None = None,
        paths: tuple[str, ...] = (),
    ) -> None:
        self.session = session
        self.template = template
        self.prefix = prefix
        self.calls = calls
        self.exists = exists
        self.given = given
        self.paths = paths
        self.resources: dict[str, Entry] = {}
        self.open: list[Reason] = []
        self._loops: list[Entry] = []
        self._children: dict[str, Child | None] = {}
        self._parameters: dict[str, Value | None] = {}
        self._conditions: dict[str, Truth | None] = {}
        self._properties: dict[tuple[str, str], Value | None] = {}
        self._outputs: dict[str, Value | None] = {}
        self._settings = dict(session.settings.parameters)
        session.stacks.append(self)
        if b"AWS::Include" in template.source.data:
            from fabriclint.languages.cloudformation.include import expanded

            self.template = expanded(self)
        for name, entry in self.template.resources.items():
            if name.startswith("Fn::"):
                self._loops.append(entry)
            else:
                self.resources[name] = entry

    # ------------------------------------------------------------------- nodes

    def evaluate(self, node: Node) -> Value:
        """What a node says; bounded in depth, and never raises."""
        if isinstance(node, Scalar):
            return self.literal(node)
        session = self.session
        if session.depth >= MAX_NESTING:
            return Value(Unknown.because("it is nested deeper than is read", node.span), node.span)
        session.depth += 1
        try:
            if isinstance(node, Sequence):
                return self._sequence(node)
            call = node.call()
            if call is None:
                return self._mapping(node)
            from fabriclint.languages.cloudformation.intrinsics import FUNCTIONS

            name, entry = call
            function = FUNCTIONS.get(name)
            if function is not None:
                return function(self, node, entry.value)
            if name.startswith("Fn::ForEach"):
                return self._mapping(node)
            return Value(Unknown.because(f"{name} is not known to this reader", entry.key.span), node.span)
        finally:
            session.depth -= 1

    def literal(self, node: Scalar) -> Value:
        """A scalar as it stands in a property: YAML's yes and on are the bools that CloudFormation reads."""
        data = node.data()
        if isinstance(data, str) and ("{" in data or not node.style):
            from fabriclint.languages.cloudformation.intrinsics import read_text

            return read_text(data, node)
        return Value(data, node.span)

    def _sequence(self, node: Sequence) -> Value:
        items: list[Value] = []
        more: Unknown | None = None
        inputs: Inputs = NO_INPUTS
        for item in node.items:
            value = self.evaluate(item)
            if value.data is None and not isinstance(item, Scalar):
                inputs |= value.inputs  # AWS::NoValue: the member is not there
            elif isinstance(value.data, OneOf) and any(option.data is None for option in value.options()):
                more = value.data.because if more is None else more.also(value.data.because)
                inputs |= value.inputs
            else:
                items.append(value)
        return Value(Seq(tuple(items), more), node.span, inputs=inputs)

    def _mapping(self, node: Mapping) -> Value:
        entries: dict[str, Value] = {}
        more: Unknown | None = None
        for name, entry in node.entries.items():
            if name.startswith("Fn::ForEach::"):
                from fabriclint.languages.cloudformation.loops import expanded

                made, missing = expanded(self, entry)
                for key, inner in made.items():
                    entries[key] = self.evaluate(inner.value)
                more = missing if more is None else more if missing is None else more.also(missing)
            elif name.startswith("Fn::") and len(node.entries) > 1:
                beside = self._beside(name, entry)
                if isinstance(beside, Unknown):
                    more = beside if more is None else more.also(beside)
                else:
                    for key, inner in beside.entries.items():
                        entries.setdefault(key, self.evaluate(inner.value))
            else:
                entries[name] = self.evaluate(entry.value)
        return Value(Map(entries, more), node.span)

    def _beside(self, name: str, entry: Entry) -> Mapping | Unknown:
        """What a function that stands beside other keys adds to them: only an include does."""
        from fabriclint.languages.cloudformation.include import TRANSFORM, included, is_include

        if name == TRANSFORM and is_include(entry.value):
            tree = included(self, entry.value)
            if isinstance(tree, (Mapping, Unknown)):
                return tree
        return Unknown.because(f"{name} stands beside other keys", entry.key.span)

    # ------------------------------------------------------------------- names

    def ref(self, name: str, place: Span) -> Value:
        """What `Ref` of a name gives."""
        if name.startswith("AWS::"):
            return self._pseudo(name, place)
        if name in self.template.parameters:
            return self.parameter(name).moved(place)
        if self.made(name) is not None:
            return Value(Reference(self.prefix + name, ("id",), place), place)
        return Value(Unknown.because(f"{name} is not declared in this template", place), place)

    def _pseudo(self, name: str, place: Span) -> Value:
        given = self._settings.get(name)
        if given is not None:
            return Value(given, place, inputs=frozenset((Input(name, given),)))
        if name == "AWS::NoValue":
            return Value(None, place)
        if name == "AWS::NotificationARNs":
            return Value(Reference(name, ("arns",), place), place)
        if name in ("AWS::Partition", "AWS::URLSuffix"):
            region = self._settings.get("AWS::Region", "")
            china = region.startswith("cn-")
            if name == "AWS::URLSuffix":
                return Value("amazonaws.com.cn" if china else "amazonaws.com", place, "default")
            return Value(
                "aws-cn" if china else "aws-us-gov" if region.startswith("us-gov-") else "aws",
                place,
                "default",
            )
        own = name in ("AWS::StackName", "AWS::StackId")
        return Value(Reference(self.prefix + name if own else name, (), place), place)

    def parameter(self, name: str) -> Value:
        """A declared parameter's value: what was given, its default, or why it is open."""
        if name in self._parameters:
            known = self._parameters[name]
            return (
                _circular(f"parameter {name}", self.template.parameters[name].key.span)
                if known is None
                else known
            )
        self._parameters[name] = None
        value = self._parameters[name] = self._parameter(name, self.template.parameters[name])
        return value

    def _parameter(self, name: str, entry: Entry) -> Value:
        value = self._given_or_default(name, entry)
        if parameters.sensitive(entry):
            self.session.secrets.update(parameters.texts(value))
        return value

    def _given_or_default(self, name: str, entry: Entry) -> Value:
        full, place = self.prefix + name, entry.key.span
        if self.given is None:
            said = self._settings.get(name)
            if said is not None:
                return parameters.known(full, entry, Value(said, place), place)
        else:
            passed = self.given(name)
            if not passed.absent:
                if not _flat(passed.data):
                    return Value(Unknown.because(f"what parameter {full} is given is not read", place), place)
                text = passed.text()
                if text == "" and parameters.opaque(parameters.kind_of(entry)):
                    return parameters.open_value(full, entry)
                return parameters.typed(passed, parameters.kind_of(entry))
        default = parameters.default_of(entry)
        if default is None:
            return parameters.open_value(full, entry)
        return parameters.known(full, entry, default, default.place or place)

    def attribute(self, name: str, steps: tuple[str, ...], place: Span) -> Value:
        """What `Fn::GetAtt` of a resource gives: the property of that name where it is written, or a handle."""
        entry = self.made(name)
        if entry is None:
            return Value(Unknown.because(f"{name} is not a resource of this template", place), place)
        reference = Reference(self.prefix + name, steps, place)
        kind = scalar_text(entry.value.get("Type")) if isinstance(entry.value, Mapping) else None
        first, *rest = steps
        if kind in STACK_TYPES and first == "Outputs" and rest:
            return self._nested_output(name, steps, reference, place)
        if kind is not None and kind.startswith(CUSTOM):
            return Value(reference, place)  # its provider answers; what is written is what it is asked
        written = self.property(name, first).field(*rest)
        if written.absent or not _flat(written.data):
            return Value(reference, place)
        return Value(written.data, place, written.origin, reference, written.inputs)

    def _nested_output(self, name: str, steps: tuple[str, ...], reference: Reference, place: Span) -> Value:
        child = self.child(name)
        if child is None:
            return _circular(f"nested stack {name}", place)
        if child.stack is None:
            return Value(child.why, place, reference=reference)
        return child.stack.output(".".join(steps[1:]), place).moved(place)

    # ------------------------------------------------------------------- resources

    def expand(self) -> None:
        """Add the resources that loops make; what other macros may add is left open."""
        loops, self._loops = self._loops, []
        for entry in loops:
            if entry.key.text.startswith("Fn::ForEach::"):
                from fabriclint.languages.cloudformation.loops import expanded

                made, missing = expanded(self, entry)
                self.resources.update(made)
                self.open.extend(missing.reasons if missing is not None else ())
            else:
                self.open.append(Reason(f"{entry.key.text} may add resources", entry.key.span))

    def made(self, name: str) -> Entry | None:
        """The resource of a name, where there is one."""
        if name not in self.resources and self._loops:
            self.expand()
        return self.resources.get(name)

    def exists_of(self, entry: Entry) -> Truth:
        """Whether a resource is made: its own condition, and its stack's."""
        node = entry.value.get("Condition") if isinstance(entry.value, Mapping) else None
        condition = scalar_text(node)
        if node is None or condition is None:
            return self.exists
        return self.exists & self.named(condition, node.span)

    def child(self, name: str) -> Child | None:
        """What a nested stack's resource leads to; None while that is being found out."""
        if name not in self._children:
            from fabriclint.languages.cloudformation.nested import open_child

            self._children[name] = None
            self.session.depth += 1
            self._children[name] = open_child(self, name)
            self.session.depth -= 1
        return self._children[name]

    def property(self, name: str, key: str) -> Value:
        """A top-level property of a resource; `/Key` reads beside the properties (`/Metadata`)."""
        at = (name, key)
        entry = self.resources[name]
        if at in self._properties:
            known = self._properties[at]
            return _circular(f"{self.prefix}{name}.{key}", entry.key.span) if known is None else known
        self._properties[at] = None
        value = self._properties[at] = self._property(entry, key)
        return value

    def _property(self, entry: Entry, key: str) -> Value:
        absent = Value(None, entry.key.span, "absent")
        body = entry.value
        if not isinstance(body, Mapping):
            return absent
        if key.startswith("/"):
            beside = body.get(key[1:])
            return absent if beside is None else self.evaluate(beside)
        properties = body.get("Properties")
        if isinstance(properties, Mapping):
            found = properties.get(key)
            if found is not None:
                return self.evaluate(found)
            if not any(name.startswith("Fn::") for name in properties.entries):
                return absent
            return self.evaluate(properties).field(key)
        return absent

    def output(self, name: str, place: Span) -> Value:
        """The value of an output, for whoever reads it at `place`."""
        entry = self.template.outputs.get(name)
        node = entry.value.get("Value") if entry is not None and isinstance(entry.value, Mapping) else None
        if entry is None or node is None:
            return Value(Unknown.because(f"the nested stack has no output {name}", place), place)
        if name in self._outputs:
            known = self._outputs[name]
            return _circular(f"output {name}", entry.key.span) if known is None else known
        self._outputs[name] = None
        exists = self._output_exists(entry)
        if exists.excluded:
            value = Value(
                Unknown.because(f"output {name} is not made here", entry.key.span),
                place,
                inputs=exists.inputs,
            )
        else:
            value = self.evaluate(node).under(exists.inputs)
            if not _flat(value.data):
                value = Value(Unknown.because(f"output {name} is not read", entry.key.span), place)
        self._outputs[name] = value
        return value

    def _output_exists(self, entry: Entry) -> Truth:
        condition = scalar_text(entry.value.get("Condition")) if isinstance(entry.value, Mapping) else None
        return self.named(condition, entry.key.span) if condition else YES

    def imported(self, name: Value, place: Span) -> Value | None:
        """What a stack of this root exports under a name; None where none does.

        Where only the tail of the name says so, the value rests on that: it is an input of everything it reaches.
        """
        found = self.exporter(name)
        if found is None:
            return None
        stack, key, by_tail = found
        value = stack.output(key, stack.template.outputs[key].key.span)
        if by_tail:
            value = value.under(frozenset((Input(f"import {shown(name)}", exported_as(stack), place),)))
        return value

    def exporter(self, name: Value) -> tuple[Stack, str, bool] | None:
        """The stack and output that export a name, and whether only the name's tail says so."""
        session = self.session
        while session.exporting < len(session.stacks):
            stack = session.stacks[session.exporting]
            session.exporting += 1  # a name may itself be imported, so what is known is used
            session.exports.add(stack)
        return session.exports.find(name, self)

    # ------------------------------------------------------------------- conditions

    def named(self, name: str, place: Span) -> Truth:
        """Whether a condition holds, for what is made or chosen under it: where parameters decide, it is told by name."""
        truth = self.condition(name, place)
        if truth.undecided or not truth.inputs:
            return truth
        said = "true" if truth.certain else "false"
        entry = self.template.conditions[name]
        return truth.under(frozenset((Input(f"condition {self.prefix}{name}", said, entry.key.span),)))

    def condition(self, name: str, place: Span) -> Truth:
        """Whether a named condition holds."""
        entry = self.template.conditions.get(name)
        if entry is None:
            self.session.say(Diagnostic("warning", f"the condition {name} is not declared", place))
            return Truth.unknown(f"the condition {name} is not declared", place)
        if name in self._conditions:
            known = self._conditions[name]
            if known is None:
                message = f"the condition {name} refers to itself"
                self.session.say(Diagnostic("error", message, entry.key.span))
                return Truth.unknown(message, entry.key.span)
            return known
        self._conditions[name] = None
        truth = self.holds(entry.value)
        if len(truth.reasons) > MAX_REASONS:
            truth = Truth(truth.state, truth.reasons[:MAX_REASONS], truth.inputs)
        self._conditions[name] = truth
        return truth

    def holds(self, node: Node) -> Truth:
        """Whether a condition expression holds."""
        from fabriclint.languages.cloudformation.intrinsics import condition_of

        session = self.session
        if session.depth >= MAX_NESTING:
            return Truth.unknown("the condition is nested deeper than is read", node.span)
        session.depth += 1
        try:
            return condition_of(self, node)
        finally:
            session.depth -= 1


def _circular(what: str, place: Span) -> Value:
    return Value(Unknown.because(f"{what} refers to itself", place), place)


def _length(data: str | Text) -> int:
    return (
        len(data) if isinstance(data, str) else sum(len(part) for part in data.parts if isinstance(part, str))
    )


def _flat(data: Data) -> bool:
    """Whether a value may be handed on: no deeper than a list, and short, so that passing it again and again stays small."""
    if isinstance(data, Seq):
        return len(data.items) <= MAX_HANDED and all(_single(item.data) for item in data.items)
    if isinstance(data, OneOf):
        return all(_single(option.data) for option in data.options)
    return isinstance(data, Unknown) or _single(data)


def _single(data: Data) -> bool:
    if isinstance(data, (str, Text)):
        return _length(data) <= MAX_HANDED and (isinstance(data, str) or len(data.parts) <= 100)
    return isinstance(data, Reference) or scalar(data)
