"""The data sources of the kubectl provider: documents of a text and of files, each at its own lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fabriclint.languages.base import Reading
from fabriclint.model.stack import Stack

POOLS = """# two objects
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: one}
---
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: two
  namespace: lab
"""

TEMPLATE = """kind: NodePool
apiVersion: karpenter.sh/v1
metadata:
  name: ${name}
"""


def objects(reading: Reading) -> list[tuple[str, str, int | None]]:
    """Address, name and line of every object."""
    found = Stack(reading.elements).kubernetes.objects
    return [(one.element.address, one.name, one.manifest.place and one.manifest.place.line) for one in found]


@pytest.mark.parametrize(
    ("resource", "addresses"),
    [
        ("for_each = data.kubectl_file_documents.all.manifests\n  yaml_body = each.value",
         ['["/apis/apps/v1/namespaces/lab/deployments/two"]', '["/apis/karpenter.sh/v1/nodepools/one"]']),
        ("for_each = toset(data.kubectl_file_documents.all.documents)\n  yaml_body = each.value", None),
        ("count = length(data.kubectl_file_documents.all.documents)\n"
         "  yaml_body = data.kubectl_file_documents.all.documents[count.index]", ["[0]", "[1]"]),
    ],
)  # fmt: skip
def test_documents_of_a_text(
    read: Callable[..., Reading], resource: str, addresses: list[str] | None
) -> None:
    main = f"""
data "kubectl_file_documents" "all" {{
  content = file("${{path.module}}/all.yaml")
}}
resource "kubectl_manifest" "each" {{
  {resource}
}}
"""
    found = objects(read({"main.tf": main, "all.yaml": POOLS}))
    assert sorted(name for _, name, _ in found) == ["one", "two"]
    if addresses is not None:
        assert [address.removeprefix("kubectl_manifest.each") for address, _, _ in found] == addresses


def test_each_document_knows_its_lines(read: Callable[..., Reading]) -> None:
    main = """
data "kubectl_file_documents" "all" {
  content = file("${path.module}/all.yaml")
}
resource "kubectl_manifest" "each" {
  for_each  = data.kubectl_file_documents.all.manifests
  yaml_body = each.value
}
"""
    lines = {name: line for _, name, line in objects(read({"main.tf": main, "all.yaml": POOLS}))}
    assert lines == {"one": 2, "two": 7}


def test_documents_of_files_are_templates(read: Callable[..., Reading]) -> None:
    main = """
data "kubectl_path_documents" "all" {
  pattern = "${path.module}/pools/*.yaml"
  vars    = { name = "gpu" }
}
resource "kubectl_manifest" "each" {
  for_each  = data.kubectl_path_documents.all.manifests
  yaml_body = each.value
}
"""
    files = {"main.tf": main, "pools/a.yaml": TEMPLATE, "pools/b.yaml": POOLS, "pools/c.txt": "kind: Other\n"}
    assert sorted(name for _, name, _ in objects(read(files))) == ["gpu", "one", "two"]


def test_what_is_fetched_leaves_the_objects_open(read: Callable[..., Reading]) -> None:
    main = """
data "http" "all" {
  url = "https://example.com/all.yaml"
}
data "kubectl_file_documents" "all" {
  content = data.http.all.response_body
}
resource "kubectl_manifest" "each" {
  for_each  = data.kubectl_file_documents.all.manifests
  yaml_body = each.value
}
"""
    stack = Stack(read(main).elements)
    assert not stack.kubernetes.objects
    assert stack.kubernetes.unread is not None
