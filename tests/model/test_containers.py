"""What is mounted for containers, of which fleet, and the NameNodes an EMR cluster names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fabriclint.model.element import Element
from fabriclint.model.stack import Stack

from .conftest import element, ref, unknown


def group(name: str, type_: str) -> list[Element]:
    return [
        element("launch_template", f"lt-{name}", type=type_),
        element("autoscaling_group", name, launch_template=[{"id": ref(f"lt-{name}")}], maximum=4, desired=4),
        element("ecs_capacity_provider", f"cp-{name}", group=ref(name, "arn")),
    ]


def task(**words: Any) -> Element:
    options = {"type": "nfs", "device": ":/vol/data", "o": "addr=172.20.4.11,ro"}
    volume = {"name": "data", "driver": "local", "options": options}
    return element("ecs_task", "task", **{"volumes": [volume], **words})


def mounted(*elements: Element) -> dict[str, list[tuple[str, str]]]:
    stack = Stack(elements)
    return {
        fleet.element.address: [(m.kind, m.host.show() if m.host is not None else "") for m in fleet.mounts]
        for fleet in stack.fleets
    }


GPU = json.dumps([{"name": "a", "resourceRequirements": [{"type": "GPU", "value": "8"}]}])
CPU = json.dumps([{"name": "a", "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}]}])
SHARE = [("nfs", "172.20.4.11")]


def test_a_task_runs_on_the_only_group_behind_a_provider() -> None:
    assert mounted(*group("gpu", "p4d.24xlarge"), task(containers=CPU)) == {"gpu": SHARE}


@pytest.mark.parametrize(("containers", "found"), [(GPU, SHARE), (CPU, [])])
def test_beside_another_group_only_a_task_that_asks_for_gpus_is_placed(containers: str, found: Any) -> None:
    elements = [*group("gpu", "p4d.24xlarge"), *group("cpu", "m6i.large"), task(containers=containers)]
    assert mounted(*elements) == {"gpu": found, "cpu": []}


def test_a_task_of_one_of_two_accelerated_groups_is_placed_nowhere() -> None:
    elements = [*group("a", "p4d.24xlarge"), *group("b", "p5.48xlarge"), task(containers=GPU)]
    assert mounted(*elements) == {"a": [], "b": []}


@pytest.mark.parametrize("asked", [["FARGATE"], unknown()])
def test_a_task_that_may_be_made_for_fargate_is_placed_nowhere(asked: Any) -> None:
    elements = [*group("gpu", "p4d.24xlarge"), task(containers=CPU, compatibilities=asked)]
    assert mounted(*elements) == {"gpu": []}


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"type": "nfs4", "device": "nas.corp.example:/x", "o": "ro"}, [("nfs", "nas.corp.example")]),
        ({"type": "cifs", "device": "//10.9.9.9/share", "o": "username=u"}, [("cifs", "10.9.9.9")]),
        ({"type": "none", "device": "/local", "o": "bind"}, []),
        ({"type": "tmpfs", "device": "tmpfs"}, []),
    ],
)
def test_what_the_local_driver_mounts(options: Any, found: Any) -> None:
    volume = {"name": "data", "driver": "local", "options": options}
    assert mounted(*group("gpu", "p4d.24xlarge"), task(volumes=[volume])) == {"gpu": found}


@pytest.mark.parametrize(
    ("words", "hosts"),
    [
        (
            {"steps": [{"args": ["s3-dist-cp", "--src=hdfs://nn.corp:8020/a", "--dest=hdfs://x/b"]}]},
            ["nn.corp"],
        ),
        ({"steps": [{"args": ["spark-submit", "hdfs:///a", "--dest", "hdfs://x/b"]}]}, []),
        ({"bootstrap": [{"args": ["hdfs://10.1.2.3/a"]}]}, ["10.1.2.3"]),
        ({"configurations": [{"P": {"spark.hadoop.fs.defaultFS": "hdfs://nn"}}]}, ["nn"]),
        ({"configurations": '[{"Properties": {"fs.defaultFS": "hdfs://nn:8020"}}]'}, ["nn"]),
        ({"configurations": [{"P": {"spark.eventLog.dir": "hdfs://nn/logs"}}]}, []),
    ],
)
def test_the_name_nodes_of_an_emr_cluster(words: Any, hosts: list[str]) -> None:
    (reader,) = Stack([element("emr_cluster", "emr", **words)]).hdfs_readers
    assert [use.host.show() for use in reader.uses] == hosts
