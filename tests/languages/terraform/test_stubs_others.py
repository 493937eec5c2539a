"""What the stubs say of modules for machines, groups, storage and add-ons."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from fabriclint.model.stack import Stack

from .conftest import read_stack, shown
from .stub_calls import VPC, fleet, get, interfaces, of, one

# ------------------------------------------------------------------ machines

CALLS: Mapping[str, str] = {
    "autoscaling": """
module "gpu" {
  source              = "terraform-aws-modules/autoscaling/aws"
  version             = "~> %s"
  name                = "gpu"
  instance_type       = "p4d.24xlarge"
  min_size            = 0
  max_size            = 4
  desired_capacity    = 2
  vpc_zone_identifier = [module.vpc.private_subnets[0]]
  security_groups     = ["sg-1"]
  user_data           = base64encode("mount -t lustre fs-1@tcp:/x /fsx")
  placement           = { group_name = "mine" }
  network_interfaces = [
    { device_index = 0, network_card_index = 0, interface_type = "efa", security_groups = ["sg-2"] },
    { device_index = 1, network_card_index = 1, interface_type = "efa" },
  ]
}
""",
}


@pytest.mark.parametrize("version", ["6.0", "7.0", "8.0", "9.0"])
def test_autoscaling_passes_interfaces_and_placement_on(version: str) -> None:
    reading = read_stack(VPC % ("5.0", "") + CALLS["autoscaling"] % version)
    template = one(reading, "launch_template")
    assert interfaces(template) == [(0, 0, "efa"), (1, 1, "efa")]
    (first, second) = template.get("interfaces").members().known()
    assert shown(first.field("security_groups")) == ["sg-2", "sg-1"]
    assert shown(second.field("security_groups")) == ["sg-1"]
    assert get(template, "placement_group") == "mine"
    gpu = fleet(reading, "gpu")
    assert (gpu.size.maximum, gpu.spans_zones.state) == (4, "no")
    assert len(gpu.mounts) == 1


@pytest.mark.parametrize(
    "policy",
    [
        'mixed_instances_policy = { override = [{ instance_type = "p4d.24xlarge" }, { instance_type = "p5.48xlarge" }] }',
        "mixed_instances_policy = { launch_template = { override = "
        '[{ instance_type = "p4d.24xlarge" }, { instance_type = "p5.48xlarge" }] } }',
    ],
)
def test_autoscaling_types_of_a_mixed_policy(policy: str) -> None:
    words = CALLS["autoscaling"] % "9.0"
    reading = read_stack(
        VPC % ("5.0", "")
        + words.replace("  min_size", f"  use_mixed_instances_policy = true\n  {policy}\n  min_size")
    )
    assert {kind.name for kind in fleet(reading, "gpu").known_types} >= {"p4d.24xlarge", "p5.48xlarge"}


@pytest.mark.parametrize(("version", "own"), [("4.0", False), ("5.0", False), ("6.0", True)])
def test_ec2_instance_has_a_group_of_its_own_since_version_6(version: str, own: bool) -> None:
    reading = read_stack(
        VPC % ("5.0", "")
        + f"""
module "node" {{
  source                 = "terraform-aws-modules/ec2-instance/aws"
  version                = "~> {version}"
  count                  = 2
  instance_type          = "p4d.24xlarge"
  subnet_id              = module.vpc.private_subnets[0]
  placement_group        = "mine"
  vpc_security_group_ids = ["sg-1"]
}}
"""
    )
    assert len(of(reading, "instance")) == 2
    assert len(of(reading, "security_group", "node")) == (2 if own else 0)
    (node,) = Stack(reading.elements).fleets
    assert node.size.maximum == 2, "copies of the module are one fleet"
    assert len(list(node.launch_groups.known())) == (2 if own else 1)


@pytest.mark.parametrize(("version", "placement"), [("1.0", None), ("2.0", None), ("3.0", "mine")])
def test_batch_passes_placement_on_since_version_3(version: str, placement: str | None) -> None:
    keyed = 'compute_environment_order = { 0 = { compute_environment_key = "gpu" } }'
    order = keyed if version == "3.0" else 'compute_environments = ["gpu"]'
    reading = read_stack(
        f"""
