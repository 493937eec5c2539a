"""What functions come to agrees with cfn-lint's own resolver, over generated expressions, wherever both decide.

cfn-lint gives every value that a template allows; fabriclint what it comes to under the defaults. So where cfn-lint gives one
value, ours is that one, and where it gives several, ours is among them; a parameter that is left open with a few allowed
values comes to exactly those.
"""

from __future__ import annotations

import random
import warnings
from functools import cache
from typing import Any

import pytest
import yaml

from fabriclint.languages.base import Root, Settings
from fabriclint.languages.cloudformation import LANGUAGE
from fabriclint.testing import MemoryFiles
from fabriclint.values import OneOf, Seq, Value, plain

SEED, CASES, DEPTH = 20261123, 2400, 3

HEAD: dict[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Parameters": {
        "Stage": {"Type": "String", "Default": "prod"},
        "Kind": {"Type": "String", "Default": "p5.48xlarge"},
        "Count": {"Type": "Number", "Default": 8},
        "Nets": {"Type": "CommaDelimitedList", "Default": "10.0.0.0/24,10.0.1.0/24,10.0.2.0/24"},
        "One": {"Type": "CommaDelimitedList", "Default": "alone"},
        "Path": {"Type": "String", "Default": "a/b/c"},
        "Chosen": {"Type": "String", "Default": "b", "AllowedValues": ["a", "b"]},
        "Open": {"Type": "String", "AllowedValues": ["a", "b"]},
        "Quoted": {"Type": "String", "Default": "yes"},
    },
    "Mappings": {
        "Kinds": {
            "p5.48xlarge": {"Cards": 32, "Name": "big-node", "Zones": ["one", "two"]},
            "c7i.large": {"Cards": 1, "Name": "small-node", "Zones": ["three"]},
        },
        "Stages": {"prod": {"a": "alpha", "b": "beta"}, "dev": {"a": "gamma", "b": "delta"}},
    },
    "Conditions": {
        "Always": {"Fn::Equals": ["x", "x"]},
        "Never": {"Fn::Equals": ["x", "y"]},
        "Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "Other": {"Fn::Not": [{"Condition": "Prod"}]},
        "Both": {"Fn::And": [{"Condition": "Always"}, {"Condition": "Prod"}]},
    },
}
TEXTS = ("Stage", "Kind", "Path", "Count", "Quoted", "Chosen", "Open")


class Maker:
    """Makes expressions of intrinsic functions, the same ones every time."""

    def __init__(self) -> None:
        self.dice = random.Random(SEED)

    def text(self, depth: int) -> Any:
        """Something that comes to a text or number."""
        make = self.dice.choice(
            (self.literal, self.ref)
            if depth <= 0
            else (
                self.ref,
                self.sub,
                self.sub_list,
                self.join,
                self.find,
                self.choose,
                self.select,
                self.select,
            )
        )
        return make(depth - 1)

    def list(self, depth: int) -> Any:
        """Something that comes to a list."""
        make = self.dice.choice(
            (self.refs, self.items)
            if depth <= 0
            else (self.refs, self.items, self.split, self.zones, self.choose_list)
        )
        return make(depth - 1)

    def literal(self, depth: int) -> Any:
        return self.dice.choice(("x", "a-b", "10.1.0.0/16", "node", 7, "0644", "true"))

    def ref(self, depth: int) -> Any:
        return {"Ref": self.dice.choice(TEXTS)}

    def refs(self, depth: int) -> Any:
        return {"Ref": self.dice.choice(("Nets", "One"))}

    def items(self, depth: int) -> Any:
        return [self.text(depth) for _ in range(self.dice.randint(1, 3))]

    def sub(self, depth: int) -> Any:
        names = self.dice.sample(TEXTS, 2)
        return {
            "Fn::Sub": self.dice.choice(("${%s}-${%s}", "${%s}/lit/${ %s }", "a${%s}b${!raw}c${%s}"))
            % tuple(names)
        }

    def sub_list(self, depth: int) -> Any:
        return {
            "Fn::Sub": ["${Here}-${Stage}-${There}", {"Here": self.text(depth), "There": self.text(depth)}]
        }

    def join(self, depth: int) -> Any:
        return {"Fn::Join": [self.dice.choice(("", "-", ", ")), self.list(depth)]}

    def split(self, depth: int) -> Any:
        made = self.dice.choice((self.sub, self.sub_list, self.join))  # cfn-lint splits no numbers
        return {"Fn::Split": [self.dice.choice(("/", "-", ".")), made(depth)]}

    def select(self, depth: int) -> Any:
        return {"Fn::Select": [self.dice.choice((0, 0, 1, "0", {"Ref": "Count"})), self.list(depth)]}

    def find(self, depth: int) -> Any:
        return self.dice.choice(
            (
                {"Fn::FindInMap": ["Kinds", {"Ref": "Kind"}, self.dice.choice(("Cards", "Name"))]},
                {"Fn::FindInMap": ["Kinds", "c7i.large", "Name"]},
                {"Fn::FindInMap": ["Stages", {"Ref": "Stage"}, self.dice.choice(("a", {"Ref": "Chosen"}, {"Ref": "Open"}))]},
                {"Fn::FindInMap": ["Stages", "dev", {"Ref": "Chosen"}]},
            )
        )  # fmt: skip

    def zones(self, depth: int) -> Any:
        return {"Fn::FindInMap": ["Kinds", self.dice.choice(({"Ref": "Kind"}, "c7i.large")), "Zones"]}

    def choose(self, depth: int) -> Any:
        name = self.dice.choice(("Always", "Never", "Prod", "Other", "Both"))
        return {"Fn::If": [name, self.text(depth), self.text(depth)]}

    def choose_list(self, depth: int) -> Any:
        return {"Fn::If": [self.dice.choice(("Always", "Never", "Prod")), self.list(depth), self.list(depth)]}


