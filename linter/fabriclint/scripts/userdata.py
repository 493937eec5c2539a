"""The shapes of user data: a script, base64 of one, a MIME multipart of several, cloud-config."""

from __future__ import annotations

import quopri
import re

from msgspec import Struct

from fabriclint.patterns import late
from fabriclint.scripts.collect import Collector, Job, JobKind
from fabriclint.scripts.encodings import decoded, looks_encoded
from fabriclint.scripts.files import interpreter, is_shell
from fabriclint.scripts.interest import INTERESTING
from fabriclint.scripts.places import Body

_HEADER = late(
    r"\s*(?:Content-[\w-]+|MIME-Version|Merge-Type|X-Merge-Type|Launch-Index|Number-Attachments)\s*:",
    re.IGNORECASE,
)
_BOUNDARY = late(r"boundary\s*=\s*(?:\"([^\"\n]+)\"|'([^'\n]+)'|([^\s;]+))", re.IGNORECASE)
_MARK = late(r"--\S.*")
_MOST_PARTS = 200
_PASSED_OVER = late(
    r"\s*(?:<powershell|<script|<persist|\[settings|apiVersion:|version:\s*1\.[01]\s*$|#part-handler|#upstart-job)",
    re.IGNORECASE | re.MULTILINE,
)


def read_user_data(collector: Collector, job: Job) -> None:
    """Tell what shape a text has, and have it read as that."""
    body = job.body
    text = body.text.lstrip("\ufeff \t\r\n")
    start = len(body.text) - len(text)
    head = text[:200].partition("\n")[0].strip()
    if not text:
        return
    if looks_encoded(text):
        _encoded(collector, job)
    elif _HEADER.match(text) or re.search(
        rf"(?m)^[ \t]*--\S.*\n{_HEADER.pattern}", text[:2000], re.IGNORECASE
    ):
        _later(collector, job, "mime", body, deeper=False)
    elif re.match(r"## *template: *jinja", head):
        _later(collector, job, "user-data", body.inner(start + len(text.partition("\n")[0]), len(body.text)))
    elif head.startswith("#cloud-boothook"):
        _later(collector, job, "shell", body.inner(start, len(body.text)))
    elif head.startswith("#cloud-config"):
        _later(collector, job, "cloud-config", body, deeper=False)
    elif head.startswith("#include"):
        collector.not_seen("user data is fetched at start (#include)", body.where(start, start + len(head)))
    elif re.match(r"[{\s\"]*(?:schemaVersion|mainSteps|runtimeConfig)\"?\s*:", text):
        _later(collector, job, "cloud-config", body, deeper=False)
    elif _PASSED_OVER.match(text):
        return
    else:
        program = interpreter(text)
        if program is None or is_shell(program):
            _later(collector, job, "shell", body, deeper=False)
        elif INTERESTING.search(text):
            collector.not_seen(
                f"a script written in {program} is not read", body.where(start, start + len(head))
            )


def _later(collector: Collector, job: Job, kind: JobKind, body: Body, deeper: bool = True) -> None:
    collector.later(Job(kind, body, job.depth + deeper, job.path, conditional=job.conditional))


def _encoded(collector: Collector, job: Job) -> None:
    body = job.body
    text = decoded(body.text)
    if text is not None:
        _later(collector, job, "user-data", body.decoded(text))
    elif body.text.strip().startswith("H4sI"):
        collector.not_seen("compressed user data is not read", body.where(0, len(body.text)))
    else:
        _later(collector, job, "shell", body)


# ---------------------------------------------------------------- MIME


class _Line(Struct, frozen=True):
    text: str
    start: int
    end: int


def read_mime(collector: Collector, job: Job) -> None:
    """Each part of a MIME message by its boundary lines; a message without a proper header is read alike."""
    body = job.body
    lines: list[_Line] = []
    at = 0
    for text in body.text.split("\n"):
        lines.append(_Line(text.strip(), at, at + len(text)))
        at += len(text) + 1
    marks = _boundaries(lines)
    cuts = [
        number
        for number, line in enumerate(lines)
        if line.text in marks or line.text.removesuffix("--") in marks
    ]
    if not cuts:
        first = next((number for number, line in enumerate(lines) if line.text), 0)
        _part(collector, job, lines[first:])
        return
    for one, two in zip(cuts[:_MOST_PARTS], [*cuts[1:], len(lines)], strict=False):
        _part(collector, job, lines[one + 1 : two])
    if len(cuts) > _MOST_PARTS:
        collector.not_seen("user data has too many parts to be read", body.place)


def _boundaries(lines: list[_Line]) -> frozenset[str]:
    """The boundary lines: those declared at the top, and any that a header follows."""
    found: set[str] = set()
    for number, line in enumerate(lines):
        if number < 20:
            match = _BOUNDARY.search(line.text)
            if match:
                found.add("--" + (match[1] or match[2] or match[3]))
        if _MARK.fullmatch(line.text) and number + 1 < len(lines) and _HEADER.match(lines[number + 1].text):
            found.add(line.text)
    return frozenset(found)


def _part(collector: Collector, job: Job, lines: list[_Line]) -> None:
    headers: dict[str, str] = {}
    number = 0
    while number < len(lines) and not lines[number].text:
        number += 1
    while number < len(lines) and lines[number].text:
        name, colon, value = lines[number].text.partition(":")
        if not colon or not (_HEADER.match(lines[number].text) or headers):
            if headers:
                number += 1
                continue
            break
        if " " in name.strip():
            break
        headers[name.strip().lower()] = value.strip().lower()
        number += 1
    if number >= len(lines):
        return
    body = job.body.inner(lines[number].start, lines[-1].end)
    if not body.text.strip():
        return
    encoding = headers.get("content-transfer-encoding", "")
    if encoding == "base64":
        text = decoded(body.text)
        if text is None:
            collector.not_seen("an encoded part of the user data is not read", body.where(0, len(body.text)))
            return
        body = body.inner(0, len(body.text), text)
    elif encoding == "quoted-printable" and body.text.isascii():
        body = body.inner(
            0, len(body.text), quopri.decodestring(body.text.encode()).decode("utf-8", "replace")
        )
    kind = headers.get("content-type", "text/plain").partition(";")[0].strip()
    if kind.startswith("multipart/"):
        _later(collector, job, "mime", body)
    elif kind in ("text/cloud-config", "text/jinja2"):
        _later(collector, job, "cloud-config" if kind == "text/cloud-config" else "user-data", body)
    elif kind.startswith("text/x-include"):
        collector.not_seen(
            "a part of the user data is fetched at start (include)", body.where(0, len(body.text))
        )
    elif kind == "text/plain" or kind.startswith(("text/x-shellscript", "text/cloud-boothook", "text/x-sh")):
        _later(collector, job, "user-data", body)
