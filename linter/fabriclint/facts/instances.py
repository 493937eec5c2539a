"""What every EC2 instance type can do on the network.

The rows live in `instances.json`, which `tools/make_facts.py` writes from the DescribeInstanceTypes data that the
moto package carries, corrected by `corrections.json` (each correction says why, and where that is published).
Nothing is read before the first lookup, and a row is decoded only when somebody asks for its type.

All bandwidths are in Gbps (10^9 bits a second).
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict, cast

from msgspec import Struct, json

if TYPE_CHECKING:
    from importlib.machinery import SourceFileLoader

InterfaceType = Literal["interface", "efa", "efa-only"]
Kind = Literal["", "gpu", "neuron", "inference", "fpga", "media"]
Layout = tuple[tuple[int, int, InterfaceType], ...]

_STRATEGIES = {"c": "cluster", "p": "partition", "s": "spread"}

# RULES "trains": the types people buy for their fabric. Sizes that share a family name but hold one accelerator
# and one card (p5.4xlarge, trn2.3xlarge, trn1.2xlarge) are bought for other reasons.
_FABRIC_FAMILIES = frozenset(
    {"dl1", "p3dn", "p4d", "p4de", "p5", "p5e", "p5en", "trn1", "trn1n", "trn2", "trn2u"},
)
_SMALL_SIZES = frozenset({"p5.4xlarge", "trn1.2xlarge", "trn2.3xlarge"})

# Families of which no current size takes EFA (or, inf1, none that trains): the nearest type that does, and trains.
_NEAREST_OF_FAMILY: Mapping[str, str] = {
    "g6f": "g6.8xlarge",
    "gr6f": "gr6.8xlarge",
    "inf1": "trn1.32xlarge",
    "inf2": "trn1.32xlarge",
    "p3": "p3dn.24xlarge",
}


class Card(Struct, frozen=True):
    """One network card of an instance type."""

    index: int
    """The network card index; 0 is the card of the primary interface."""
    max_interfaces: int | None
    """How many interfaces the card takes (so the highest device index plus one); None where unknown or doubtful."""
    efa: bool
    """The card takes an `efa-only` interface, and an `efa` one as well where `ena` holds."""
    ena: bool
    """The card takes an ordinary `interface` (IP traffic)."""
    gbps: float | None
    """The card's ceiling as the API publishes it; None where unknown or doubtful. On card 0 it is the ceiling of
    Ethernet; EFA on the same card may be faster (p6-b200: 200 of Ethernet, 400 of EFA)."""


class InstanceType(Struct, frozen=True):
    """One EC2 instance type, as the API and the EC2 user guide publish it."""

    name: str
    vcpus: int
    architecture: str
    """`x86_64` or `arm64` (Macs: `x86_64_mac`, `arm64_mac`)."""
    kind: Kind
    """What sort of accelerator it has: `gpu` (also Gaudi), `neuron` (Trainium, Inferentia), `inference`, `fpga`,
    `media`, or nothing."""
    accelerators: int
    """Whole accelerators; a fraction of a GPU (g6f, gr6f) counts 0."""
    accelerator: str
    """Vendor and model of the accelerator (`NVIDIA H100`), empty without one."""
    cards: tuple[Card, ...]
    """All network cards, in the order of their indexes."""
    max_efa: int
    """The most EFA interfaces (`efa` and `efa-only` together) it takes; 0 without EFA."""
    gbps: float | None
    """The whole type's network ceiling: what the fabric gives with EFA on the recommended cards. None where AWS
    gives only a word (`High`)."""
    burst: bool
    """`gbps` is an "up to" figure."""
    ip_gbps: float | None
    """The ceiling of IP traffic where AWS publishes one below `gbps` (p5: 800 of 3,200); else None."""
    rdma_read: bool
    """EFA with RDMA read, which NCCL's direct GPU transfers want; False without EFA."""
    placement: frozenset[str] | None
    """The placement strategies it takes (`cluster`, `partition`, `spread`); None where AWS publishes none."""
    current: bool
    """Listed by the EC2 API at the catalogue's date. Not AWS's "current generation" label, which g5 has lost."""
    nitro_efa_generation: int | None
    """The generation of its EFA: 1 is Nitro v3, 2 is Nitro v4, 3 is Nitro v5, 4 is Nitro v6; None without EFA."""
    recommended_efa_cards: tuple[int, ...]
    """The cards whose EFA interfaces together reach `gbps`. Fewer than `max_efa` only on p6e-gb200, where cards
    share the bandwidth of one GPU."""

    @property
    def family(self) -> str:
        """The part of the name before the size: `p6-b200` of `p6-b200.48xlarge`."""
        return family(self.name)

    @property
    def efa_capable(self) -> bool:
        """It takes at least one EFA interface."""
        return self.max_efa > 0

    @property
    def accelerated(self) -> bool:
        """It has a GPU (or a fraction of one), Gaudi, Trainium or Inferentia: something a model can train on."""
        return self.kind in {"gpu", "neuron"}

    @property
    def nvidia_gpus(self) -> int:
        """Its whole NVIDIA GPUs: what `nvidia.com/gpu` can count on one node."""
        return self.accelerators if self.accelerator.startswith("NVIDIA ") else 0

    @property
    def neuron_devices(self) -> int:
        """Its Trainium or Inferentia chips: what `aws.amazon.com/neuron` can count on one node."""
        return self.accelerators if self.kind == "neuron" else 0

    @property
    def fabric_class(self) -> bool:
        """A full-size type that is bought for its fabric, so that several of them mean distributed training."""
        name = self.family
        return (name in _FABRIC_FAMILIES or name.startswith("p6")) and self.name not in _SMALL_SIZES

    @property
    def hpc(self) -> bool:
        """A CPU type made for tightly coupled jobs."""
        return self.name.startswith("hpc")

    @property
    def doubtful_card_limits(self) -> bool:
        """How many interfaces a card takes is unpublished or published doubtfully: do not judge device indexes.

        True for hpc6id, p6e-gb200, and the plain CPU types, whose limits the catalogue leaves out.
        """
        return any(card.max_interfaces is None for card in self.cards)

    @property
    def ethernet_gbps(self) -> float | None:
        """What a node gets with one ordinary interface on card 0, as an instance launched without any EFA has it.

        It is card 0's `PeakBandwidthInGbps` of the API, never more than `gbps`: a ceiling, and an "up to" figure
        where `burst` holds. None where AWS gives only a word, or where the cards' figures add up to more than the
        type's total without AWS saying why (g6e.24xlarge, c6in.32xlarge, hpc6id and others).
        """
        return self.cards[0].gbps

    def takes_placement(self, strategy: str) -> bool | None:
        """Whether it may be launched into a placement group of this strategy; None where AWS does not say."""
        return None if self.placement is None else strategy in self.placement

    def recommended_layout(self) -> Layout:
        """The interfaces AWS recommends for full EFA bandwidth, as (card, device, interface type), in that order.

        Card 0 has an ordinary `interface` as device 0 and, where card 0 takes EFA, an `efa-only` as device 1; every
        further recommended card has an `efa-only` as device 0 (EC2 user guide, "Maximize network bandwidth on
        Amazon EC2 instances with multiple network cards"). Where card 0 is not known to hold two interfaces, one
        `efa` as device 0 stands for both. Empty without EFA.
        """
        if not self.efa_capable:
            return ()
        layout: list[tuple[int, int, InterfaceType]] = []
        if 0 not in self.recommended_efa_cards:
            layout.append((0, 0, "interface"))
        elif (self.cards[0].max_interfaces or 1) > 1:
            layout.extend(((0, 0, "interface"), (0, 1, "efa-only")))
        else:
            layout.append((0, 0, "efa"))
        layout.extend((index, 0, "efa-only") for index in self.recommended_efa_cards if index)
        return tuple(layout)


