"""Where each CloudFormation resource type keeps the properties of its kind.

Names are those of the registry's schemas. A path is a path inside `Properties`; one that starts with `/` stands beside it
(`/Metadata.AWS::CloudFormation::Init`).
"""

from __future__ import annotations

from fabriclint.languages.cloudformation.vocabulary import compute, network, storage, transfer
from fabriclint.model.element import Shape

SHAPES: dict[str, Shape] = {**network.SHAPES, **compute.SHAPES, **storage.SHAPES, **transfer.SHAPES}