@cache
def cases() -> tuple[Any, ...]:
    """Each expression once."""
    maker = Maker()
    made: dict[str, Any] = {}
    for _ in range(CASES):
        expression = maker.text(DEPTH) if maker.dice.random() < 0.8 else maker.list(DEPTH)
        made.setdefault(repr(expression), expression)
    return tuple(made.values())


@cache
def theirs() -> tuple[frozenset[str], ...]:
    """Every value that cfn-lint resolves each expression to; none where it does not resolve it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from cfnlint.context import create_context_for_template
        from cfnlint.jsonschema import CfnTemplateValidator
        from cfnlint.template import Template

        resources = {"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}
        template = Template("t.yaml", {**HEAD, "Resources": resources}, regions=["us-east-1"])
        validator = CfnTemplateValidator({}, context=create_context_for_template(template), cfn=template)
        return tuple(resolved(validator, expression) for expression in cases())


def resolved(validator: Any, expression: Any) -> frozenset[str]:
    """What cfn-lint gives; a list is resolved item by item where each comes to one thing."""
    found: set[str] = set()
    if isinstance(expression, list):
        items = [resolved(validator, item) for item in expression]
        if any(len(item) != 1 for item in items):
            return frozenset()
        return frozenset(["[" + "|".join(next(iter(item)) for item in items) + "]"])
    for value, _, error in validator.resolve_value(expression):
        if error is not None:
            return frozenset()
        said = shown(value)
        if said is None:
            return frozenset()
        found.add(said)
    return frozenset(found)


def shown(value: Any) -> str | None:
    if isinstance(value, list):
        inner = [shown(item) for item in value]
        return "[" + "|".join(str(item) for item in inner) + "]" if None not in inner else None
    if isinstance(value, str):
        # CloudFormation documents that `${!Name}` is written out as `${Name}`; cfn-lint leaves it as it stands.
        return value.replace("${!", "${")
    return plain(value) if isinstance(value, (int, float, bool)) else None


@cache
def mine() -> tuple[frozenset[str], ...]:
    """What fabriclint comes to: one value, the few that an open parameter leaves, or none."""
    resources = {
        f"V{n}": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": expression}}
        for n, expression in enumerate(cases())
    }
    text = yaml.safe_dump({**HEAD, "Resources": resources}, sort_keys=False)
    files = MemoryFiles({"t.yaml": text})
    reading = LANGUAGE.read(Root("cloudformation", "t.yaml", "", ("t.yaml",)), files, Settings())
    assert not reading.diagnostics
    return tuple(said(element.read("CidrBlock")) for element in reading.elements)


def said(value: Value) -> frozenset[str]:
    if isinstance(value.data, OneOf):
        options = [said(option) for option in value.options()]
        return frozenset[str]().union(*options) if all(options) else frozenset()
    if isinstance(value.data, Seq):
        items = [said(item) for item in value.data.items]
        if value.data.more is not None or any(len(item) != 1 for item in items):
            return frozenset()
        return frozenset(["[" + "|".join(next(iter(item)) for item in items) + "]"])
    text = value.text()
    return frozenset() if text is None else frozenset([text])


def test_where_both_decide_they_agree() -> None:
    alike, differ = 0, []
    for expression, one, other in zip(cases(), mine(), theirs(), strict=True):
        if not one or not other:
            continue
        if one <= other and (len(other) > 1 or one == other):
            alike += 1
        else:
            differ.append((expression, sorted(one), sorted(other)))
    assert not differ, f"{len(differ)} of {alike + len(differ)}: {differ[:5]}"
    assert alike >= 600


def test_enough_of_it_has_one_value_only() -> None:
    both = [(one, other) for one, other in zip(mine(), theirs(), strict=True) if len(one) == len(other) == 1]
    assert len(both) >= 300
    assert all(one == other for one, other in both)


@pytest.mark.parametrize(
    "name", ["Ref", "Fn::Sub", "Fn::Join", "Fn::FindInMap", "Fn::If", "Fn::Select", "Fn::Split"]
)
def test_every_function_is_compared(name: str) -> None:
    decided = [repr(e) for e, one, other in zip(cases(), mine(), theirs(), strict=True) if one and other]
    assert sum(repr(name) in expression for expression in decided) >= 20
