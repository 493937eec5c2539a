"""What a plan marks as sensitive is read nowhere and shown nowhere."""

from __future__ import annotations

import json

import pytest

from fabriclint.engine.discover import plan as planned
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.run import run
from fabriclint.languages import languages
from fabriclint.languages.base import Settings
from fabriclint.reporters import json as json_reporter
from fabriclint.reporters import text as text_reporter
from fabriclint.testing import MemoryFiles
from fabriclint.values import Text

from .documents import block, by_address, change, document, names, read


def test_the_default_of_a_sensitive_variable_is_not_read_from_the_sources() -> None:
    contents = document(
        change("aws_launch_template.a", {}, {"id": True, "user_data": True}),
        change("aws_vpc.main", {}, {"id": True}),
        blocks=(
            block("aws_launch_template.a", user_data=names("var.secret", "aws_vpc.main.id")),
            block("aws_vpc.main"),
        ),
        variables={"secret": {"value": "hush"}},
    )
    sources = """
variable "secret" {
  sensitive = true
  default   = "hush"
}

resource "aws_vpc" "main" {}

resource "aws_launch_template" "a" {
  user_data = "login ${nonsensitive(var.secret)} ${aws_vpc.main.id}"
}
"""
    value = by_address(read(contents, {"main.tf": sources}))["aws_launch_template.a"].get("user_data")
    assert isinstance(value.data, Text)
    assert value.data.render("_") == "login _ _"
    assert "hush" not in str(sorted(map(str, value.inputs)))


@pytest.mark.parametrize("cleared", [None, "kind: NodePool\n"])
def test_a_kubectl_manifest_is_read_without_its_secrets(cleared: str | None) -> None:
    after = {"yaml_body": "kind: NodePool\nsecret: hush\n"} | (
        {"yaml_body_parsed": cleared} if cleared else {}
    )
    contents = document(change("kubectl_manifest.pool", after, sensitive={"yaml_body": True}))
    value = read(contents).elements[0].get("manifest")
    assert value.data == cleared if cleared else value.unknown is not None


def test_no_report_shows_what_is_sensitive() -> None:
    secret = "tr0ub4dor"
    contents = document(
        change(
            "aws_security_group.a",
            {"name": secret, "vpc_id": secret, "ingress": [], "egress": []},
            sensitive={"name": True, "vpc_id": True},
        ),
        change(
            "aws_launch_template.a",
            {
                "name": "a",
                "instance_type": "p5.48xlarge",
                "user_data": secret,
                "network_interfaces": [{"interface_type": "efa"}],
            },
            {"id": True, "network_interfaces": [{"security_groups": True}]},
            sensitive={"user_data": True},
        ),
        change(
            "aws_autoscaling_group.a",
            {"min_size": 8, "max_size": 8, "launch_template": [{}], "vpc_zone_identifier": [secret]},
            {"launch_template": [{"id": True}]},
            sensitive={"vpc_zone_identifier": True},
        ),
        blocks=(
            block("aws_security_group.a", name={"constant_value": secret}),
            block(
                "aws_launch_template.a",
                network_interfaces=[
                    {"security_groups": names("aws_security_group.a.id", "aws_security_group.a")}
                ],
            ),
            block(
                "aws_autoscaling_group.a",
                launch_template=[{"id": names("aws_launch_template.a.id", "aws_launch_template.a")}],
            ),
        ),
        variables={"password": {"value": secret}},
    )
    tree = MemoryFiles({"plan.json": json.dumps(contents)})
    report = run(planned(["plan.json"], tree, languages()), tree, Settings(), builtin_rules())
    assert report.findings
    assert not report.crashed
    assert secret not in text_reporter.render(report, show_not_checked=True) + json_reporter.render(report)
