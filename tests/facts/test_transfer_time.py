"""Transfer times against the guidance's own table, and how sizes and links are written."""

from __future__ import annotations

import pytest

from fabriclint.facts.transfer_time import (
    BadQuantity,
    Transfer,
    advice,
    parse_link,
    parse_size,
    told_days,
    told_size,
)


@pytest.mark.parametrize(
    ("size", "link", "days", "told"),
    [
        ("1PB", "1Gbps", 115.74, "about 116 days"),
        ("500TB", "10Gbps", 5.787, "about 5.8 days"),
        ("10PB", "1Gbps", 1157.4, "about 1,157 days (3.2 years)"),
        ("100TB", "1Gbps", 11.574, "about 12 days"),
        ("1TB", "10Gbps", 0.01157, "about 17 minutes"),
        ("100TB", "dx:100G", 0.11574, "about 3 hours"),
    ],
)
def test_the_table_of_the_guidance(size: str, link: str, days: float, told: str) -> None:
    made = Transfer(parse_size(size), parse_link(link).gbps)
    assert made.days == pytest.approx(days, rel=1e-3)
    assert told_days(made.days) == told


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [("500TB", 5e14), ("1.5 PB", 1.5e15), ("200TiB", 200 * 2**40), ("10gb", 1e10), ("7B", 7)],
)
def test_sizes(text: str, bytes_: float) -> None:
    assert parse_size(text) == bytes_


@pytest.mark.parametrize("text", ["", "500", "0TB", "-1TB", "TB", "1.2.3TB", "500Tb/s"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(BadQuantity, match="is no size"):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "gbps"),
    [
        ("10Gbps", 10),
        ("10G", 10),
        ("500 Mbps", 0.5),
        ("vpn", 1.25),
        ("vpn:2", 2.5),
        ("vpn-large:2", 10),
        ("dx:100G", 100),
        ("dx:2x100G", 200),
        ("dx:500Mbps", 0.5),
    ],
)
def test_links(text: str, gbps: float) -> None:
    assert parse_link(text).gbps == pytest.approx(gbps)


@pytest.mark.parametrize("text", ["", "fast", "10", "vpn:0", "dx:40G", "dx:8x100G", "0Gbps", "dx:"])
def test_what_is_no_link(text: str) -> None:
    with pytest.raises(BadQuantity):
        parse_link(text)


@pytest.mark.parametrize(
    ("size", "gbps", "road", "port"),
    [
        ("500TB", 10, "online", 10),
        ("1PB", 1, "bigger port", 10),
        ("10PB", 1, "offline", 100),
        ("1EB", 100, "offline", None),
    ],
)
def test_the_better_road(size: str, gbps: float, road: str, port: int | None) -> None:
    made = Transfer(parse_size(size), gbps)
    assert (made.road, made.port_gbps) == (road, port)
    assert "Snow" not in advice(made)


def test_a_size_is_told_in_decimal_units() -> None:
    assert [told_size(size) for size in (999, 1e3, 5e14, 1.25e15)] == ["999 B", "1 KB", "500 TB", "1.25 PB"]
