"""The hash by which GitHub code scanning knows a line again: `primaryLocationLineHash`.

GitHub computes it for uploads through its own action; one that comes through the API has to bring it. It covers the 100
signs that follow the beginning of a line, spaces and tabs left out, and ends with how often it was met in the file.
"""

from __future__ import annotations

from collections.abc import Iterator

from fabriclint.text import Source

BLOCK = 100
FACTOR = 37
MASK = (1 << 64) - 1
DROPPED = pow(FACTOR, BLOCK, 1 << 64)
END = 0xFFFF
# Hashing walks the file sign by sign: beyond this size a fingerprint of our own has to do.
MAX_BYTES = 2_000_000


def line_hashes(source: Source) -> dict[int, str]:
    """The hash of every line, by its number from 1; nothing for a file that is too large."""
    if len(source.data) > MAX_BYTES:
        return {}
    window = [0] * BLOCK
    pending = [0] * BLOCK
    met: dict[str, int] = {}
    hashes: dict[int, str] = {}
    value = at = line = 0
    starts = True

    def told() -> None:
        name = f"{value:x}"
        met[name] = met.get(name, 0) + 1
        hashes[pending[at]] = f"{name}:{met[name]}"
        pending[at] = 0

    for sign in _signs(source.data):
        if pending[at]:
            told()
        if starts:
            starts = False
            line += 1
            pending[at] = line
        if sign == 10:
            starts = True
        value = (FACTOR * value + sign - DROPPED * window[at]) & MASK
        window[at] = sign
        at = (at + 1) % BLOCK
    for _ in range(BLOCK):
        if pending[at]:
            told()
        value = (FACTOR * value - DROPPED * window[at]) & MASK
        window[at] = 0
        at = (at + 1) % BLOCK
    return hashes


def _signs(data: bytes) -> Iterator[int]:
    """The UTF-16 units of a text without spaces and tabs, every line end as a line feed, then the sign of the end."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    wide = text.translate({32: None, 9: None}).encode("utf-16-le", "surrogatepass")
    for n in range(0, len(wide), 2):
        yield wide[n] | wide[n + 1] << 8
    yield END
