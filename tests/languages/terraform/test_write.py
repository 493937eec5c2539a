"""Changes as Terraform: what a person would paste, valid and as `terraform fmt` leaves it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping

import pytest
import tree_sitter_hcl
from tree_sitter import Language, Parser

from fabriclint.languages.terraform import write as terraform
from fabriclint.languages.terraform.vocabulary import SHAPES
from fabriclint.model.change import (
    Add,
    Change,
    Inside,
    Join,
    Link,
    New,
    Region,
    Remove,
    Same,
    Set,
    Shell,
    Written,
)
from fabriclint.model.element import Attribute, Each, Element, Fixed
from fabriclint.text import Source
from fabriclint.values import Data, Map, Reference, Seq, Text, Unknown, Value

PARSER = Parser(Language(tree_sitter_hcl.language()))
SELF_RULE: dict[str, Written] = {"protocol": "-1", "self": True}


def element(
    type_: str,
    address: str,
    written: Mapping[str, Data] | None = None,
    *,
    path: str = "main.tf",
    body: str = "",
    region: Data = None,
) -> Element:
    """A resource that has nothing written but `written`, under the language's own names."""
    shape = SHAPES[type_]
    place = Source(path, body.encode()).span()
    there = written or {}

    def read(name: str) -> Value:
        return Value(there[name], place) if name in there else Value(None, place, "absent")

    return Element(
        kind=shape.kind,
        type=type_,
        address=address,
        label=address,
        place=place,
        language="terraform",
        shape=shape,
        read=read,
        body=place,
        region=None if region is None else Value(region),
    )


GROUP = element("aws_security_group", "aws_security_group.efa")
VPC = element("aws_vpc", "aws_vpc.main")
TABLE = element("aws_route_table", 'aws_route_table.private["a"]')
TEMPLATE = element("aws_launch_template", "aws_launch_template.node")


def hcl(near: Element, *changes: Change) -> str:
    """What the Terraform writer says; it has to parse and to be as `terraform fmt` would leave it."""
    text = terraform.write(changes, near)
    assert_formatted(text)
    return text


def assert_formatted(text: str) -> None:
    assert not PARSER.parse(text.encode()).root_node.has_error, text
    binary = shutil.which("terraform")
    if binary is not None:
        done = subprocess.run(
            [binary, "fmt", "-"], input=f"{text}\n", capture_output=True, text=True, check=False
        )
        assert done.stdout == f"{text}\n", done.stdout + done.stderr


def endpoint(vpc: Element, table: Element) -> Add:
    return Add(
        "vpc_endpoint",
        "s3",
        {
            "vpc": Link(vpc),
            "service_name": Join(("com.amazonaws.", Region(), ".s3")),
            "type": "Gateway",
            "route_tables": [Link(table)],
        },
        "creating it cuts open connections to S3",
    )


def test_a_new_resource_in_terraform() -> None:
    near = element("aws_instance", "aws_instance.node", region="us-west-2")
    assert hcl(near, endpoint(VPC, TABLE)) == (
        "# creating it cuts open connections to S3\n"
        'resource "aws_vpc_endpoint" "s3" {\n'
        "  vpc_id            = aws_vpc.main.id\n"
        '  service_name      = "com.amazonaws.us-west-2.s3"\n'
        '  vpc_endpoint_type = "Gateway"\n'
        '  route_table_ids   = [aws_route_table.private["a"].id]\n'
        "}"
    )


def test_an_unknown_region_is_asked_of_the_provider() -> None:
    text = hcl(VPC, endpoint(VPC, TABLE))
    assert 'service_name      = "com.amazonaws.${data.aws_region.current.region}.s3"' in text
    assert '# needs: data "aws_region" "current" {}' in text


def test_blocks_are_shown_inside_the_resource_that_is_there() -> None:
    both = Inside(GROUP, "ingress", (SELF_RULE,)), Inside(GROUP, "egress", (SELF_RULE,))
    rule = '    from_port = 0\n    to_port   = 0\n    protocol  = "-1"\n    self      = true\n  }'
    assert hcl(GROUP, *both) == (
        f'resource "aws_security_group" "efa" {{\n  # …\n  ingress {{\n{rule}\n\n  egress {{\n{rule}\n}}'
    )


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_standalone_rule_is_the_modern_resource(direction: str) -> None:
    rule = Add("security_group_rule", "EfaSelf", {"direction": direction, "group": Link(GROUP), **SELF_RULE})
    assert hcl(GROUP, rule) == (
        f'resource "aws_vpc_security_group_{direction}_rule" "efa_self" {{\n'
        "  security_group_id            = aws_security_group.efa.id\n"
        '  ip_protocol                  = "-1"\n'
        "  referenced_security_group_id = aws_security_group.efa.id\n"
        "}"
    )


def test_a_standalone_rule_in_the_older_style() -> None:
    words: dict[str, Written] = {
        "direction": "egress",
        "group": Link(GROUP),
        "style": "aws_security_group_rule",
    }
    assert hcl(GROUP, Add("security_group_rule", "efa", {**words, **SELF_RULE})) == (
        'resource "aws_security_group_rule" "efa" {\n'
        '  type              = "egress"\n'
        "  security_group_id = aws_security_group.efa.id\n"
        "  from_port         = 0\n"
        "  to_port           = 0\n"
        '  protocol          = "-1"\n'
        "  self              = true\n"
        "}"
    )


