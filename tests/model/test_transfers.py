"""The way of the data into the Region: Regions, Direct Connect, datasets, DMS, and what scripts copy."""

from __future__ import annotations

from typing import Any

import pytest

from fabriclint.model.direct_connect import offers, path_ceiling
from fabriclint.model.given import Given, GivenDataset
from fabriclint.model.regions import bucket_name, bucket_of, bucket_region, made_in_other_regions
from fabriclint.model.stack import Stack
from fabriclint.values import Reference, Text, Value

from .conftest import element, ref, unknown, value


def bucket(address: str, region: str | None = None, **words: Any) -> Any:
    made = element("bucket", address, **words)
    made.region = None if region is None else value(region)
    return made


@pytest.mark.parametrize(
    "written", ["corpus", "s3://corpus/shards", "arn:aws:s3:::corpus", "arn:aws-cn:s3:::corpus/x"]
)
def test_a_bucket_is_found_by_each_spelling(written: str) -> None:
    corpus = bucket("corpus", name="corpus")
    assert bucket_name(value(written)) == "corpus"
    assert bucket_of(Stack((bucket("other", name="other"), corpus)), value(written)) is corpus


def test_a_bucket_is_found_by_handle_and_by_a_name_with_holes() -> None:
    account = Reference("data.aws_caller_identity.self", ("account_id",))
    corpus = bucket("corpus", name=Text(("corpus-", account)))
    stack = Stack((bucket("other", name=Text(("other-", account))), corpus))
    assert bucket_of(stack, value(Text(("s3://corpus-", account, "/shards")))) is corpus
    assert bucket_of(stack, value(ref("corpus", "arn"))) is corpus
    assert bucket_of(stack, value(Text(("s3://", ref("corpus"), "/x")))) is corpus
    assert bucket_of(stack, value(Text(("s3://corpus-", account, "-b")))) is None


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("corpus-us-west-2", "us-west-2"),
        ("eu-central-1.corpus", "eu-central-1"),
        ("corpus-us-west-2-to-us-east-1", None),
        ("corpus", None),
        ("virus-east-1", None),
    ],
)
def test_the_region_in_a_name(name: str, region: str | None) -> None:
    assert bucket_region(Stack(()), value(f"s3://{name}/x")).text() == region


def test_what_is_given_wins_over_the_name() -> None:
    stack = Stack((), facts=Given(buckets={"corpus-us-west-2": "eu-west-1"}))
    assert bucket_region(stack, value("corpus-us-west-2")).text() == "eu-west-1"


def test_resources_of_one_template_are_in_one_region() -> None:
    one, two = bucket("one"), bucket("two")
    assert made_in_other_regions(Stack((one, two)), one, two).excluded
    here, there = bucket("here", "us-east-1"), bucket("there", "us-west-2")
    assert made_in_other_regions(Stack((here, there)), here, there).certain
    assert made_in_other_regions(Stack((here, one)), here, one).undecided


def interface(visibility: str) -> Any:
    return element("dx_interface", f"{visibility}_interface", visibility=visibility, connection=ref("port"))


PORT = element("dx_connection", "port", bandwidth="10Gbps")
SITE = element("customer_gateway", "site")


def test_what_direct_connect_offers() -> None:
    stack = Stack((PORT, interface("public")))
    assert offers(stack, "public").certain
    assert offers(stack, "private", "transit").excluded
    assert offers(Stack((SITE,)), "public").excluded
    assert offers(Stack(()), "public").undecided
    assert offers(Stack((PORT,)), "public").undecided
    assert offers(Stack((PORT, interface("public"), element("dx_gateway", "main"))), "private").undecided


def vpn(**words: Any) -> Any:
    return element("vpn_connection", "vpn", **words)


def test_the_ceiling_of_the_path() -> None:
    assert path_ceiling(Stack((PORT, element("dx_connection", "two", bandwidth="1Gbps")))).gbps == 11
    assert (
        path_ceiling(Stack((vpn(vpn_gateway=ref("gateway")), element("vpn_gateway", "gateway")))).gbps == 1.25
    )
    for stack in (
        Stack(()),
        Stack((element("dx_connection", "lag"),)),
        Stack((vpn(transit_gateway=unknown()),)),
        Stack((element("dx_connection", "port", bandwidth=unknown()),)),
    ):
        assert path_ceiling(stack).gbps is None
        assert path_ceiling(stack).open is not None


def test_a_dataset_stands_at_what_it_names_or_at_the_link() -> None:
    task = element("datasync_task", "aws_datasync_task.corpus", name="nightly")
    for name in ("nightly", "corpus", "aws_datasync_task.corpus"):
        (dataset,) = Stack((PORT, task), facts=Given(datasets=(GivenDataset(name, 1e15),))).datasets
        assert dataset.element is task
        assert dataset.too_slow.excluded
    (dataset,) = Stack((PORT, task), facts=Given(datasets=(GivenDataset("other", 1e16),))).datasets
    assert dataset.element is PORT
    assert dataset.too_slow.certain
    assert Stack((), facts=Given(datasets=(GivenDataset("other", 1e16, 1.0),))).datasets == ()


@pytest.mark.parametrize(
    ("size", "state"), [("1TB", "no"), ("10PB", "yes"), ("plenty", "unknown"), (unknown(), "unknown")]
)
def test_a_tag_sizes_a_dataset(size: Any, state: str) -> None:
    tags = {"fabriclint:dataset-size": size}
    listed = [{"Key": "fabriclint:dataset-size", "Value": size}]
    for written in (tags, listed):
        (dataset,) = Stack((PORT, element("datasync_task", "task", tags=written))).datasets
        assert dataset.too_slow.state == state


def test_a_load_that_another_task_follows() -> None:
    source, target = (
        element("dms_endpoint", "db", engine="postgres"),
        element("dms_endpoint", "lake", engine="s3"),
    )
    words = {"source": ref("db"), "target": ref("lake")}
    load = element("dms_task", "load", migration_type="full-load", **words)
    changes = element("dms_task", "changes", migration_type="cdc", **words)
    alone = Stack((source, target, load)).dms_tasks[0]
    assert alone.into_s3.certain
    assert alone.followed.excluded
    assert Stack((source, target, load, changes)).dms_tasks[0].followed.certain


@pytest.mark.parametrize(
    ("address", "in_aws"),
    [
        (Reference("aws_instance.agent", ("private_ip",)), True),
        (Reference("module.x.aws_eip.agent", ("public_ip",)), True),
        (Reference("data.aws_instance.agent", ("public_ip",)), True),
        ("192.168.1.9", False),
        (None, False),
    ],
)
def test_where_an_agent_runs(address: Any, in_aws: bool) -> None:
    made = element("datasync_agent", "agent")
    made._seen["address"] = value(address)
    (agent,) = Stack((made,)).agents
    assert agent.in_aws.certain is in_aws


def test_a_handle_is_no_host_name() -> None:
    assert bucket_name(Value(Reference("aws_s3_bucket.x", ("id",)))) is None
