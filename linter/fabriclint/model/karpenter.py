"""Karpenter and EKS Auto Mode pools as launchers: types, limits, subnets and interfaces from the pool and its class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from fabriclint.facts.instances import InstanceType, instance
from fabriclint.model.kubernetes import KubernetesObject, listed, pairs, quantity
from fabriclint.model.launch import ABSENT, Interface, Launch, Size
from fabriclint.model.requirements import types_by
from fabriclint.model.stack import Link
from fabriclint.model.tagged import alike, tagged_subnets
from fabriclint.model.types import expand
from fabriclint.patterns import late
from fabriclint.values import NO, NO_INPUTS, Many, Map, Member, Reason, Seq, Truth, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.model.stack import Stack

_POOLS: Final = ("NodePool", "Provisioner")
_CLASSES: Final = ("EC2NodeClass", "AWSNodeTemplate", "NodeClass")
_ZONE: Final = "topology.kubernetes.io/zone"
_CAPACITY: Final = "karpenter.sh/capacity-type"
# Karpenter 1.14 is the first with placementGroupSelector.
_FIRST_WITH_GROUPS: Final = (1, 14)
_VERSION: Final = late(r"v?(\d{1,4})\.(\d{1,4})")


def pools_of(stack: Stack) -> Iterator[Launch]:
    """The pools that the manifests and charts of a stack hold."""
    for one in stack.kubernetes.of(*_POOLS):
        if one.manifest.group in ("karpenter.sh", ""):
            yield _pool(stack, one)


def _pool(stack: Stack, one: KubernetesObject) -> Launch:
    manifest = one.manifest
    old = manifest.kind == "Provisioner"
    template = manifest.get("spec") if old else manifest.get("spec", "template")
    spec = template if old else template.field("spec")
    requirements = spec.field("requirements")
    class_, unseen = _class(stack, one, spec)
    auto = _is_auto(spec)
    types = types_by(requirements)
    labels = template.field("labels") if old else template.field("metadata", "labels")
    wrote, market = _market(requirements)
    terms = _read_class(class_, unseen, "capacityReservationSelectorTerms")
    return Launch(
        kind="EKS Auto Mode pool" if auto else "Karpenter pool",
        elements=(one.element,),
        template=Link("absent", ABSENT),
        label="" if manifest.alone else one.name,
        types=types,
        size=_size(one, types),
        subnets=_subnets(stack, class_, unseen, _zones(requirements)),
        zones=_zones(requirements),
        placement=(_placement(class_, unseen),),
        takes_placement_group=_takes_group(stack, one, auto),
        groups=_groups(class_, unseen, auto),
        own_interfaces=_interfaces(one, class_),
        user_data=(_read_class(class_, None, "userData"),),
        market=market,
        reservation=(wrote, Value(None, None, "absent") if _empty(terms) else terms),
        words=(manifest.name, *((class_.manifest.name,) if class_ is not None else ())),
        tags=(labels, spec.field("taints"), _read_class(class_, None, "tags")),
        labels=_node_labels(manifest.name, labels),
        adds_interfaces=True,
        place=one.place,
    )


def _node_labels(name: Value, labels: Value) -> Value:
    """The labels its nodes carry, as a selector may ask for them."""
    entries, more = pairs(labels)
    return Value(Map({"karpenter.sh/nodepool": name, "karpenter.sh/provisioner-name": name, **entries}, more))


def _is_auto(spec: Value) -> bool:
    reference = spec.field("nodeClassRef")
    return reference.field("group").text() == "eks.amazonaws.com" or (
        reference.field("kind").text() == "NodeClass" and reference.field("group").absent
    )


# ------------------------------------------------------------------ the class


def _class(
    stack: Stack, one: KubernetesObject, spec: Value
) -> tuple[KubernetesObject | None, Unknown | None]:
    """The node class that a pool names, or why it is not seen."""
    reference = spec.field("nodeClassRef")
    if reference.absent:
        reference = spec.field("providerRef")
    wanted = reference.field("name")
    if wanted.absent:
        return None, Unknown.because(f"{one.name or 'the pool'} names no node class", one.place)
    kinds = {reference.field("kind").text()} if not reference.field("kind").absent else set(_CLASSES)
    found = [
        other
        for other in stack.kubernetes.of(*_CLASSES)
        if other.manifest.kind in kinds and alike(other.manifest.name, wanted)
    ]
    if len(found) == 1:
        return found[0], None
    what = (
        f"several node classes may be {wanted.show()}"
        if found
        else f"the node class {wanted.show()} is not seen"
    )
    missing = Unknown.because(what, wanted.place or one.place)
    return None, missing if stack.kubernetes.unread is None else missing.also(stack.kubernetes.unread)


def _read_class(class_: KubernetesObject | None, unseen: Unknown | None, word: str) -> Value:
    if class_ is not None:
        return class_.manifest.get("spec", word)
    return ABSENT if unseen is None else Value(unseen)


def _empty(value: Value) -> bool:
    return isinstance(value.data, Seq) and not value.data.items and value.data.more is None


def _subnets(
    stack: Stack, class_: KubernetesObject | None, unseen: Unknown | None, zones: Many[Value]
) -> Many[Link]:
    """The subnets that a class selects by id, and those of these sources that carry its tags."""
    ids, more = _ids(class_, unseen, "subnet")
    links = [Member(stack.link(value, "subnet")) for value in ids]
    for tags in _subnet_tags(class_):
        links.extend(tagged_subnets(stack, tags, zones))
    if not links and more is None:
        more = Unknown.because("no subnet is written", class_.place if class_ is not None else None)
    return Many(tuple(links), more)


def _subnet_tags(class_: KubernetesObject | None) -> Iterator[Value]:
    """The tags of each term that selects subnets by nothing else."""
    if class_ is None:
        return
    for term in listed(class_.manifest.get("spec", "subnetSelectorTerms")).possible():
        if term.field("id").absent and not term.field("tags").absent:
            yield term.field("tags")
    selector = class_.manifest.get("spec", "subnetSelector")
    if not selector.absent and selector.field("aws-ids").absent and selector.field("aws::ids").absent:
        yield selector


def _ids(
    class_: KubernetesObject | None, unseen: Unknown | None, what: str
) -> tuple[list[Value], Unknown | None]:
    word = "subnet" if what == "subnet" else "securityGroup"
    terms = _read_class(class_, unseen, f"{word}SelectorTerms")
    if terms.absent and class_ is not None:
        return _old_ids(class_.manifest.get("spec", f"{word}Selector"))
    members = listed(terms)
    more = members.more
    ids: list[Value] = []
    for term in members.possible():
        named = term.field("id")
        if named.absent:
            why = Unknown.because(f"the {what.replace('_', ' ')}s are selected by tags or names", term.place)
            more = more or term.unknown or why
        elif named.unknown is not None and named.handle is None:
            more = more or named.unknown
        else:
            ids.append(named)
    return ids, more


def _old_ids(selector: Value) -> tuple[list[Value], Unknown | None]:
    """`aws-ids: subnet-a, subnet-b` of an AWSNodeTemplate; anything else is tags."""
    entries, more = pairs(selector)
    written = entries.get("aws-ids")
    if written is None or len(entries) != 1 or more is not None or not isinstance(written.data, str):
        return [], more or Unknown.because("they are selected by tags", selector.place)
    return [
        Value(text.strip(), written.place, inputs=written.inputs) for text in written.data.split(",")
    ], None


def _groups(class_: KubernetesObject | None, unseen: Unknown | None, auto: bool) -> Value:
    ids, more = _ids(class_, unseen, "security_group")
    if not ids and more is None:
        what = "EKS chooses the security groups" if auto else "no security group is written"
        more = Unknown.because(what, class_.place if class_ is not None else None)
    return Value(Seq(tuple(ids), more), class_.place if class_ is not None else None)


def _interfaces(one: KubernetesObject, class_: KubernetesObject | None) -> Many[Interface]:
    """The interfaces that a class writes out; where it writes none Karpenter makes them."""
    written = _read_class(class_, None, "networkInterfaces")
    if class_ is None or written.absent:
        return Many()
    return listed(written).map(
        lambda value: Interface(
            type=value.field("interfaceType"),
            card=_or_zero(value.field("networkCardIndex")),
            device=_or_zero(value.field("deviceIndex")),
            groups=ABSENT,
            subnet=ABSENT,
            public_ip=ABSENT,
            place=value.place or class_.place,
            element=one.element,
        )
    )


def _or_zero(value: Value) -> Value:
    return Value(0, value.place, "default") if value.absent else value


def _placement(class_: KubernetesObject | None, unseen: Unknown | None) -> Value:
    """The placement group a class selects."""
    selector = _read_class(class_, unseen, "placementGroupSelector")
    if not selector.absent:
        for word in ("name", "id"):
            named = selector.field(word)
            if not named.absent:
                return named
        return Value(Unknown.because("which placement group is selected is not known", selector.place))
    return selector


def _takes_group(stack: Stack, one: KubernetesObject, auto: bool) -> Truth:
    if auto:
        return NO
    for release in stack.kubernetes.releases:
        if release.chart == "karpenter":
            written = release.element.get("version")
            found = _VERSION.match(written.text() or "")
            if found is not None:
                return Truth.of((int(found[1]), int(found[2])) >= _FIRST_WITH_GROUPS, written.inputs)
    why = "whether this version of Karpenter takes placement groups is not known (1.14 does)"
    return Truth.unknown(Reason(why, one.place))


# ------------------------------------------------------------------ requirements and limits


def _values_of(requirements: Value, key: str) -> Value:
    """The values of the requirement `key In […]`; absent where there is none."""
    members = requirements.members()
    if members.more is not None:
        return Value(members.more, requirements.place)
    for entry in members.possible():
        if entry.field("key").text() == key:
            if entry.field("operator").text() == "In":
                return entry.field("values")
            return Value(Unknown.because(f"{key} is not given as a list", entry.place), entry.place)
    return ABSENT


def _zones(requirements: Value) -> Many[Value]:
    written = _values_of(requirements, _ZONE)
    return written.members() if not isinstance(written.data, Unknown) else Many((), written.data)


def _market(requirements: Value) -> tuple[Value, Value]:
    """The capacity type as a reservation (absent where it is none) and as a market."""
    written = _values_of(requirements, _CAPACITY)
    members = written.members()
    values = list(members.possible())
    texts = [value.text() for value in values]
    if "reserved" in texts:
        why = Unknown.because("a reservation may be a Capacity Block", written.place)
        return next(v for v in values if v.text() == "reserved"), Value(why, written.place)
    if members.more is not None or None in texts:
        open_ = members.more or Unknown.because("the capacity type is not known", written.place)
        return ABSENT, Value(open_, written.place)
    return ABSENT, values[0] if len(values) == 1 else Value("on-demand", written.place, "default")


def _size(one: KubernetesObject, types: Many[Value]) -> Size:
    """The most nodes that the limits allow, each of the smallest type it may launch."""
    manifest = one.manifest
    limits = manifest.get("spec", "limits")
    if manifest.kind == "Provisioner":
        limits = limits.field("resources")
    if limits.absent:
        # Limits inside the template are not in force; then nothing limits the pool, and what is written is the least it grows to.
        limits = manifest.get("spec", "template", "limits")
    entries, more = pairs(limits)
    if limits.absent or (not entries and more is None):
        open_ = Unknown.because(f"no limits are written for {one.name or 'the pool'}", one.place)
        return Size(None, None, open_, place=one.place)
    inputs = NO_INPUTS
    kinds = _kinds(types)
    most: list[int] = []
    for resource, written in entries.items():
        bound = quantity(written)
        each = 1 if resource == "nodes" else min((_share(kind, resource) for kind in kinds), default=0)
        if bound is not None and each > 0:
            most.append(int(bound // each))
            inputs |= written.inputs
    if not most:
        why = more or next((v.unknown for v in entries.values() if v.unknown is not None), None) or types.more
        open_ = why or Unknown.because("its limits do not say how many nodes there may be", limits.place)
        return Size(None, None, open_, limits.inputs, limits.place)
    return Size(min(most), None, None, inputs, limits.place)


def _kinds(types: Many[Value]) -> list[InstanceType]:
    """The types, where all are in the catalogue; else none."""
    found: list[InstanceType] = []
    if types.more is not None:
        return []
    for value in types.possible():
        for option in value.options():
            for name in expand(option.text() or ""):
                known = instance(name)
                if known is None:
                    return []
                found.append(known)
    return found


def _share(kind: InstanceType, resource: str) -> int:
    """How much of a limited resource one node has; 0 where that is not known."""
    if resource == "cpu":
        return kind.vcpus
    if resource == "nvidia.com/gpu":
        return kind.nvidia_gpus
    if resource == "amd.com/gpu":
        return kind.accelerators if kind.accelerator.startswith("AMD ") else 0
    if resource in ("aws.amazon.com/neuron", "aws.amazon.com/neurondevice"):
        return kind.neuron_devices
    return 0
