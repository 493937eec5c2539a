"""Route tables, gateway endpoints and what may be unseen, in every spelling the languages have."""

from __future__ import annotations

from typing import Any

import pytest

from fabriclint.model.element import Element
from fabriclint.model.network import RouteTable, Subnet, Vpc
from fabriclint.model.stack import Stack
from fabriclint.values import YES, Reason, Reference, Text, Truth, Unknown, Value

from .conftest import PLACE, element, ref, unknown

VPC = element("vpc", "vpc", cidr_block="10.0.0.0/16")
TABLE = element("route_table", "table", vpc=ref("vpc"))
SUBNET = element("subnet", "subnet", vpc=ref("vpc"), cidr_block="10.0.1.0/24")
USES = element("route_table_association", "uses", subnet=ref("subnet"), route_table=ref("table"))
MAYBE = Truth.unknown("var.switch has no value", PLACE)


def vpc_of(*others: Element, **settings: Any) -> Vpc:
    stack = Stack((VPC, *others), **settings)
    return stack.view(Vpc, VPC)


def subnet_of(*others: Element) -> Subnet:
    stack = Stack((VPC, TABLE, SUBNET, *others))
    return stack.view(Subnet, SUBNET)


def endpoint(**words: Any) -> Element:
    said = {"vpc": ref("vpc"), "service_name": "com.amazonaws.eu-west-1.s3", "type": "Gateway", **words}
    return element("vpc_endpoint", "endpoint", **said)


def unseen(*takes: str) -> Element:
    return element("unseen", "module.base", source="acme/base/aws", inputs={t: ref(t) for t in takes})


# ---------------------------------------------------------------- the table of a subnet

MAIN = element("main_route_table", "main", vpc=ref("vpc"), route_table=ref("table"))
DEFAULT = element("route_table", "default", default_of=ref("vpc", "default_route_table_id"))


@pytest.mark.parametrize(
    ("others", "state", "address"),
    [
        pytest.param((USES,), "here", "table", id="association"),
        pytest.param((), "absent", None, id="implicit main table"),
        pytest.param((MAIN,), "here", "table", id="main table by association"),
        pytest.param((DEFAULT,), "here", "default", id="main table by adoption"),
        pytest.param((DEFAULT, USES), "here", "table", id="an association goes before the main table"),
        pytest.param((unseen("subnet"),), "unknown", None, id="a module takes the subnet"),
        pytest.param(
            (unseen("subnet"), USES), "here", "table", id="and the association is here all the same"
        ),
        pytest.param(
            (element("route_table_association", "uses", subnet=ref("subnet"), route_table="rtb-1"),),
            "outside",
            None,
            id="a table by id",
        ),
        pytest.param(
            (element("route_table_association", "uses", subnet=unknown(), route_table=ref("table")),),
            "unknown",
            None,
            id="an association of a subnet that is not known",
        ),
        pytest.param(
            (
                element(
                    "route_table_association", "uses", MAYBE, subnet=ref("subnet"), route_table=ref("table")
                ),
            ),
            "unknown",
            None,
            id="an association that may not be there",
        ),
    ],
)
def test_the_table_of_a_subnet(others: tuple[Element, ...], state: str, address: str | None) -> None:
    link = subnet_of(*others).table
    assert (link.state, link.element and link.element.address) == (state, address)


# ---------------------------------------------------------------- routes

NAT = element("nat_gateway", "nat")
GATEWAYS = (
    NAT,
    element("internet_gateway", "igw"),
    element("vpn_gateway", "vgw"),
    element("transit_gateway", "tgw"),
    element("peering", "peer"),
)
TARGETS = [
    ({"nat_gateway": ref("nat")}, "nat"),
    ({"gateway": ref("igw")}, "internet"),
    ({"gateway": "igw-0a1b2c3d"}, "internet"),
    ({"gateway": ref("vgw")}, "vpn"),
    ({"gateway": "vgw-0a1b2c3d"}, "vpn"),
    ({"transit_gateway": ref("tgw")}, "transit"),
    ({"core_network": "arn:aws:networkmanager::111122223333:core-network/core-network-1"}, "transit"),
    ({"peering": ref("peer")}, "peering"),
    ({"network_interface": "eni-0a1b2c3d"}, "other"),
]


