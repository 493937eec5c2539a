"""Configuration files of ParallelCluster: what is one, what it is read as, and what is said of one that cannot be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fabriclint.languages.base import Reading
from fabriclint.languages.cloudformation import LANGUAGE
from fabriclint.model.compute import Fleet
from fabriclint.model.stack import Stack
from fabriclint.testing import MemoryFiles

Read = Callable[..., Reading]

HEAD = """\
Region: us-west-2
HeadNode:
  InstanceType: m7i.xlarge
Scheduling:
  Scheduler: slurm
  SlurmQueues:
    - Name: gpu
"""
QUEUE = """\
      CapacityType: SPOT
      Networking:
        SubnetIds: [subnet-1]
        AdditionalSecurityGroups: [sg-1]
        PlacementGroup: {Enabled: true}
      ComputeResources:
        - Name: p5
          InstanceType: p5.48xlarge
          MinCount: 2
          MaxCount: 16
          Efa: {Enabled: true}
        - Name: mixed
          Instances: [{InstanceType: g5.48xlarge}, {InstanceType: g6.48xlarge}]
          Networking: {PlacementGroup: {Name: mine}}
          Efa: {Enabled: true}
        - Name: plain
          InstanceType: g5.xlarge
          Efa: {Enabled: false}
"""


def fleets(reading: Reading) -> list[Fleet]:
    return list(Stack(reading.elements).fleets)


def test_each_compute_resource_is_a_fleet(read: Read) -> None:
    full, mixed, plain = fleets(read(HEAD + QUEUE))
    assert [one.kind for one in (full, mixed, plain)] == ["ParallelCluster queue"] * 3
    assert (full.label, full.place.line) == ("Cluster (gpu/p5)", 14)
    assert (full.size.maximum, full.size.desired) == (16, 2)
    assert full.asks_efa.certain
    assert full.efa_interfaces.count() == (32, 32)
    assert full.takes_placement_group.excluded, "ParallelCluster makes the group"
    assert full.market.text() == "SPOT"
    assert full.launch_groups.more is not None, "its own group is not in these sources"


def test_the_interfaces_of_several_types_are_left_open(read: Read) -> None:
    _, mixed, plain = fleets(read(HEAD + QUEUE))
    assert mixed.asks_efa.certain
    assert mixed.interfaces.more is not None
    assert mixed.size.maximum is None, "no MaxCount is written"
    assert mixed.placement.value.text() == "mine"
    assert mixed.takes_placement_group.certain
    assert plain.asks_efa.excluded


def test_groups_that_replace_its_own_are_all_there_are(read: Read) -> None:
    said = HEAD + QUEUE.replace("AdditionalSecurityGroups", "SecurityGroups")
    first = fleets(read(said))[0]
    assert first.launch_groups.more is None
    assert not first.launch.own_group_is_open


@pytest.mark.parametrize(
    "text",
    [
        "Scheduling:\n  SlurmQueues:\n    - Name: a\n",  # no head node
        "Values:\n" + "".join(f"  {line}\n" for line in HEAD.splitlines()),  # inside something else
        HEAD.replace("SlurmQueues", "AwsBatchQueues"),
    ],
)
def test_other_files_are_none(text: str) -> None:
    assert not LANGUAGE.roots(["a.yaml"], (), MemoryFiles({"a.yaml": text})).roots


def test_placeholders_are_told_and_are_no_error(read: Read) -> None:
    reading = read(HEAD + QUEUE + "${SHARED_STORAGE}\n")
    assert [one.level for one in reading.diagnostics] == ["warning"]
    assert "not judged: the configuration of this cluster" in reading.diagnostics[0].message
    assert not reading.elements


def test_a_placeholder_leaves_what_it_stands_for_open(read: Read) -> None:
    first = fleets(read(HEAD + QUEUE.replace("p5.48xlarge", "${INSTANCE}")))[0]
    assert first.types_known.undecided
    assert first.asks_efa.certain
