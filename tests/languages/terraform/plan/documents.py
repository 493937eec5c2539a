"""Plans of AWS resources, written by hand."""

from __future__ import annotations

import json
from typing import Any

from fabriclint.languages.base import Reading, Root, Settings
from fabriclint.languages.terraform import LANGUAGE
from fabriclint.model.element import Element
from fabriclint.testing import MemoryFiles

VPC = "vpc-0a1b2c3d4e5f60718"


GROUP = "sg-0a1b2c3d4e5f60718"


TABLE = "rtb-0a1b2c3d4e5f60718"


def change(
    address: str,
    after: dict[str, Any] | None,
    unknown: dict[str, Any] | None = None,
    *,
    sensitive: Any = None,
    actions: tuple[str, ...] = ("create",),
    **more: Any,
) -> dict[str, Any]:
    kind, name = address.rsplit(".", 2)[-2:]
    return {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": name.partition("[")[0],
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {
            "actions": list(actions),
            "before": None,
            "after": after,
            "after_unknown": unknown or {},
            "before_sensitive": False,
            "after_sensitive": sensitive or {},
        },
        **more,
    }


def block(address: str, **expressions: Any) -> dict[str, Any]:
    kind, name = address.split(".")
    return {"address": address, "mode": "managed", "type": kind, "name": name,
            "provider_config_key": "aws", "expressions": expressions, "schema_version": 0}  # fmt: skip


def names(*references: str) -> dict[str, Any]:
    return {"references": list(references)}


def document(
    *changes: dict[str, Any], blocks: tuple[dict[str, Any], ...] = (), **more: Any
) -> dict[str, Any]:
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {}},
        "resource_changes": list(changes),
        "configuration": {"root_module": {"resources": list(blocks)}},
        **more,
    }


def read(contents: dict[str, Any], files: dict[str, str] | None = None) -> Reading:
    tree = MemoryFiles({**(files or {}), "plan.json": json.dumps(contents)})
    roots = LANGUAGE.roots(["plan.json"], ("plan.json",), tree).roots
    assert roots == (Root("terraform", "plan.json", "plan", ("plan.json",)),)
    return LANGUAGE.read(roots[0], tree, Settings())


def by_address(reading: Reading) -> dict[str, Element]:
    return {element.address: element for element in reading.elements}
