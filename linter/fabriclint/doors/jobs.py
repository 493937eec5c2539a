"""Roots judged by several processes at once, where there are enough of them that it pays."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Final

from fabriclint.doors.files import DiskFiles
from fabriclint.engine.bench import Seat, seated
from fabriclint.engine.discover import Plan
from fabriclint.languages.base import Settings, Unreadable
from fabriclint.sdk import Rule

WORTH_BYTES: Final = 100_000
"""How much source the roots have at least before a second process pays: it costs about 10 ms to start and to hear out."""
_TOKEN: Final = 4  # bytes: the number of a share, as it goes through the pipe that shares are taken from
_MOST_SHARES: Final = 1_000  # whose numbers every system's pipe holds at once


def judged_seats(
    plan: Plan, files: DiskFiles, settings: Settings, rules: Sequence[Rule], jobs: int | None
) -> tuple[Seat, ...]:
    """Every root of a plan, judged, by `jobs` processes; None decides by processors and size of the sources.

    The processes are forks of this one that take root after root (of very many, some at once), the largest first, and write
    what they came to into a pipe.
    A root that one of them owes (it was killed, say) is judged here. What forks have judged is plain data: good for a report,
    not for edits.
    """

    def judged(number: int) -> Seat:
        return seated(*plan.roots[number], files, settings, rules)

    sizes = [_size(root.files, files) for _, root in plan.roots]
    helpers = min(_processes(jobs, sum(sizes)), len(sizes)) - 1
    if helpers < 1:
        return tuple(judged(number) for number in range(len(sizes)))
    largest_first = sorted(range(len(sizes)), key=lambda number: -sizes[number])
    shares = [largest_first[start::_MOST_SHARES] for start in range(min(_MOST_SHARES, len(sizes)))]

    def taken(queue: int) -> Iterator[tuple[int, Seat]]:
        while len(token := os.read(queue, _TOKEN)) == _TOKEN:
            for number in shares[int.from_bytes(token, "big")]:
                yield number, judged(number)

    from fabriclint.engine.carried import Carrier

    carrier = Carrier(plan, rules, (one for one in files.known().values() if one is not None))
    queue, into = os.pipe()
    os.write(into, b"".join(number.to_bytes(_TOKEN, "big") for number in range(len(shares))))
    os.close(into)
    forks: list[_Fork] = []
    try:
        for _ in range(helpers):
            forks.append(_Fork(lambda: carrier.pack(list(taken(queue)))))
        found = dict(taken(queue))
        met = [one for one in files.known().values() if one is not None]
        for fork in forks:
            # A fork that was killed owes its roots, whatever it has written of its answer.
            with suppress(Exception):
                found.update(carrier.unpack(fork.answer(), met))
    finally:
        os.close(queue)
        for fork in forks:
            fork.end()
    return tuple(found[number] if number in found else judged(number) for number in range(len(sizes)))


class _Fork:
    """A fork of this process that does some work and answers in bytes."""

    def __init__(self, work: Callable[[], bytes]) -> None:
        self._answer, into = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            status = 1
            try:
                os.close(self._answer)
                with os.fdopen(into, "wb") as pipe:
                    pipe.write(work())
                status = 0
            finally:
                os._exit(status)  # whatever happened: what follows in this process belongs to the other one
        os.close(into)

    def answer(self) -> bytes:
        """What it answers, in whole or as far as it came."""
        with os.fdopen(os.dup(self._answer), "rb") as pipe:
            return pipe.read()

    def end(self) -> None:
        """Make sure that it is gone."""
        os.close(self._answer)
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


def _processes(jobs: int | None, size: int) -> int:
    if not hasattr(os, "fork"):
        return 1
    if jobs is not None:
        return jobs
    # Forks of a process that macOS has given threads of its own may hang; there several have to be asked for.
    if size < WORTH_BYTES or not sys.platform.startswith("linux"):
        return 1
    return len(os.sched_getaffinity(0))


def _size(paths: Sequence[str], files: DiskFiles) -> int:
    total = 0
    for path in paths:
        with suppress(Unreadable):
            total += len(files.source(path).data)
    return total