module "batch" {{
  source  = "terraform-aws-modules/batch/aws"
  version = "~> {version}"
  compute_environments = {{
    gpu = {{
      name_prefix = "gpu"
      compute_resources = {{
        type               = "EC2"
        instance_types     = ["p4d.24xlarge"]
        max_vcpus          = 192
        subnets            = ["subnet-1"]
        security_group_ids = ["sg-1"]
        placement_group    = "mine"
        launch_template    = {{ launch_template_id = "lt-1" }}
      }}
    }}
  }}
  job_queues = {{
    high = {{ name = "high", {order} }}
  }}
  job_definitions = {{
    train = {{ name = "train", type = "multinode", node_properties = "{{}}" }}
  }}
}}
"""
    )
    environment = one(reading, "batch_environment")
    assert get(environment, "types") == ["p4d.24xlarge"]
    assert get(environment, "placement_group") == placement
    assert get(environment, "maximum_vcpus") == 192
    assert get(one(reading, "batch_job"), "type") == "multinode"
    queue = one(reading, "batch_queue")
    assert [
        str(item.field("environment").handle) for item in queue.get("environments").members().known()
    ] == ['module.batch.aws_batch_compute_environment.this["gpu"].arn']


# ------------------------------------------------------------------ groups and storage

GROUP = """
module "efa" {
  source             = "terraform-aws-modules/security-group/aws"
  version            = "~> %s"
  name               = "efa"
  vpc_id             = "vpc-1"
  ingress_with_self  = [{ rule = "all-all" }]
%s
}
resource "aws_launch_template" "gpu" {
  instance_type = "p4d.24xlarge"
  network_interfaces {
    interface_type  = "efa"
    security_groups = [module.efa.security_group_id]
  }
}
"""


@pytest.mark.parametrize("version", ["4.0", "5.0"])
@pytest.mark.parametrize(
    ("egress", "state"),
    [
        ("", "no"),
        ('  egress_rules = ["all-all"]', "no"),
        ('  egress_with_self = [{ rule = "all-all" }]', "yes"),
        ('  egress_with_self = [{ from_port = 0, to_port = 0, protocol = "-1" }]', "yes"),
        ('  egress_with_self = [{ rule = "all-tcp" }]', "no"),
        ("  egress_with_self = var.rules", "unknown"),
    ],
)
def test_security_group_open_to_itself(version: str, egress: str, state: str) -> None:
    more = 'variable "rules" {}\n' if "var." in egress else ""
    gpu = fleet(read_stack(more + GROUP % (version, egress)), "gpu")
    assert [gpu.efa_set_open(links).state for _, links in gpu.efa_group_sets] == [state]


def test_security_group_rules_in_every_form() -> None:
    words = """
  ingress_cidr_blocks = ["10.0.0.0/8"]
  ingress_rules       = ["ssh-tcp", "no-such-rule"]
  ingress_with_cidr_blocks = [{ from_port = 1, to_port = 2, protocol = "tcp", cidr_blocks = "10.1.0.0/16,10.2.0.0/16" }]
  computed_ingress_with_source_security_group_id           = [{ rule = "nfs-tcp", source_security_group_id = "sg-9" }]
  number_of_computed_ingress_with_source_security_group_id = 1
"""
    reading = read_stack(GROUP % ("5.0", words))
    ssh, other = of(reading, "security_group_rule", "ingress_rules")
    assert (get(ssh, "from_port"), get(ssh, "cidr_blocks")) == (22, ["10.0.0.0/8"])
    assert get(other, "from_port") == "<module.efa.data.stub_rule.other.from_port>"
    assert get(one(reading, "security_group_rule", "with_cidr"), "cidr_blocks") == [
        "10.1.0.0/16",
        "10.2.0.0/16",
    ]
    nfs = one(reading, "security_group_rule", "with_source")
    assert (get(nfs, "from_port"), get(nfs, "security_groups")) == (2049, "sg-9")


def test_security_group_submodule_adds_its_rules() -> None:
    reading = read_stack(
        'module "ssh" {\n  source = "terraform-aws-modules/security-group/aws//modules/ssh"\n  version = "~> 4.0"\n'
        '  name = "ssh"\n  vpc_id = "vpc-1"\n}\n'
    )
    assert {get(rule, "from_port") for rule in of(reading, "security_group_rule", "ingress_rules")} == {22}
    assert get(one(reading, "security_group_rule", "ingress_with_self"), "protocol") == "-1"
    assert get(one(reading, "security_group_rule", "egress_rules"), "protocol") == "-1"


def test_fsx_lustre_with_links() -> None:
    reading = read_stack(
        """
