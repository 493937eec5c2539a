"""What the configuration inside a plan says of a value: constants, and references followed through modules.

A plan keeps of an expression only the names that stand in it. One name is that name's value where both attributes are handles
(`vpc_id`, `id`); several, or a name in a text, are not taken for more than they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

from msgspec import Struct

from fabriclint.languages.terraform.failures import inputs_of
from fabriclint.languages.terraform.plan.addresses import (
    Key,
    Named,
    Path,
    Step,
    bracket,
    modules,
    prefix,
    steps_of,
)
from fabriclint.languages.terraform.plan.document import (
    Instance,
    Json,
    Object,
    Plan,
    is_list,
    is_object,
    listed,
    record,
    text,
)
from fabriclint.languages.terraform.plan.json_values import value_of
from fabriclint.patterns import late
from fabriclint.values import (
    NO_INPUTS,
    Input,
    Inputs,
    Map,
    Reason,
    Reference,
    Seq,
    Unknown,
    Value,
    plain,
)

_HANDLE: Final = late(
    r"(?:^|_)(?:ids?|arns?|names?|groups?|subnets?|vpc|instances?|identifiers?|version|gateways?|targets?"
    r"|cluster|association|bucket|sources?|peer)$"
)
_SEVERAL: Final = late(r"(?:ids|arns|names|groups|subnets|instances|identifier|gateways|targets)$")
_READ: Final = late(r"(?:^|_)(?:id|arn|name|version)$")
_TEXTS: Final = late(r"(?:^|_)(?:service_name|host_?name|domain_name|name_prefix|file_system_dns_name)$")
_DEEPEST: Final = 30
_MOST_REFERENCES: Final = 200
_MOST_WORK: Final = 500_000
_MOST_SHOWN: Final = 40
SENSITIVE: Final = "a sensitive value"


class Where(Struct, frozen=True):
    """Where an expression stands: the copies of the modules, its own key among the keys there, what it is repeated over."""

    path: Path
    key: Key | None = None
    keys: frozenset[Key | None] = frozenset()
    each: Json = None


def several(name: str) -> bool:
    """Whether an attribute of this name holds a list of handles."""
    return _SEVERAL.search(name) is not None


class Wiring:
    """The configuration of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.configuration = record(plan.root.get("configuration"))
        self._work = _MOST_WORK
        self._modules: dict[tuple[str, ...], Object] = {}
        self._resources: dict[tuple[tuple[str, ...], str, str, str], Object] = {}
        self._indexed: set[tuple[str, ...]] = set()
        self._known_keys: dict[str, frozenset[Key | None]] = {}

    # ---------------------------------------------------------------- the configuration

    def module(self, path: Path) -> Object:
        """The configuration of a module."""
        names = tuple(name for name, _ in path)
        found = self._modules.get(names)
        if found is None:
            found = record(self.configuration.get("root_module"))
            for name in names:
                found = record(record(record(found.get("module_calls")).get(name)).get("module"))
            self._modules[names] = found
        return found

    def call(self, path: Path) -> Object:
        """The call that makes a module."""
        return record(record(self.module(path[:-1]).get("module_calls")).get(path[-1][0])) if path else {}

    def resource(self, instance: Instance) -> Object:
        """The block that makes an instance."""
        names = tuple(name for name, _ in instance.module)
        if names not in self._indexed:
            self._indexed.add(names)
            for written in listed(self.module(instance.module).get("resources")):
                block = record(written)
                mode = "data" if block.get("mode") == "data" else "resource"
                key = (names, mode, str(block.get("type")), str(block.get("name")))
                self._resources.setdefault(key, block)
        return self._resources.get((names, instance.mode, instance.type, instance.name), {})

    @cached_property
    def _copies(self) -> dict[str, list[Instance]]:
        """The instances of each block by its address without a key, in the order of their keys."""
        found: dict[str, list[Instance]] = {}
        for table in (self.plan.instances, self.plan.prior):
            for address, instance in table.items():
                if table is self.plan.prior and (instance.mode != "data" or address in self.plan.instances):
                    continue
                base = address.removesuffix(bracket(instance.index))
                found.setdefault(base, []).append(instance)
        for copies in found.values():
            copies.sort(key=_by_key)
        return found

    def _keys(self, base: str) -> frozenset[Key | None]:
        """The keys of the instances of a block."""
        found = self._known_keys.get(base)
        if found is None:
            found = frozenset(copy.index for copy in self._copies.get(base, ()))
            self._known_keys[base] = found
        return found

    @cached_property
    def _module_keys(self) -> dict[tuple[Path, str], frozenset[Key | None]]:
        """The keys of the copies of each module call."""
        found: dict[tuple[Path, str], set[Key | None]] = {}
        for path in dict.fromkeys(instance.module for instance in self.plan.instances.values()):
            for depth, (name, key) in enumerate(path):
                found.setdefault((path[:depth], name), set()).add(key)
        return {call: frozenset(keys) for call, keys in found.items()}

    # ---------------------------------------------------------------- values

    def written(self, instance: Instance, name: str) -> Value | None:
        """What the configuration says of an attribute; None where it does not name it."""
        block = self.resource(instance)
        expressions = record(block.get("expressions"))
        if name not in expressions:
            return None
        base = instance.address.removesuffix(bracket(instance.index))
        where = Where(instance.module, instance.index, self._keys(base), block.get("for_each_expression"))
        return self._expression(expressions[name], where, name, 0)

    def _expression(self, written: Json, where: Where, name: str, depth: int) -> Value:
        if depth > _DEEPEST:
            return Value(Unknown.because("the configuration nests too deeply to be followed"))
        if is_list(written):
            return Value(Seq(tuple(self._expression(item, where, name, depth + 1) for item in written)))
        block = record(written)
        if "constant_value" in block:
            return value_of(block["constant_value"], None)
        if "references" in block or not block:
            names = [found for found in map(text, listed(block.get("references"))) if found is not None]
            return self._named(names, where, name, depth)
        inner = {key: self._expression(value, where, key, depth + 1) for key, value in block.items()}
        return Value(Map(inner))

    def _named(self, names: Sequence[str], where: Where, consumer: str, depth: int) -> Value:
        """The value of an expression with these names in it."""
        self._work -= 1 + len(names)
        if self._work < 0 or depth > _DEEPEST or len(names) > _MOST_REFERENCES:
            return Value(Unknown.because("the references of the plan are too many to be followed"))
        hints = {"count.index", "each.key"} & set(names)
        rest = [
            name
            for name in _longest(names)
            if name not in hints and not name.startswith(("path.", "terraform."))
        ]
        found = [self._one(name, where, bool(hints), consumer, depth + 1) for name in rest]
        inputs = inputs_of(found)
        if len(found) == 1 and (not hints or isinstance(found[0].data, (Reference, Unknown))):
            return found[0]
        if (
            not hints
            and found
            and all(isinstance(value.data, Reference) and value.data.path for value in found)
        ):
            return Value(Seq(tuple(Value(value.data) for value in found)), inputs=inputs)
        what = f"it is computed from {', '.join(rest[:4])}" if rest else "it is computed when it is applied"
        return Value(Unknown.because(what), inputs=inputs)

    def _one(self, name: str, where: Where, keyed: bool, consumer: str, depth: int) -> Value:
        steps = steps_of(name)
        if steps is None or not isinstance(steps[0], Named):
            return _unknown(name)
        first = steps[0].name
        if first == "var":
            return self._variable(name, steps, where, consumer, depth)
        if first == "module":
            return self._output(name, steps, where, consumer, depth)
        if first == "each":
            return self._each(name, steps, where, consumer, depth)
        if first in ("local", "count", "self", "path", "terraform", "ephemeral"):
            return _unknown(name)
        return self._resource(name, steps, where, keyed, consumer)

    def _variable(self, name: str, steps: Sequence[Step], where: Where, consumer: str, depth: int) -> Value:
        variable = steps[1].name if len(steps) > 1 and isinstance(steps[1], Named) else ""
        if not where.path:
            return Value(Unknown.because(f"{name} is given to a computation"), inputs=self.inputs(variable))
        if len(steps) > 2:
            return _unknown(name)
        call = self.call(where.path)
        expressions = record(call.get("expressions"))
        if variable not in expressions:
            return _unknown(name)
        called, key = where.path[-1]
        keys = self._module_keys.get((where.path[:-1], called), frozenset())
        outer = Where(where.path[:-1], key, keys, call.get("for_each_expression"))
        return self._expression(expressions[variable], outer, consumer, depth)

    def _output(self, name: str, steps: Sequence[Step], where: Where, consumer: str, depth: int) -> Value:
        path, rest = modules(steps)
        if len(path) != 1 or len(rest) != 1 or not isinstance(rest[0], Named):
            return _unknown(name)
        inner = Where((*where.path, path[0]))
        outputs = record(self.module(inner.path).get("outputs"))
        if rest[0].name not in outputs:
            return _unknown(name)
        return self._expression(record(outputs[rest[0].name]).get("expression"), inner, consumer, depth)

    def _each(self, name: str, steps: Sequence[Step], where: Where, consumer: str, depth: int) -> Value:
        """`each.value.id` where for_each is over the copies of one resource: the copy of the same key."""
        over = [
            found for found in map(text, listed(record(where.each).get("references"))) if found is not None
        ]
        chained = _longest(over)
        if len(chained) == 1 and isinstance(where.key, str) and steps[1:2] == (Named("value"),):
            target = f"{prefix(where.path)}{chained[0]}{bracket(where.key)}"
            if target in self.plan.instances:
                return Value(_reading(target, steps[2:], consumer))
        return _unknown(name)

    def _resource(self, name: str, steps: Sequence[Step], where: Where, keyed: bool, consumer: str) -> Value:
        data = steps[0] == Named("data")
        size = 3 if data else 2
        head, rest = steps[:size], steps[size:]
        words = [step.name for step in head if isinstance(step, Named)]
        if len(words) != size:
            return _unknown(name)
        base = f"{prefix(where.path)}{'.'.join(words)}"
        copies = self._copies.get(base, [])
        if rest and not isinstance(rest[0], Named):
            return Value(_reading(f"{base}{bracket(rest[0])}", rest[1:], consumer))
        if len(copies) == 1 and copies[0].address == base:
            return Value(_reading(base, rest, consumer))
        if not copies:
            return Value(Unknown.because(f"there is no {base} in the plan"))
        if rest:
            return _unknown(name)
        if (
            keyed
        ):  # `[count.index % 2]` leaves the same names as `[count.index]`, so both have to have the same keys
            if where.key is not None and where.keys == self._keys(base):
                return Value(_reading(f"{base}{bracket(where.key)}", (), consumer))
            return Value(_which(base))
        if len(copies) == 1:
            return Value(_reading(copies[0].address, (), consumer))
        members = tuple(Value(_reading(copy.address, (), consumer)) for copy in copies)
        return Value(Seq(members, _which(base)))

    # ---------------------------------------------------------------- inputs

    def inputs(self, variable: str) -> Inputs:
        """A root variable with the value that the plan was made with; none where it is sensitive."""
        given = record(self.plan.root.get("variables"))
        if variable not in given or self.sensitive(variable):
            return NO_INPUTS
        return frozenset({Input(f"var.{variable}", _shown(record(given[variable]).get("value")))})

    def sensitive(self, variable: str) -> bool:
        """Whether a root variable is declared sensitive (also where the plan does not say)."""
        declared = record(record(self.configuration.get("root_module")).get("variables"))
        return variable not in declared or record(declared[variable]).get("sensitive") is True

    def region(self, instance: Instance | None) -> Value | None:
        """The Region of the provider that an instance uses (the default AWS provider where none is asked for)."""
        key = text(self.resource(instance).get("provider_config_key")) if instance is not None else "aws"
        providers = record(self.configuration.get("provider_config"))
        provider = record(providers.get(key or "aws"))
        written = record(record(provider.get("expressions")).get("region"))
        constant = text(written.get("constant_value"))
        if constant is not None:
            return Value(constant)
        names = [name for name in map(text, listed(written.get("references"))) if name is not None]
        if len(names) == 1 and names[0].startswith("var.") and not text(provider.get("module_address")):
            variable = names[0][4:]
            given = text(record(record(self.plan.root.get("variables")).get(variable)).get("value"))
            if given is not None and not self.sensitive(variable):
                return Value(given, inputs=self.inputs(variable))
        return Value(Unknown.because("the Region is not known in the plan")) if names else None


