"""Fleets that services launch: PCS node groups, SageMaker training jobs, HyperPod groups."""

from __future__ import annotations

from typing import Any

from fabriclint.model.compute import Fleet
from fabriclint.model.misplaced import misplaced_types

from .conftest import element, ref


def test_a_pcs_group_launches_its_template(stack: Any) -> None:
    template = element("launch_template", "lt", interfaces=[{"type": "efa", "card": 0, "device": 0}])
    group = element(
        "pcs_node_group",
        "pcs",
        name="train",
        maximum=4,
        instances=[{"type": "p4d.24xlarge"}],
        launch_template=[{"id": ref("lt"), "version": "1"}],
    )
    (fleet,) = stack(template, group).fleets
    assert fleet.kind == "PCS node group"
    assert fleet.size.maximum == 4
    assert fleet.writes_efa.certain
    assert fleet.trains.certain


def test_a_pcs_group_in_a_capacity_block(stack: Any) -> None:
    group = element(
        "pcs_node_group", "pcs", capacity_type="CAPACITY_BLOCK", instances=[{"type": "p5.48xlarge"}]
    )
    assert stack(group).fleets[0].in_capacity_block.certain


def test_a_training_job_of_several_nodes_trains(stack: Any) -> None:
    job = element("training_job", "job", type="ml.p5.48xlarge", count=8, security_groups=["sg-1"])
    (fleet,) = stack(job).fleets
    assert fleet.managed_fabric
    assert fleet.uses_efa.certain
    assert fleet.trains.certain
    assert stack(element("training_job", "job", type="ml.p5.48xlarge", count=1)).fleets[0].trains.excluded


def test_a_training_job_of_several_groups_is_several_fleets(stack: Any) -> None:
    groups = [
        {"name": "gpu", "type": "ml.p5.48xlarge", "count": 4},
        {"name": "cpu", "type": "ml.m5.large", "count": 2},
    ]
    fleets = stack(element("training_job", "job", groups=groups)).fleets
    assert {fleet.address: fleet.size.maximum for fleet in fleets} == {"job/gpu": 4, "job/cpu": 2}


def test_an_interface_type_of_a_hyperpod_group_is_efa_written_out(stack: Any) -> None:
    groups = [{"name": "g", "type": "ml.g5.xlarge", "count": 2, "interface_type": "efa"}]
    (fleet,) = stack(element("hyperpod_cluster", "hp", groups=groups)).fleets
    assert fleet.writes_efa.certain


def types_of(fleet: Fleet) -> list[str | None] | None:
    found = misplaced_types(fleet)
    return None if found is None else [value.text() for value in found.known()]


def test_interface_types_where_they_are_not_held(stack: Any) -> None:
    configuration = element("launch_configuration", "lc", type="p4d.24xlarge", unheld=[{"type": "efa"}])
    group = element("autoscaling_group", "asg", maximum=2, launch_configuration=ref("lc"))
    (fleet,) = stack(configuration, group).fleets
    assert types_of(fleet) == ["efa"]
    assert fleet.writes_efa.excluded
    request = element(
        "spot_fleet", "spot", specifications=[{"type": "g5.48xlarge", "unheld": [{"type": "efa"}]}]
    )
    assert types_of(stack(request).fleets[0]) == ["efa"]
    template = element("launch_template", "lt", type="p4d.24xlarge")
    plain = element("autoscaling_group", "asg", maximum=2, launch_template=[{"id": ref("lt")}])
    assert types_of(stack(template, plain).fleets[0]) is None
