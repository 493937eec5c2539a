"""How long after a keystroke the diagnostics of the new text are there: the real server, over a root of five thousand lines.

`python bench/keystroke.py` prints the figures as JSON; `--write` keeps them in bench/figures.json.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from figures import keep
from stacks import write_root

PAUSE = 0.03  # between two keystrokes; a fast typist
GOAL_MS = 100


@dataclass(frozen=True)
class Typing:
    """What is typed, one character after the other, and deleted again: behind the first `after` in a file."""

    place: str
    file: str
    after: str
    text: str


TYPINGS = (
    Typing(
        "launch template",
        "fleets_research.tf",
        '  instance_type = "p4d.24xlarge"\n',
        "  ebs_optimized = true\n  key_name      = aws_key_pair.ops.key_name\n",
    ),
    Typing(
        "policy",
        "iam.tf",
        '"s3:GetObject", "s3:ListBucket"',
        ', "s3:GetObjectTagging", "s3:GetBucketLocation"',
    ),
    Typing(
        "user data",
        "fleets_production.tf",
        "    export NCCL_DEBUG=WARN\n",
        "    export NCCL_ALGO=Ring\n    sysctl -w vm.nr_hugepages=5128\n",
    ),
)


class Client:
    """Speaks the protocol with a server process, one message at a time."""

    def __init__(self, command: list[str], root: Path) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.ids = 0
        self.versions: dict[str, int] = {}
        self.texts: dict[str, str] = {}
        self.call("initialize", {"processId": os.getpid(), "rootUri": root.as_uri(), "capabilities": {}})
        self.send("initialized", {})

    def send(self, method: str, params: Any, **more: Any) -> None:
        assert self.process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name == b"Content-Length":
                length = int(value)
        if not length:
            raise SystemExit("the server went away")
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message

    def call(self, method: str, params: Any) -> Any:
        self.ids += 1
        self.send(method, params, id=self.ids)
        while (message := self.receive()).get("id") != self.ids:
            pass
        return message.get("result")

    def open(self, path: Path) -> int:
        uri = path.as_uri()
        self.texts[uri], self.versions[uri] = path.read_text(encoding="utf-8"), 1
        item = {"uri": uri, "languageId": "terraform", "version": 1, "text": self.texts[uri]}
        self.send("textDocument/didOpen", {"textDocument": item})
        return self.told(uri)

    def change(self, uri: str, at: int, cut: int, new: str) -> None:
        text = self.texts[uri]
        self.versions[uri] += 1
        self.texts[uri] = text[:at] + new + text[at + cut :]
        span = {"start": where(text, at), "end": where(text, at + cut)}
        document = {"uri": uri, "version": self.versions[uri]}
        changes = [{"range": span, "text": new}]
        self.send("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def told(self, uri: str) -> int:
        """Wait for the diagnostics of the newest version; how many there are."""
        while True:
            message = self.receive()
            params = message.get("params", {})
            if message.get("method") == "textDocument/publishDiagnostics" and (
                params["uri"],
                params.get("version"),
            ) == (uri, self.versions[uri]):
                return len(params["diagnostics"])

    def leave(self) -> None:
        self.call("shutdown", None)
        self.send("exit", None)
        self.process.wait(timeout=20)


def where(text: str, at: int) -> dict[str, int]:
    """A position in a text of ASCII."""
    return {"line": text.count("\n", 0, at), "character": at - text.rfind("\n", 0, at) - 1}


def strokes(typing: Typing, start: int) -> Iterator[tuple[int, int, str]]:
    """The keystrokes: every character, then as many backspaces."""
    for number, character in enumerate(typing.text):
        yield start + number, 0, character
    for number in reversed(range(len(typing.text))):
        yield start + number, 1, ""


def quantile(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


def figures(times: list[float]) -> dict[str, float]:
    return {
        "edits": len(times),
        "p50_ms": quantile(times, 0.5),
        "p95_ms": quantile(times, 0.95),
        "max_ms": round(max(times), 1),
    }


def measure() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "training"
        lines = write_root(root)
        client = Client([sys.executable, "-m", "fabriclint", "lsp", "--stdio"], root)
        started = time.perf_counter()
        found = [client.open(root / typing.file) for typing in TYPINGS]
        opened = time.perf_counter() - started
        by_place: dict[str, list[float]] = {}
        for typing in TYPINGS:
            uri = (root / typing.file).as_uri()
            start = client.texts[uri].index(typing.after) + len(typing.after)
            for at, cut, new in strokes(typing, start):
                time.sleep(PAUSE)
                began = time.perf_counter()
                client.change(uri, at, cut, new)
                client.told(uri)
                by_place.setdefault(typing.place, []).append(1000 * (time.perf_counter() - began))
        client.leave()
    times = [one for some in by_place.values() for one in some]
    return {
        "lines": sum(lines.values()),
        "files": len(lines),
        "findings_in_open_files": sum(found),
        "opened_s": round(opened, 2),
        **figures(times),
        "goal_p95_ms": GOAL_MS,
        "places": {place: figures(some) for place, some in by_place.items()},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the figures in bench/figures.json")
    asked = parser.parse_args()
    made = measure()
    print(json.dumps(made, indent=2))
    if asked.write:
        keep("keystroke", made)
    return 0 if made["p95_ms"] < GOAL_MS else 1


if __name__ == "__main__":
    sys.exit(main())
