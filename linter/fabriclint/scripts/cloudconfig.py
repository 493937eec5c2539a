"""`#cloud-config`: the commands it runs, the files it writes, what it mounts; and SSM documents written as text."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from fabriclint.patterns import late
from fabriclint.scripts.collect import Collector, Job
from fabriclint.scripts.encodings import decoded
from fabriclint.scripts.interest import INTERESTING
from fabriclint.scripts.places import HOLE, Body
from fabriclint.scripts.remote import Field, add_mount
from fabriclint.scripts.yamltree import Node, NotRead, parse
from fabriclint.values import Unknown

_CONFIGURERS = ("ansible", "puppet", "chef", "salt_minion", "mcollective")
_SSM_PARAMETER = late(r"\{\{[^{}\n]{0,100}\}\}")


def read_cloud_config(collector: Collector, job: Job) -> None:
    """Read cloud-config, or an SSM document: files first, because commands run what is written."""
    body = job.body
    if not INTERESTING.search(body.text):
        return
    root = _parsed(collector, body)
    if root is None:
        return
    if root.get("mainSteps") is not None or root.get("runtimeConfig") is not None:
        _document(collector, job, root)
        return
    if root.items is not None:
        for item in root.items:  # a cloud-config archive
            content = item if item.text is not None else item.get("content")
            if content is not None and content.text is not None:
                inner = body.inner(content.start, content.end, content.text)
                collector.later(Job("user-data", inner, job.depth + 1))
        return
    for name in _CONFIGURERS:
        found = root.get(name)
        if found is not None:
            collector.not_seen(
                f"cloud-init configures the machine with {name}", body.where(found.start, found.start + 1)
            )
    _write_files(collector, job, root.get("write_files"))
    _mounts(collector, body, root.get("mounts"), root.get("mount_default_fields"))
    for name in ("bootcmd", "runcmd"):
        _commands(collector, job, root.get(name), name)
    for package in _members(root.get("packages")):
        text = package.text or (package.items[0].text if package.items else None)
        if text and re.search(r"efa|libfabric|ofi-nccl", text):
            inner = body.inner(package.start, package.end, f"yum install -y {shlex.quote(text)}")
            collector.later(Job("shell", inner, job.depth + 1))


def _parsed(collector: Collector, body: Body) -> Node | None:
    """The tree; a line that is wholly unknown is left out where it stands in the way."""
    try:
        return parse(body.text)
    except NotRead:
        hole = re.compile(rf"(?m)^[ \t]*{HOLE}[ \t]*$")
        text = hole.sub(lambda found: "#" * len(found[0]), body.text)
        for found in hole.finditer(body.text):
            _hole(collector, body, found[0].strip(), found.start(), found.end())
    try:
        return parse(text)
    except NotRead as error:
        collector.not_seen(f"cloud-config could not be read: {error}", body.where(0, len(body.text)))
        return None


def _hole(collector: Collector, body: Body, text: str, start: int, end: int) -> None:
    part = collector.holes.part(text[0]) if text else None
    if isinstance(part, Unknown):
        collector.not_known(part, body.where(start, end))
    elif part is not None:
        collector.not_seen(f"{part} is not known before it is created", body.where(start, end))


def _members(node: Node | None) -> list[Node]:
    return node.items if node is not None and node.items is not None else []


def _commands(collector: Collector, job: Job, node: Node | None, name: str) -> None:
    """The items are one script, in order; a list is a command with its words."""
    if node is None:
        return
    body = job.body
    if node.text is not None and not node.null:
        if collector.holes.literal(node.text):
            inner = body.inner(node.start, node.end, node.text)
            collector.later(Job("shell", inner, job.depth + 1))
        else:
            collector.not_seen(f"{name} is not known", body.where(node.start, node.end))
        return
    pieces: list[Body] = []
    for item in _members(node):
        if item.text is not None and not item.null:
            pieces.append(body.inner(item.start, item.end, item.text))
        elif item.items is not None:
            words = [word.text for word in item.items if word.text is not None]
            pieces.append(body.inner(item.start, item.end, shlex.join(words)))
    if pieces:
        collector.later(Job("shell", Body.together(pieces, collector.holes), job.depth + 1))


def _write_files(collector: Collector, job: Job, node: Node | None) -> None:
    if node is not None and node.text is not None and not node.null:
        collector.not_seen("write_files is not known", job.body.where(node.start, node.end))
    for item in _members(node):
        path, content, encoding = item.get("path"), item.get("content"), item.get("encoding")
        if path is None or path.text is None:
            continue
        if content is None or content.text is None:
            if item.get("source") is not None:
                collector.fetched(path.text)
            continue
        code = (encoding.text or "").lower() if encoding is not None else ""
        text: str | None = content.text
        if code in ("b64", "base64") or content.tag.endswith("binary"):
            text = decoded(content.text)
        elif code:
            text = None
        if text is None:
            said = collector.holes.show(path.text)
            collector.not_seen(
                f"the encoded content of {said} is not read", job.body.where(content.start, content.end)
            )
            collector.written(path.text)
            continue
        inner = job.body.inner(content.start, content.end, text)
        collector.later(Job("file", inner, job.depth + 1, path.text))


def _mounts(collector: Collector, body: Body, node: Node | None, defaults: Node | None) -> None:
    if node is not None and node.text is not None and not node.null:
        collector.not_seen("mounts is not known", body.where(node.start, node.end))
    fallback = [item.text for item in _members(defaults)]
    for item in _members(node):
        fields = [Field(each.text or "", each.start, each.end) for each in _members(item) if not each.null]
        if len(fields) != len(_members(item)) or not fields:
            continue
        kind = fields[2].text if len(fields) > 2 else (fallback[2] or "" if len(fallback) > 2 else "")
        target = fields[1] if len(fields) > 1 else None
        add_mount(collector, body, kind, fields[0], target, (item.start, item.end), "cloud-config")


def _document(collector: Collector, job: Job, root: Node) -> None:
    for lines in _run_commands(root):
        pieces = [
            _line(collector, job.body, line) for line in ([lines] if lines.items is None else lines.items)
        ]
        known = [piece for piece in pieces if piece is not None]
        if known:
            collector.later(Job("shell", Body.together(known, collector.holes), job.depth + 1))


def _line(collector: Collector, body: Body, line: Node) -> Body | None:
    """A line of a document; its `{{ parameters }}` are given when it is run."""
    if line.text is None:
        return None
    place = body.where(line.start, line.end)
    text = _SSM_PARAMETER.sub(
        lambda found: collector.holes.add(
            Unknown.because(f"the document parameter {found[0]} is given at run time", place)
        ),
        line.text,
    )
    return body.inner(line.start, line.end, text)


def _run_commands(root: Node) -> Iterator[Node]:
    """Every `runCommand` of a document."""
    todo = [root]
    seen: set[int] = set()
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        for key, entry in reversed(list((node.entries or {}).items())):
            if key == "runCommand":
                yield entry
            else:
                todo.append(entry)
        todo.extend(reversed(node.items or []))
