"""Which fleets a stack has: one builder for each kind of launcher."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from fabriclint.facts.instances import instance
from fabriclint.model.compute import Fleet
from fabriclint.model.element import Element
from fabriclint.model.karpenter import pools_of
from fabriclint.model.kubernetes import pairs
from fabriclint.model.launch import (
    ABSENT,
    FleetKind,
    Interface,
    Launch,
    Size,
    count_of,
    interface,
    interfaces_of,
)
from fabriclint.model.parallelcluster import queues_of
from fabriclint.model.stack import Link, Stack
from fabriclint.patterns import late
from fabriclint.values import NO, YES, Many, Map, Member, Truth, Unknown, Value

# The index of an instance, and the numbers of the module copies it is in: `module.node[0].aws_instance.this[0]`.
_INDEX = late(r"\[[^\]]*\]$|\[\d+\]")
# Where the primary interface of an instance is: card 0, device 0.
_FIRST = Value(Map({"card": Value(0), "device": Value(0)}))


def fleets_of(stack: Stack) -> tuple[Fleet, ...]:
    """The fleets, in source order of their launchers; a launch template with EFA and no launcher in sight is one too."""
    launches = [
        *_instances(stack),
        *_autoscaling_groups(stack),
        *_node_groups(stack),
        *_batch_environments(stack),
        *_ec2_fleets(stack),
        *_spot_fleets(stack),
        *_hyperpod_groups(stack),
        *_training_jobs(stack),
        *_pcs_groups(stack),
        *queues_of(stack),
        *pools_of(stack),
    ]
    used = {launch.template.element.address for launch in launches if launch.template.element is not None}
    launches.extend(_lone_templates(stack, used))
    fleets = [Fleet(stack, launch) for launch in launches]
    return tuple(sorted(fleets, key=lambda fleet: (*fleet.place.order, fleet.address)))


def template_of(stack: Stack, written: Value) -> Link:
    """The launch template that a launcher's `launch_template` blocks name, by id or name."""
    blocks = written.members()
    if blocks.more is not None:
        return Link("unknown", written, reason=blocks.more)
    for block in blocks.possible():
        for word in ("id", "name"):
            value = block.field(word)
            if not value.absent:
                return stack.link(value, "launch_template")
        if isinstance(block.data, Unknown):
            return Link("unknown", block, reason=block.data)
    return Link("absent", Value(None, written.place, "absent"))


def _size(element: Element, maximum: str, desired: str, fallback: str = "") -> Size:
    most, start = element.get(maximum), element.get(desired)
    if start.absent and fallback:
        start = element.get(fallback)
    return _sized(most, start)


def _sized(most: Value, start: Value = ABSENT) -> Size:
    known, begin = most.number(), start.number()
    open_ = most.unknown
    if known is None and open_ is None:
        open_ = Unknown.because(
            "its maximum size is not written" if most.absent else f"{most.show()} is not known", most.place
        )
    return Size(
        maximum=None if known is None else int(known),
        desired=None if begin is None else int(begin),
        open=open_,
        inputs=most.inputs | start.inputs,
        place=most.place,
    )


def _instances(stack: Stack) -> Iterator[Launch]:
    alike: dict[str, list[Element]] = {}
    for element in stack.of("instance"):
        alike.setdefault(_INDEX.sub("", element.address), []).append(element)
    attached = _attached(stack)
    for elements in alike.values():
        first = elements[0]
        subnets: Many[Link] = Many()
        zones: Many[Value] = Many()
        # Like instances have like interfaces: the first speaks for all.
        interfaces = _instance_interfaces(stack, first, attached)
        for element in elements:
            subnet, zone = element.get("subnet"), element.get("zone")
            if not subnet.absent:
                subnets = subnets.plus(Many((Member(stack.link(subnet, "subnet"), element.exists),)))
            elif not zone.absent:
                zones = zones.plus(Many((Member(zone, element.exists),)))
            else:
                own = interfaces if element is first else _instance_interfaces(stack, element, attached)
                links = (stack.link(nic.subnet, "subnet") for nic in own.possible() if not nic.subnet.absent)
                subnets = subnets.plus(Many(tuple(Member(link, element.exists) for link in links)))
        yield Launch(
            kind="instance",
            elements=tuple(elements),
            template=template_of(stack, first.get("launch_template")),
            types=_types(first.get("type")),
            size=count_of(tuple(elements)),
            subnets=subnets,
            zones=zones,
            placement=(first.get("placement_group"),),
            groups=first.get("security_groups"),
            own_interfaces=interfaces,
            user_data=tuple(first.get(word) for word in ("user_data", "user_data_base64", "init")),
            market=first.get("market_type"),
            reservation=(first.get("reservation"), first.get("reservation_group")),
            words=(first.get("name"),),
            tags=(first.get("tags"),),
        )


