"""The instance catalogue: headline types, the known defects of the published data, and what holds for every row."""

import json
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from fabriclint.facts import instances
from fabriclint.facts.instances import InstanceType, family, instance, names, nearest_efa_type

FACTS = Path(instances.__file__).parent
CORRECTIONS: dict[str, dict[str, Any]] = json.loads((FACTS / "corrections.json").read_text())["corrections"]
RAW = json.loads((FACTS / "instances.json").read_text())


def known(name: str) -> InstanceType:
    found = instance(name)
    assert found is not None, name
    return found


EVERY = [known(name) for name in names()]
EFA = [row for row in EVERY if row.efa_capable]


@pytest.mark.parametrize(
    ("name", "cards", "efa", "gbps"),
    [
        ("p3dn.24xlarge", 1, 1, 100),
        ("p4d.24xlarge", 4, 4, 400),
        ("p4de.24xlarge", 4, 4, 400),
        ("p5.4xlarge", 1, 1, 100),
        ("p5.48xlarge", 32, 32, 3200),
        ("p5e.48xlarge", 32, 32, 3200),
        ("p5en.48xlarge", 16, 16, 3200),
        ("p6-b200.48xlarge", 8, 8, 3200),
        ("p6-b300.48xlarge", 17, 16, 6400),
        ("p6e-gb200.36xlarge", 17, 16, 1600),
        ("trn1.32xlarge", 8, 8, 800),
        ("trn1n.32xlarge", 16, 16, 1600),
        ("trn2.48xlarge", 16, 16, 3200),
        ("trn2u.48xlarge", 16, 16, 3200),
        ("trn2.3xlarge", 1, 1, 200),
        ("g5.48xlarge", 1, 1, 100),
        ("g6.48xlarge", 1, 1, 100),
        ("g6e.24xlarge", 2, 2, 200),
        ("g6e.48xlarge", 4, 4, 400),
        ("g7e.24xlarge", 2, 2, 800),
        ("g7e.48xlarge", 4, 4, 1600),
        ("g7.48xlarge", 2, 2, 700),
        ("hpc6a.48xlarge", 1, 1, 100),
        ("hpc6id.32xlarge", 2, 2, 200),
        ("hpc7a.96xlarge", 2, 2, 300),
        ("hpc7g.16xlarge", 1, 1, 200),
        ("hpc8a.96xlarge", 2, 2, 300),
        ("inf1.24xlarge", 1, 1, 100),
        ("dl1.24xlarge", 4, 4, 400),
        ("dl2q.24xlarge", 1, 1, 100),
        ("f2.48xlarge", 1, 1, 100),
        ("vt1.24xlarge", 1, 1, 25),
        ("c6in.32xlarge", 2, 2, 200),
        ("i7ie.48xlarge", 2, 1, 200),
        ("i8ge.48xlarge", 2, 1, 300),
        ("g5.xlarge", 1, 0, 10),
        ("inf2.48xlarge", 1, 0, 100),
        ("trn1.2xlarge", 1, 0, 12.5),
        ("p3.16xlarge", 1, 0, 25),
    ],
)
def test_network(name: str, cards: int, efa: int, gbps: float) -> None:
    row = known(name)
    assert (len(row.cards), row.max_efa, row.gbps) == (cards, efa, gbps)
    assert row.efa_capable == (efa > 0)