@pytest.mark.parametrize("inline", [True, False], ids=["inline", "standalone"])
@pytest.mark.parametrize(("target", "hop"), TARGETS, ids=str)
def test_where_a_default_route_leads(target: dict[str, Any], hop: str, inline: bool) -> None:
    words = {"cidr_block": "0.0.0.0/0", **target}
    if inline:
        table = element("route_table", "table", vpc=ref("vpc"), routes=[words])
        stack = Stack((VPC, table, *GATEWAYS))
    else:
        table = TABLE
        stack = Stack((VPC, table, *GATEWAYS, element("route", "route", route_table=ref("table"), **words)))
    view = stack.view(RouteTable, table)
    for other in ("nat", "internet", "vpn", "transit", "peering", "other"):
        assert view.leads(other).state == ("yes" if other == hop else "no")


def test_a_route_to_a_part_is_no_default_route() -> None:
    table = element(
        "route_table",
        "table",
        vpc=ref("vpc"),
        routes=[{"cidr_block": "10.9.0.0/16", "nat_gateway": ref("nat")}],
    )
    assert Stack((VPC, table, NAT)).view(RouteTable, table).leads("nat").excluded


def test_a_module_that_takes_a_table_may_add_routes() -> None:
    stack = Stack((VPC, TABLE, NAT, unseen("table")))
    assert stack.view(RouteTable, TABLE).leads("nat").undecided


# ---------------------------------------------------------------- gateway endpoints


def text(*parts: str | Reference | Unknown) -> Value:
    return Value(Text(parts), PLACE)


REGION = Reference("AWS::Region")


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ({}, "yes"),
        ({"service_name": text("com.amazonaws.", REGION, ".s3")}, "yes"),
        ({"service_name": text("com.amazonaws.", REGION, ".s3express")}, "no"),
        ({"service_name": text("com.amazonaws.", REGION, ".dynamodb")}, "no"),
        (
            {
                "service_name": text(
                    "com.amazonaws.", REGION, ".", Unknown.because("var.service has no value")
                )
            },
            "unknown",
        ),
        ({"service_name": unknown()}, "unknown"),
        ({"type": "Interface"}, "no"),
        ({"type": unknown()}, "unknown"),
        ({"vpc": unknown()}, "unknown"),
        ({"vpc": "vpc-0a1b2c3d"}, "unknown"),
    ],
)
def test_whether_an_endpoint_is_the_gateway_endpoint(words: dict[str, Any], state: str) -> None:
    assert vpc_of(endpoint(**words)).gateway_endpoints("s3").any(lambda _: YES).state == state


def test_no_endpoint_is_a_decided_absence() -> None:
    assert vpc_of(TABLE).gateway_endpoints("s3").any(lambda _: YES).excluded


@pytest.mark.parametrize("takes", ["vpc", "table"])
def test_an_unseen_module_may_make_the_endpoint(takes: str) -> None:
    truth = vpc_of(TABLE, unseen(takes)).gateway_endpoints("s3").any(lambda _: YES)
    assert truth.undecided
    assert "acme/base/aws" in truth.reasons[0].what


def test_an_unseen_module_that_takes_another_vpc_adds_nothing() -> None:
    other = element("vpc", "other", cidr_block="10.1.0.0/16")
    assert vpc_of(other, unseen("other")).gateway_endpoints("s3").any(lambda _: YES).excluded


def test_an_open_stack_may_hold_the_endpoint() -> None:
    vpc = vpc_of(open_=[Reason("a template includes another", PLACE)])
    assert vpc.gateway_endpoints("s3").any(lambda _: YES).undecided


# ---------------------------------------------------------------- endpoints and tables

LISTED = endpoint(route_tables=[ref("table")])
BARE = endpoint()


def joined(truth: Truth = YES, many: Unknown | None = None, **words: Any) -> Element:
    said = {"endpoint": ref("endpoint"), "route_table": ref("table"), **words}
    return element("endpoint_route_table", "joined", truth, many, **said)


