"""What a launcher says of its launches: kind, size, types, subnets, interfaces."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from fabriclint.model.element import Element
from fabriclint.model.stack import Link
from fabriclint.text import Span
from fabriclint.values import NO, NO_INPUTS, YES, Inputs, Many, Truth, Unknown, Value

FleetKind = Literal[
    "instance",
    "launch template",
    "Auto Scaling group",
    "EC2 Fleet",
    "Spot Fleet",
    "EKS node group",
    "Batch compute environment",
    "HyperPod instance group",
    "SageMaker training job",
    "PCS node group",
    "ParallelCluster queue",
    "Karpenter pool",
    "EKS Auto Mode pool",
]


class Size(Struct, frozen=True, eq=False):
    """How many like machines a fleet may launch: its maximum, and how many it starts with."""

    maximum: int | None
    """The most nodes; None where the sources do not decide it."""
    desired: int | None
    """The nodes it starts with; None where the sources do not decide it."""
    open: Unknown | None = None
    """Why the maximum is not decided."""
    inputs: Inputs = NO_INPUTS
    place: Span | None = None

    def above(self, number: int) -> Truth:
        """Whether the maximum is above a number."""
        if self.maximum is None:
            return Truth.unknown(
                self.open or Unknown.because("the fleet's maximum is not written", self.place)
            ).under(self.inputs)
        return Truth.of(self.maximum > number, self.inputs)


class Interface(Struct, frozen=True, eq=False):
    """One network interface of a launch."""

    type: Value
    card: Value
    device: Value
    groups: Value
    subnet: Value
    public_ip: Value
    place: Span | None
    element: Element

    @property
    def efa(self) -> Truth:
        """Whether it is an EFA, with or without the Ethernet half."""
        return self.type.among("efa", "efa-only")


_NO_VALUES: Many[Value] = Many()
_NO_INTERFACES: Many[Interface] = Many()
ABSENT = Value(None, None, "absent")


class Launch(Struct, frozen=True, eq=False):
    """What a launcher says of its launches; a fleet reads it together with the launch template."""

    kind: FleetKind
    elements: tuple[Element, ...]
    template: Link
    types: Many[Value]
    size: Size
    subnets: Many[Link]
    label: str = ""
    zones: Many[Value] = _NO_VALUES
    placement: tuple[Value, ...] = ()
    groups: Value = ABSENT
    own_interfaces: Many[Interface] = _NO_INTERFACES
    user_data: tuple[Value, ...] = ()
    market: Value = ABSENT
    reservation: tuple[Value, ...] = ()
    training_plan: Value = ABSENT
    interface_type: Value = ABSENT
    """The interface type that a HyperPod group names."""
    words: tuple[Value, ...] = ()
    tags: tuple[Value, ...] = ()
    single_zone: Truth = NO
    labels: Value = ABSENT
    """The Kubernetes labels its nodes carry."""
    takes_placement_group: Truth = YES
    managed_fabric: bool = False
    own_group_is_open: bool = False
    """Whether the launcher adds a security group of its own that lets all traffic pass among its nodes, and out."""
    volumes: tuple[Value, ...] = ()
    """What names the file systems that the launcher mounts on its nodes by itself."""
    adds_interfaces: bool = False
    """Karpenter: EFA interfaces are made for pods that ask for them, unless the class writes interfaces out."""
    place: Span | None = None


def interfaces_of(element: Element, word: str = "interfaces") -> Many[Interface]:
    """The interfaces written in a launch template (or one element that is written alike)."""
    return element.get(word).members().map(lambda value: interface(value, element))


def interface(value: Value, element: Element) -> Interface:
    """One interface block."""
    card, device = value.field("card"), value.field("device")
    if card.absent:
        card = Value(0, value.place, "default")
    return Interface(
        type=value.field("type"),
        card=card,
        device=device,
        groups=value.field("security_groups"),
        subnet=value.field("subnet"),
        public_ip=value.field("public_ip"),
        place=value.place,
        element=element,
    )


def count_of(elements: tuple[Element, ...]) -> Size:
    """The size of a group of like instances: how many of them exist."""
    inputs = NO_INPUTS.union(*(element.exists.inputs for element in elements))
    place = elements[0].place
    reasons = [element.many for element in elements if element.many is not None]
    if reasons:
        return Size(None, None, reasons[0], inputs, place)
    certain = sum(1 for element in elements if element.exists.certain)
    if certain != len(elements):
        open_ = next(element.exists for element in elements if not element.exists.certain)
        if len(elements) <= 1:
            return Size(len(elements), None, None, inputs, place)
        return Size(None, None, Unknown(open_.reasons), inputs, place)
    return Size(certain, certain, None, inputs, place)
