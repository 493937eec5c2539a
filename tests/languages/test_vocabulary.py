"""Both tables of shapes: every word is one of its kind, every path is in the providers' or the registry's schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from fabriclint.languages.cloudformation import write as cloudformation
from fabriclint.languages.cloudformation.vocabulary import SHAPES as CLOUDFORMATION
from fabriclint.languages.terraform import write as terraform
from fabriclint.languages.terraform.vocabulary import SHAPES as TERRAFORM
from fabriclint.model.element import At, Attribute, Each, Shape
from fabriclint.model.vocabulary import KINDS

PROVIDER = json.loads((Path(__file__).parent / "terraform_schema.json").read_text())

# Sources written for older providers still say these.
REMOVED = {
    ("aws_route", "instance_id"),
    ("aws_route_table", "route.instance_id"),
    ("aws_autoscaling_group", "tags"),
    ("aws_autoscaling_group", "tags.key"),
    ("aws_autoscaling_group", "tags.value"),
    ("aws_batch_compute_environment", "compute_environment_name"),
    ("aws_batch_compute_environment", "compute_environment_name_prefix"),
}
# Attributes that are read where the resource cannot hold them, to say so; and blocks that every resource may have.
NOT_HELD = {
    ("aws_instance", "network_interface.interface_type"),
    ("aws_instance", "provisioner"),
    ("aws_launch_configuration", "network_interfaces"),
    ("aws_launch_configuration", "network_interfaces.interface_type"),
    ("aws_spot_fleet_request", "launch_specification.network_interface"),
    ("aws_spot_fleet_request", "launch_specification.network_interface.interface_type"),
    ("AWS::EC2::Instance", "NetworkInterfaces.InterfaceType"),
    ("AWS::AutoScaling::LaunchConfiguration", "NetworkInterfaces"),
    ("AWS::AutoScaling::LaunchConfiguration", "NetworkInterfaces.InterfaceType"),
    ("AWS::EC2::SpotFleet", "SpotFleetRequestConfigData.LaunchSpecifications.NetworkInterfaces.InterfaceType"),
}  # fmt: skip
# The arguments of other providers that the table uses, and of what the recorded schema lacks, from their documentation.
OTHER_PROVIDERS = {
    "data.aws_ami": {
        "owners": "list",
        "name_regex": "string",
        "filter": {"name": "string", "values": "list"},
    },
    "data.aws_ssm_parameter": {"name": "string"},
    "data.aws_s3_bucket": {"bucket": "string"},
    "aws_dynamodb_table": {"name": "string", "hash_key": "string"},
    "aws_ecs_capacity_provider": {
        "name": "string",
        "auto_scaling_group_provider": {"auto_scaling_group_arn": "string"},
    },
    "aws_ecs_task_definition": {
        "family": "string",
        "container_definitions": "string",
        "requires_compatibilities": "list",
        "volume": {
            "name": "string",
            "efs_volume_configuration": {"file_system_id": "string", "root_directory": "string"},
            "docker_volume_configuration": {"driver": "string", "driver_opts": "map"},
        },
    },
    "aws_emr_cluster": {
        "name": "string",
        "ec2_attributes": {"subnet_id": "string", "subnet_ids": "list"},
        "configurations": "string",
        "configurations_json": "string",
        "step": {"hadoop_jar_step": {"args": "list"}},
        "bootstrap_action": {"args": "list"},
    },
    "aws_sagemaker_training_job": {
        "training_job_name": "string",
        "resource_config": {
            "instance_type": "string",
            "instance_count": "number",
            "instance_groups": {
                "instance_group_name": "string",
                "instance_type": "string",
                "instance_count": "number",
            },
            "training_plan_arn": "string",
        },
        "vpc_config": {"subnets": "list", "security_group_ids": "list"},
        "enable_inter_container_traffic_encryption": "bool",
        "tags": "map",
    },
    "kubectl_manifest": {"yaml_body": "string"},
    "kubernetes_manifest": {"manifest": "any"},
    "kubernetes_persistent_volume": {"spec": {"persistent_volume_source": "any"}},
    "kubernetes_persistent_volume_v1": {"spec": {"persistent_volume_source": "any"}},
    "kubernetes_storage_class": {"parameters": "map"},
    "kubernetes_storage_class_v1": {"parameters": "map"},
    "helm_release": {
        **dict.fromkeys(("name", "chart", "repository", "version"), "string"),
        "values": "list",
        "set": {"name": "string", "value": "string"},
    },
}
# Registry types whose Terraform twin the awscc provider makes by writing the names in snake case.
TWINS = {
    "awscc_sagemaker_cluster": "AWS::SageMaker::Cluster",
    "awscc_pcs_compute_node_group": "AWS::PCS::ComputeNodeGroup",
}
# Custom resources have no schema.
REGISTERED = {type_: shape for type_, shape in CLOUDFORMATION.items() if not type_.startswith("Custom::")}
# What CloudFormation has no resource for, or what only other readers make.
NOT_IN_CLOUDFORMATION = {
    "bucket_lookup",
    "main_route_table",
    "endpoint_route_table",
    "endpoint_subnet",
    "endpoint_security_group",
    "endpoint_private_dns",
    "capacity_block",
    "helm_release",
    "image_lookup",
    "kubernetes_manifest",
    "kubernetes_volume",
    "other_file_system",
    "parameter_lookup",
    "training_job",
    "unseen",
}


def words(attributes: Mapping[str, Attribute], before: str = "") -> Iterator[str]:
    """Every word, nested ones dotted."""
    for word, attribute in attributes.items():
        yield before + word
        if isinstance(attribute, Each):
            yield from words(attribute.inside, f"{before}{word}.")


def plain_paths(attributes: Mapping[str, Attribute], before: str = "") -> Iterator[str]:
    """The paths of single attributes, those inside lists of blocks or objects too."""
    for attribute in attributes.values():
        if isinstance(attribute, Each):
            yield from plain_paths(attribute.inside, f"{before}{attribute.path}.")
        elif isinstance(attribute, At):
            yield from (before + path for path in attribute.paths)
        elif isinstance(attribute, str) and not attribute.startswith("/"):
            yield before + attribute


def each_paths(attributes: Mapping[str, Attribute], before: str = "") -> Iterator[str]:
    """The paths of lists of blocks or objects."""
    for attribute in attributes.values():
        if isinstance(attribute, Each):
            yield before + attribute.path
            yield from each_paths(attribute.inside, f"{before}{attribute.path}.")


def argument(type_: str, path: str) -> Any:
    """What the provider's schema says of a path: a type's name, or the arguments of a block; None where it has none."""
    node: Any = OTHER_PROVIDERS.get(type_) or PROVIDER["resources"][type_]
    for step in path.split("."):
        node = node.get(step) if isinstance(node, dict) else "string" if node == "map" else None
    return node


def paths(attributes: Mapping[str, Attribute], before: str = "") -> Iterator[str]:
    """Every path that is read, from the resource inward."""
    for attribute in attributes.values():
        if isinstance(attribute, Each):
            yield before + attribute.path
            yield from paths(attribute.inside, f"{before}{attribute.path}.")
        elif isinstance(attribute, At):
            yield from (before + path for path in attribute.paths)
        elif isinstance(attribute, str):
            yield before + attribute


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


class Registry:
    """One resource schema of the registry, as cfn-lint carries it."""

    def __init__(self, type_: str) -> None:
        self.whole: Any = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema

    def resolved(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            target = self.whole
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node

    def node(self, path: str, spell: Any = str) -> Any:
        """The schema at a path through objects and arrays; None where there is none."""
        node = self.whole
        for step in path.split("."):
            node = self.resolved(node)
            while "items" in node:
                node = self.resolved(node["items"])
            node = {spell(name): value for name, value in node.get("properties", {}).items()}.get(step)
            if node is None:
                return None
        return self.resolved(node)


@pytest.mark.parametrize("table", [TERRAFORM, CLOUDFORMATION], ids=["terraform", "cloudformation"])
def test_every_word_is_one_of_its_kind(table: dict[str, Shape]) -> None:
    strange = [
        (type_, word)
        for type_, shape in table.items()
        for word in words(shape.attributes)
        if word not in KINDS[shape.kind]
    ]
    assert strange == []


def test_every_kind_can_be_read_from_terraform() -> None:
    assert set(KINDS) - {shape.kind for shape in TERRAFORM.values()} == {"parallelcluster", "unseen"}


def test_every_kind_that_cloudformation_has_can_be_read_from_it() -> None:
    assert set(KINDS) - {shape.kind for shape in CLOUDFORMATION.values()} == NOT_IN_CLOUDFORMATION


def test_the_provider_has_every_path() -> None:
    missing = {
        (type_, path)
        for type_, shape in TERRAFORM.items()
        if type_ not in TWINS
        for path in paths(shape.attributes)
        if argument(type_, path) is None
    }
    assert missing == REMOVED | {pair for pair in NOT_HELD if "::" not in pair[0]}


@pytest.mark.parametrize("type_", sorted(TWINS))
def test_a_twin_spells_the_names_of_the_registry_in_snake_case(type_: str) -> None:
    registry = Registry(TWINS[type_])
    shape = TERRAFORM[type_]
    missing = [path for path in paths(shape.attributes) if registry.node(path, snake) is None]
    assert missing == []


def test_the_registry_has_every_path() -> None:
    missing = []
    for type_, shape in REGISTERED.items():
        registry = Registry(type_)
        found = (path for path in paths(shape.attributes) if not path.startswith("/"))
        missing.extend((type_, path) for path in found if registry.node(path) is None)
    assert set(missing) == {pair for pair in NOT_HELD if "::" in pair[0]}


def test_what_stands_beside_the_properties_is_named_with_a_slash() -> None:
    beside = {
        path for shape in CLOUDFORMATION.values() for path in paths(shape.attributes) if path.startswith("/")
    }
    assert beside == {"/Metadata.AWS::CloudFormation::Init"}


def test_the_terraform_writer_knows_which_arguments_are_lists() -> None:
    wrong = []
    for type_, shape in TERRAFORM.items():
        for path in () if type_ in TWINS or type_.startswith("data.") else plain_paths(shape.attributes):
            held = path in terraform.LISTS or path.rpartition(".")[2] in terraform.LISTS
            if (type_, path) not in REMOVED | NOT_HELD and held != (argument(type_, path) == "list"):
                wrong.append((type_, path))
    assert wrong == []


@pytest.mark.parametrize("type_", sorted(TWINS))
def test_the_terraform_writer_knows_which_arguments_of_a_twin_are_lists(type_: str) -> None:
    registry = Registry(TWINS[type_])
    wrong = [
        path
        for path in plain_paths(TERRAFORM[type_].attributes)
        if (path.rpartition(".")[2] in terraform.LISTS) != (registry.node(path, snake).get("type") == "array")
    ]
    assert wrong == []


def test_the_cloudformation_writer_knows_which_properties_are_lists() -> None:
    wrong = []
    for type_, shape in REGISTERED.items():
        registry = Registry(type_)
        for path in plain_paths(shape.attributes):
            if (type_, path) in NOT_HELD:
                continue
            held = path.rpartition(".")[2] in cloudformation.LISTS
            if held != (registry.node(path).get("type") == "array"):
                wrong.append((type_, path))
        for path in each_paths(shape.attributes):
            if (type_, path) in NOT_HELD:
                continue
            single = path.rpartition(".")[2] in cloudformation.SINGLE
            if single != (registry.node(path).get("type") == "object"):
                wrong.append((type_, path))
    assert wrong == []


@pytest.mark.parametrize(
    ("type_", "attribute"),
    [
        *cloudformation.IDS.items(),
        *cloudformation.ARNS.items(),
        *((type_, attribute) for (type_, _), attribute in cloudformation.ATTRIBUTES.items()),
    ],
)
def test_the_cloudformation_writer_asks_for_attributes_that_are_there(type_: str, attribute: str) -> None:
    assert f"/properties/{attribute}" in Registry(type_).whole["readOnlyProperties"]


def test_what_is_not_listed_has_an_arn_by_that_name_or_none() -> None:
    wrong = [
        type_
        for type_ in CLOUDFORMATION
        if type_ not in cloudformation.ARNS
        and "/properties/Arn" not in Registry(type_).whole.get("readOnlyProperties", [])
        and any(
            name.lower().endswith("arn")
            and name.removeprefix("/properties/").lower().startswith(type_.rpartition("::")[2].lower())
            for name in Registry(type_).whole.get("readOnlyProperties", [])
        )
    ]
    assert wrong == []
