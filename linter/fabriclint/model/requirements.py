"""Which instance types a list of Kubernetes requirements allows: Karpenter's and Auto Mode's labels, and node affinity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from fabriclint.facts.instances import InstanceType, instance, names
from fabriclint.patterns import late
from fabriclint.values import NO_INPUTS, Many, Member, Truth, Unknown, Value

Read: TypeAlias = Callable[[InstanceType], str]

_TYPE_KEYS: Final = frozenset({"node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"})
_DOMAINS: Final = frozenset({"karpenter.k8s.aws", "eks.amazonaws.com"})
_NOT_ABOUT_TYPES: Final = frozenset({"kubernetes.io/os", "beta.kubernetes.io/os", "kubernetes.io/hostname"})
_CATEGORY: Final = late(r"[a-z]+")
_GENERATION: Final = late(r"[a-z]+-?([0-9]+)")
_GAUDI: Final = {"Habana Gaudi HL-205": "gaudi-hl-205"}
_XEN_FAMILIES: Final = "c1 c3 c4 d2 f1 g2 g3 g3s h1 i2 i3 m1 m2 m3 m4 p2 p3 r3 r4 t1 t2 x1 x1e"
_XEN: Final = frozenset(_XEN_FAMILIES.split())  # every later family runs on Nitro
# Families of these letters have no accelerators, also those that are newer than the catalogue.
_CPU_LETTERS: Final = frozenset("acdhimrtuxz")
# What names a type or a family, so that what is allowed is a short list that somebody chose.
_NAMING: Final = frozenset({"type", "instance-family", "instance-gpu-name", "instance-accelerator-name"})


def _generation(kind: InstanceType) -> str:
    found = _GENERATION.match(kind.family)
    return found[1] if found else ""


def _category(kind: InstanceType) -> str:
    found = _CATEGORY.match(kind.family)
    return found[0] if found else ""


def _model(kind: InstanceType) -> str:
    """The accelerator's name as Karpenter labels it: lower case, the vendor left out."""
    named = _GAUDI.get(kind.accelerator, kind.accelerator.partition(" ")[2])
    return named.lower().replace(" ", "-")


_READ: Final[dict[str, Read]] = {
    "type": lambda t: t.name,
    "arch": lambda t: {"x86_64": "amd64", "arm64": "arm64"}.get(t.architecture, t.architecture),
    "instance-family": lambda t: t.family,
    "instance-size": lambda t: t.name.partition(".")[2],
    "instance-category": _category,
    "instance-generation": _generation,
    "instance-hypervisor": lambda t: "" if "metal" in t.name else "xen" if t.family in _XEN else "nitro",
    "instance-cpu": lambda t: str(t.vcpus),
    "instance-gpu-name": lambda t: _model(t) if t.kind == "gpu" else "",
    "instance-gpu-manufacturer": lambda t: t.accelerator.partition(" ")[0].lower() if t.kind == "gpu" else "",
    "instance-gpu-count": lambda t: str(t.accelerators) if t.kind == "gpu" else "",
    "instance-accelerator-name": lambda t: _model(t) if t.kind == "neuron" else "",
    "instance-accelerator-manufacturer": lambda t: "aws" if t.kind == "neuron" else "",
    "instance-accelerator-count": lambda t: str(t.accelerators) if t.kind == "neuron" else "",
}


def types_by(requirements: Value) -> Many[Value]:
    """The instance types that requirements allow.

    The list is known where a requirement names types, families or accelerators, and where all that is left are CPU types
    (then their families stand for them); else it is open. A type newer than the catalogue stays as it is written.
    """
    listed = requirements.members()
    if listed.more is not None:
        return Many((), listed.more)
    filters: list[_Filter] = []
    for entry in listed.possible():
        made = _filter(entry)
        if isinstance(made, Unknown):
            return Many((), made)
        if made is not None:
            filters.append(made)
    naming = next((f for f in filters if f.naming), None)
    open_ = next((f.open for f in filters if f.open is not None), None)
    exists = Truth.unknown(open_) if open_ is not None else Truth("yes")
    if naming is None:
        return _unnamed(requirements, filters)
    members: list[Member[Value]] = []
    for value in naming.candidates():
        known = instance(value.text() or "")
        if known is None and naming.key == "instance-family" and _letters(value) in _CPU_LETTERS:
            continue  # it adds a CPU family to those that are known
        if known is None or all(f.passes(known) for f in filters):
            members.append(Member(value, exists))
    return Many(tuple(members))


