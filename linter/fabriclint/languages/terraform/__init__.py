"""Terraform and OpenTofu."""

from __future__ import annotations

from fabriclint.languages.terraform.language import Terraform

LANGUAGE = Terraform()
