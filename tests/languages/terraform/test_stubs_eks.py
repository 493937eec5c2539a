"""What the stubs say of terraform-aws-modules/eks, major version by major version."""

from __future__ import annotations

import pytest

from fabriclint.languages.base import Reading
from fabriclint.values import Seq

from .conftest import read_stack
from .stub_calls import EFA_20, EFA_21, EKS, VPC, fleet, get, interfaces, of, one

OWN = """
  eks_managed_node_groups = {
    gpu = {
      instance_types     = ["p5.48xlarge"]
      max_size           = 8
      enable_efa_support = true
      placement          = { group_name = "mine" }
      network_interfaces = [{ device_index = 0, network_card_index = 1, interface_type = "efa" }]
    }
  }
"""


def eks(version: str, arguments: str) -> Reading:
    prefix = "" if version.startswith("21") else "cluster_"
    words = EKS % (version, prefix, prefix or "kubernetes_", arguments)
    return read_stack(VPC % ("5.0", "") + words)


@pytest.mark.parametrize("version", ["18.0", "19.0"])
def test_eks_18_and_19_take_interfaces_and_placement_from_the_caller(version: str) -> None:
    reading = eks(version, OWN)
    template = one(reading, "launch_template")
    card = 0 if version == "18.0" else 1  # version 18 does not pass the card on
    assert interfaces(template) == [(card, 0, "efa")]
    assert get(template, "placement_group") == "mine"
    assert not of(reading, "placement_group")
    group = one(reading, "eks_node_group")
    assert get(group, "subnets") == [f"<module.vpc.aws_subnet.private[{n}].id>" for n in (0, 1)]
    gpu = fleet(reading, '"gpu"')
    assert gpu.uses_efa.certain
    assert [gpu.efa_set_open(links).state for _, links in gpu.efa_group_sets] == ["no"]


def test_eks_19_caller_opens_the_group_to_itself() -> None:
    rules = """
  node_security_group_additional_rules = {
    efa_in  = { type = "ingress", protocol = "-1", from_port = 0, to_port = 0, self = true }
    efa_out = { type = "egress", protocol = "-1", from_port = 0, to_port = 0, self = true }
  }
"""
    gpu = fleet(eks("19.0", OWN + rules), '"gpu"')
    assert [gpu.efa_set_open(links).state for _, links in gpu.efa_group_sets] == ["yes"]


def test_eks_20_flags_make_interfaces_placement_and_self_rules() -> None:
    reading = eks("20.0", EFA_20)
    template = one(reading, "launch_template", '"gpu"')
    assert interfaces(template) == [(card, 0 if card == 0 else 1, "efa") for card in range(32)]
    assert get(one(reading, "placement_group"), "strategy") == "cluster"
    gpu = fleet(reading, '"gpu"')
    assert gpu.in_cluster_group.certain
    assert [gpu.efa_set_open(links).state for _, links in gpu.efa_group_sets] == ["yes"]
    assert gpu.spans_zones.undecided, "which of the subnets remain is for the API to say"
    assert gpu.vpc.element is not None, "its groups are in the VPC"
    cpu = fleet(reading, '"cpu"')
    assert cpu.uses_efa.excluded
    assert cpu.placement.state == "absent"


def test_eks_20_without_the_flag_of_the_cluster_leaves_the_group_closed() -> None:
    gpu = fleet(eks("20.0", EFA_21), '"gpu"')
    assert gpu.uses_efa.certain
    assert [gpu.efa_set_open(links).state for _, links in gpu.efa_group_sets] == ["no"]


def test_eks_20_one_subnet_stays_one_subnet() -> None:
    gpu = fleet(
        eks("20.0", EFA_20.replace("max_size", "subnet_ids = [module.vpc.private_subnets[1]]\n max_size")),
        '"gpu"',
    )
    assert gpu.spans_zones.excluded
    assert [link.element.label for link in gpu.subnets.known() if link.element] == [
        "module.vpc.aws_subnet.private[1]"
    ]


def test_eks_20_of_an_unknown_type_has_unknown_interfaces() -> None:
    reading = eks("20.0", EFA_20.replace('["p5.48xlarge"]', "[var.kind]") + '}\nvariable "kind" {\n')
    template = one(reading, "launch_template", '"gpu"')
    data = template.get("interfaces").data
    assert isinstance(data, Seq)
    assert data.more is not None
    assert not fleet(reading, '"gpu"').uses_efa.excluded


def test_eks_21_makes_a_group_for_the_node_group_and_filters_no_subnet() -> None:
    reading = eks("21.0", EFA_21)
    template = one(reading, "launch_template", '"gpu"')
    layout = interfaces(template)
    assert layout[0] == (0, 0, "efa")
    assert layout[1:] == [(card, 1, "efa-only") for card in range(1, 32)]
    gpu = fleet(reading, '"gpu"')
    assert [gpu.efa_set_open(links).state for _, links in gpu.efa_group_sets] == ["yes"]
    assert gpu.in_cluster_group.certain
    assert gpu.spans_zones.certain
    assert one(reading, "security_group", '"gpu"').kind == "security_group"
    assert of(reading, "security_group_rule", '"gpu"')
    assert not of(reading, "security_group", '"cpu"')