# What is attached to an instance from outside it, by the instance's address: the interface's link, how, and whether.
_Attached: TypeAlias = dict[str, list[tuple[Link, Value, Truth]]]


def _attached(stack: Stack) -> _Attached:
    found: _Attached = {}
    for attachment in stack.of("interface_attachment"):
        owner = stack.link(attachment.get("instance"), "instance").element
        if owner is not None:
            named = stack.link(attachment.get("network_interface"), "network_interface")
            where = Value(Map({word: attachment.get(word) for word in ("device", "card")}), attachment.place)
            found.setdefault(owner.address, []).append((named, where, attachment.exists))
    for standing in stack.of("network_interface"):
        for block in standing.get("attachment").members().possible():
            owner = stack.link(block.field("instance"), "instance").element
            if owner is not None:
                named = Link("here", block, standing)
                found.setdefault(owner.address, []).append((named, block, standing.exists))
    return found


def _instance_interfaces(stack: Stack, element: Element, attached: _Attached) -> Many[Interface]:
    found: list[Member[Interface]] = []
    primary = element.get("primary_interface")
    written = element.get("interfaces").members()
    more = written.more
    named = [(stack.link(primary, "network_interface"), _FIRST, YES)] if not primary.absent else []
    for member in written.members:
        own = stack.link(member.item.field("network_interface"), "network_interface")
        if own.state == "absent":
            found.append(Member(interface(member.item, element), member.exists))
        else:
            named.append((own, member.item, member.exists))
    for link, where, exists in [*named, *attached.get(element.address, ())]:
        if link.element is not None:
            found.append(Member(_standalone(link.element, where, element), exists))
        else:
            more = link.unseen if more is None else more.also(link.unseen)
    return Many(tuple(found), more)


def _standalone(named: Element, where: Value, instance_element: Element) -> Interface:
    card = where.field("card")
    return Interface(
        type=named.get("type"),
        card=card if not card.absent else Value(0, where.place, "default"),
        device=where.field("device"),
        groups=named.get("security_groups"),
        subnet=named.get("subnet"),
        public_ip=ABSENT,
        place=named.place,
        element=instance_element,
    )


def _types(*values: Value) -> Many[Value]:
    found: Many[Value] = Many()
    for value in values:
        found = found.plus(value.members())
    return found


def _autoscaling_groups(stack: Stack) -> Iterator[Launch]:
    for element in stack.of("autoscaling_group"):
        template = template_of(stack, element.get("launch_template"))
        if template.state == "absent":
            template = template_of(stack, element.get("mixed_template"))
        overrides = element.get("overrides").members()
        types: Many[Value] = Many((), overrides.more)
        interfaces: Many[Interface] = Many()
        for member in overrides.members:
            written = member.item.field("type")
            if not member.item.field("launch_template").absent:
                why = Unknown.because("an override launches from a template of its own", member.item.place)
                interfaces = interfaces.plus(Many((), why))
            if not written.absent:
                types = types.plus(Many((Member(written, member.exists),)))
            elif not member.item.field("requirements").absent:
                types = types.plus(
                    Many(
                        (),
                        Unknown.because("the types are chosen by instance requirements", member.item.place),
                    )
                )
        groups, user_data = ABSENT, ABSENT
        image_types: Many[Value] = Many()
        configuration = stack.link(element.get("launch_configuration"), "launch_configuration")
        extra: tuple[Element, ...] = ()
        if configuration.element is not None:
            groups = configuration.element.get("security_groups")
            user_data = configuration.element.get("user_data")
            image_types = _types(configuration.element.get("type"))
            extra = (configuration.element,)
        elif configuration.state in ("outside", "unknown") and template.state == "absent":
            template = Link("unknown", configuration.value, reason=configuration.unseen)
        yield Launch(
            kind="Auto Scaling group",
            elements=(element, *extra),
            template=template,
            types=types if types.members or types.more is not None else image_types,
            size=_size(element, "maximum", "desired", "minimum"),
            subnets=stack.links(element.get("subnets"), "subnet"),
            zones=element.get("zones").members(),
            placement=(element.get("placement_group"),),
            own_interfaces=interfaces,
            groups=groups,
            user_data=(user_data, element.get("init"), *(e.get("init") for e in extra)),
            reservation=(element.get("reservation"), element.get("reservation_group")),
            words=(element.get("name"),),
            tags=(element.get("tags"), element.get("instance_tags")),
        )


