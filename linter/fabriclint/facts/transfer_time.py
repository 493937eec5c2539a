"""How long a dataset takes over a link, and which road is the better one: the one place that computes it.

The formula is that of the DataSync user guide ("Estimating transfer time"): bytes x 8 / (bits a second x utilisation), with
decimal bytes. 100 TB over 1 Gbps at 80 % are 11.57 days.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from msgspec import Struct

from fabriclint.facts.links import (
    DIRECT_CONNECT_DEDICATED_GBPS,
    DIRECT_CONNECT_HOSTED,
    DIRECT_CONNECT_LAG_LINKS,
    VPN_TUNNEL_LARGE,
    VPN_TUNNEL_STANDARD,
)
from fabriclint.patterns import late

UTILISATION: Final = 0.8
"""The share of a link that a transfer is taken to use."""
ALLOWED_DAYS: Final = 14.0
"""How long a transfer may take where nobody says otherwise."""
OFFLINE: Final = ("AWS Data Transfer Terminal", "an AWS partner's transfer service")
"""The roads past the network: Snow Family devices are not offered to new customers."""

_SECONDS_A_DAY: Final = 86_400
_DAYS_A_YEAR: Final = 365.25
_POWERS: Final = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}
_SIZE: Final = late(r"(?P<number>\d+(?:[._]\d+)*)\s*(?P<prefix>[KMGTPE]?)(?P<binary>I?)B", re.IGNORECASE)
_SPEED: Final = late(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<prefix>[MGT])(?:BPS|BIT/S|BIT|B/S)?", re.IGNORECASE)
_VPN: Final = late(r"vpn(?P<large>-large)?(?::(?P<tunnels>\d+))?", re.IGNORECASE)
_DX: Final = late(r"dx:(?:(?P<links>\d+)x)?(?P<speed>.+)", re.IGNORECASE)

Road = Literal["online", "bigger port", "offline"]


class BadQuantity(ValueError):
    """A size or link that cannot be read; the message says how it is written."""


class TransferLink(Struct, frozen=True):
    """A link as somebody names it, and the Gbps it carries."""

    gbps: float
    words: str


class Transfer(Struct, frozen=True):
    """A dataset, the link it goes over, and how many days it may take."""

    size: float
    """Bytes."""
    gbps: float
    utilisation: float = UTILISATION
    allowed_days: float = ALLOWED_DAYS

    @property
    def days(self) -> float:
        """How long it takes, in days."""
        return days(self.size, self.gbps, self.utilisation)

    @property
    def fits(self) -> bool:
        """Whether that is within the allowed days."""
        return self.days <= self.allowed_days

    @property
    def port_gbps(self) -> int | None:
        """The smallest Direct Connect port that does it within the allowed days; None where none does."""
        for port in DIRECT_CONNECT_DEDICATED_GBPS:
            if days(self.size, port, self.utilisation) <= self.allowed_days:
                return port
        return None

    @property
    def road(self) -> Road:
        """Online where it fits; a bigger port where one that is at most one step up does; else offline.

        A step is the next speed that ports come in (1, 10, 100, 400 Gbps).
        """
        if self.fits:
            return "online"
        port = self.port_gbps
        above = [speed for speed in DIRECT_CONNECT_DEDICATED_GBPS if speed > self.gbps]
        return "bigger port" if port is not None and port in above[:1] else "offline"


def days(size: float, gbps: float, utilisation: float = UTILISATION) -> float:
    """The days that `size` bytes take over `gbps` at this share of it."""
    return size * 8 / (gbps * 1e9 * utilisation) / _SECONDS_A_DAY


def parse_size(text: str) -> float:
    """A size in bytes: `500TB` (decimal), `1.5 PB`, `200 TiB` (binary); raises BadQuantity."""
    match = _SIZE.fullmatch(text.strip())
    number = float(match["number"].replace("_", "")) if match and match["number"].count(".") < 2 else 0.0
    if match is None or number <= 0:
        raise BadQuantity(f"{text!r} is no size: write it as 500TB, 1.5PB or 200TiB")
    base = 1024.0 if match["binary"] else 1000.0
    return number * float(base ** _POWERS[match["prefix"].upper()])


def parse_link(text: str) -> TransferLink:
    """A link: `10Gbps`, `vpn:2` (tunnels that add up), `vpn-large:2`, `dx:100G`, `dx:2x10G` (a LAG); raises BadQuantity."""
    written = text.strip()
    vpn = _VPN.fullmatch(written)
    if vpn is not None:
        tunnels = int(vpn["tunnels"] or 1)
        if not 1 <= tunnels <= 100:
            raise BadQuantity(f"{text!r}: a VPN has 1 to 100 tunnels")
        each = VPN_TUNNEL_LARGE if vpn["large"] else VPN_TUNNEL_STANDARD
        plural = "" if tunnels == 1 else "s with ECMP"
        return TransferLink(tunnels * each.gbps, f"{tunnels} {each.per}{plural}")
    dx = _DX.fullmatch(written)
    if dx is not None:
        return _direct_connect(text, int(dx["links"] or 1), parse_speed(dx["speed"]))
    return TransferLink(parse_speed(written), "link")


def parse_speed(text: str) -> float:
    """A speed in Gbps: `10Gbps`, `10G`, `500 Mbps`; raises BadQuantity."""
    match = _SPEED.fullmatch(text.strip())
    if match is None or float(match["number"]) <= 0:
        raise BadQuantity(f"{text!r} is no link: write it as 10Gbps, 500Mbps, vpn:2, vpn-large:2 or dx:100G")
    return float(match["number"]) * {"M": 0.001, "G": 1.0, "T": 1000.0}[match["prefix"].upper()]


def _direct_connect(text: str, links: int, speed: float) -> TransferLink:
    if speed not in DIRECT_CONNECT_DEDICATED_GBPS and speed > DIRECT_CONNECT_HOSTED.gbps:
        ports = ", ".join(str(port) for port in DIRECT_CONNECT_DEDICATED_GBPS)
        raise BadQuantity(
            f"{text!r}: Direct Connect ports have {ports} Gbps, hosted connections up to "
            f"{DIRECT_CONNECT_HOSTED.gbps:g} Gbps"
        )
    most = DIRECT_CONNECT_LAG_LINKS.get(int(speed), 1) if speed >= 1 else 1
    if not 1 <= links <= most:
        raise BadQuantity(f"{text!r}: a link aggregation group of {speed:g} Gbps ports holds at most {most}")
    if links > 1:
        return TransferLink(links * speed, f"{links} Direct Connect ports of {speed:g} Gbps")
    return TransferLink(speed, "Direct Connect port")


def told_days(number: float) -> str:
    """A duration for a message: `about 5.8 days`, `about 116 days`, `about 1,157 days (3.2 years)`, `about 40 minutes`."""
    if number * 24 * 60 < 1:
        return "less than a minute"
    if number * 24 < 2:
        return f"about {number * 24 * 60:.0f} minutes"
    if number < 2:
        return f"about {number * 24:.0f} hours"
    shown = f"about {number:.1f} days" if number < 10 else f"about {number:,.0f} days"
    return f"{shown} ({number / _DAYS_A_YEAR:.1f} years)" if number > _DAYS_A_YEAR else shown


def told_size(size: float) -> str:
    """A size for a message, in decimal units: `500 TB`."""
    power = 0
    while size >= 1000 and power < 6:
        size /= 1000
        power += 1
    return f"{size:,.2f}".rstrip("0").rstrip(".") + f" {list(_POWERS)[power]}B"


def advice(transfer: Transfer) -> str:
    """What to do about a transfer, in a sentence or two."""
    offline = f"{OFFLINE[0]} or {OFFLINE[1]}"
    port = transfer.port_gbps
    if transfer.road == "online":
        return "Copy it over this link with DataSync."
    over = (
        f"a {port} Gbps Direct Connect port takes {told_days(days(transfer.size, port, transfer.utilisation))}"
        if port
        else ""
    )
    if transfer.road == "bigger port":
        return f"Order a bigger port: {over}. Where the data moves once only, {offline} may be sooner."
    if port:
        return (
            f"Bring the bulk offline with {offline}, and send only the changes over the link; online {over}."
        )
    return f"Bring it offline with {offline}: no single Direct Connect port does it in time."
