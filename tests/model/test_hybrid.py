"""Which hosts certainly lie outside AWS, and how much a VPN carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from fabriclint.model.element import Element
from fabriclint.model.hybrid import VpnConnection
from fabriclint.model.stack import Link, Stack
from fabriclint.values import OneOf, Reference, Text, Truth, Unknown, Value

from .conftest import PLACE, element, ref, unknown

VPC = element("vpc", "vpc", cidr_block="10.0.0.0/16")
HERE = Link("here", Value(ref("vpc"), PLACE), VPC)
AWAY = Link("outside", Value("vpc-0a1b2c3d", PLACE))

VGW = element("vpn_gateway", "vgw", vpc=ref("vpc"))
VPN = element("vpn_connection", "vpn", vpn_gateway=ref("vgw"))
STATIC = element("vpn_route", "static", vpn_connection=ref("vpn"), cidr_block="192.168.0.0/16")
SITE = (VGW, VPN, STATIC)

TGW = element("transit_gateway", "tgw", vpn_ecmp="enable")
ATTACHED = element("transit_gateway_attachment", "attached", transit_gateway=ref("tgw"), vpc=ref("vpc"))
HUB_VPN = element("vpn_connection", "vpn", transit_gateway=ref("tgw"))
OTHER = element("vpc", "other", cidr_block="10.1.0.0/16")
OTHER_ATTACHED = element("transit_gateway_attachment", "b", transit_gateway=ref("tgw"), vpc=ref("other"))
FORWARD = element("resolver_rule", "forward", domain_name="corp.example.com", rule_type="FORWARD")
ZONE = element("private_zone", "zone", name="storage.example.net.")


def table(target: str, word: str, cidr: str = "192.168.0.0/16") -> Element:
    return element("route_table", "table", vpc=ref("vpc"), routes=[{"cidr_block": cidr, word: ref(target)}])


def text(*parts: str | Reference | Unknown) -> Value:
    return Value(Text(parts), PLACE)


def one_of(*hosts: str) -> Value:
    because = Unknown.because("var.site has no value", PLACE)
    return Value(OneOf(tuple(Value(host, PLACE) for host in hosts), because), PLACE)


@dataclass(frozen=True)
class Case:
    what: str
    host: Any
    outside: str
    others: tuple[Element, ...] = ()
    vpc: Link = HERE

    def __str__(self) -> str:
        return self.what


CASES = [
    # certain
    Case("behind a static VPN route", "192.168.4.11", "yes", SITE),
    Case("behind a VPN route, whatever the VPC", "192.168.4.11", "yes", SITE, AWAY),
    Case("behind a route to a VPN gateway", "192.168.4.11", "yes", (VGW, table("vgw", "gateway"))),
    Case(
        "behind a transit gateway with nothing but this VPC and a VPN",
        "192.168.4.11",
        "yes",
        (TGW, ATTACHED, HUB_VPN, table("tgw", "transit_gateway")),
    ),
    Case("a public address", "8.8.4.4", "yes"),
    Case("a public address, VPC not here", "8.8.4.4", "yes", (), AWAY),
    Case("outside every range of a VPC that reaches nothing", "192.168.4.11", "yes"),
    Case("a name under a forwarded domain", "nas.corp.example.com", "yes", (*SITE, FORWARD)),
    Case("a forwarded domain in capitals", "NAS.Corp.Example.com.", "yes", (*SITE, FORWARD)),
    Case("two hosts, both behind the VPN", one_of("192.168.4.11", "192.168.4.12"), "yes", SITE),
    # AWS's own
    Case("EFS", "fs-0a1b2c3d.efs.us-east-1.amazonaws.com", "no", SITE),
    Case("EFS in China", "fs-0a1b2c3d.efs.cn-north-1.amazonaws.com.cn", "no", SITE),
    Case("FSx for NetApp", "svm-0a1b2c3d.fs-0a1b2c3d.fsx.us-east-1.amazonaws.com", "no", SITE),
    Case(
        "FSx for Windows in one's own directory", "amznfsxabcdefgh.corp.example.com", "no", (*SITE, FORWARD)
    ),
    Case("an instance's name", "ip-10-0-1-5.ec2.internal", "no", SITE),
    Case("an instance's name in another Region", "ip-10-0-1-5.eu-west-1.compute.internal", "no", SITE),
    Case("a Kubernetes service", "nfs.storage.svc.cluster.local", "no", SITE),
    Case(
        "an EFS name made of references",
        text(ref("efs"), ".efs.", Reference("AWS::Region"), ".amazonaws.com"),
        "no",
        SITE,
    ),
    Case("an address that is read from a resource", Reference("server", ("private_ip",)), "no", SITE),
    Case("a name in a private zone", "nfs.storage.example.net", "no", (*SITE, ZONE)),
    Case("a single label", "fileserver", "no", SITE),
    Case("the machine itself", "127.0.0.1", "no", SITE),
    Case("the machine itself by IPv6", "[::1]", "no", SITE),
    Case("in the VPC's own range", "10.0.9.9", "no", SITE),
    Case(
        "in a second range of the VPC",
        "100.64.1.1",
        "no",
        (*SITE, element("vpc_cidr", "more", vpc=ref("vpc"), cidr_block="100.64.0.0/16")),
    ),
    Case("in another VPC of these sources", "10.1.4.4", "no", (*SITE, OTHER)),
    # not decided
    Case("a variable without default", unknown(), "unknown", SITE),
    Case("a parameter", Reference("parameter Server"), "unknown", SITE),
    Case("a dotted name that nobody forwards", "nas.example.org", "unknown", SITE),
    Case("onprem is only a name", "onprem-nas.example.org", "unknown"),
    Case("a forwarded domain without a hybrid link", "nas.corp.example.com", "unknown", (FORWARD,)),
    Case("a private address, VPC not here", "10.200.4.11", "unknown", SITE, AWAY),
    Case(
        "a transit gateway by id",
        "10.200.4.11",
        "unknown",
        (element("transit_gateway_attachment", "a", transit_gateway="tgw-0a1b2c3d", vpc=ref("vpc")),),
    ),
    Case(
        "behind a transit gateway that has other VPCs",
        "192.168.4.11",
        "unknown",
        (TGW, ATTACHED, OTHER, OTHER_ATTACHED, HUB_VPN, table("tgw", "transit_gateway")),
    ),
    Case(
        "a peering",
        "10.200.4.11",
        "unknown",
        (element("peering", "p", vpc=ref("vpc"), peer_vpc="vpc-0a1b2c3d"),),
    ),
    Case(
        "Cloud WAN", "10.200.4.11", "unknown", (element("cloud_wan_attachment", "w", vpc=ref("vpc", "arn")),)
    ),
    Case(
        "a module that is not here takes the VPC",
        "10.200.4.11",
        "unknown",
        (element("unseen", "module.hub", source="acme/hub/aws", inputs={"vpc": ref("vpc")}),),
    ),
    Case("two hosts, one of them in the VPC", one_of("192.168.4.11", "10.0.9.9"), "unknown", SITE),
    Case(
        "a default route to a VPN gateway says nothing of ranges",
        "10.200.4.11",
        "unknown",
        (VGW, table("vgw", "gateway", "0.0.0.0/0")),
        AWAY,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_whether_a_host_is_outside_aws(case: Case) -> None:
    stack = Stack((VPC, *case.others))
    host = case.host if isinstance(case.host, Value) else Value(case.host, PLACE)
    truth, how, _ = stack.hybrid.outside(host, case.vpc)
    assert truth.state == case.outside
    assert how or case.outside == "unknown"
    assert truth.reasons or not truth.undecided


# ---------------------------------------------------------------- what a VPN carries


@pytest.mark.parametrize(
    ("gateway", "words", "gbps"),
    [
        ({"vpn_gateway": ref("vgw")}, {}, 1.25),
        ({"transit_gateway": ref("tgw")}, {"static_routes_only": True}, 1.25),
        ({"transit_gateway": ref("tgw")}, {"static_routes_only": False}, 2.5),
        ({"transit_gateway": ref("single")}, {"static_routes_only": False}, 1.25),
        ({"transit_gateway": "tgw-0a1b2c3d"}, {"static_routes_only": False}, 1.25),
        ({"transit_gateway": ref("tgw")}, {"tunnel_bandwidth": "large", "static_routes_only": True}, 5),
        ({"transit_gateway": ref("tgw")}, {"tunnel_bandwidth": "large", "static_routes_only": False}, 10),
        ({"transit_gateway": ref("tgw")}, {"tunnel_bandwidth": "standard", "static_routes_only": False}, 2.5),
    ],
)
def test_the_ceiling_of_a_vpn(gateway: dict[str, Any], words: dict[str, Any], gbps: float) -> None:
    vpn = element("vpn_connection", "vpn", **gateway, **words)
    single = element("transit_gateway", "single", vpn_ecmp="disable")
    stack = Stack((VGW, TGW, single, vpn))
    assert stack.view(VpnConnection, vpn).ceiling_gbps == gbps


# ---------------------------------------------------------------- Direct Connect beside a VPN

MAYBE = Truth.unknown("var.direct_connect has no value", PLACE)


@pytest.mark.parametrize(
    ("elements", "state"),
    [
        pytest.param(SITE, "no", id="a VPN gateway of these sources, and nothing else"),
        pytest.param((*SITE, element("dx_connection", "dx", bandwidth="10Gbps")), "yes", id="a connection"),
        pytest.param(
            (*SITE, element("dx_interface", "vif", visibility="private")), "yes", id="a virtual interface"
        ),
        pytest.param(
            (*SITE, element("dx_gateway_association", "a", gateway=ref("vgw"))), "yes", id="an association"
        ),
        pytest.param(
            (*SITE, element("dx_connection", "dx", MAYBE)), "unknown", id="a connection that may not be there"
        ),
        pytest.param(
            (element("vpn_connection", "vpn", transit_gateway="tgw-0a1b2c3d"),),
            "unknown",
            id="a transit gateway by id",
        ),
        pytest.param(
            (element("vpn_connection", "vpn", vpn_gateway=unknown()),), "unknown", id="an unknown VPN gateway"
        ),
        pytest.param(
            (*SITE, element("unseen", "module.dx", source="acme/dx/aws", inputs={"gateway": ref("vgw")})),
            "unknown",
            id="a module that is not here takes the VPN gateway",
        ),
    ],
)
def test_whether_there_is_direct_connect(elements: tuple[Element, ...], state: str) -> None:
    assert Stack((VPC, *elements)).hybrid.direct_connect.state == state


def test_a_private_ip_vpn_runs_inside_direct_connect() -> None:
    vpn = element("vpn_connection", "vpn", transit_gateway=ref("tgw"), outside_address_type="PrivateIpv4")
    assert Stack((TGW, vpn)).view(VpnConnection, vpn).over_direct_connect.certain
