"""Writes changes as resources of a CloudFormation template for a person to paste, in YAML or JSON as the template is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeGuard

from fabriclint.languages.cloudformation.vocabulary import SHAPES
from fabriclint.languages.writing import (
    Blocks,
    Listed,
    Native,
    Nested,
    Piece,
    change_element,
    chosen,
    gathered,
    one_peer_each,
    placed,
)
from fabriclint.model.change import (
    Add,
    Change,
    Inside,
    Join,
    Link,
    New,
    Region,
    Remove,
    Same,
    Set,
    Shell,
    Written,
)
from fabriclint.model.element import Each, Element
from fabriclint.values import Data, Map, Reference, Seq, Text, Unknown, Value

# The properties of the tables that take a list of plain values; a test holds this to the registry's schemas.
LISTS = frozenset(
    {
        "AcceleratorManufacturers",
        "AcceleratorNames",
        "AcceleratorTypes",
        "AgentArns",
        "AllowedInstanceTypes",
        "AllowedPrefixesToDirectConnectGateway",
        "Args",
        "AvailabilityZones",
        "CapacityReservationIds",
        "CapacityReservationResourceGroupArns",
        "Configurations",
        "ContainerDefinitions",
        "Ec2SubnetIds",
        "Events",
        "GroupSet",
        "Groups",
        "InstanceTypes",
        "RequiresCompatibilities",
        "RouteTableIds",
        "SecurityGroupArns",
        "SecurityGroupIds",
        "SecurityGroups",
        "SubnetArns",
        "SubnetIds",
        "Subnets",
        "VPCZoneIdentifier",
    }
)
# The properties that hold one object where the model reads a list of them; held by the same test.
SINGLE = frozenset(
    {"CustomLaunchTemplate", "InstanceRequirements", "LaunchTemplate", "LaunchTemplateSpecification"}
)

# What `Ref` does not give: the attribute that holds a type's id, ARN or name. A test holds these to the schemas.
IDS = {
    "AWS::EC2::SecurityGroup": "GroupId",
    "AWS::DirectConnect::Connection": "ConnectionId",
    "AWS::DirectConnect::Lag": "LagId",
    "AWS::DirectConnect::DirectConnectGateway": "DirectConnectGatewayId",
    "AWS::DirectConnect::PrivateVirtualInterface": "VirtualInterfaceId",
    "AWS::DirectConnect::TransitVirtualInterface": "VirtualInterfaceId",
    "AWS::DirectConnect::PublicVirtualInterface": "VirtualInterfaceId",
    "AWS::PCS::ComputeNodeGroup": "Id",
}
ARNS = {
    "AWS::AutoScaling::AutoScalingGroup": "AutoScalingGroupARN",
    "AWS::Batch::ComputeEnvironment": "ComputeEnvironmentArn",
    "AWS::Batch::JobDefinition": "JobDefinitionArn",
    "AWS::Batch::JobQueue": "JobQueueArn",
    "AWS::ECS::TaskDefinition": "TaskDefinitionArn",
    "AWS::DMS::ReplicationConfig": "ReplicationConfigArn",
    "AWS::DMS::Endpoint": "EndpointArn",
    "AWS::DMS::ReplicationTask": "ReplicationTaskArn",
    "AWS::DataSync::Agent": "AgentArn",
    "AWS::DataSync::LocationAzureBlob": "LocationArn",
    "AWS::DataSync::LocationEFS": "LocationArn",
    "AWS::DataSync::LocationFSxLustre": "LocationArn",
    "AWS::DataSync::LocationFSxONTAP": "LocationArn",
    "AWS::DataSync::LocationFSxOpenZFS": "LocationArn",
    "AWS::DataSync::LocationFSxWindows": "LocationArn",
    "AWS::DataSync::LocationHDFS": "LocationArn",
    "AWS::DataSync::LocationNFS": "LocationArn",
    "AWS::DataSync::LocationObjectStorage": "LocationArn",
    "AWS::DataSync::LocationS3": "LocationArn",
    "AWS::DataSync::LocationSMB": "LocationArn",
    "AWS::DataSync::Task": "TaskArn",
    "AWS::DirectConnect::Connection": "ConnectionArn",
    "AWS::DirectConnect::DirectConnectGateway": "DirectConnectGatewayArn",
    "AWS::DirectConnect::Lag": "LagArn",
    "AWS::DirectConnect::PrivateVirtualInterface": "VirtualInterfaceArn",
    "AWS::DirectConnect::PublicVirtualInterface": "VirtualInterfaceArn",
    "AWS::DirectConnect::TransitVirtualInterface": "VirtualInterfaceArn",
    "AWS::EC2::CapacityReservation": "CapacityReservationArn",
    "AWS::EC2::TransitGateway": "TransitGatewayArn",
    "AWS::FSx::DataRepositoryAssociation": "ResourceARN",
    "AWS::FSx::FileSystem": "ResourceARN",
    "AWS::SageMaker::Cluster": "ClusterArn",
}
# Types that give no ARN: it is put together from the id.
_ARN_PATHS = {
    "AWS::EC2::SecurityGroup": "security-group",
    "AWS::EC2::Subnet": "subnet",
    "AWS::EC2::VPC": "vpc",
    "AWS::EC2::VPCEndpoint": "vpc-endpoint",
}
ATTRIBUTES = {
    ("AWS::EC2::LaunchTemplate", "version"): "LatestVersionNumber",
    ("AWS::EC2::LaunchTemplate", "latest_version"): "LatestVersionNumber",
    ("AWS::EC2::LaunchTemplate", "default_version"): "DefaultVersionNumber",
    ("AWS::FSx::FileSystem", "dns_name"): "DNSName",
    ("AWS::FSx::FileSystem", "mount_name"): "LustreMountName",
}
_PLAIN = re.compile(r"[A-Za-z/$][A-Za-z0-9 _./:@${}*+-]*\Z")
_NOT_TEXT = {"true", "false", "yes", "no", "on", "off", "y", "n", "null"}
_MORE = "# …"


def write(changes: Sequence[Change], near: Element) -> str:
    """The changes as resources (and shell lines), parted by blank lines; it ends without a newline."""
    return _Writer(changes, near).text()


def pascal(name: str) -> str:
    """A name as logical ids are written: `efa_self_1` reads `EfaSelf1`."""
    words = re.split(r"[^A-Za-z0-9]+", name)
    return "".join(word[:1].upper() + word[1:] for word in words) or "This"


@dataclass(frozen=True, slots=True)
class _Function:
    """An intrinsic function over a text: Ref, GetAtt (`Group.GroupId`) or Sub."""

    name: str
    argument: str


@dataclass(frozen=True, slots=True)
class _Source:
    """A piece of the template's own YAML, on one line."""

    text: str