def test_a_modern_rule_is_repeated_for_each_range() -> None:
    words: dict[str, Written] = {"direction": "ingress", "group": Link(GROUP), "protocol": "tcp"}
    ports: dict[str, Written] = {
        "from_port": 988,
        "to_port": 988,
        "cidr_blocks": ["10.0.0.0/16", "10.1.0.0/16"],
    }
    text = hcl(GROUP, Add("security_group_rule", "lustre", {**words, **ports}))
    assert re.findall(r'" "(\w+)" \{', text) == ["lustre", "lustre_2"]
    assert re.findall(r'cidr_ipv4 +=? *"(.*)"', text) == ["10.0.0.0/16", "10.1.0.0/16"]
    assert text.count("from_port         = 988") == 2


def test_what_the_same_fix_adds_is_named_by_its_new_address() -> None:
    text = hcl(
        TEMPLATE,
        Add("placement_group", "NodeCluster", {"name": "node", "strategy": "cluster"}),
        Set(TEMPLATE, "placement_group", New("NodeCluster", "name")),
    )
    assert text.startswith('resource "aws_placement_group" "node_cluster" {\n  name     = "node"\n')
    assert text.endswith(
        'resource "aws_launch_template" "node" {\n'
        "  # …\n"
        "  placement {\n"
        "    group_name = aws_placement_group.node_cluster.name\n"
        "  }\n"
        "}"
    )


def test_the_version_of_a_template_is_its_latest() -> None:
    fleet = element("aws_autoscaling_group", "aws_autoscaling_group.nodes[0]")
    use: dict[str, Written] = {"id": Link(TEMPLATE), "version": Link(TEMPLATE, "version")}
    text = hcl(fleet, Inside(fleet, "launch_template", (use,)))
    assert 'resource "aws_autoscaling_group" "nodes" {' in text
    assert "version = aws_launch_template.node.latest_version" in text


def test_the_form_of_an_attribute_that_is_written_is_kept() -> None:
    node = element("aws_instance", "aws_instance.node", {"placement_group_id": "pg-1"})
    assert "# delete placement_group_id" in hcl(node, Remove(node, "placement_group"))
    assert "placement_group_id = " in hcl(node, Set(node, "placement_group", "pg-2"))
    bare = element("aws_instance", "aws_instance.node")
    assert "placement_group = " in hcl(bare, Set(bare, "placement_group", "mine"))


def test_a_list_that_is_there_grows() -> None:
    full = element("aws_vpc_endpoint", "aws_vpc_endpoint.s3", {"route_table_ids": Seq((Value("rtb-1"),))})
    assert hcl(full, Inside(full, "route_tables", (Link(TABLE),))) == (
        'resource "aws_vpc_endpoint" "s3" {\n'
        "  # …\n"
        "  route_table_ids = [\n"
        "    # …\n"
        '    aws_route_table.private["a"].id,\n'
        "  ]\n"
        "}"
    )
    empty = element("aws_vpc_endpoint", "aws_vpc_endpoint.s3")
    assert "route_table_ids = [aws_route" in hcl(empty, Inside(empty, "route_tables", (Link(TABLE),)))


def test_a_block_that_has_more_in_it_says_so() -> None:
    task = element("aws_datasync_task", "aws_datasync_task.copy", {"options": Map({"atime": Value("NONE")})})
    assert '  options {\n    # …\n    verify_mode = "NONE"\n  }' in hcl(
        task, Set(task, "verify_mode", "NONE")
    )
    bare = element("aws_datasync_task", "aws_datasync_task.copy")
    assert '  options {\n    verify_mode = "NONE"\n  }' in hcl(bare, Set(bare, "verify_mode", "NONE"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("resource a b {\n  count = var.n\n}", "aws_route_table.private[*].id"),
        ("resource a b {\n  for_each = var.n\n}", "values(aws_route_table.private)[*].id"),
    ],
)
def test_every_instance_of_a_resource(body: str, said: str) -> None:
    every = element("aws_route_table", "aws_route_table.private[*]", body=body)
    where = element("aws_vpc_endpoint", "aws_vpc_endpoint.s3")
    assert f"route_table_ids = {said}\n" in hcl(where, Inside(where, "route_tables", (Link(every),)))
    both = hcl(where, Inside(where, "route_tables", (Link(TABLE), Link(every))))
    assert f'concat([aws_route_table.private["a"].id], {said})' in both
    full = element("aws_vpc_endpoint", "aws_vpc_endpoint.s3", {"route_table_ids": Seq((Value("rtb-1"),))})
    assert f"    {said},\n  )" in hcl(full, Inside(full, "route_tables", (Link(every),)))


