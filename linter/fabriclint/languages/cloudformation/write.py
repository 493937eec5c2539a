"""Writes changes as resources of a CloudFormation template for a person to paste, in YAML or JSON as the template is."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import cast

from fabriclint.languages.cloudformation.rephrase import completed, rephrased, split
from fabriclint.languages.cloudformation.spelling import (
    NO_VALUE,
    Array,
    Function,
    Node,
    Object,
    Raw,
    json_text,
    yaml_lines,
)
from fabriclint.languages.cloudformation.vocabulary import SHAPES
from fabriclint.languages.writing import (
    Blocks,
    Listed,
    Native,
    Nested,
    Piece,
    change_element,
    chosen,
    counting,
    gathered,
    one_peer_each,
    placed,
    reworded,
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
    Reword,
    Same,
    Set,
    Shell,
)
from fabriclint.model.element import Element
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
_MORE = "# …"
_SHOWN = 4  # of many blocks that only count up
_COUNTED = {"NetworkCardIndex": "network cards"}


def write(changes: Sequence[Change], near: Element) -> str:
    """The changes as resources (and shell lines), parted by blank lines; it ends without a newline."""
    return Writer(changes, near).text()


def pascal(name: str) -> str:
    """A name as logical ids are written: `efa_self_1` reads `EfaSelf1`."""
    words = re.split(r"[^A-Za-z0-9]+", name)
    return "".join(word[:1].upper() + word[1:] for word in words) or "This"


class Writer:
    """Makes the changes of one fix into values of a template; `notes` collects what a person has to know of them.

    `taken` are the logical ids that new resources must not have; `brief` leaves out most of many blocks that only count up.
    """

    def __init__(
        self, changes: Sequence[Change], near: Element, taken: Collection[str] = (), *, brief: bool = True
    ) -> None:
        self.near = near
        self.json = _is_json(near)
        self.stack, _ = split(near.address)
        self.notes: list[str] = []
        self.brief = brief
        self.taken = set(taken)
        self.changes = [new for change in changes for new in rephrased(change)]
        self.added = {
            change.name: type_
            for change in self.changes
            if isinstance(change, Add) and (type_ := chosen(SHAPES, change)) is not None
        }
        self.names: dict[str, str] = {}
        for name in self.added:
            self.names[name] = self.fresh(pascal(name))

    def fresh(self, name: str) -> str:
        """A logical id that is not taken: the name, or the name with a number."""
        number, found = 1, name
        while found in self.taken:
            number += 1
            found = f"{name}{number}"
        self.taken.add(found)
        return found

    def text(self) -> str:
        """The changes for a person, as resources parted by blank lines."""
        parts: list[str] = []
        resources = Object()
        scripts: list[str] = []
        for change in gathered(self.changes):
            if isinstance(change, Shell):
                (scripts if self.json else parts).append("\n".join(change.lines))
                continue
            if isinstance(change, Reword):
                (scripts if self.json else parts).append(reworded(change))
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
            parts.append(json_text(resources))
        return "\n\n".join([*parts, *scripts])

    def yaml(self, piece: Piece) -> str:
        """A piece as YAML with its comments."""
        self.notes = []
        lines = yaml_lines(self.resource(piece)) if piece.type else []
        comments = [
            f"# {line}"
            for text in (*piece.comments, *dict.fromkeys(self.notes))
            for line in text.splitlines()
        ]
        return "\n".join([*comments, *lines])

    # pieces

    def added_pieces(self, add: Add) -> list[Piece]:
        """The resources that an Add becomes; what a person is told of them stands in their comments."""
        type_ = self.added.get(add.name) if add.kind else None
        if type_ is None or SHAPES[type_].kind != add.kind:
            return [
                Piece(
                    "",
                    "",
                    Nested(),
                    comments=_said(add.said, f"CloudFormation has no resource for {add.kind}"),
                )
            ]
        shape = SHAPES[type_]
        words = completed({word: value for word, value in add.attributes.items() if word != "style"}, type_)
        alike = one_peer_each(words) if add.kind == "security_group_rule" else [words]
        pieces: list[Piece] = []
        for number, one in enumerate(alike, 1):
            body, strange = placed(shape.attributes, one, LISTS)
            name = self.names[add.name] if number == 1 else self.fresh(self.names[add.name])
            if type_ == "AWS::EC2::SecurityGroup":
                body.entries = {"GroupDescription": name, **body.entries}
            piece = Piece(name, type_, body, comments=_said(add.said if number == 1 else ""))
            piece.comments.extend(f"{type_} has no place for {word.replace('_', ' ')}" for word in strange)
            pieces.append(piece)
        return pieces

    def changed_piece(self, changes: list[Inside | Set | Remove]) -> Piece:
        """A resource that is there with what changes in it."""
        element = changes[0].element
        stack, name = split(element.address)
        piece = Piece(name, element.type, Nested(), element)
        if stack != self.stack:
            nested = f"in the nested stack {stack}" if element.calls else f"in {element.place.path}"
            piece.comments.append(nested if stack else "in the template that calls this one")
        for change in changes:
            change_element(piece, change, LISTS)
        return piece

    def resource(self, piece: Piece) -> Object:
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
        whole = Object({"Type": piece.type, **beside})
        if inner.entries or (inner.comments and not self.json):
            whole.entries["Properties"] = inner
        return Object({piece.name: whole})

    # values

    def object(self, nested: Nested) -> Object:
        """A mapping in the template's terms."""
        entries = {name: self.node(value, name) for name, value in nested.entries.items()}
        return Object(entries, [_MORE] if nested.there else [])

    def node(self, value: Native, name: str = "") -> Node:
        """A value in the template's terms; `name` is the property that takes it."""
        if isinstance(value, Nested):
            return self.object(value)
        if isinstance(value, Blocks):
            if name in SINGLE and len(value.items) == 1:
                return self.object(value.items[0])
            return self.blocks(value)
        if isinstance(value, Listed):
            return Array([self.node(item) for item in value.items], [_MORE] if value.there else [])
        if isinstance(value, list):
            return Array([self.node(item) for item in value])
        if isinstance(value, Mapping):
            return Object({key: self.node(item) for key, item in value.items()})
        if isinstance(value, Same):
            return self.same(value.value)
        if isinstance(value, (Link, New, Region, Join)):
            return self.reference(value)
        return value

    def blocks(self, blocks: Blocks) -> Array:
        """A list of mappings."""
        items, after = blocks.items, list[str]()
        counted = counting(items) if self.brief else None
        if counted is not None:
            first, name, numbers = counted
            shown = max(_SHOWN, first + 1)
            left = numbers[shown - first :]
            what = _COUNTED.get(name, f"numbers of {name}")
            after = [f"# the last block once more for each of the {what} {left[0]} to {left[-1]}"]
            items = items[:shown]
        return Array([self.object(item) for item in items], [_MORE] if blocks.there else [], after)

    def reference(self, value: Link | New | Region | Join) -> Function | str:
        """What a reference reads; a text without any is a text."""
        if isinstance(value, Region):
            return Function("Ref", "AWS::Region")
        if isinstance(value, Link):
            return self.link(value)
        if isinstance(value, New):
            return self.new(value)
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
        return Function("Sub", text) if holes else text.replace("${!", "${")

    def new(self, new: New) -> Function:
        """A reference to a resource that an Add of the same fix makes."""
        name = self.names.get(new.name) or pascal(new.name)
        return _attribute_of(self.added.get(new.name, ""), name, new.attribute)

    def link(self, link: Link) -> Function:
        """A reference as the template near the finding can write it."""
        element = link.element
        stack, name = split(element.address)
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
            return Function("GetAtt", f"{way}.Outputs.{handed}")
        self.notes.append(f"{handed} stands for a parameter that is handed {_short(here)} of {element.label}")
        return Function("Ref", handed)

    def same(self, value: Value) -> Node:
        """What the user wrote, where that is a function or list on one line; else the value it came to."""
        place = value.place
        if place is not None and place.source is self.near.place.source:
            text = place.text.strip()
            if self.json:
                text = _function_in(text)
            if text.startswith(("{", "[") if self.json else ("!", "[")) and "\n" not in text:
                return Raw(text)
        return self.data(value.data)

    def data(self, data: Data) -> Node:
        """A value as literals and references; one that is not decided leaves a note."""
        if isinstance(data, Seq):
            return Array(
                [self.data(item.data) for item in data.items], [_MORE] if data.more is not None else []
            )
        if isinstance(data, Map):
            return Object({key: self.data(item.data) for key, item in data.entries.items()})
        if isinstance(data, Reference):
            path = _path(data)
            return Function("Ref", path) if data.path in ((), ("id",)) else Function("GetAtt", path)
        if isinstance(data, Text) and not any(isinstance(part, Unknown) for part in data.parts):
            parts = (
                f"${{{_path(part)}}}" if isinstance(part, Reference) else str(part).replace("${", "${!")
                for part in data.parts
            )
            return Function("Sub", "".join(parts))
        if data is None or isinstance(data, (bool, int, float, str)):
            return data
        self.notes.append("AWS::NoValue stands for a value that these sources do not decide")
        return NO_VALUE


