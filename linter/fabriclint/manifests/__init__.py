"""Kubernetes objects inside a string or an object: YAML of one or several documents, JSON, or the object itself."""

from __future__ import annotations

from fabriclint.manifests.objects import Manifest, read
from fabriclint.manifests.text import documents

__all__ = ["Manifest", "documents", "read"]