def test_inside_a_module_the_prefix_is_not_written() -> None:
    near = element("aws_instance", 'module.net["a.b"].aws_instance.node')
    vpc = element("aws_vpc", 'module.net["a.b"].aws_vpc.main')
    assert "vpc_id = aws_vpc.main.id" in hcl(near, Add("internet_gateway", "out", {"vpc": Link(vpc)}))
    assert hcl(near, Set(near, "type", "p5.48xlarge")).startswith(
        '# inside module.net["a.b"]\nresource "aws_instance"'
    )


def test_a_resource_of_another_module_is_named_by_an_output_or_variable() -> None:
    inner = element("aws_vpc", "module.net.aws_vpc.main")
    outer = element("aws_instance", "aws_instance.node")
    down = hcl(outer, Add("internet_gateway", "out", {"vpc": Link(inner)}))
    assert "vpc_id = module.net.vpc_id" in down
    assert "# module.net.vpc_id stands for the output of that module that gives aws_vpc.main.id" in down
    up = hcl(inner, Add("internet_gateway", "out", {"vpc": Link(VPC)}))
    assert "vpc_id = var.vpc_id" in up
    assert "# var.vpc_id stands for aws_vpc.main.id" in up


def test_values_are_repeated_as_the_user_wrote_them() -> None:
    here = Source("main.tf", b"  subnet_id = local.subnets[0]\n")
    there = Source("modules/net/main.tf", b"var.other")
    written = Value("subnet-1", here.span(14, 30))
    elsewhere = Value("subnet-2", there.span())
    unknown = Value(Unknown.because("var.x has no value"))
    text = hcl(
        VPC,
        Add("nat_gateway", "a", {"subnet": Same(written)}),
        Add("nat_gateway", "b", {"subnet": Same(elsewhere)}),
        Add("nat_gateway", "c", {"subnet": Same(Value(Reference("aws_subnet.c", ("id",))))}),
        Add("nat_gateway", "d", {"subnet": Same(Value(Text(("s-", Reference("var.d")))))}),
        Add("nat_gateway", "e", {"subnet": Same(unknown)}),
    )
    found = re.findall(r"subnet_id = (.*)", text)
    assert found == ["local.subnets[0]", '"subnet-2"', "aws_subnet.c.id", '"s-${var.d}"', "null"]
    assert "# null stands for a value that these sources do not decide" in text


def test_text_is_escaped() -> None:
    text = hcl(VPC, Set(VPC, "name", 'a "b" ${c} %{d} \\ \n'))
    assert 'Name = "a \\"b\\" $${c} %%{d} \\\\ \\n"' in text


def test_maps_and_long_lists() -> None:
    subnets: list[Written] = [f"subnet-{n:017}" for n in range(4)]
    text = hcl(
        VPC,
        Add("vpc", "main", {"cidr_block": "10.0.0.0/16", "tags": {"Name": "a", "a/b": 1, "Owner": True}}),
        Add("lustre", "fast", {"subnets": subnets, "metadata_mode": "AUTOMATIC"}),
    )
    assert '  tags = {\n    Name  = "a"\n    "a/b" = 1\n    Owner = true\n  }' in text
    assert text.count('    "subnet-') == 4


def test_the_awscc_provider_takes_objects_where_the_other_has_blocks() -> None:
    groups: list[Written] = [{"name": "workers", "type": "ml.p5.48xlarge", "count": 4}]
    text = hcl(VPC, Add("hyperpod_cluster", "pod", {"groups": groups, "subnets": ["subnet-1"]}))
    assert '  instance_groups = [\n    {\n      instance_group_name = "workers"' in text
    assert '  vpc_config = {\n    subnets = ["subnet-1"]\n  }' in text


def test_shell_lines_stand_as_they_are() -> None:
    lines = ("mkdir -p /fsx", "mount -t lustre fs@tcp:/x /fsx")
    assert terraform.write((Shell(lines),), VPC) == "\n".join(lines)


def test_what_cannot_be_said_is_told() -> None:
    config = element("aws_launch_configuration", "aws_launch_configuration.old")
    said = hcl(config, Set(config, "placement_group", "x"))
    assert "# aws_launch_configuration has no place for placement group" in said


def test_nothing_is_written_for_no_changes() -> None:
    assert terraform.write((), VPC) == ""


def everything(attributes: Mapping[str, Attribute]) -> dict[str, Written]:
    """Every word of a shape with some value."""
    words: dict[str, Written] = {}
    for word, attribute in attributes.items():
        if isinstance(attribute, Each):
            words[word] = [everything(attribute.inside), everything(attribute.inside)]
        elif isinstance(attribute, Fixed):
            words[word] = attribute.value
        else:
            words[word] = f"a {word}"
    return words


def test_every_terraform_type_is_written_formatted() -> None:
    parts = []
    for type_, shape in SHAPES.items():
        words = {**everything(shape.attributes), "style": type_}
        parts.append(terraform.write((Add(shape.kind, "one", words),), VPC))
        block = f'data "{type_[5:]}"' if type_.startswith("data.") else f'resource "{type_}"'
        assert f'{block} "one" {{' in parts[-1]
        assert "has no place" not in parts[-1]
    assert_formatted("\n\n".join(parts))
