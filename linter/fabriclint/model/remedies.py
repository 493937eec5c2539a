"""Changes that several rules offer, in terms of the model."""

from __future__ import annotations

from fabriclint.facts.instances import InstanceType, Layout
from fabriclint.model.change import Add, Change, Inside, Join, Link, New, Region, Remove, Same, Set, Written
from fabriclint.model.compute import Fleet
from fabriclint.model.element import Element
from fabriclint.model.groups import Direction, SecurityGroup
from fabriclint.model.network import RouteTable, Vpc
from fabriclint.model.stack import Stack
from fabriclint.values import Seq

CUTS_S3 = (
    "Creating or re-routing a gateway endpoint cuts open connections to the service and changes the source address that "
    "bucket policies see: do it when no job runs."
)
RELAUNCHES = "Nodes get it when they are launched anew; an instance that is managed by itself is replaced."


def efa_interfaces(fleet: Fleet, type_: InstanceType, *, instead: bool = False) -> tuple[Change, ...]:
    """The recommended interfaces of a type, in the launch template (a new one where the fleet has none).

    `instead` says that they take the place of the interfaces that are there.
    """
    return _interfaces(fleet, type_.recommended_layout(), instead)


def missing_efa_interfaces(fleet: Fleet, type_: InstanceType) -> tuple[Change, ...]:
    """An `efa-only` interface on each card of the type that takes one and has none yet."""
    taken = {nic.card.number() for nic in fleet.efa_interfaces.possible()}
    missing = [
        place for place in type_.recommended_layout() if place[0] not in taken and place[2] != "interface"
    ]
    return _interfaces(fleet, tuple(missing), False)


def _interfaces(fleet: Fleet, layout: Layout, instead: bool) -> tuple[Change, ...]:
    if fleet.by_parallelcluster:
        return ()  # a switch of its configuration makes them
    if fleet.launch.adds_interfaces:
        return ()  # a pool's class is text inside a manifest: pods ask for EFA, Karpenter makes the interfaces
    groups, subnet = _groups(fleet), _subnet(fleet)
    items: list[Written] = []
    for card, device, kind in layout:
        block: dict[str, Written] = {"card": card, "device": device, "type": kind}
        if groups is not None:
            block["security_groups"] = groups
        if subnet is not None:
            block["subnet"] = subnet
        items.append(block)
    comment = "these in place of the interfaces that are there" if instead else ""
    if fleet.template is not None:
        top = fleet.template.get("security_groups")
        first_ones = instead or fleet.template.get("interfaces").absent
        # A template with interfaces takes no groups at its top: they move to the interfaces.
        moved = (
            (Remove(fleet.template, "security_groups", moved=True),) if first_ones and not top.absent else ()
        )
        return (*moved, Inside(fleet.template, "interfaces", tuple(items), comment, instead))
    name = f"{_simple(fleet)}_efa"
    comment = comment or "with all else that the launch has today: image, subnet, groups, user data"
    template = Add("launch_template", name, {"interfaces": items}, comment)
    if fleet.element.has("launch_template"):
        use: dict[str, Written] = {"id": New(name), "version": New(name, "latest_version")}
        return (template, Inside(fleet.element, "launch_template", (use,)))
    return (template,)


def _groups(fleet: Fleet) -> Written:
    """The groups that its interfaces take today; as they are written where they are made in another module."""
    first = next(iter(fleet.efa_interfaces.possible()), None) or next(iter(fleet.interfaces.possible()), None)
    links = [*(fleet.launch_groups if first is None else fleet.groups_of(first)).possible()]
    written = (
        first.groups if first is not None and not first.groups.absent else fleet.recipe.get("security_groups")
    )
    handed = any(link.element is not None and link.element.calls != fleet.recipe.calls for link in links)
    if handed and isinstance(written.data, Seq):
        return Same(written)
    return [Link(link.element) if link.element is not None else Same(link.value) for link in links] or None


def _subnet(fleet: Fleet) -> Written:
    """The subnet that its interfaces name today, where they name one."""
    first = next(iter(fleet.interfaces.possible()), None)
    return None if first is None or first.subnet.absent else Same(first.subnet)


def cluster_group(fleet: Fleet) -> tuple[Change, ...]:
    """A placement group of strategy cluster, and the fleet in it."""
    if fleet.by_parallelcluster:
        return ()  # a switch of its configuration makes one
    where = fleet.element if fleet.element.has("placement_group") else fleet.recipe
    name = f"{_name(where)}_cluster"  # a template may serve several fleets: they join one group
    attributes: dict[str, Written] = {"strategy": "cluster"}
    if fleet.element.language == "terraform":
        attributes = {"name": name.replace("_", "-"), **attributes}  # CloudFormation names the group itself
    if fleet.launch.adds_interfaces:
        return (Add("placement_group", name, attributes),)  # the pool's class selects it by name
    return (Add("placement_group", name, attributes), Set(where, "placement_group", New(name, "name")))