def _attribute_of(type_: str, name: str, attribute: str) -> Function:
    """How a template asks a resource for an attribute."""
    if attribute == "id":
        return Function("GetAtt", f"{name}.{IDS[type_]}") if type_ in IDS else Function("Ref", name)
    if attribute == "name":
        return Function("Ref", name)
    if attribute == "arn" and type_ in _ARN_PATHS:
        inner = f"{name}.{IDS[type_]}" if type_ in IDS else name
        arn = "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}"
        return Function("Sub", f"{arn}:{_ARN_PATHS[type_]}/${{{inner}}}")
    if attribute == "arn":
        return Function("GetAtt", f"{name}.{ARNS.get(type_, 'Arn')}")
    return Function("GetAtt", f"{name}.{ATTRIBUTES.get((type_, attribute), pascal(attribute))}")


# names


def _path(reference: Reference) -> str:
    steps = () if reference.path == ("id",) else reference.path
    return ".".join((split(reference.target)[1], *(str(step) for step in steps)))


def _short(function: Function) -> str:
    return f"!{function.name} {function.argument}"


def _is_json(near: Element) -> bool:
    source = near.place.source
    return source.path.endswith(".json") or source.data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def _function_in(text: str) -> str:
    """A function's JSON on one line; empty where the text is anything else."""
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    names = list(cast("dict[str, object]", found)) if isinstance(found, dict) else []
    single = len(names) == 1 and names[0].startswith(("Ref", "Fn::"))
    return json.dumps(found, ensure_ascii=False) if single else ""


def _said(*texts: str) -> list[str]:
    return [text for text in texts if text]


def _no_value(inner: Object, path: str) -> None:
    """Write a property as no value: JSON has no comment that could say to delete it."""
    *way, last = path.split(".")
    for step in way:
        below = inner.entries.setdefault(step, Object())
        if not isinstance(below, Object):
            return
        inner = below
    inner.entries[last] = NO_VALUE