@dataclass(eq=False, slots=True)
class _Object:
    entries: dict[str, _Node] = field(default_factory=dict[str, "_Node"])
    comments: list[str] = field(default_factory=list[str])


@dataclass(eq=False, slots=True)
class _Array:
    items: list[_Node] = field(default_factory=list["_Node"])
    comments: list[str] = field(default_factory=list[str])


_Node: TypeAlias = "bool | int | float | str | _Function | _Source | _Object | _Array | None"
_NO_VALUE = _Function("Ref", "AWS::NoValue")


class _Writer:
    def __init__(self, changes: Sequence[Change], near: Element) -> None:
        self.near = near
        self.json = _is_json(near)
        self.stack, _ = _split(near.address)
        self.notes: list[str] = []
        self.changes = [new for change in changes for new in _rephrased(change)]
        self.added = {
            change.name: type_
            for change in self.changes
            if isinstance(change, Add) and (type_ := chosen(SHAPES, change)) is not None
        }

    def text(self) -> str:
        parts: list[str] = []
        resources = _Object()
        scripts: list[str] = []
        for change in gathered(self.changes):
            if isinstance(change, Shell):
                (scripts if self.json else parts).append("\n".join(change.lines))
                continue
            pieces = self.added_pieces(change) if isinstance(change, Add) else []
            if isinstance(change, list):
                pieces = [self.changed_piece(change)]
            for piece in pieces:
                if self.json:
                    resources.entries.update(self.resource(piece).entries if piece.type else {})
                else:
                    parts.append(self.yaml(piece))
        if resources.entries:
            parts.append(_json(resources))
        return "\n\n".join([*parts, *scripts])

    def yaml(self, piece: Piece) -> str:
        self.notes = []
        lines = _yaml(self.resource(piece)) if piece.type else []
        comments = [
            f"# {line}"
            for text in (*piece.comments, *dict.fromkeys(self.notes))
            for line in text.splitlines()
        ]
        return "\n".join([*comments, *lines])

    # pieces

    def added_pieces(self, add: Add) -> list[Piece]:
        type_ = self.added.get(add.name) if add.kind else None
        if type_ is None or SHAPES[type_].kind != add.kind:
            return [
                Piece(
                    "",
                    "",
                    Nested(),
                    comments=_said(add.comment, f"CloudFormation has no resource for {add.kind}"),
                )
            ]
        shape = SHAPES[type_]
        words = _completed({word: value for word, value in add.attributes.items() if word != "style"}, type_)
        alike = one_peer_each(words) if add.kind == "security_group_rule" else [words]
        pieces: list[Piece] = []
        for number, one in enumerate(alike, 1):
            body, strange = placed(shape.attributes, one, LISTS)
            name = pascal(add.name) if number == 1 else f"{pascal(add.name)}{number}"
            if type_ == "AWS::EC2::SecurityGroup":
                body.entries = {"GroupDescription": name, **body.entries}
            piece = Piece(name, type_, body, comments=_said(add.comment if number == 1 else ""))
            piece.comments.extend(f"{type_} has no place for {word.replace('_', ' ')}" for word in strange)
            pieces.append(piece)
        return pieces

    def changed_piece(self, changes: list[Inside | Set | Remove]) -> Piece:
        element = changes[0].element
        stack, name = _split(element.address)
        piece = Piece(name, element.type, Nested(), element)
        if stack != self.stack:
            nested = f"in the nested stack {stack}" if element.calls else f"in {element.place.path}"
            piece.comments.append(nested if stack else "in the template that calls this one")
        for change in changes:
            change_element(piece, change, LISTS)
        return piece

    def resource(self, piece: Piece) -> _Object:
        """The resource under its logical id."""
        inner = self.object(piece.body)
        beside = {name[1:]: inner.entries.pop(name) for name in list(inner.entries) if name.startswith("/")}
        if piece.element is not None:
            inner.comments.append(_MORE)
        for path in piece.deleted:
            if self.json:
                _no_value(inner, path)
            else:
                inner.comments.append(f"# delete {path.replace('.', ' › ')}")
        whole = _Object({"Type": piece.type, **beside})
        if inner.entries or (inner.comments and not self.json):
            whole.entries["Properties"] = inner
        return _Object({piece.name: whole})

    # values

    def object(self, nested: Nested) -> _Object:
        entries = {name: self.node(value, name) for name, value in nested.entries.items()}
        return _Object(entries, [_MORE] if nested.there else [])

    def node(self, value: Native, name: str = "") -> _Node:
        """A value in the template's terms; `name` is the property that takes it."""
        if isinstance(value, Nested):
            return self.object(value)
        if isinstance(value, Blocks):
            if name in SINGLE and len(value.items) == 1:
                return self.object(value.items[0])
            return _Array([self.object(item) for item in value.items], [_MORE] if value.there else [])
        if isinstance(value, Listed):
            return _Array([self.node(item) for item in value.items], [_MORE] if value.there else [])
        if isinstance(value, list):
            return _Array([self.node(item) for item in value])
        if isinstance(value, Mapping):
            return _Object({key: self.node(item) for key, item in value.items()})
        if isinstance(value, Same):
            return self.same(value.value)
        if isinstance(value, (Link, New, Region, Join)):
            return self.reference(value)
        return value

    def reference(self, value: Link | New | Region | Join) -> _Function | str:
        if isinstance(value, Region):
            return _Function("Ref", "AWS::Region")
        if isinstance(value, Link):
            return self.link(value)
        if isinstance(value, New):
            return _attribute_of(self.added.get(value.name, ""), pascal(value.name), value.attribute)
        text = ""
        holes = False
        for part in value.parts:
            if isinstance(part, str):
                text += part.replace("${", "${!")
                continue
            holes = True
            inner = self.reference(part)
            text += (
                inner
                if isinstance(inner, str)
                else inner.argument
                if inner.name == "Sub"
                else f"${{{inner.argument}}}"
            )
        return _Function("Sub", text) if holes else text.replace("${!", "${")

    def link(self, link: Link) -> _Function:
        """A reference as the template near the finding can write it."""
        element = link.element
        stack, name = _split(element.address)
        here = _attribute_of(element.type, name, link.attribute)
        if stack == self.stack:
            return here
        handed = pascal(f"{element.kind}_{link.attribute}")
        below = f"{self.stack}/" if self.stack else ""
        way = stack.removeprefix(below) if stack.startswith(below) else ""
        if way and "/" not in way:
            self.notes.append(
                f"{way}.Outputs.{handed} stands for the output of that stack that gives {_short(here)}"
            )
            return _Function("GetAtt", f"{way}.Outputs.{handed}")
        self.notes.append(f"{handed} stands for a parameter that is handed {_short(here)} of {element.label}")
        return _Function("Ref", handed)

    def same(self, value: Value) -> _Node:
        """What the user wrote, where that is a function or list on one line; else the value it came to."""
        place = value.place
        if place is not None and not self.json and place.source is self.near.place.source:
            text = place.text.strip()
            if text.startswith(("!", "[")) and "\n" not in text:
                return _Source(text)
        return self.data(value.data)

    def data(self, data: Data) -> _Node:
        if isinstance(data, Seq):
            return _Array(
                [self.data(item.data) for item in data.items], [_MORE] if data.more is not None else []
            )
        if isinstance(data, Map):
            return _Object({key: self.data(item.data) for key, item in data.entries.items()})
        if isinstance(data, Reference):
            path = _path(data)
            return _Function("Ref", path) if data.path in ((), ("id",)) else _Function("GetAtt", path)
        if isinstance(data, Text) and not any(isinstance(part, Unknown) for part in data.parts):
            parts = (
                f"${{{_path(part)}}}" if isinstance(part, Reference) else str(part).replace("${", "${!")
                for part in data.parts
            )
            return _Function("Sub", "".join(parts))
        if data is None or isinstance(data, (bool, int, float, str)):
            return data
        self.notes.append("AWS::NoValue stands for a value that these sources do not decide")
        return _NO_VALUE