@pytest.mark.parametrize(
    ("name", "count", "accelerator", "accelerated"),
    [
        ("p5.48xlarge", 8, "NVIDIA H100", True),
        ("p6-b300.48xlarge", 8, "NVIDIA B300", True),
        ("p6e-gb200.36xlarge", 4, "NVIDIA GB200", True),
        ("g5.48xlarge", 8, "NVIDIA A10G", True),
        ("g6f.large", 0, "NVIDIA L4", True),
        ("trn1.32xlarge", 16, "AWS Trainium", True),
        ("trn2u.48xlarge", 16, "AWS Trainium2", True),
        ("inf1.24xlarge", 16, "AWS Inferentia", True),
        ("inf2.48xlarge", 12, "AWS Inferentia2", True),
        ("dl1.24xlarge", 8, "Habana Gaudi HL-205", True),
        ("g4ad.16xlarge", 4, "AMD Radeon Pro V520", True),
        ("dl2q.24xlarge", 8, "Qualcomm AI100", False),
        ("vt1.24xlarge", 8, "Xilinx U30", False),
        ("f2.48xlarge", 8, "Xilinx Virtex UltraScale+ (VU47P)", False),
        ("hpc7a.96xlarge", 0, "", False),
        ("t3.micro", 0, "", False),
    ],
)
def test_accelerators(name: str, count: int, accelerator: str, accelerated: bool) -> None:
    row = known(name)
    assert (row.accelerators, row.accelerator, row.accelerated) == (count, accelerator, accelerated)


def test_device_counts_by_vendor() -> None:
    assert (known("p5.48xlarge").nvidia_gpus, known("p5.48xlarge").neuron_devices) == (8, 0)
    assert (known("trn1.32xlarge").nvidia_gpus, known("trn1.32xlarge").neuron_devices) == (0, 16)
    assert (known("dl1.24xlarge").nvidia_gpus, known("g4ad.16xlarge").nvidia_gpus) == (0, 0)


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("p4d.24xlarge", 15),
        ("trn1n.32xlarge", 5),
        ("trn1.32xlarge", 5),
        ("p5.48xlarge", 2),
        ("trn2.48xlarge", 2),
        ("hpc7a.96xlarge", 2),
        ("p6-b300.48xlarge", 4),
        ("g5.48xlarge", 7),
        ("hpc6id.32xlarge", None),
        ("p6e-gb200.36xlarge", None),
    ],
)
def test_interfaces_per_card(name: str, limit: int | None) -> None:
    row = known(name)
    assert {card.max_interfaces for card in row.cards} == {limit}
    assert row.doubtful_card_limits == (limit is None)


def test_uneven_cards() -> None:
    assert [card.max_interfaces for card in known("i7ie.48xlarge").cards] == [8, 7]
    b300 = known("p6-b300.48xlarge").cards
    assert [(card.index, card.efa, card.ena, card.gbps) for card in b300[:2]] == [
        (0, False, True, 350),
        (1, True, True, 400),
    ]
    gb200 = known("p6e-gb200.36xlarge").cards
    assert [(card.efa, card.ena, card.gbps) for card in gb200[:3]] == [
        (False, True, 100),
        (True, False, 400),
        (True, True, 200),
    ]


@pytest.mark.parametrize(
    ("name", "gbps"),
    [
        ("p5.48xlarge", 100),
        ("p4d.24xlarge", 100),
        ("p6-b200.48xlarge", 200),
        ("p6-b300.48xlarge", 350),
        ("p6e-gb200.36xlarge", 100),
        ("g5.48xlarge", 100),
        ("g5.xlarge", 10),
        ("trn2.3xlarge", 50),
        ("p3.8xlarge", 10),
        ("t3.micro", 5),
        # The figures of single cards contradict the total, so nothing may be said.
        ("g6e.24xlarge", None),
        ("g6e.48xlarge", None),
        ("c6in.32xlarge", None),
        ("hpc6id.32xlarge", None),
        ("hpc8a.96xlarge", None),
        # "High" is not a number.
        ("p2.xlarge", None),
    ],
)
def test_plain_ethernet(name: str, gbps: float | None) -> None:
    assert known(name).ethernet_gbps == gbps


def test_bursting_types_say_so() -> None:
    assert known("g5.xlarge").burst
    assert known("t3.micro").burst
    assert not known("p5.48xlarge").burst
    assert not known("c5.18xlarge").burst


def test_ip_ceiling() -> None:
    assert known("p5.48xlarge").ip_gbps == 800
    assert known("p6-b200.48xlarge").ip_gbps == 1600
    assert known("p4d.24xlarge").ip_gbps is None


