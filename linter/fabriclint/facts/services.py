"""The AWS services that machines of each kind call all the time, by the last part of their endpoint's name.

Sources, checked 2026-11-23: EKS user guide "Deploy private clusters with limited internet access", Batch user guide
"Access AWS Batch using an interface endpoint", SageMaker developer guide "Prerequisites for using SageMaker HyperPod".
The lists are short on purpose: what every node calls, not what some node may call.
"""

from typing import Final

EVERY_NODE: Final = ("ecr.api", "ecr.dkr", "sts", "logs")
"""Container images, credentials and logs."""

BY_KIND: Final[dict[str, tuple[str, ...]]] = {
    "EKS node group": ("ec2",),
    "Karpenter pool": ("ec2",),
    "EKS Auto Mode pool": ("ec2",),
    "Batch compute environment": ("ecs", "ecs-agent", "ecs-telemetry"),
    "HyperPod instance group": ("sagemaker.api", "ssm"),
}
"""What nodes of one kind of fleet call besides."""

UNLISTED: Final = ("ParallelCluster queue",)
"""Kinds whose nodes pull no images by themselves, and of which no list is kept here."""


def called_by(kind: str) -> tuple[str, ...]:
    """The services that every node of a kind of fleet calls."""
    return () if kind in UNLISTED else EVERY_NODE + BY_KIND.get(kind, ())