def test_eks_21_may_take_plain_efa_interfaces() -> None:
    reading = eks("21.0", EFA_21.replace("max_size ", "enable_efa_only = false\n      max_size "))
    assert {kind for _, _, kind in interfaces(one(reading, "launch_template", '"gpu"'))} == {"efa"}


@pytest.mark.parametrize(("version", "maximum"), [("18.0", 3), ("19.0", 3), ("20.0", 3), ("21.0", 3)])
def test_eks_defaults_of_a_node_group(version: str, maximum: int) -> None:
    group = one(eks(version, "  eks_managed_node_groups = {\n    a = {}\n  }\n"), "eks_node_group")
    assert get(group, "maximum") == maximum
    assert group.get("types").absent
    assert get(group, "capacity_type") == "ON_DEMAND"


def test_eks_defaults_for_all_groups_until_version_20() -> None:
    words = """
  eks_managed_node_group_defaults = {
    instance_types = ["p4d.24xlarge"]
    max_size       = 5
  }
  eks_managed_node_groups = { a = {}, b = { max_size = 2 } }
"""
    reading = eks("20.0", words)
    assert [get(group, "maximum") for group in of(reading, "eks_node_group")] == [5, 2]
    assert all(get(group, "types") == ["p4d.24xlarge"] for group in of(reading, "eks_node_group"))
    assert [get(group, "maximum") for group in of(eks("21.0", words), "eks_node_group")] == [3, 2]


@pytest.mark.parametrize("version", ["20.0", "21.0"])
def test_eks_capacity_block_groups_launch_by_the_template(version: str) -> None:
    words = """
  eks_managed_node_groups = {
    gpu = {
      instance_types          = ["p5.48xlarge"]
      capacity_type           = "CAPACITY_BLOCK"
      instance_market_options = { market_type = "capacity-block" }
      capacity_reservation_specification = {
        capacity_reservation_target = { capacity_reservation_id = "cr-1" }
      }
    }
  }
"""
    reading = eks(version, words)
    template = one(reading, "launch_template")
    assert (get(template, "type"), get(template, "market_type"), get(template, "reservation")) == (
        "p5.48xlarge",
        "capacity-block",
        "cr-1",
    )
    assert one(reading, "eks_node_group").get("types").absent
    assert fleet(reading, "gpu").in_capacity_block.certain


def test_eks_self_managed_groups_are_auto_scaling_groups() -> None:
    words = """
  enable_efa_support = true
  self_managed_node_groups = {
    trn = {
      instance_type      = "trn1.32xlarge"
      max_size           = 4
      enable_efa_support = true
      pre_bootstrap_user_data = <<-EOT
        #!/bin/bash
        mount -t lustre fs-1@tcp:/x /fsx
      EOT
    }
  }
"""
    reading = eks("20.0", words)
    group = one(reading, "autoscaling_group")
    assert get(group, "maximum") == 4
    assert len(interfaces(one(reading, "launch_template"))) == 8
    trn = fleet(reading, "trn")
    assert trn.in_cluster_group.certain
    assert trn.uses_efa.certain
    assert [mount.place.line for mount in trn.mounts if mount.place] == [
        number
        for number, line in enumerate((VPC % ("5.0", "") + EKS % ("20.0", "", "", words)).splitlines(), 1)
        if "lustre" in line
    ]


def test_eks_unknown_groups_are_unknown_groups() -> None:
    reading = eks("20.0", '  eks_managed_node_groups = var.groups\n}\nvariable "groups" {\n')
    group = one(reading, "eks_node_group")
    assert group.exists.undecided
    assert group.many is not None


def test_eks_submodule_alone() -> None:
    words = """
module "nodes" {
  source             = "terraform-aws-modules/eks/aws//modules/eks-managed-node-group"
  version            = "~> 20.0"
  name               = "gpu"
  cluster_name       = "train"
  subnet_ids         = [module.vpc.private_subnets[0]]
  instance_types     = ["p4d.24xlarge"]
  max_size           = 4
  enable_efa_support = true
  vpc_security_group_ids = [aws_security_group.efa.id]
}
resource "aws_security_group" "efa" {
  vpc_id = module.vpc.vpc_id
}
"""
    reading = read_stack(VPC % ("5.0", "") + words)
    assert len(interfaces(one(reading, "launch_template"))) == 4
    assert [get(group, "name") for group in of(reading, "placement_group")] == ["train-gpu"]


def test_eks_karpenter_makes_nothing_of_the_network() -> None:
    reading = read_stack(
        'module "karpenter" {\n  source = "terraform-aws-modules/eks/aws//modules/karpenter"\n  cluster_name = "x"\n}\n'
        'resource "aws_placement_group" "x" {\n  name     = module.karpenter.queue_name\n  strategy = "cluster"\n}\n'
    )
    assert [element.kind for element in reading.elements] == ["placement_group"]
    assert get(one(reading, "placement_group"), "name") == "<unknown>"


def test_eks_21_self_managed_group_may_or_may_not_have_its_own_group() -> None:
    """Up to 21.19 the group is made and not attached; whether a later version does is not known."""
    words = """
  self_managed_node_groups = {
    gpu = {
      instance_type      = "p5.48xlarge"
      max_size           = 2
      enable_efa_support = true
    }
  }
"""
    gpu = fleet(eks("21.0", words), '"gpu"')
    assert gpu.uses_efa.certain
    assert [gpu.efa_set_open(links).state for _, links in gpu.efa_group_sets] == ["unknown"]