@pytest.mark.parametrize(
    ("name", "generation", "rdma_read"),
    [
        ("p3dn.24xlarge", 1, False),
        ("p4d.24xlarge", 1, True),
        ("p4de.24xlarge", 1, True),
        ("dl1.24xlarge", 1, True),
        ("g4dn.metal", 1, False),
        ("g5.48xlarge", 1, False),
        ("c5n.18xlarge", 1, False),
        ("m5zn.12xlarge", 1, False),
        ("x2iezn.12xlarge", 1, False),
        ("vt1.24xlarge", 1, False),
        ("p5.48xlarge", 2, True),
        ("p5.4xlarge", 2, True),
        ("trn1.32xlarge", 2, True),
        ("g6e.48xlarge", 2, True),
        ("hpc7a.96xlarge", 2, True),
        ("p5en.48xlarge", 3, True),
        ("p6e-gb200.36xlarge", 3, True),
        ("trn2.48xlarge", 3, True),
        ("hpc7g.16xlarge", 3, True),
        ("c8g.48xlarge", 3, True),
        ("c8gn.48xlarge", 4, True),
        ("p6-b200.48xlarge", 4, True),
        ("g7e.48xlarge", 4, True),
        ("g5.xlarge", None, False),
        ("t3.micro", None, False),
    ],
)
def test_efa_generation(name: str, generation: int | None, rdma_read: bool) -> None:
    row = known(name)
    assert (row.nitro_efa_generation, row.rdma_read) == (generation, rdma_read)


@pytest.mark.parametrize(
    ("name", "cluster"),
    [
        ("p5.48xlarge", True),
        ("c5.large", True),
        ("t3.micro", False),
        ("vt1.24xlarge", False),
        ("m7i-flex.large", False),
        ("p6e-gb200.36xlarge", None),
    ],
)
def test_placement(name: str, cluster: bool | None) -> None:
    assert known(name).takes_placement("cluster") is cluster


@pytest.mark.parametrize(
    ("name", "fabric"),
    [
        ("p3dn.24xlarge", True),
        ("p4d.24xlarge", True),
        ("p4de.24xlarge", True),
        ("p5.48xlarge", True),
        ("p5e.48xlarge", True),
        ("p5en.48xlarge", True),
        ("p6-b200.48xlarge", True),
        ("p6-b300.48xlarge", True),
        ("p6e-gb200.36xlarge", True),
        ("trn1.32xlarge", True),
        ("trn1n.32xlarge", True),
        ("trn2.48xlarge", True),
        ("trn2u.48xlarge", True),
        ("dl1.24xlarge", True),
        ("ml.p5.48xlarge", True),
        ("p5.4xlarge", False),
        ("trn2.3xlarge", False),
        ("trn1.2xlarge", False),
        ("p3.16xlarge", False),
        ("g5.48xlarge", False),
        ("g7e.48xlarge", False),
        ("inf2.48xlarge", False),
        ("hpc7a.96xlarge", False),
        ("dl2q.24xlarge", False),
        ("c5.large", False),
    ],
)
def test_fabric_class(name: str, fabric: bool) -> None:
    assert known(name).fabric_class is fabric


def test_hpc() -> None:
    assert {row.family for row in EVERY if row.hpc} == {"hpc6a", "hpc6id", "hpc7a", "hpc7g", "hpc8a"}