# changes as CloudFormation can take them


def _rephrased(change: Change) -> list[Change]:
    """A change without what CloudFormation has no words for: endpoint associations, rules that name their own group."""
    if isinstance(change, Add) and change.kind == "endpoint_route_table":
        endpoint, table = change.attributes.get("endpoint"), change.attributes.get("route_table")
        if isinstance(endpoint, Link) and table is not None:
            return [Inside(endpoint.element, "route_tables", (table,), change.comment)]
    if not isinstance(change, Inside) or change.element.kind != "security_group":
        return [change]
    kept: list[Written] = []
    found: list[Change] = []
    for item in change.items:
        if not isinstance(item, Mapping):
            kept.append(item)
        elif item.get("self") is True:
            words: dict[str, Written] = {"direction": change.attribute, "group": Link(change.element), **item}
            name = f"{_split(change.element.address)[1]}_{change.attribute}_from_itself"
            found.append(Add("security_group_rule", name, words, change.comment))
        else:
            kept.extend(one_peer_each(item))
    if kept:
        found.insert(0, Inside(change.element, change.attribute, tuple(kept), change.comment))
    return found


def _completed(words: dict[str, Written], type_: str) -> dict[str, Written]:
    """Words with what this language needs beside them: a file system's product, a name as a tag."""
    shape = SHAPES[type_]
    if shape.kind == "lustre" and "type" not in words:
        words = {"type": "LUSTRE", **words}
    if "name" in words and "name" not in shape.attributes:
        name = words.pop("name")
        tags = words.get("tags")
        if isinstance(shape.attributes.get("tags"), Each) and (tags is None or isinstance(tags, Mapping)):
            words["tags"] = {"Name": name, **(tags or {})}
    return words


