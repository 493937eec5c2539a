"""How much the links of a network carry, and what some of them cost: constants, each with its source and date.

Bandwidths are in Gbps (10^9 bits a second), one direction. A price is a list price of us-east-1, so the least that
most accounts pay: print it with "from".
"""

from typing import Final

from msgspec import Struct


class Source(Struct, frozen=True):
    """Where a fact is published, and when somebody last looked."""

    title: str
    url: str
    checked: str
    """ISO date."""


class Ceiling(Struct, frozen=True):
    """The most a link carries."""

    gbps: float
    """What it carries from the start."""
    per: str
    """What has this ceiling, in words that follow a number: "100 Gbps per ..."."""
    source: Source
    grows_to: float | None = None
    """The Gbps it scales to by itself under load, where it does."""

    @property
    def most(self) -> float:
        """The Gbps it reaches at best."""
        return self.gbps if self.grows_to is None else self.grows_to


class Price(Struct, frozen=True):
    """A list price in us-east-1."""

    usd: float
    per: str
    """The unit: "GB", "hour", "hour and Availability Zone"."""
    source: Source

    def __str__(self) -> str:
        return f"from ${self.usd:g} per {self.per}"


_CHECKED = "2026-11-22"

_VPN = Source(
    "Site-to-Site VPN quotas", "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html", _CHECKED
)
_DX = Source(
    "Direct Connect dedicated connections",
    "https://docs.aws.amazon.com/directconnect/latest/UserGuide/dedicated_connection.html",
    _CHECKED,
)
_DX_HOSTED = Source(
    "Direct Connect hosted connections",
    "https://docs.aws.amazon.com/directconnect/latest/UserGuide/hosted_connection.html",
    _CHECKED,
)
_NAT = Source(
    "NAT gateway basics", "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html", _CHECKED
)
_PRIVATELINK = Source(
    "AWS PrivateLink quotas",
    "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html",
    _CHECKED,
)
_TGW = Source(
    "Transit gateway quotas",
    "https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html",
    _CHECKED,
)
_DATASYNC = Source(
    "DataSync quotas", "https://docs.aws.amazon.com/datasync/latest/userguide/datasync-limits.html", _CHECKED
)
_FLOWS = Source(
    "EC2 instance network bandwidth",
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-network-bandwidth.html",
    _CHECKED,
)
# The amounts are read from billing lines in public repositories, not from these pages.
_NAT_PRICE = Source("Amazon VPC pricing (NAT gateway)", "https://aws.amazon.com/vpc/pricing/", _CHECKED)
_ENDPOINT_PRICE = Source("AWS PrivateLink pricing", "https://aws.amazon.com/privatelink/pricing/", _CHECKED)

VPN_TUNNEL_STANDARD: Final = Ceiling(1.25, "VPN tunnel", _VPN)
"""The default, and all that a virtual private gateway offers."""
VPN_TUNNEL_LARGE: Final = Ceiling(5, "large VPN tunnel", _VPN)
"""`TunnelBandwidth = large`, on a transit gateway or Cloud WAN only."""
VPN_CONCENTRATOR_TUNNEL: Final = Ceiling(0.1, "tunnel of a VPN Concentrator", _VPN)
VPN_TUNNELS_PER_CONNECTION: Final = 2
"""Both carry traffic only with ECMP: a transit gateway and dynamic routing; else one is a standby."""

DIRECT_CONNECT_DEDICATED_GBPS: Final = (1, 10, 100, 400)
"""Port speeds of dedicated connections, 400 at selected locations."""
DIRECT_CONNECT_DEDICATED: Final = Ceiling(400, "dedicated Direct Connect port", _DX)
DIRECT_CONNECT_HOSTED: Final = Ceiling(25, "hosted Direct Connect connection", _DX_HOSTED)
"""Hosted connections start at 0.05 Gbps."""
DIRECT_CONNECT_LAG_LINKS: Final = {1: 4, 10: 4, 100: 2, 400: 2}
"""How many links of a port speed (Gbps) one link aggregation group holds."""

NAT_GATEWAY: Final = Ceiling(5, "NAT gateway", _NAT, grows_to=100)
INTERFACE_ENDPOINT: Final = Ceiling(
    10, "interface endpoint and Availability Zone", _PRIVATELINK, grows_to=100
)
TRANSIT_GATEWAY_ATTACHMENT: Final = Ceiling(100, "transit gateway attachment and Availability Zone", _TGW)

DATASYNC_TASK_WITH_AGENT: Final = Ceiling(10, "DataSync task with an agent", _DATASYNC)
DATASYNC_TASK_WITHOUT_AGENT: Final = Ceiling(5, "DataSync task without an agent", _DATASYNC)

FLOW: Final = Ceiling(5, "TCP or UDP flow", _FLOWS)
FLOW_IN_CLUSTER_GROUP: Final = Ceiling(10, "TCP or UDP flow inside a cluster placement group", _FLOWS)

NAT_GATEWAY_DATA: Final = Price(0.045, "GB", _NAT_PRICE)
NAT_GATEWAY_HOUR: Final = Price(0.045, "hour", _NAT_PRICE)
INTERFACE_ENDPOINT_DATA: Final = Price(0.01, "GB", _ENDPOINT_PRICE)
INTERFACE_ENDPOINT_HOUR: Final = Price(0.01, "hour and Availability Zone", _ENDPOINT_PRICE)
