"""`trains` as a table: the first line that matches decides (one case a line of the catalogue, and the turns between)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from fabriclint.model.element import Element
from fabriclint.model.stack import Stack

from .conftest import element, ref, unknown

EFA = [{"type": "efa", "card": 0, "device": 0}]
PLAIN = [{"type": "interface", "card": 0, "device": 0}]


@dataclass(frozen=True)
class Case:
    """A template and the group that launches it, and what `trains` must be."""

    what: str
    trains: str
    template: dict[str, Any] = field(default_factory=dict)
    group: dict[str, Any] = field(default_factory=dict)
    others: tuple[Element, ...] = ()
    name: str = "nodes"


CLUSTER = element("placement_group", "pg", strategy="cluster")
SPREAD = element("placement_group", "pg", strategy="spread")
ROLE = "fabriclint:role"

CASES = (
    Case("the user says training", "yes", {"type": "g5.xlarge"}, {"maximum": 1, "tags": {ROLE: "training"}}),
    Case(
        "the user says serving",
        "no",
        {"type": "p5.48xlarge", "interfaces": EFA},
        {"maximum": 8, "tags": {ROLE: "serving"}},
    ),
    Case("the user says other", "no", {"type": "p5.48xlarge"}, {"maximum": 8, "tags": {ROLE: "other"}}),
    Case("one node", "no", {"type": "p5.48xlarge", "interfaces": EFA}, {"maximum": 1}),
    Case(
        "one node, whatever its words",
        "no",
        {"type": "p4d.24xlarge"},
        {"maximum": 1, "tags": {"job": "fsdp training"}},
    ),
    Case("EFA is asked for", "yes", {"type": "c5n.18xlarge", "interfaces": EFA}, {"maximum": 4}),
    Case(
        "EFA is asked for by a group of unknown size",
        "yes",
        {"type": "p5.48xlarge", "interfaces": EFA},
        {"maximum": unknown()},
    ),
    Case(
        "efa-only counts",
        "yes",
        {"type": "p5.48xlarge", "interfaces": [*PLAIN, {"type": "efa-only"}]},
        {"maximum": 2},
    ),
    Case(
        "interfaces that are not known, no other sign",
        "unknown",
        {"type": "g5.xlarge", "interfaces": unknown()},
        {"maximum": 4},
    ),
    Case("serving words", "no", {"type": "p5.48xlarge"}, {"maximum": 8, "tags": {"app": "triton inference"}}),
    Case(
        "serving and training words",
        "unknown",
        {"type": "p5.48xlarge"},
        {"maximum": 8, "tags": {"app": "train then serve"}},
    ),
    Case(
        "serving words in a cluster group",
        "unknown",
        {"type": "p5.48xlarge", "placement_group": ref("pg")},
        {"maximum": 8, "tags": {"app": "vllm"}},
        (CLUSTER,),
    ),
    Case(
        "serving words do not silence EFA",
        "yes",
        {"type": "p5.48xlarge", "interfaces": EFA},
        {"maximum": 8, "tags": {"app": "vllm"}},
    ),
    Case(
        "words that only look alike",
        "unknown",
        {"type": "g5.xlarge"},
        {"maximum": 4, "tags": {"a": "reserved minimum server"}},
    ),
    Case(
        "a cluster group of accelerated types",
        "yes",
        {"type": "g5.12xlarge", "placement_group": ref("pg")},
        {"maximum": 4},
        (CLUSTER,),
    ),
    Case(
        "a cluster group of CPU types",
        "no",
        {"type": "m5.4xlarge", "placement_group": ref("pg")},
        {"maximum": 4},
        (CLUSTER,),
    ),
    Case(
        "a spread group is no sign",
        "unknown",
        {"type": "g5.12xlarge", "placement_group": ref("pg")},
        {"maximum": 4},
        (SPREAD,),
    ),
    Case("a fabric-class type", "yes", {"type": "p4d.24xlarge"}, {"maximum": 2, "desired": 2}),
    Case("a fabric-class type, size not known", "unknown", {"type": "p4d.24xlarge"}, {"maximum": unknown()}),
    Case(
        "a fabric-class type that starts with one",
        "unknown",
        {"type": "p4d.24xlarge"},
        {"maximum": 4, "desired": 1},
    ),
    Case(
        "a fabric-class type that starts with none",
        "unknown",
        {"type": "p4d.24xlarge"},
        {"maximum": 4, "minimum": 0},
    ),
    Case("the small p5 is not fabric class", "unknown", {"type": "p5.4xlarge"}, {"maximum": 4}),
    Case("the small trn2 is not fabric class", "unknown", {"type": "trn2.3xlarge"}, {"maximum": 4}),
    Case("every p6 is fabric class", "yes", {"type": "p6-b200.48xlarge"}, {"maximum": 4}),
    Case(
        "training words on accelerators",
        "yes",
        {"type": "g5.xlarge"},
        {"maximum": 4, "tags": {"job": "deepspeed"}},
    ),
    Case(
        "training words on hpc types",
        "yes",
        {"type": "hpc7a.96xlarge"},
        {"maximum": 4, "tags": {"job": "mpirun"}},
    ),
    Case(
        "training words on CPU types",
        "no",
        {"type": "c5n.18xlarge"},
        {"maximum": 4, "tags": {"job": "training"}},
    ),
    Case(
        "training words in the group's name",
        "yes",
        {"type": "g6.12xlarge"},
        {"maximum": 4},
        name="llm-training",
    ),
    Case("CPU types", "no", {"type": "m5.large"}, {"maximum": 10}),
    Case("accelerators and nothing else", "unknown", {"type": "g4dn.xlarge"}, {"maximum": 4}),
    Case("a type that is not known", "unknown", {"type": unknown()}, {"maximum": 4}),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_trains(case: Case) -> None:
    template = element("launch_template", "lt", **case.template)
    group = element("autoscaling_group", case.name, launch_template=[{"id": ref("lt")}], **case.group)
    (fleet,) = Stack((template, group, *case.others)).fleets
    assert fleet.trains.state == case.trains, (fleet.role.evidence, fleet.trains.reasons)
    if case.trains == "unknown":
        assert fleet.trains.reasons
    else:
        assert fleet.role.evidence


def batch(maximum: int, *jobs: str) -> Stack:
    """A Batch environment of p4d.24xlarge (96 vCPUs each) and job definitions of these types."""
    environment = element(
        "batch_environment", "gpu", types=["p4d.24xlarge"], maximum_vcpus=maximum, capacity="EC2"
    )
    made = [element("batch_job", f"job{n}", type=kind) for n, kind in enumerate(jobs)]
    return Stack((environment, *made))


@pytest.mark.parametrize(
    ("maximum", "jobs", "trains"),
    [
        (96, ("multinode",), "no"),
        (191, ("multinode",), "no"),
        (192, ("multinode",), "yes"),
        (960, ("container", "multinode"), "yes"),
        (960, ("container", "container"), "no"),
        (960, (), "yes"),
    ],
)
def test_batch(maximum: int, jobs: tuple[str, ...], trains: str) -> None:
    """The maximum is floor(max vCPUs / vCPUs of the type); job definitions say whether nodes talk."""
    (fleet,) = batch(maximum, *jobs).fleets
    assert fleet.size.maximum == maximum // 96
    assert fleet.trains.state == trains


@pytest.mark.parametrize(
    ("type_", "count", "trains"),
    [
        ("ml.p5.48xlarge", 4, "yes"),
        ("ml.p5.48xlarge", 1, "no"),
        ("ml.m5.xlarge", 4, "no"),
        ("ml.g5.xlarge", 2, "yes"),
    ],
)
def test_hyperpod(type_: str, count: int, trains: str) -> None:
    """A HyperPod group of several accelerated nodes trains."""
    cluster = element("hyperpod_cluster", "hp", groups=[{"name": "workers", "type": type_, "count": count}])
    (fleet,) = Stack((cluster,)).fleets
    assert fleet.trains.state == trains


def test_instances_of_one_resource_are_one_fleet() -> None:
    nodes = [element("instance", f"aws_instance.node[{n}]", type="p4d.24xlarge") for n in range(2)]
    (fleet,) = Stack(nodes).fleets
    assert fleet.size.maximum == 2
    assert fleet.trains.certain


def test_single_nodes_of_one_placement_group_add_up() -> None:
    group = element("placement_group", "pg", strategy="cluster")
    nodes = [
        element("instance", name, type="p4d.24xlarge", placement_group=ref("pg"))
        for name in ("head", "worker")
    ]
    assert [fleet.trains.state for fleet in Stack((group, *nodes)).fleets] == ["yes", "yes"]


def test_single_nodes_apart_do_not() -> None:
    nodes = [element("instance", name, type="p4d.24xlarge") for name in ("head", "worker")]
    assert [fleet.trains.state for fleet in Stack(nodes).fleets] == ["no", "no"]


def test_a_template_with_efa_and_no_launcher_is_a_fleet_of_unknown_size() -> None:
    template = element("launch_template", "lt", type="p5.48xlarge", interfaces=EFA)
    (fleet,) = Stack((template,)).fleets
    assert fleet.size.maximum is None
    assert fleet.trains.certain


def test_a_template_without_efa_and_no_launcher_is_none() -> None:
    assert Stack((element("launch_template", "lt", type="p5.48xlarge"),)).fleets == ()