def _letters(value: Value) -> str:
    found = _CATEGORY.match(value.text() or "")
    return found[0] if found else ""


def _unnamed(requirements: Value, filters: list[_Filter]) -> Many[Value]:
    left = [
        t for name in names() if (t := instance(name)) and t.current and all(f.passes(t) for f in filters)
    ]
    place = requirements.place
    if not left or any(t.accelerated or t.hpc for t in left):
        return Many((), Unknown.because("the types are chosen by requirements that name none", place))
    inputs = NO_INPUTS.union(*(f.inputs for f in filters))
    # What an open requirement takes away leaves CPU families still.
    return Many(
        tuple(Member(Value(name, place, inputs=inputs)) for name in dict.fromkeys(t.family for t in left))
    )


class _Filter:
    """One requirement."""

    def __init__(self, key: str, operator: str, values: list[Value], open_: Unknown | None) -> None:
        self.key = key
        self.operator = operator
        self.values = values
        self.wanted = [value.text() or "" for value in values]
        self.open = open_
        self.naming = key in _NAMING and operator == "In" and open_ is None
        self.inputs = NO_INPUTS.union(*(value.inputs for value in values))

    def passes(self, kind: InstanceType) -> bool:
        """Whether a type is allowed; an open requirement lets everything through."""
        if self.open is not None:
            return True
        has = _READ[self.key](kind)
        if self.operator == "In":
            return has in self.wanted
        if self.operator == "NotIn":
            return has not in self.wanted
        if self.operator == "Exists":
            return has != ""
        if self.operator == "DoesNotExist":
            return has == ""
        if not has.isdecimal() or not self.wanted[0].isdecimal():
            return False
        number, limit = int(has), int(self.wanted[0])
        return {"Gt": number > limit, "Lt": number < limit, "Gte": number >= limit, "Lte": number <= limit}[
            self.operator
        ]

    def candidates(self) -> list[Value]:
        """The types it names, each at the place of the value that names it."""
        if self.key == "type":
            return self.values
        found: list[Value] = []
        read = _READ[self.key]
        for value in self.values:
            wanted = value.text()
            kinds = [t for name in names() if (t := instance(name)) and read(t) == wanted]
            if kinds or self.key != "instance-family":
                kept = [t for t in kinds if t.current] or kinds
                found.extend(Value(t.name, value.place, inputs=value.inputs) for t in kept)
            else:
                found.append(value)
        return found


def _filter(entry: Value) -> _Filter | Unknown | None:
    """A requirement as a filter; None where it says nothing about types, Unknown where even that is not known."""
    key = entry.field("key").text()
    if key is None:
        return entry.field("key").unknown or Unknown.because("a requirement's key is not known", entry.place)
    domain, _, word = key.rpartition("/")
    word = (
        "type"
        if key in _TYPE_KEYS
        else "arch"
        if key in ("kubernetes.io/arch", "beta.kubernetes.io/arch")
        else word
    )
    if key in _NOT_ABOUT_TYPES or not (domain in _DOMAINS or word in ("type", "arch")):
        return None
    if domain in _DOMAINS and not word.startswith(("instance-", "ec2nodeclass")):
        return None
    operator = entry.field("operator").text() or ""
    written = entry.field("values").members()
    values = list(written.possible())
    open_ = written.more or next((v.unknown or Unknown.because(f"{v.show()} is not known", v.place)
                                  for v in values if v.text() is None), None)  # fmt: skip
    if open_ is None and (
        word not in _READ or operator not in _OPERATORS or (operator in _COMPARING and not values)
    ):
        open_ = Unknown.because(f"the types are narrowed by {key}", entry.place)
    return _Filter(word, operator, values, open_)


_COMPARING: Final = frozenset({"Gt", "Lt", "Gte", "Lte"})
_OPERATORS: Final = _COMPARING | {"In", "NotIn", "Exists", "DoesNotExist"}