def open_group(group: SecurityGroup, missing: tuple[Direction, ...]) -> tuple[Change, ...]:
    """All traffic between members of a group, in the group's own style.

    In CloudFormation an inline rule that names its own group is a cycle, so the rules are resources of their own there;
    and the first egress rule displaces AWS's default, so the allow-all is written beside it.
    """
    changes: list[Change] = []
    link = Link(group.element)
    terraform = group.element.language == "terraform"
    for direction in missing:
        if terraform and (group.inline_style or group.standalone_type is None):
            rule: dict[str, Written] = {"from_port": 0, "to_port": 0, "protocol": "-1", "self": True}
            changes.append(Inside(group.element, direction, (rule,)))
            continue
        words: dict[str, Written] = {"direction": direction, "group": link, "protocol": "-1", "self": True}
        if group.standalone_type == "aws_security_group_rule":
            words["style"] = "aws_security_group_rule"
        changes.append(Add("security_group_rule", f"{_name(group.element)}_efa_{direction}", words))
        if direction == "egress" and not terraform and not group.has_rules("egress"):
            allow: dict[str, Written] = {
                "direction": "egress",
                "group": link,
                "protocol": "-1",
                "cidr_blocks": "0.0.0.0/0",
            }
            comment = "the first egress rule displaces the default allow-all, which S3 and the APIs need"
            changes.append(
                Add("security_group_rule", f"{_name(group.element)}_egress_all", allow, comment=comment)
            )
    return tuple(changes)


def gateway_endpoint(vpc: Vpc, tables: tuple[RouteTable, ...], service: str = "s3") -> tuple[Change, ...]:
    """A gateway endpoint for a service, associated with these route tables."""
    here = bool(vpc.element.type)
    own = None if here else vpc.fleets[0].vpc.value
    attributes: dict[str, Written] = {
        "vpc": Link(vpc.element) if own is None else own.text() or Same(own),
        "service_name": Join(("com.amazonaws.", Region(), f".{service}")),
        "type": "Gateway",
    }
    comment = ""
    if tables:
        attributes["route_tables"] = [Link(table.element) for table in tables]
    elif here and vpc.element.language == "terraform" and vpc.main_table.state == "absent":
        attributes["route_tables"] = [Link(vpc.element, "main_route_table_id")]
    else:
        comment = "name the route tables of the fleet's subnets here too"
    return (Add("vpc_endpoint", f"{service}_endpoint", attributes, comment),)


def copy_in(stack: Stack, protocol: str, host: str, path: str) -> tuple[Change, ...]:
    """A DataSync task from a share into the file system or bucket of the stack, and the locations it needs."""
    share: dict[str, Written] = {"protocol": protocol, "host": host, "subdirectory": path}
    comment = "the share as a DataSync source; name the agent that runs beside it"
    agent = next(iter(stack.of("datasync_agent")), None)
    if agent is not None:
        share["agents"] = [Link(agent, "arn")]
        comment = "the share as a DataSync source; its agent runs beside the storage"
    source = Add("datasync_location", "source", share, comment)
    attributes: dict[str, Written] = {"protocol": "s3", "subdirectory": "/datasets"}
    lustre = next(
        (element for element in stack.of("lustre") if element.get("type").is_("LUSTRE").certain), None
    )
    bucket = next(iter(stack.of("bucket")), None)
    if lustre is not None:
        groups = stack.links(lustre.get("security_groups"), "security_group").possible()
        arns: list[Written] = [Link(group.element, "arn") for group in groups if group.element is not None]
        attributes = {"protocol": "fsx-lustre", "file_system": Link(lustre, "arn")}
        if arns:
            attributes["security_groups"] = arns
    elif bucket is not None:
        attributes["bucket"] = Link(bucket, "arn")
    comment = "" if lustre or bucket else "name the bucket that the file system is linked to"
    task: dict[str, Written] = {"source": New("source", "arn"), "destination": New("destination", "arn")}
    return (
        source,
        Add("datasync_location", "destination", attributes, comment),
        Add("datasync_task", "datasets", task),
    )


def _name(element: Element) -> str:
    return element.address.rpartition(".")[2].partition("[")[0].rpartition("/")[2]


def _simple(fleet: Fleet) -> str:
    return _name(fleet.element)
