"""Public modules that have no part in the network and the machines: keys, identities, registries, databases, queues.

As published in November 2026, what each of them makes are resources of its own service, IAM roles, and at most a security
group of its own with rules of its own. None makes a VPC endpoint, a route, a subnet or an instance, and none adds a rule to a
group that it is given. So a call of one that is not on disk leaves nothing open, in any version; its outputs stay unknown.
"""

from __future__ import annotations

from typing import Final

from fabriclint.languages.terraform.stub_index import registry_module

_OF_TERRAFORM_AWS_MODULES: Final = (
    "acm alb cloudwatch ecr eks-pod-identity elasticache eventbridge iam key-pair kms lambda managed-service-grafana"
    " managed-service-prometheus msk-kafka-cluster opensearch rds rds-aurora route53 secrets-manager sns sqs ssm-parameter"
)
BYSTANDERS: Final = frozenset(
    {
        *(f"terraform-aws-modules/{name}/aws" for name in _OF_TERRAFORM_AWS_MODULES.split()),
        "clowdhaus/tags/aws",
        "cloudposse/label/null",
    }
)


def is_bystander(source: str) -> bool:
    """Whether the source of a module call names such a module, or a submodule of one."""
    return registry_module(source) in BYSTANDERS
