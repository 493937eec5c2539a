"""Which images bring the software of EFA, in every way an image is chosen."""

from __future__ import annotations

from typing import Any

import pytest

from fabriclint.facts import images
from fabriclint.model.images import image_of, installs_efa, runs_containers
from fabriclint.values import Reference, Text

from .conftest import element, ref, unknown

DLAMI = "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id"
UBUNTU = "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id"


def lookup(name: str, owner: str = "amazon") -> Any:
    return element(
        "image_lookup", "data.aws_ami.x", owners=[owner], filters=[{"name": "name", "values": [name]}]
    )


def machine(**words: Any) -> Any:
    return element("instance", "aws_instance.x", type="g5.48xlarge", **words)


@pytest.mark.parametrize(
    ("image", "state"),
    [
        (f"resolve:ssm:{DLAMI}", "yes"),
        (f"{{{{resolve:ssm:{DLAMI}}}}}", "yes"),
        (Reference(f"{{{{resolve:ssm:{UBUNTU}}}}}"), "no"),
        (Reference(f"{{{{resolve:ssm:{UBUNTU}:3}}}}"), "no"),
        ("ami-0a1b2c3d4e5f60718", "unknown"),
        (unknown(), "unknown"),
        (None, "unknown"),
    ],
)
def test_a_parameter_or_an_id(stack: Any, image: Any, state: str) -> None:
    (fleet,) = stack(machine(image=image)).fleets
    assert image_of(fleet).brings_efa.state == state


@pytest.mark.parametrize(
    ("name", "owner", "state"),
    [
        ("Deep Learning Base OSS Nvidia Driver GPU AMI (Ubuntu 22.04)*", "amazon", "yes"),
        ("aws-parallelcluster-3.16.1-ubuntu-2204-*", "amazon", "yes"),
        ("amazon-eks-node-al2023-x86_64-nvidia-1.33-*", "amazon", "yes"),
        ("ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*", "099720109477", "no"),
        ("RHEL-9.4*", "309956199498", "no"),
        ("amzn2-ami-hvm-*-x86_64-gp2", "amazon", "no"),
        ("al2023-ami-2023*", "self", "unknown"),
        ("golden-image-*", "self", "unknown"),
    ],
)
def test_a_lookup_by_name(stack: Any, name: str, owner: str, state: str) -> None:
    found = stack(lookup(name, owner), machine(image=ref("data.aws_ami.x")))
    assert image_of(found.fleets[0]).brings_efa.state == state


def test_a_name_with_a_hole_is_known_by_the_rest(stack: Any) -> None:
    path = Text(("/aws/service/eks/optimized-ami/", Reference("v"), "/amazon-linux-2023/x86_64/nvidia/x"))
    parameter = element("parameter_lookup", "data.aws_ssm_parameter.x", name=path)
    found = stack(parameter, machine(image=ref("data.aws_ssm_parameter.x", "value")))
    assert image_of(found.fleets[0]).brings_efa.certain


def test_two_filters_that_disagree_leave_it_open(stack: Any) -> None:
    both = element(
        "image_lookup",
        "data.aws_ami.x",
        filters=[{"name": "name", "values": ["ubuntu/images/*", "Deep Learning*"]}],
    )
    found = stack(both, machine(image=ref("data.aws_ami.x")))
    assert image_of(found.fleets[0]).brings_efa.undecided


def test_what_eks_calls_its_images() -> None:
    assert images.of_eks_type("AL2023_x86_64_NVIDIA") is not None
    assert images.of_eks_type("AL2023_x86_64_NEURON") is not None
    assert images.of_eks_type("AL2_x86_64_GPU") is not None
    assert images.of_eks_type("AL2023_x86_64_STANDARD") is None


def test_a_provisioner_and_a_document_leave_the_installation_open(stack: Any) -> None:
    assert installs_efa(stack(machine()).fleets[0]).excluded
    assert installs_efa(stack(machine(provisioners=[{"inline": "x"}])).fleets[0]).undecided
    document = element("ssm_document", "aws_ssm_document.setup", content="{}")
    assert installs_efa(stack(machine(), document).fleets[0]).undecided


def test_docker_in_a_script_means_containers(stack: Any) -> None:
    assert runs_containers(stack(machine(user_data="#!/bin/bash\ndocker run x\n")).fleets[0]).certain
    assert runs_containers(stack(machine(user_data="#!/bin/bash\ntorchrun x\n")).fleets[0]).excluded