def family(name: str) -> str:
    """The family of an instance type's name, `ml.` stripped: `p5` of `ml.p5.48xlarge`. A family is its own."""
    return name.removeprefix("ml.").partition(".")[0]


@cache
def names() -> tuple[str, ...]:
    """Every known instance type, sorted by name."""
    catalogue = _catalogue()
    plain = (f"{family}.{size}" for family, groups in catalogue["plain"].items() for size in _sizes(groups))
    return tuple(sorted([*catalogue["types"], *plain]))


# Names come from scanned files, so the cache is bounded; every name that exists fits.
@lru_cache(maxsize=2048)
def instance(name: str) -> InstanceType | None:
    """The instance type of this name (SageMaker's `ml.` prefix is stripped), or None if it is not known.

    Not known is not "does not exist": a type may be newer than the catalogue.
    """
    name = name.removeprefix("ml.")
    catalogue = _catalogue()
    row = catalogue["types"].get(name)
    if row is not None:
        return _accelerated_or_efa(name, row)
    family_name, _, size = name.partition(".")
    for group in catalogue["plain"].get(family_name, ()):
        entry = _sizes([group]).get(size)
        if entry is not None:
            return _plain(name, group, entry)
    return None


@lru_cache(maxsize=256)
def nearest_efa_type(name: str) -> str | None:
    """The type to take instead, for a training fleet on a type without EFA; None if it has EFA or none is near.

    - p3 -> p3dn.24xlarge; inf1, inf2 -> trn1.32xlarge (Inferentia does not train); the fractional g6f and gr6f ->
      the smallest whole GPU of g6 and gr6 with EFA;
    - any other -> the smallest size of the same family that has EFA (no family has a larger one without):
      g5.xlarge -> g5.8xlarge, trn1.2xlarge -> trn1.32xlarge, c5n.large -> c5n.9xlarge.
    """
    wanted = instance(name)
    if wanted is None or wanted.efa_capable:
        return None
    mapped = _NEAREST_OF_FAMILY.get(wanted.family)
    if mapped is not None:
        return mapped
    siblings = (instance(sibling) for sibling in _catalogue()["types"] if family(sibling) == wanted.family)
    fitting = (kin for kin in siblings if kin is not None and kin.efa_capable)
    # The name breaks a tie of a virtual and a metal size: c5n.18xlarge before c5n.metal.
    best = min(fitting, key=lambda kin: (kin.vcpus, kin.name), default=None)
    return None if best is None else best.name


