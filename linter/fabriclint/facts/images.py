"""Which machine images bring the software of EFA (driver, libfabric, the NCCL plugin), by how they are looked up.

Read 2026-11-22. Sources: EC2 user guide, "Get started with EFA and NCCL" (what the installer brings, and which systems it
is for); DLAMI release notes; EKS user guide, "Amazon EKS optimized accelerated AMIs" and "Run machine learning training on
Amazon EKS with Elastic Fabric Adapter"; ParallelCluster user guide, "Elastic Fabric Adapter".

A plain system has at most the kernel's driver; the installer brings the rest. What is in neither table is not known.
"""

from __future__ import annotations

import re
from typing import Final

from fabriclint.patterns import late

# Public parameters, by how their path begins or what it holds.
_PARAMETERS: Final = (
    (late(r"^/aws/service/deeplearning/ami/"), True, "a Deep Learning AMI"),
    (late(r"^/aws/service/eks/optimized-ami/[^/]+/.*(?:nvidia|neuron|gpu)"), True, "an EKS accelerated AMI"),
    (late(r"^/aws/service/bottlerocket/aws-k8s-[^/]*-nvidia"), True, "Bottlerocket with NVIDIA"),
    (late(r"^/aws/service/ami-amazon-linux-latest/amzn2-"), False, "plain Amazon Linux 2"),
    (late(r"^/aws/service/ami-amazon-linux-latest/al2023-"), False, "plain Amazon Linux 2023"),
    (late(r"^/aws/service/canonical/ubuntu/(?!.*(?:eks|deeplearning))"), False, "plain Ubuntu"),
)  # fmt: skip
# Names of images, as filters write them (`*` and `?` stand for anything).
_NAMES: Final = (
    (late(r"deep[ -]?learning", re.IGNORECASE), True, "a Deep Learning AMI"),
    (late(r"^aws-parallelcluster-"), True, "a ParallelCluster AMI"),
    (late(r"^amazon-eks-(?:gpu-node|node-al2023-[a-z0-9_*]+-(?:nvidia|neuron))"), True, "an EKS accelerated AMI"),
    (late(r"^bottlerocket-aws-k8s-.*nvidia"), True, "Bottlerocket with NVIDIA"),
    (late(r"^\*?/?ubuntu/images/"), False, "plain Ubuntu"),
    (late(r"^RHEL-?(?:\d|\*)"), False, "plain RHEL"),
    (late(r"^amzn2-ami-(?:hvm|kernel|minimal)"), False, "plain Amazon Linux 2"),
    (late(r"^al2023-ami-(?!ecs|.*nvidia)"), False, "plain Amazon Linux 2023"),
)  # fmt: skip
# What EKS calls its accelerated images in a node group; the others are for nodes without accelerators.
_EKS_CARRIES: Final = late(r"NVIDIA|NEURON|_GPU$")


def of_parameter(path: str) -> tuple[bool, str] | None:
    """What a public parameter's image is known for: whether it brings the EFA software, and what it is."""
    return _found(_PARAMETERS, path.removeprefix("resolve:ssm:"))


def of_name(pattern: str) -> tuple[bool, str] | None:
    """The same of an image that is looked up by its name."""
    return _found(_NAMES, pattern)


def of_eks_type(image_type: str) -> tuple[bool, str] | None:
    """The same of the image type of an EKS node group; of a standard one nothing is said, since pods bring their own."""
    return (True, "an EKS accelerated AMI") if _EKS_CARRIES.search(image_type.upper()) else None


def _found(table: tuple[tuple[re.Pattern[str], bool, str], ...], text: str) -> tuple[bool, str] | None:
    return next(((carries, what) for pattern, carries, what in table if pattern.search(text)), None)