module "fsx" {
  source          = "terraform-aws-modules/fsx/aws//modules/lustre"
  version         = "~> 1.0"
  deployment_type = "PERSISTENT_2"
  per_unit_storage_throughput = 125
  subnet_ids      = ["subnet-1"]
  data_repository_associations = {
    data = {
      data_repository_path = "s3://bucket/data"
      file_system_path     = "/data"
      s3 = { auto_import_policy = { events = ["NEW"] } }
    }
  }
}
"""
    )
    system = one(reading, "lustre")
    assert (get(system, "deployment_type"), get(system, "throughput")) == ("PERSISTENT_2", 125)
    link = one(reading, "lustre_association")
    assert (get(link, "repository"), get(link, "auto_import")) == ("s3://bucket/data", ["NEW"])
    assert {get(rule, "from_port") for rule in of(reading, "security_group_rule")} == {988, 1018}


@pytest.mark.parametrize(
    ("version", "rules"),
    [
        ("1.0", 'security_group_rules = { vpc = { cidr_blocks = ["10.0.0.0/16"] } }'),
        ("2.0", 'security_group_ingress_rules = { vpc = { cidr_ipv4 = "10.0.0.0/16", from_port = 2049 } }'),
    ],
)
def test_efs_targets_and_rules(version: str, rules: str) -> None:
    reading = read_stack(
        f'module "efs" {{\n  source  = "terraform-aws-modules/efs/aws"\n  version = "~> {version}"\n  name = "home"\n'
        f'  mount_targets = {{ a = {{ subnet_id = "subnet-1" }} }}\n  {rules}\n}}\n'
    )
    assert get(one(reading, "efs_mount_target"), "subnet") == "subnet-1"
    rule = one(reading, "security_group_rule")
    assert (get(rule, "direction"), get(rule, "from_port"), get(rule, "to_port")) == ("ingress", 2049, 2049)


@pytest.mark.parametrize("version", ["3.0", "4.0", "5.0"])
def test_s3_bucket(version: str) -> None:
    reading = read_stack(
        f'module "data" {{\n  source  = "terraform-aws-modules/s3-bucket/aws"\n  version = "~> {version}"\n'
        '  bucket = "train"\n}\n'
    )
    assert get(one(reading, "bucket"), "name") == "train"


@pytest.mark.parametrize("version", ["5.0", "6.0", "7.0"])
def test_ecs_launches_nothing_itself(version: str) -> None:
    reading = read_stack(
        f'module "ecs" {{\n  source  = "terraform-aws-modules/ecs/aws"\n  version = "~> {version}"\n  cluster_name = "x"\n}}\n'
    )
    assert not reading.elements


def test_device_plugins_and_pools_of_the_add_ons() -> None:
    reading = read_stack(
        """
module "data_addons" {
  source                           = "aws-ia/eks-data-addons/aws"
  version                          = "~> 1.30"
  enable_aws_efa_k8s_device_plugin = true
  enable_karpenter_resources       = true
  karpenter_resources_helm_config = {
    gpu = {
      values = [<<-EOT
        name: gpu
        nodePool:
          requirements:
            - key: node.kubernetes.io/instance-type
              operator: In
              values: ["p5.48xlarge"]
      EOT
      ]
    }
  }
}
module "addons" {
  source        = "aws-ia/eks-blueprints-addons/aws"
  version       = "~> 1.0"
  enable_argocd = true
}
"""
    )
    charts = {get(release, "chart") for release in of(reading, "helm_release")}
    assert charts == {"aws-efa-k8s-device-plugin", "argo-cd"}
    pool = one(reading, "kubernetes_manifest", "pool").get("manifest")
    assert shown(pool.field("spec", "template", "spec", "requirements")) == [
        {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["p5.48xlarge"]}
    ]


def test_one_add_on_is_one_chart_with_what_the_caller_sets() -> None:
    reading = read_stack(
        """
module "efa" {
  source         = "aws-ia/eks-blueprints-addon/aws"
  version        = "~> 1.1"
  chart          = "aws-efa-k8s-device-plugin"
  repository     = "https://aws.github.io/eks-charts"
  chart_version  = "0.5.7"
  set            = [{ name = "tolerations[0].operator", value = "Exists" }]
  set_irsa_names = ["serviceAccount.annotations.role"]
  create_role    = true
}
module "off" {
  source         = "aws-ia/eks-blueprints-addon/aws"
  version        = "~> 1.1"
  chart          = "cluster-autoscaler"
  create_release = false
}
"""
    )
    release = one(reading, "helm_release")
    assert (get(release, "name"), get(release, "version")) == ("aws-efa-k8s-device-plugin", "0.5.7")
    assert shown(release.get("set")) == [
        {"name": "tolerations[0].operator", "value": "Exists"},
        {"name": "serviceAccount.annotations.role", "value": "<module.efa.data.aws_iam_role.this.arn>"},
    ]