def _node_groups(stack: Stack) -> Iterator[Launch]:
    for element in stack.of("eks_node_group"):
        template = template_of(stack, element.get("launch_template"))
        types = element.get("types").members()
        written = template.element is not None and not (
            template.element.get("type").absent and template.element.get("requirements").absent
        )
        if not types.members and types.more is None and template.state in ("absent", "here") and not written:
            # What EKS takes where neither the group nor its template names a type.
            types = Many((Member(Value("t3.medium", element.place, "default")),))
        yield Launch(
            kind="EKS node group",
            elements=(element,),
            template=template,
            types=types,
            size=_size(element, "maximum", "desired", ""),
            subnets=stack.links(element.get("subnets"), "subnet"),
            market=element.get("capacity_type"),
            words=(element.get("name"),),
            tags=(element.get("labels"), element.get("taints"), element.get("tags")),
            labels=_node_labels(element),
        )


def _node_labels(element: Element) -> Value:
    written = element.get("labels")
    entries, more = pairs(written)
    name = element.get("name")
    own = {} if name.absent else {"eks.amazonaws.com/nodegroup": name}
    return Value(Map({**own, **entries}, more), written.place or element.place)


def _batch_environments(stack: Stack) -> Iterator[Launch]:
    for element in stack.of("batch_environment"):
        if element.get("capacity").among("FARGATE", "FARGATE_SPOT").certain:
            continue
        if element.get("managed").decide(lambda data: str(data).upper() == "UNMANAGED").certain:
            continue
        types = _types(element.get("types"))
        yield Launch(
            kind="Batch compute environment",
            elements=(element,),
            template=template_of(stack, element.get("launch_template")),
            types=types,
            size=_batch_size(element, types),
            subnets=stack.links(element.get("subnets"), "subnet"),
            placement=(element.get("placement_group"),),
            groups=element.get("security_groups"),
            words=(element.get("name"),),
            tags=(element.get("tags"),),
        )