@pytest.mark.parametrize(
    ("elements", "state"),
    [
        pytest.param((LISTED,), "yes", id="listed"),
        pytest.param((BARE,), "no", id="no table at all"),
        pytest.param((endpoint(route_tables=[ref("elsewhere")]),), "no", id="another table"),
        pytest.param((endpoint(route_tables=unknown()),), "unknown", id="a list that is not known"),
        pytest.param((BARE, joined()), "yes", id="association"),
        pytest.param((BARE, joined(endpoint=ref("another"))), "no", id="association of another endpoint"),
        pytest.param((BARE, joined(endpoint=unknown())), "unknown", id="association of an unknown endpoint"),
        pytest.param((BARE, joined(MAYBE)), "unknown", id="association that may not be there"),
        pytest.param(
            (BARE, joined(many=Unknown.because("var.tables has no value"), route_table=unknown())),
            "unknown",
            id="an unknown number of associations",
        ),
        pytest.param((BARE, unseen("endpoint")), "unknown", id="a module takes the endpoint"),
    ],
)
def test_whether_an_endpoint_serves_a_table(elements: tuple[Element, ...], state: str) -> None:
    other = element("route_table", "elsewhere", vpc=ref("vpc"))
    vpc = vpc_of(TABLE, other, *elements)
    served = vpc.gateway_endpoints("s3").any(lambda found: found.routed(TABLE))
    assert served.state == state


@pytest.mark.parametrize("attribute", ["main_route_table_id", "default_route_table_id"])
def test_the_main_table_by_the_attribute_of_the_vpc(attribute: str) -> None:
    vpc = vpc_of(endpoint(route_tables=[ref("vpc", attribute)]))
    assert vpc.gateway_endpoints("s3").any(lambda found: found.routes_main_table).certain


def test_the_main_table_that_is_adopted() -> None:
    vpc = vpc_of(DEFAULT, endpoint(route_tables=[ref("vpc", "main_route_table_id")]))
    assert vpc.gateway_endpoints("s3").any(lambda found: found.routed(DEFAULT)).certain


# ---------------------------------------------------------------- the way out of a subnet

DEFAULT_WORDS: dict[str, Any] = {"cidr_block": "0.0.0.0/0", "gateway": ref("igw")}
MAIN_ROUTE = element("route", "route", route_table=ref("vpc", "main_route_table_id"), **DEFAULT_WORDS)
OTHER_MAIN_ROUTE = element("route", "route", route_table=ref("other", "main_route_table_id"), **DEFAULT_WORDS)


@pytest.mark.parametrize(
    ("others", "state"),
    [
        pytest.param((USES,), "no", id="a table without routes"),
        pytest.param(
            (USES, element("route", "route", route_table=ref("table"), **DEFAULT_WORDS)),
            "yes",
            id="a default route",
        ),
        pytest.param((), "no", id="the implicit main table as AWS makes it"),
        pytest.param((MAIN_ROUTE,), "yes", id="a default route in the implicit main table"),
        pytest.param((OTHER_MAIN_ROUTE,), "no", id="a default route in another VPC's main table"),
        pytest.param((unseen("vpc"),), "unknown", id="a module takes the VPC"),
        pytest.param((unseen("subnet"),), "unknown", id="a module takes the subnet"),
    ],
)
def test_the_way_out_of_a_subnet(others: tuple[Element, ...], state: str) -> None:
    assert subnet_of(*others).way_out.state == state


@pytest.mark.parametrize(
    ("table", "state"),
    [
        (ref("table"), "no"),
        (ref("vpc", "main_route_table_id"), "yes"),
        (ref("data.aws_route_table.main"), "unknown"),
        (unknown(), "unknown"),
    ],
)
def test_whether_an_endpoint_serves_the_implicit_main_table(table: Any, state: str) -> None:
    vpc = vpc_of(TABLE, endpoint(route_tables=[table]))
    assert vpc.gateway_endpoints("s3").any(lambda found: found.routes_main_table).state == state
