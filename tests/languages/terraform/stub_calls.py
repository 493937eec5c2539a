"""Calls of public modules, and how tests ask what a stub made of them."""

from __future__ import annotations

from fabriclint.languages.base import Reading
from fabriclint.model.compute import Fleet
from fabriclint.model.element import Element
from fabriclint.model.stack import Stack
from fabriclint.values import Seq

from .conftest import shown

VPC = """
provider "aws" {
  region = "us-west-2"
}

module "vpc" {
  source             = "terraform-aws-modules/vpc/aws"
  version            = "~> %s"
  name               = "lab"
  azs                = ["us-west-2a", "us-west-2b"]
  private_subnets    = ["10.0.0.0/20", "10.0.16.0/20"]
  public_subnets     = ["10.0.32.0/20", "10.0.48.0/20"]
  enable_nat_gateway = true
%s}
"""


def of(reading: Reading, kind: str, part: str = "") -> list[Element]:
    return [element for element in reading.elements if element.kind == kind and part in element.label]


def one(reading: Reading, kind: str, part: str = "") -> Element:
    found = of(reading, kind, part)
    assert len(found) == 1, [element.label for element in found]
    return found[0]


def get(element: Element, *words: str) -> object:
    return shown(element.get(words[0]).field(*words[1:]))


def interfaces(element: Element) -> list[tuple[object, object, object]]:
    data = element.get("interfaces").data
    assert isinstance(data, Seq)
    assert data.more is None
    cards = ([item.field(word).data for word in ("card", "device", "type")] for item in data.items)
    return [(card, device, kind) for card, device, kind in cards]


def fleet(reading: Reading, part: str) -> Fleet:
    (found,) = [fleet for fleet in Stack(reading.elements, reading.region).fleets if part in fleet.label]
    return found


EKS = """
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> %s"
  %sname    = "train"
  %sversion = "1.31"
  vpc_id     = module.vpc.vpc_id
  subnet_ids = module.vpc.private_subnets
%s}
"""
EFA_20 = """
  enable_efa_support = true
  eks_managed_node_groups = {
    gpu = {
      instance_types     = ["p5.48xlarge"]
      max_size           = 8
      enable_efa_support = true
    }
    cpu = { instance_types = ["m5.large"] }
  }
"""
EFA_21 = EFA_20.replace("  enable_efa_support = true\n  eks", "  eks", 1)