def _attribute_of(type_: str, name: str, attribute: str) -> _Function:
    """How a template asks a resource for an attribute."""
    if attribute == "id":
        return _Function("GetAtt", f"{name}.{IDS[type_]}") if type_ in IDS else _Function("Ref", name)
    if attribute == "name":
        return _Function("Ref", name)
    if attribute == "arn" and type_ in _ARN_PATHS:
        inner = f"{name}.{IDS[type_]}" if type_ in IDS else name
        arn = "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}"
        return _Function("Sub", f"{arn}:{_ARN_PATHS[type_]}/${{{inner}}}")
    if attribute == "arn":
        return _Function("GetAtt", f"{name}.{ARNS.get(type_, 'Arn')}")
    return _Function("GetAtt", f"{name}.{ATTRIBUTES.get((type_, attribute), pascal(attribute))}")


# names


def _split(address: str) -> tuple[str, str]:
    """An address as its stack (empty for the root) and the logical id in it."""
    stack, _, name = address.rpartition("/")
    return stack, name


def _path(reference: Reference) -> str:
    steps = () if reference.path == ("id",) else reference.path
    return ".".join((_split(reference.target)[1], *(str(step) for step in steps)))


def _short(function: _Function) -> str:
    return f"!{function.name} {function.argument}"