def one_card() -> list[tuple[int, int, str]]:
    return [(0, 0, "interface"), (0, 1, "efa-only")]


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("p4d.24xlarge", [*one_card(), *((card, 0, "efa-only") for card in range(1, 4))]),
        ("p5.48xlarge", [*one_card(), *((card, 0, "efa-only") for card in range(1, 32))]),
        ("p5en.48xlarge", [*one_card(), *((card, 0, "efa-only") for card in range(1, 16))]),
        ("p6-b200.48xlarge", [*one_card(), *((card, 0, "efa-only") for card in range(1, 8))]),
        ("trn1.32xlarge", [*one_card(), *((card, 0, "efa-only") for card in range(1, 8))]),
        ("g5.48xlarge", one_card()),
        ("i7ie.48xlarge", one_card()),
        ("p6-b300.48xlarge", [(0, 0, "interface"), *((card, 0, "efa-only") for card in range(1, 17))]),
        ("p6e-gb200.36xlarge", [(0, 0, "interface"), *((card, 0, "efa-only") for card in (1, 5, 9, 13))]),
        ("hpc6id.32xlarge", [(0, 0, "efa"), (1, 0, "efa-only")]),
        ("g5.xlarge", []),
        ("t3.micro", []),
    ],
)
def test_recommended_layout(name: str, layout: list[tuple[int, int, str]]) -> None:
    assert list(known(name).recommended_layout()) == layout


def test_every_recommended_layout_can_be_launched() -> None:
    for row in EFA:
        layout = row.recommended_layout()
        assert layout[0][:2] == (0, 0), row.name
        assert layout[0][2] != "efa-only", row.name
        assert len({entry[:2] for entry in layout}) == len(layout), row.name
        efa_cards = [card for card, _, interface in layout if interface != "interface"]
        assert efa_cards == list(row.recommended_efa_cards), row.name
        assert len(efa_cards) == len(set(efa_cards)) <= row.max_efa, row.name
        for index, device, interface in layout:
            card = row.cards[index]
            assert device < (card.max_interfaces or 1), row.name
            assert card.efa if interface != "interface" else card.ena, row.name


def test_all_efa_is_recommended_but_on_gb200() -> None:
    fewer = [row.name for row in EFA if len(row.recommended_efa_cards) != row.max_efa]
    assert fewer == ["p6e-gb200.36xlarge"]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("p3.2xlarge", "p3dn.24xlarge"),
        ("p3.16xlarge", "p3dn.24xlarge"),
        ("inf2.xlarge", "trn1.32xlarge"),
        ("inf2.48xlarge", "trn1.32xlarge"),
        ("inf1.2xlarge", "trn1.32xlarge"),
        ("trn1.2xlarge", "trn1.32xlarge"),
        ("g4dn.xlarge", "g4dn.8xlarge"),
        ("g5.xlarge", "g5.8xlarge"),
        ("ml.g5.4xlarge", "g5.8xlarge"),
        ("g6.4xlarge", "g6.8xlarge"),
        ("g6e.2xlarge", "g6e.8xlarge"),
        ("g7.2xlarge", "g7.8xlarge"),
        ("g7e.4xlarge", "g7e.8xlarge"),
        ("gr6.4xlarge", "gr6.8xlarge"),
        ("g6f.large", "g6.8xlarge"),
        ("gr6f.4xlarge", "gr6.8xlarge"),
        ("f2.12xlarge", "f2.48xlarge"),
        ("c5n.large", "c5n.9xlarge"),
        # These have EFA themselves.
        ("p5.4xlarge", None),
        ("p5.48xlarge", None),
        ("trn2.3xlarge", None),
        ("inf1.24xlarge", None),
        # No type of the kind has EFA.
        ("g5g.16xlarge", None),
        ("g4ad.16xlarge", None),
        ("t3.micro", None),
        ("quantum1.48xlarge", None),
    ],
)
def test_nearest_efa_type(name: str, nearest: str | None) -> None:
    assert nearest_efa_type(name) == nearest


def test_every_nearest_type_is_a_step_up() -> None:
    suggestions = [(row, nearest_efa_type(row.name)) for row in EVERY]
    pairs = [(row, known(name)) for row, name in suggestions if name is not None]
    assert len(pairs) > 100
    for row, nearest in pairs:
        assert nearest.efa_capable, row.name
        assert nearest.current, row.name
        assert nearest.vcpus >= row.vcpus or row.family == "inf2", row.name
        assert nearest.accelerators >= row.accelerators, row.name


