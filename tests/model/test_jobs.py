"""Batch jobs: what stands in their documents, and where multi-node jobs can run."""

from __future__ import annotations

from typing import Any

from fabriclint.values import Unknown

from .conftest import element, ref

CAMEL = """{"numNodes": 4, "nodeRangeProperties": [{"targetNodes": "0:", "container":
 {"instanceType": "p4d.24xlarge", "environment": [{"name": "NCCL_NET", "value": "Socket"}]}}]}"""
PASCAL = {
    "NumNodes": 4,
    "NodeRangeProperties": [
        {
            "Container": {
                "InstanceType": "p4d.24xlarge",
                "Environment": [{"Name": "NCCL_NET", "Value": "Socket"}],
            }
        }
    ],
}


def job(properties: Any = CAMEL, type_: str = "multinode") -> Any:
    return element("batch_job", "job", type=type_, node_properties=properties)


def test_both_spellings_say_the_same(stack: Any) -> None:
    for properties in (CAMEL, PASCAL):
        (one,) = stack(job(properties)).jobs
        assert one.multinode.certain
        assert one.pins_type.certain
        assert [(name, value.text()) for name, value in one.environment] == [("NCCL_NET", "Socket")]


def test_a_document_that_cannot_be_read_leaves_it_open(stack: Any) -> None:
    (one,) = stack(job("{not: [json")).jobs
    assert one.pins_type.undecided


def test_environments_elsewhere_leave_it_open(stack: Any) -> None:
    (one,) = stack(job()).jobs
    assert isinstance(one.environments.more, Unknown)
    queue = element("batch_queue", "q", environments=[{"environment": "arn:aws:batch:x"}])
    (one,) = stack(job(), queue, element("batch_environment", "ce", capacity="SPOT")).jobs
    assert isinstance(one.environments.more, Unknown)


def test_what_a_multi_node_job_cannot_use(stack: Any) -> None:
    def environment(**words: Any) -> Any:
        (one,) = stack(job(), element("batch_environment", "ce", **words)).jobs
        return next(one.environments.known())

    assert environment(capacity="SPOT").on_spot.certain
    assert environment(capacity="EC2").on_spot.excluded
    assert environment(capacity="FARGATE").fargate.certain
    assert environment(managed="unmanaged").unmanaged.certain
    assert environment(managed="MANAGED").unmanaged.excluded


def test_groups_of_the_template_only(stack: Any) -> None:
    template = element("launch_template", "lt", interfaces=[{"type": "efa", "security_groups": ["sg-1"]}])
    for groups, state in ((None, "yes"), (["sg-1"], "no")):
        own = element("batch_environment", "ce", security_groups=groups, launch_template=[{"id": ref("lt")}])
        (one,) = stack(template, own, job()).jobs
        assert next(one.environments.known()).groups_only_in_template.state == state


def network(to: dict[str, Any], *endpoints: str) -> list[Any]:
    return [
        element("vpc", "vpc", cidr_block="10.0.0.0/16"),
        element("internet_gateway", "igw", vpc=ref("vpc")),
        element("subnet", "subnet", vpc=ref("vpc")),
        element("route_table", "table", vpc=ref("vpc")),
        element("route", "route", route_table=ref("table"), cidr_block="0.0.0.0/0", **to),
        element("route_table_association", "association", route_table=ref("table"), subnet=ref("subnet")),
        *(
            element("vpc_endpoint", name, vpc=ref("vpc"), service_name=f"com.amazonaws.us-east-2.{name}")
            for name in endpoints
        ),
        element("batch_environment", "ce", subnets=[ref("subnet")], security_groups=["sg-1"]),
        job(),
    ]


def test_a_public_subnet_is_a_dead_end_without_endpoints(stack: Any) -> None:
    def stranded(*elements: Any) -> str:
        (one,) = stack(*elements).jobs
        return str(next(one.environments.known()).no_way_out.state)

    assert stranded(*network({"gateway": ref("igw")})) == "yes"
    assert stranded(*network({"gateway": ref("igw")}, "ecr.dkr", "logs")) == "no"
    assert stranded(*network({"nat_gateway": "nat-1"})) == "no"
    assert stranded(job(), element("batch_environment", "ce", subnets=["subnet-1"])) == "unknown"
