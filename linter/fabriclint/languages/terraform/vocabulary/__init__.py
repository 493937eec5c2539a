"""Where each Terraform resource type keeps the attributes of its kind (AWS, AWSCC, Kubernetes and Helm providers).

Names are those of the providers' schemas; a few that newer providers dropped stay, because sources still use them.
"""

from __future__ import annotations

from fabriclint.languages.terraform.vocabulary import compute, network, storage, transfer
from fabriclint.model.element import Shape

SHAPES: dict[str, Shape] = {**network.SHAPES, **compute.SHAPES, **storage.SHAPES, **transfer.SHAPES}
