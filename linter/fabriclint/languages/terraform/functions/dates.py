"""Times as RFC 3339 writes them; the clock is never read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from msgspec import Struct

from fabriclint.languages.terraform.functions.calling import Call, function
from fabriclint.patterns import late
from fabriclint.values import Data, Value

_TIME: Final = late(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(?:(Z)|([+-])(\d\d):(\d\d))", re.ASCII
)

_STEP: Final = late(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)

_UNITS: Final = {"ns": -3, "us": 0, "µs": 0, "μs": 0, "ms": 3, "s": 6, "m": 6, "h": 6}

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class _Time(Struct, frozen=True):
    """A moment in its own zone, in whole seconds, and the part of a second after it."""

    whole: datetime
    fraction: Decimal


def _time(call: Call, value: Value) -> _Time:
    text = call.text(value)
    found = _TIME.fullmatch(text)
    if found:
        year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
        offset = timedelta(hours=int(found[10] or 0), minutes=int(found[11] or 0))
        try:
            zone = UTC if found[8] or not offset else timezone(-offset if found[9] == "-" else offset)
            whole = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        except (ValueError, OverflowError):
            pass
        else:
            return _Time(whole, Decimal(found[7] or 0))
    raise call.refused(f'{call.name}() does not take the time "{text[:60]}"')


def _written(time: datetime) -> str:
    return time.replace(tzinfo=None).isoformat(timespec="seconds") + _zone(time, "ZZZZZ", utc_as_z=True)


def _zone(time: datetime, form: str, utc_as_z: bool) -> str:
    offset = time.utcoffset() or timedelta()
    if utc_as_z and not offset:
        return "Z"
    minutes = int(offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    hours, minutes = divmod(abs(minutes), 60)
    return f"{sign}{hours:02}{':' if form == 'ZZZZZ' else ''}{minutes:02}"


@function("timeadd", least=2)
def timeadd(call: Call) -> Data:
    """A time with a duration such as -1h30m added."""
    time, text = _time(call, call.args[0]), call.text(call.args[1])
    rest = text[1:] if text[:1] in ("-", "+") else text
    total = Decimal(0)
    at = 0
    while at < len(rest) <= 60:
        found = _STEP.match(rest, at)
        if not found:
            break
        seconds = {"m": 60, "h": 3600}.get(found[2], 1)
        total += Decimal(found[1]) * seconds * (Decimal(10) ** _UNITS[found[2]])
        at = found.end()
    if (at < len(rest) or not rest) and rest != "0":
        raise call.refused(f'timeadd() does not take the duration "{text[:60]}"')
    exact = time.fraction + (-total if text.startswith("-") else total) / 1_000_000
    # A time is written in whole seconds: what is left of a second is cut off.
    return _written(time.whole + timedelta(seconds=int(exact.to_integral_value(ROUND_FLOOR))))


@function("timecmp", least=2)
def timecmp(call: Call) -> Data:
    """-1, 0 or 1, as the first time is before, at or after the second."""
    one, other = _time(call, call.args[0]), _time(call, call.args[1])
    mine, its = (one.whole, one.fraction), (other.whole, other.fraction)
    return (mine > its) - (mine < its)


@function("formatdate", least=2)
def formatdate(call: Call) -> Data:
    """A time in the form that letters such as YYYY-MM-DD say."""
    form, time = call.text(call.args[0]), _time(call, call.args[1]).whole
    out: list[str] = []
    at = 0
    while at < len(form):
        letter = form[at]
        if letter == "'":
            text, at = _literal(call, form, at + 1)
            out.append(text)
            continue
        end = at + 1
        while end < len(form) and form[end] == letter:
            end += 1
        run = form[at:end]
        out.append(_field(call, run, time) if letter.isascii() and letter.isalpha() else run)
        at = end
    result = "".join(out)
    call.short(len(result))
    return result


def _literal(call: Call, form: str, at: int) -> tuple[str, int]:
    out: list[str] = []
    while at < len(form):
        if form[at] == "'":
            if form.startswith("''", at):
                out.append("'")
                at += 2
                continue
            return "".join(out), at + 1
        out.append(form[at])
        at += 1
    raise call.refused("formatdate() misses a closing quote")


def _field(call: Call, run: str, time: datetime) -> str:
    hour = time.hour % 12 or 12
    fields = {
        "YYYY": f"{time.year:04}", "YY": f"{time.year % 100:02}",
        "MMMM": _MONTHS[time.month - 1], "MMM": _MONTHS[time.month - 1][:3], "MM": f"{time.month:02}", "M": str(time.month),
        "DD": f"{time.day:02}", "D": str(time.day),
        "EEEE": _DAYS[time.weekday()], "EEE": _DAYS[time.weekday()][:3],
        "hh": f"{time.hour:02}", "h": str(time.hour), "HH": f"{hour:02}", "H": str(hour),
        "AA": "AM" if time.hour < 12 else "PM", "aa": "am" if time.hour < 12 else "pm",
        "mm": f"{time.minute:02}", "m": str(time.minute), "ss": f"{time.second:02}", "s": str(time.second),
        "ZZZZZ": _zone(time, "ZZZZZ", utc_as_z=False), "ZZZZ": _zone(time, "ZZZZ", utc_as_z=False),
        "ZZZ": "UTC" if not time.utcoffset() else _zone(time, "ZZZ", utc_as_z=False),
        "Z": _zone(time, "ZZZZZ", utc_as_z=True),
    }  # fmt: skip
    found = fields.get(run)
    if found is None:
        raise call.refused(f'formatdate() does not take "{run[:20]}"')
    return found
