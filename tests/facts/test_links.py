"""Link ceilings and prices: the published numbers, and that each says where it comes from."""

from datetime import date

import pytest

from fabriclint.facts import links
from fabriclint.facts.links import Ceiling, Price

CEILINGS = {name: value for name, value in vars(links).items() if isinstance(value, Ceiling)}
PRICES = {name: value for name, value in vars(links).items() if isinstance(value, Price)}


@pytest.mark.parametrize(
    ("name", "gbps", "most"),
    [
        ("VPN_TUNNEL_STANDARD", 1.25, 1.25),
        ("VPN_TUNNEL_LARGE", 5, 5),
        ("VPN_CONCENTRATOR_TUNNEL", 0.1, 0.1),
        ("DIRECT_CONNECT_DEDICATED", 400, 400),
        ("DIRECT_CONNECT_HOSTED", 25, 25),
        ("NAT_GATEWAY", 5, 100),
        ("INTERFACE_ENDPOINT", 10, 100),
        ("TRANSIT_GATEWAY_ATTACHMENT", 100, 100),
        ("DATASYNC_TASK_WITH_AGENT", 10, 10),
        ("DATASYNC_TASK_WITHOUT_AGENT", 5, 5),
        ("FLOW", 5, 5),
        ("FLOW_IN_CLUSTER_GROUP", 10, 10),
    ],
)
def test_ceiling(name: str, gbps: float, most: float) -> None:
    assert (CEILINGS[name].gbps, CEILINGS[name].most) == (gbps, most)


def test_counts() -> None:
    assert links.VPN_TUNNELS_PER_CONNECTION == 2
    assert links.DIRECT_CONNECT_DEDICATED_GBPS == (1, 10, 100, 400)
    assert links.DIRECT_CONNECT_LAG_LINKS == {1: 4, 10: 4, 100: 2, 400: 2}
    assert links.DIRECT_CONNECT_DEDICATED.gbps == max(links.DIRECT_CONNECT_DEDICATED_GBPS)


def test_price_says_from() -> None:
    assert str(links.NAT_GATEWAY_DATA) == "from $0.045 per GB"
    assert str(links.INTERFACE_ENDPOINT_HOUR) == "from $0.01 per hour and Availability Zone"


def test_only_confirmed_prices_are_here() -> None:
    """Prices of transit gateways and cross-zone traffic are not confirmed and must not be printed."""
    assert {name.removesuffix("_DATA").removesuffix("_HOUR") for name in PRICES} == {
        "NAT_GATEWAY",
        "INTERFACE_ENDPOINT",
    }


@pytest.mark.parametrize("fact", [*CEILINGS.values(), *PRICES.values()], ids=[*CEILINGS, *PRICES])
def test_fact_is_sourced_and_dated(fact: Ceiling | Price) -> None:
    assert fact.source.title
    assert fact.source.url.startswith(("https://docs.aws.amazon.com/", "https://aws.amazon.com/"))
    assert date.fromisoformat(fact.source.checked) >= date(2026, 11, 22)


def test_ceilings_grow_upwards() -> None:
    assert all(fact.most >= fact.gbps > 0 for fact in CEILINGS.values())