class _Row(TypedDict):
    """One accelerated, EFA-capable or hpc* type of `instances.json`; absent keys have their default."""

    accelerator: NotRequired[str]
    accelerators: NotRequired[int]
    architecture: NotRequired[str]
    burst: NotRequired[bool]
    cards: list[tuple[int, int | None, str, float | None]]
    efa_cards: NotRequired[list[int]]
    efa_generation: NotRequired[int]
    gbps: NotRequired[float]
    ip_gbps: NotRequired[float]
    kind: NotRequired[Kind]
    max_efa: NotRequired[int]
    placement: NotRequired[str | None]
    rdma_read: NotRequired[bool]
    retired: NotRequired[bool]
    vcpus: int


class _Catalogue(TypedDict):
    """`instances.json`, whose lists of a fixed shape are typed as the tuples they stand for.

    A plain group is (architecture, placement letters, "size:vcpus:gbps ..."), "~" before an "up to" figure.
    """

    types: dict[str, _Row]
    plain: dict[str, list[tuple[str, str, str]]]


@cache
def _catalogue() -> _Catalogue:
    # As pkgutil.get_data does it, which would have to be imported.
    loader = cast("SourceFileLoader", __spec__.loader)
    return cast(_Catalogue, json.decode(loader.get_data(__file__.removesuffix(".py") + ".json")))


def _sizes(groups: list[tuple[str, str, str]]) -> dict[str, tuple[str, str]]:
    """The (vcpus, gbps) texts of each size in these plain groups."""
    entries = (entry.split(":") for group in groups for entry in group[2].split())
    return {size: (vcpus, gbps) for size, vcpus, gbps in entries}


def _strategies(letters: str) -> frozenset[str]:
    return frozenset(_STRATEGIES[letter] for letter in letters)


def _accelerated_or_efa(name: str, row: _Row) -> InstanceType:
    cards: list[Card] = []
    for count, max_interfaces, takes, gbps in row["cards"]:
        indexes = range(len(cards), len(cards) + count)
        cards += [Card(index, max_interfaces, "efa" in takes, "ena" in takes, gbps) for index in indexes]
    max_efa = row.get("max_efa", 0)
    efa_cards = row.get("efa_cards") or [card.index for card in cards if card.efa][:max_efa]
    placement = row.get("placement", "cps")
    return InstanceType(
        name=name,
        vcpus=row["vcpus"],
        architecture=row.get("architecture", "x86_64"),
        kind=row.get("kind", ""),
        accelerators=row.get("accelerators", 0),
        accelerator=row.get("accelerator", ""),
        cards=tuple(cards),
        max_efa=max_efa,
        gbps=row.get("gbps"),
        burst=row.get("burst", False),
        ip_gbps=row.get("ip_gbps"),
        rdma_read=row.get("rdma_read", False),
        placement=None if placement is None else _strategies(placement),
        current=not row.get("retired", False),
        nitro_efa_generation=row.get("efa_generation"),
        recommended_efa_cards=tuple(efa_cards),
    )


def _plain(name: str, group: tuple[str, str, str], entry: tuple[str, str]) -> InstanceType:
    architecture, placement, _ = group
    vcpus, bandwidth = entry
    gbps = float(bandwidth.removeprefix("~")) if bandwidth else None
    return InstanceType(
        name=name,
        vcpus=int(vcpus),
        architecture=architecture,
        kind="",
        accelerators=0,
        accelerator="",
        cards=(Card(0, None, efa=False, ena=True, gbps=gbps),),
        max_efa=0,
        gbps=gbps,
        burst=bandwidth.startswith("~"),
        ip_gbps=None,
        rdma_read=False,
        placement=_strategies(placement),
        current=True,
        nitro_efa_generation=None,
        recommended_efa_cards=(),
    )