def _batch_size(element: Element, types: Many[Value]) -> Size:
    """floor(max vCPUs / vCPUs of the smallest type), the most machines the environment can hold."""
    ceiling = element.get("maximum_vcpus")
    most = ceiling.number()
    sizes: list[int] = []
    for value in types.possible():
        known = instance(value.text() or "")
        if known is None:
            sizes = []
            break
        sizes.append(known.vcpus)
    if most is None or not sizes or types.more is not None:
        why = (
            ceiling.unknown
            or types.more
            or Unknown.because("its maximum in machines is not known", ceiling.place or element.place)
        )
        return Size(None, None, why, ceiling.inputs, ceiling.place)
    return Size(int(most // min(sizes)), None, None, ceiling.inputs, ceiling.place)


def _ec2_fleets(stack: Stack) -> Iterator[Launch]:
    for element in stack.of("ec2_fleet"):
        yield _fleet_request(stack, element, "EC2 Fleet", element.get("single_zone").on())


def _spot_fleets(stack: Stack) -> Iterator[Launch]:
    for element in stack.of("spot_fleet"):
        specifications = element.get("specifications").members()
        if not specifications.members and specifications.more is None:
            yield _fleet_request(stack, element, "Spot Fleet", NO)
            continue
        first = next(specifications.possible(), Value(None, element.place, "absent"))
        subnets: Many[Link] = Many((), specifications.more)
        for member in specifications.members:
            subnets = subnets.plus(stack.links(member.item.field("subnet"), "subnet"))
        yield Launch(
            kind="Spot Fleet",
            elements=(element,),
            template=Link("absent", ABSENT),
            types=specifications.map(lambda value: value.field("type")),
            size=_sized(element.get("target")),
            subnets=subnets,
            placement=(first.field("placement_group"),),
            groups=first.field("security_groups"),
            user_data=(first.field("user_data"),),
            market=Value("spot", element.place, "default"),
        )


def _fleet_request(stack: Stack, element: Element, kind: FleetKind, single_zone: Truth) -> Launch:
    overrides = element.get("overrides").members()
    types = Many(
        tuple(
            Member(m.item.field("type"), m.exists)
            for m in overrides.members
            if not m.item.field("type").absent
        ),
        overrides.more,
    )
    subnets: Many[Link] = Many((), overrides.more)
    zones: Many[Value] = Many()
    for member in overrides.members:
        if not member.item.field("subnet").absent:
            subnets = subnets.plus(stack.links(member.item.field("subnet"), "subnet"))
        elif not member.item.field("zone").absent:
            zones = zones.plus(Many((Member(member.item.field("zone"), member.exists),)))
    placement = next((m.item.field("placement_group") for m in overrides.members), ABSENT)
    return Launch(
        kind=kind,
        elements=(element,),
        template=template_of(stack, element.get("templates")),
        types=types,
        size=_sized(element.get("target")),
        subnets=subnets,
        zones=zones,
        placement=(placement,),
        single_zone=single_zone,
    )


def _hyperpod_groups(stack: Stack) -> Iterator[Launch]:
    for element in stack.of("hyperpod_cluster"):
        for group in element.get("groups").members().possible():
            subnets, groups = group.field("subnets"), group.field("security_groups")
            yield Launch(
                kind="HyperPod instance group",
                elements=(element,),
                template=Link("absent", ABSENT),
                label=group.field("name").text() or "instance group",
                types=_types(group.field("type")),
                size=_sized(group.field("count"), group.field("count")),
                subnets=stack.links(element.get("subnets") if subnets.absent else subnets, "subnet"),
                groups=element.get("security_groups") if groups.absent else groups,
                words=(element.get("name"), group.field("name")),
                tags=(element.get("tags"),),
                training_plan=group.field("training_plan"),
                interface_type=group.field("interface_type"),
                managed_fabric=True,
                place=group.place,
            )


def _training_jobs(stack: Stack) -> Iterator[Launch]:
    for element in stack.of("training_job"):
        groups: list[Value | None] = list(element.get("groups").members().possible())
        for group in groups or [None]:
            read = element.get if group is None else group.field
            yield Launch(
                kind="SageMaker training job",
                elements=(element,),
                template=Link("absent", ABSENT),
                label="" if group is None else group.field("name").text() or "instance group",
                types=_types(read("type")),
                size=_sized(read("count"), read("count")),
                subnets=stack.links(element.get("subnets"), "subnet"),
                groups=element.get("security_groups"),
                words=(element.get("name"),),
                tags=(element.get("tags"),),
                training_plan=element.get("training_plan"),
                managed_fabric=True,
                place=None if group is None else group.place,
            )


def _pcs_groups(stack: Stack) -> Iterator[Launch]:
    for element in stack.of("pcs_node_group"):
        instances = element.get("instances").members()
        yield Launch(
            kind="PCS node group",
            elements=(element,),
            template=template_of(stack, element.get("launch_template")),
            types=instances.map(lambda value: value.field("type")),
            size=_size(element, "maximum", "maximum"),
            subnets=stack.links(element.get("subnets"), "subnet"),
            market=element.get("capacity_type"),
            words=(element.get("name"),),
        )


def _lone_templates(stack: Stack, used: set[str]) -> Iterator[Launch]:
    for element in stack.of("launch_template"):
        if element.address in used:
            continue
        if interfaces_of(element).any(lambda nic: nic.efa).excluded:
            continue
        open_ = Unknown.because(f"what launches from {element.label} is not in these sources", element.place)
        yield Launch(
            kind="launch template",
            elements=(element,),
            template=Link("here", ABSENT, element),
            types=Many(),
            size=Size(None, None, open_, place=element.place),
            subnets=Many(),
            words=(element.get("name"),),
        )
