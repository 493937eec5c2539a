"""The server over standard input and output."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import sys
import threading
from typing import Final

from pygls.io_ import StdoutWriter, run_async

from fabriclint.doors.cli import CLEAN
from fabriclint.doors.lsp.features import serving
from fabriclint.doors.lsp.server import Server

_CHUNK: Final = 65_536
_LARGEST: Final = 2**26
log = logging.getLogger("fabriclint.lsp")


def serve(asked: argparse.Namespace) -> int:
    """Serve one client until it says exit or goes away."""
    logging.basicConfig(
        stream=sys.stderr, level=getattr(logging, asked.log_level.upper()), format="%(levelname)s %(message)s"
    )
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # only messages may go to standard output
    gc.disable()  # the session collects when nobody waits
    server = serving()
    server.protocol.set_writer(StdoutWriter(out))
    try:
        asyncio.run(_run(server))
    except BrokenPipeError:
        log.error("the client went away")
    except SystemExit as end:
        _leave(int(end.code or 0))
    return _leave(CLEAN)


def _leave(code: int) -> int:
    """End at once: a thread that still waits for input or judges would hold the process."""
    logging.shutdown()
    os._exit(code)


async def _run(server: Server) -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=_LARGEST)
    stop = threading.Event()
    threading.Thread(target=_feed, args=(reader, loop), name="input", daemon=True).start()
    await run_async(stop, reader, server.protocol, log, server.report_server_error)


def _feed(reader: asyncio.StreamReader, loop: asyncio.AbstractEventLoop) -> None:
    """Hand on what comes in, many messages at a time: one by one, they would wait while a file is judged."""
    handle = sys.stdin.fileno()
    try:
        while chunk := os.read(handle, _CHUNK):
            loop.call_soon_threadsafe(reader.feed_data, chunk)
        loop.call_soon_threadsafe(reader.feed_eof)
    except (OSError, RuntimeError):  # the input or the loop was closed
        return