def handles(consumer: str, reference: Reference) -> bool:
    """Whether an attribute of this name that reads the reference and nothing else can be taken for it."""
    last = next((step for step in reversed(reference.path) if isinstance(step, str)), "")
    if _HANDLE.search(consumer) is None or _TEXTS.search(consumer) is not None:
        return False
    return _READ.search(last) is not None or several(last)


def _reading(target: str, steps: Sequence[Step], consumer: str) -> Reference:
    """A handle on a resource; Terraform drops the attribute where a key is computed, and the consumer's name tells it."""
    path = tuple(step.name if isinstance(step, Named) else step for step in steps)
    if path:
        return Reference(target, path)
    last = "arn" if re.search(r"arns?$", consumer) else "name" if consumer.endswith("name") else "id"
    return Reference(target, ("latest_version" if consumer == "version" else last,))


def _longest(names: Iterable[str]) -> list[str]:
    """The names without those that only lead to a longer one (`aws_subnet.a` beside `aws_subnet.a.id`)."""
    once = list(dict.fromkeys(names))
    leading: set[str] = set()
    for name in once:
        for match in re.finditer(r"[.\[]", name):
            leading.add(name[: match.start()])
    return [name for name in once if name not in leading]


def _by_key(instance: Instance) -> tuple[int, int, str]:
    key = instance.index
    return (0, key, "") if isinstance(key, int) else (1, 0, key or "")


def _unknown(name: str) -> Value:
    return Value(Unknown((Reason(f"the plan does not say what {name} is"),)))


def _which(base: str) -> Unknown:
    return Unknown.because(f"the plan does not say which of {base} it is")


def _shown(value: Json) -> str:
    if isinstance(value, str):
        shown = '"' + (text(value) or "").replace("\n", "\\n") + '"'
    elif is_object(value) or is_list(value):
        shown = "an object" if is_object(value) else "a list"
    else:
        shown = "null" if value is None else plain(value)
    return shown if len(shown) <= _MOST_SHOWN else shown[: _MOST_SHOWN - 1] + "…"
