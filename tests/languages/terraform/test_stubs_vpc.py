"""What the stubs say of terraform-aws-modules/vpc, major version by major version."""

from __future__ import annotations

import pytest

from fabriclint.model.stack import Stack

from .conftest import read_stack
from .stub_calls import VPC, get, of, one

VPCS = ["3.0", "4.0", "5.0", "6.0"]


@pytest.mark.parametrize("version", VPCS)
def test_vpc_subnets_and_their_zones(version: str) -> None:
    reading = read_stack(VPC % (version, ""))
    zones = {element.label: get(element, "zone") for element in of(reading, "subnet")}
    assert zones == {
        "module.vpc.aws_subnet.public[0]": "us-west-2a",
        "module.vpc.aws_subnet.public[1]": "us-west-2b",
        "module.vpc.aws_subnet.private[0]": "us-west-2a",
        "module.vpc.aws_subnet.private[1]": "us-west-2b",
    }
    assert not of(reading, "unseen")


@pytest.mark.parametrize("version", VPCS)
@pytest.mark.parametrize(("more", "number"), [("", 2), ("  single_nat_gateway = true\n", 1)])
def test_vpc_private_subnets_leave_through_nat(version: str, more: str, number: int) -> None:
    reading = read_stack(VPC % (version, more))
    assert len(of(reading, "nat_gateway")) == number
    stack = Stack(reading.elements)
    (vpc,) = stack.vpcs
    for subnet in vpc.subnets:
        table = subnet.table.element
        assert table is not None
        routes = [
            route
            for route in stack.of("route")
            if route.get("route_table").handle is not None
            and str(route.get("route_table").handle).startswith(table.address)
        ]
        (route,) = routes
        private = "private" in subnet.label
        assert route.get("nat_gateway").absent is not private
        assert route.get("gateway").absent is private


@pytest.mark.parametrize("version", VPCS)
def test_vpc_makes_no_endpoint_since_version_3(version: str) -> None:
    reading = read_stack(VPC % (version, "  enable_s3_endpoint = true\n"))
    assert not of(reading, "vpc_endpoint")
    (vpc,) = Stack(reading.elements).vpcs
    assert vpc.endpoints.empty.certain


@pytest.mark.parametrize(
    ("version", "names", "public"), [("3.0", False, True), ("4.0", True, False), ("6.0", True, False)]
)
def test_vpc_defaults_that_changed_in_version_4(version: str, names: bool, public: bool) -> None:
    reading = read_stack(VPC % (version, ""))
    assert get(one(reading, "vpc"), "dns_hostnames") is names
    assert get(of(reading, "subnet", "public")[0], "public_ip") is public
    assert bool(of(reading, "security_group")) is names


def test_vpc_zones_may_be_given_by_id_or_by_a_data_source() -> None:
    text = VPC % ("5.0", "")
    by_id = read_stack(text.replace("us-west-2a", "usw2-az1").replace("us-west-2b", "usw2-az2"))
    subnet = of(by_id, "subnet", "private")[0]
    assert (get(subnet, "zone"), get(subnet, "zone_id")) == (None, "usw2-az1")
    looked_up = read_stack(
        'data "aws_availability_zones" "here" {}\n'
        + text.replace('["us-west-2a", "us-west-2b"]', "slice(data.aws_availability_zones.here.names, 0, 2)")
    )
    subnets = of(looked_up, "subnet", "private")
    assert [get(subnet, "zone") for subnet in subnets] == [
        f"<data.aws_availability_zones.here.names[{n}]>" for n in (0, 1)
    ]


def test_vpc_with_an_unknown_list_of_subnets_has_some() -> None:
    reading = read_stack(
        'variable "ranges" {}\nmodule "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n  private_subnets = var.ranges\n}\n'
    )
    subnets = of(reading, "subnet", "private")
    assert [subnet.exists.state for subnet in subnets] == ["unknown"]


def test_vpc_that_is_not_created() -> None:
    reading = read_stack(VPC % ("5.0", "  create_vpc = false\n"))
    assert not of(reading, "vpc") + of(reading, "subnet") + of(reading, "route_table")


ENDPOINTS = """
module "endpoints" {
  source  = "terraform-aws-modules/vpc/aws//modules/vpc-endpoints"
  version = "~> 5.0"
  vpc_id  = module.vpc.vpc_id
  endpoints = {
    s3       = { service = "s3", service_type = "Gateway", route_table_ids = module.vpc.private_route_table_ids }
    s3_again = { service = "s3" }
    ecr      = { service = "ecr.api", subnet_ids = module.vpc.private_subnets, private_dns_enabled = true }
    off      = { service = "sts", create = false }
  }
}
"""


def test_vpc_endpoints_are_interfaces_unless_told() -> None:
    reading = read_stack(VPC % ("5.0", "") + ENDPOINTS)
    kinds = {element.label: get(element, "type") for element in of(reading, "vpc_endpoint")}
    assert kinds == {
        'module.endpoints.aws_vpc_endpoint.this["ecr"]': "Interface",
        'module.endpoints.aws_vpc_endpoint.this["s3"]': "Gateway",
        'module.endpoints.aws_vpc_endpoint.this["s3_again"]': "Interface",
    }
    gateway = one(reading, "vpc_endpoint", '"s3"')
    assert get(gateway, "service_name") == "com.amazonaws.us-west-2.s3"
    assert get(gateway, "route_tables") == [f"<module.vpc.aws_route_table.private[{n}].id>" for n in (0, 1)]
    (vpc,) = Stack(reading.elements).vpcs
    assert vpc.gateway_endpoints("s3").count() == (1, 1)
