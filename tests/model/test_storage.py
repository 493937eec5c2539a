"""File systems and directory buckets: what links them, how much they deliver, and which zone they share."""

from __future__ import annotations

from typing import Any

import pytest

from fabriclint.facts.instances import instance
from fabriclint.model.element import Element
from fabriclint.model.stack import Stack
from fabriclint.model.storage import DirectoryBucket, Efs, Lustre, reaches_lustre_over_efa, uses_dynamodb

from .conftest import element, ref, unknown


def lustre(*others: Element, stack: dict[str, Any] | None = None, **words: Any) -> Lustre:
    words = {"type": "LUSTRE", "subnets": [ref("gpu")], **words}
    return Stack([element("lustre", "fs", **words), *others], **(stack or {})).lustres[0]


def fleet(*types: str, script: Any = None, **words: Any) -> list[Element]:
    return [
        element("launch_template", "lt", type=types[0], user_data=script),
        element(
            "autoscaling_group",
            "asg",
            launch_template=[{"id": ref("lt")}],
            maximum=4,
            desired=4,
            subnets=[ref("gpu")],
            **words,
        ),
    ]


@pytest.mark.parametrize(
    ("name", "able"),
    [
        ("p5.48xlarge", True),
        ("p5en.48xlarge", True),
        ("p4d.24xlarge", False),
        ("trn2.48xlarge", False),
        ("g5.xlarge", False),
    ],
)
def test_who_reaches_a_file_system_over_efa(name: str, able: bool) -> None:
    known = instance(name)
    assert known is not None
    assert reaches_lustre_over_efa(known) is able


@pytest.mark.parametrize(
    ("words", "gbytes"),
    [
        ({"capacity": 4800, "throughput": 250, "deployment_type": "PERSISTENT_2"}, 1.2),
        ({"capacity": 4800, "deployment_type": "SCRATCH_2"}, 0.96),
        ({"throughput_capacity": 4000}, 4.0),
        ({"capacity": unknown(), "throughput": 250}, None),
        ({"capacity": 4800, "deployment_type": "PERSISTENT_2"}, None),
    ],
)
def test_how_much_it_delivers(words: dict[str, Any], gbytes: float | None) -> None:
    assert lustre(**words).gbytes == (None if gbytes is None else pytest.approx(gbytes))


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ({"deployment_type": "SCRATCH_2"}, "yes"),
        ({"deployment_type": "SCRATCH_2", "version": "2.15"}, "no"),
        ({"deployment_type": "SCRATCH_2", "version": "2.10"}, "yes"),
        ({"deployment_type": "PERSISTENT_2"}, "no"),
        ({"deployment_type": "PERSISTENT_1", "version": unknown()}, "unknown"),
    ],
)
def test_the_default_version_takes_no_association(words: dict[str, Any], state: str) -> None:
    assert lustre(**words).version_too_old.state == state


def test_links() -> None:
    association = element("lustre_association", "dra", file_system=ref("fs"))
    assert lustre(association).linked.certain
    assert lustre(import_path="s3://x").linked.certain
    assert lustre().linked.excluded
    assert lustre(element("unseen", "m", inputs=[ref("fs")], source="x")).linked.undecided


def test_a_sibling_may_link_a_component() -> None:
    assert lustre().component is not None
    assert lustre(element("subnet", "gpu", vpc=ref("v")), element("vpc", "v")).component is None


def test_one_subnet_is_one_zone_and_an_id_is_no_name() -> None:
    subnets = [
        element("subnet", "gpu", vpc=ref("v"), zone="us-west-2a"),
        element("subnet", "other", vpc=ref("v"), zone="us-west-2b"),
        element("subnet", "by_id", vpc=ref("v"), zone_id="usw2-az1"),
    ]
    for where, state in (("gpu", "yes"), ("other", "no"), ("by_id", "unknown")):
        here = lustre(*subnets, *fleet("p5.48xlarge"), subnets=[ref(where)])
        assert here.shares_zone(here.stack.fleets[0]).state == state


def test_a_mount_is_by_the_file_system_s_own_name() -> None:
    from fabriclint.values import Text, Value

    script = Value(Text(("#!/bin/bash\nmount -t lustre ", ref("fs", "dns_name"), "@tcp:/abcd /fsx\n")))
    here = lustre(*fleet("p5.48xlarge", script=script))
    assert here.mounted_by(here.stack.fleets[0]).certain
    assert here.clients == here.stack.fleets
    here = lustre(*fleet("p5.48xlarge", script="#!/bin/bash\nmount /dev/nvme1n1 /scratch\n"))
    assert here.mounted_by(here.stack.fleets[0]).excluded


def test_efs_is_where_its_mount_targets_are() -> None:
    target = element("efs_mount_target", "mt", file_system=ref("home"), subnet=ref("gpu"))
    stack = Stack([element("efs", "home"), target, element("subnet", "gpu", vpc=ref("v"))])
    assert [link.element.address for link in stack.efs[0].entries.known() if link.element] == ["gpu"]
    assert isinstance(stack.efs[0], Efs)


def test_a_directory_bucket_names_its_zone() -> None:
    named = Stack([element("directory_bucket", "b", name="shards--usw2-az1--x-s3")])
    bucket = named.directory_buckets[0]
    assert isinstance(bucket, DirectoryBucket)
    assert (bucket.zone.show(), bucket.zone.by_id) == ("usw2-az1", True)


def test_lock_tables_are_no_use_of_dynamodb() -> None:
    assert uses_dynamodb(Stack([element("dynamodb_table", "t", hash_key="id")])).certain
    assert uses_dynamodb(Stack([element("dynamodb_table", "t", hash_key="LockID")])).excluded