@pytest.mark.parametrize(
    "name", ["", "p5", "ml.", "p5.", ".48xlarge", "p5.48xlarge ", "P5.48xlarge", "p9.48xlarge"]
)
def test_unknown_name(name: str) -> None:
    assert instance(name) is None


def test_sagemaker_prefix() -> None:
    assert instance("ml.p5.48xlarge") == instance("p5.48xlarge")
    assert known("ml.p5.48xlarge").name == "p5.48xlarge"
    assert known("ml.t3.micro").name == "t3.micro"


def test_family() -> None:
    assert family("p6-b200.48xlarge") == family("ml.p6-b200.48xlarge") == family("p6-b200") == "p6-b200"
    assert known("u7i-12tb.224xlarge").family == "u7i-12tb"


def test_plain_types_are_known() -> None:
    row = known("c5.18xlarge")
    assert (row.vcpus, row.architecture, row.gbps, row.max_efa) == (72, "x86_64", 25, 0)
    assert known("t4g.micro").architecture == "arm64"
    # Sizes of one family that differ in architecture data stay apart.
    assert known("t2.micro").vcpus == 1
    assert known("t2.2xlarge").vcpus == 8


def test_vcpus_and_architecture() -> None:
    assert known("p5.48xlarge").vcpus == 192
    assert known("p4d.24xlarge").vcpus == 96
    assert (known("p6e-gb200.36xlarge").vcpus, known("p6e-gb200.36xlarge").architecture) == (144, "arm64")
    assert known("g5g.xlarge").architecture == "arm64"


def test_names() -> None:
    listed = names()
    assert list(listed) == sorted(set(listed))
    assert len(listed) > 1395
    assert len(EFA) == 305
    assert {"t3.micro", "p5.48xlarge", "p3.8xlarge", "p6e-gb200.36xlarge"} <= set(listed)


@pytest.mark.parametrize(
    "holds",
    [
        lambda row: row.vcpus > 0,
        lambda row: [card.index for card in row.cards] == list(range(len(row.cards))),
        lambda row: row.cards[0].ena,  # the primary interface needs it
        lambda row: row.max_efa <= sum(card.efa for card in row.cards),
        lambda row: row.efa_capable == any(card.efa for card in row.cards),
        lambda row: (row.nitro_efa_generation in {1, 2, 3, 4}) == row.efa_capable,
        lambda row: row.efa_capable or not row.rdma_read,
        lambda row: bool(row.kind) == bool(row.accelerator),
        lambda row: row.gbps is None or row.gbps > 0,
        lambda row: row.ethernet_gbps is None or 0 < row.ethernet_gbps <= row.gbps,
        lambda row: row.ip_gbps is None or row.ip_gbps < row.gbps,
        lambda row: row.placement is None or row.placement >= {"partition", "spread"},
        lambda row: row.architecture in {"x86_64", "arm64", "x86_64_mac", "arm64_mac"},
    ],
)
def test_every_row_is_consistent(holds: Callable[[InstanceType], bool]) -> None:
    assert [row.name for row in EVERY if not holds(row)] == []


# What each correction must have done to the catalogue, for every type or family it names.
SHAPES: dict[str, Callable[[InstanceType, Any], bool]] = {
    "accelerators": lambda row, value: [row.accelerators, row.accelerator] == value,
    "accelerators_once": lambda row, _: row.accelerators <= 16 and row.kind == "neuron",
    "aggregate_gbps": lambda row, value: row.gbps == value,
    "card_gbps": lambda row, value: row.ethernet_gbps == value,
    "card_limits_doubtful": lambda row, _: row.doubtful_card_limits,
    "efa_generation": lambda row, value: (
        row.nitro_efa_generation == (int(value) if row.efa_capable else None)
    ),
    "ip_gbps": lambda row, value: row.ip_gbps == value,
    "missing": lambda row, value: row.current and row.vcpus == value["vcpus"],
    "rdma_read_no": lambda row, _: not row.rdma_read,
    "retired": lambda row, value: not row.current and row.vcpus == value["vcpus"],
}