def _is_json(near: Element) -> bool:
    source = near.place.source
    return source.path.endswith(".json") or source.data.lstrip()[:1] == b"{"


def _said(*texts: str) -> list[str]:
    return [text for text in texts if text]


def _no_value(inner: _Object, path: str) -> None:
    """Write a property as no value: JSON has no comment that could say to delete it."""
    *way, last = path.split(".")
    for step in way:
        below = inner.entries.setdefault(step, _Object())
        if not isinstance(below, _Object):
            return
        inner = below
    inner.entries[last] = _NO_VALUE


# spelling


def _yaml(node: _Object | _Array) -> list[str]:
    """The lines of a block mapping or sequence."""
    lines = list(node.comments)
    if isinstance(node, _Array):
        for item in node.items:
            inner = _yaml(item) if _is_block(item) else [_scalar(item)]
            lines.extend([f"- {inner[0]}", *(f"  {line}" for line in inner[1:])])
        return lines
    for name, value in node.entries.items():
        key = _scalar(name)
        if _is_block(value):
            lines.extend([f"{key}:", *(f"  {line}" for line in _yaml(value))])
        else:
            lines.append(f"{key}: {_scalar(value)}")
    return lines


def _is_block(node: _Node) -> TypeGuard[_Object | _Array]:
    if isinstance(node, _Array):
        return bool(node.items or node.comments)
    return isinstance(node, _Object) and bool(node.entries or node.comments)


def _scalar(node: _Node) -> str:
    if isinstance(node, _Function):
        return f"!{node.name} {_scalar(node.argument)}"
    if isinstance(node, _Source):
        return node.text
    if isinstance(node, str):
        plain = _PLAIN.match(node) and node.lower() not in _NOT_TEXT
        safe = ": " not in node and " #" not in node and not node.endswith((" ", ":"))
        return node if plain and safe else json.dumps(node, ensure_ascii=False)
    if isinstance(node, _Array):
        return "[]"
    if isinstance(node, _Object):
        return "{}"
    return json.dumps(node)


def _json(node: _Node, depth: int = 0) -> str:
    """JSON with two spaces a level; a function stays on one line."""
    opened, closed = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    if isinstance(node, _Object) and node.entries:
        inner = (f"{json.dumps(name)}: {_json(value, depth + 1)}" for name, value in node.entries.items())
        return f"{{{opened}{f',{opened}'.join(inner)}{closed}}}"
    if isinstance(node, _Array) and node.items:
        return f"[{opened}{f',{opened}'.join(_json(item, depth + 1) for item in node.items)}{closed}]"
    if isinstance(node, _Function):
        argument = node.argument.split(".", 1) if node.name == "GetAtt" else node.argument
        name = node.name if node.name == "Ref" else f"Fn::{node.name}"
        return json.dumps({name: argument}, ensure_ascii=False)
    if isinstance(node, (_Object, _Array)):
        return "{}" if isinstance(node, _Object) else "[]"
    return "null" if isinstance(node, _Source) else json.dumps(node, ensure_ascii=False)