def test_every_correction_has_a_shape_reason_and_source() -> None:
    assert set(CORRECTIONS) == set(SHAPES)
    for name, correction in CORRECTIONS.items():
        assert correction["reason"].endswith("."), name
        assert correction["source"].startswith("https://"), name
        assert ("types" in correction) != ("families" in correction), name


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_correction_reached_the_catalogue(name: str) -> None:
    correction = CORRECTIONS[name]
    targets: list[tuple[InstanceType, Any]] = [
        (known(type_name), value) for type_name, value in correction.get("types", {}).items()
    ]
    families = correction.get("families", {})
    by_family = families if isinstance(families, dict) else {None: families}
    for value, listed in by_family.items():
        for family_name in listed:
            kin = [row for row in EVERY if row.family == family_name]
            assert kin, family_name
            targets += [(row, value) for row in kin]
    assert targets
    assert [row.name for row, value in targets if not SHAPES[name](row, value)] == []


def test_only_listed_types_lose_their_card_figures() -> None:
    lost = {row.name for row in EVERY if row.gbps is not None and row.ethernet_gbps is None}
    assert lost == set(CORRECTIONS["aggregate_gbps"]["types"]) - set(CORRECTIONS["card_gbps"]["types"])


def test_only_retired_types_are_not_current() -> None:
    assert {row.name for row in EVERY if not row.current} == set(CORRECTIONS["retired"]["types"])


def test_header_is_dated() -> None:
    dates = json.loads((FACTS / "corrections.json").read_text())
    assert RAW["about"]["corrections"] == dates["checked"]
    assert RAW["about"]["data"] == dates["moto_releases"][RAW["about"]["moto"]]


def test_file_is_compact() -> None:
    assert (FACTS / "instances.json").stat().st_size < 150_000


def test_nothing_is_read_on_import() -> None:
    code = "import fabriclint.facts.instances as i; print(i._catalogue.cache_info().currsize)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "0"


TOOL = Path(__file__).parents[2] / "tools" / "make_facts.py"
# Not importorskip: moto is installed without what it needs to be imported.
needs_moto = pytest.mark.skipif(
    find_spec("moto") is None, reason="the data come from moto (`make facts` installs it)"
)


def check(tool: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(tool), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@needs_moto
def test_catalogue_is_what_the_generator_writes() -> None:
    run = check(TOOL)
    assert run.returncode == 0, run.stderr


@needs_moto
@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("instances.json", '"max_efa":32', '"max_efa":31', "is stale: run python tools/make_facts.py"),
        ("corrections.json", '["hpc6id"]', '["hpc6id", "hpc5a"]', "card_limits_doubtful: hpc5a"),
        ("corrections.json", '"trn2.3xlarge": 200', '"trn2.3xlarge": 201', "trn2.3xlarge: the cards add up"),
        ("corrections.json", '"trn2.3xlarge": 50', '"trn2.3xlarge": 51', "trn2.3xlarge: card 0 has 50"),
        ("corrections.json", '"p5e", ', "", "p5e has EFA but no generation"),
        ("corrections.json", '"f1.2xlarge"', '"t3.micro"', "drop from retired: t3.micro"),
        ("corrections.json", '"5.2.5"', '"5.2.4"', "add the release date of moto"),
    ],
)
def test_generator_stops_with_a_reason(tmp_path: Path, file: str, old: str, new: str, message: str) -> None:
    facts = tmp_path / "linter" / "fabriclint" / "facts"
    facts.mkdir(parents=True)
    for name in ("instances.json", "corrections.json"):
        text = (FACTS / name).read_text()
        (facts / name).write_text(text.replace(old, new, 1) if name == file else text)
    tool = tmp_path / "tools" / "make_facts.py"
    tool.parent.mkdir()
    tool.write_text(TOOL.read_text())
    run = check(tool)
    assert (run.returncode, message in run.stderr) == (1, True), run.stderr
