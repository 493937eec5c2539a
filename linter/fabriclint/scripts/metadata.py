"""Scripts inside objects: `AWS::CloudFormation::Init` metadata and SSM documents."""

from __future__ import annotations

from collections.abc import Iterator

from fabriclint.scripts.collect import MOST_TEXT, Collector, Job
from fabriclint.scripts.command import FABRIC_VARIABLE
from fabriclint.scripts.facts import Environment
from fabriclint.scripts.places import Body
from fabriclint.values import Map, OneOf, Reason, Reference, Seq, Text, Unknown, Value

_INIT = "AWS::CloudFormation::Init"
_SECTIONS = frozenset(["commands", "files", "packages", "services", "sources", "users", "groups"])


def read_metadata(collector: Collector, value: Value) -> None:
    """The commands and files of cfn-init, in order of name; or the commands of an SSM document."""
    data = value.data
    if not isinstance(data, Map):
        return
    if "mainSteps" in data.entries or "runtimeConfig" in data.entries:
        for lines in _run_commands(value):
            script = text_of(collector, lines)
            if script is not None:
                collector.later(Job("shell", script, 1))
        return
    init = data.entries.get(_INIT)
    if init is None and not any(_is_config(entry) for entry in data.entries.values()):
        if data.more is not None:
            collector.not_known(data.more, value.place)
        return
    written = value if init is None else init
    configs = written.data
    if not isinstance(configs, Map):
        text_of(collector, written)
        return
    if configs.more is not None:
        collector.not_known(configs.more, value.place)
    named = [entry for name, entry in configs.entries.items() if name != "configSets"]
    for config in named:
        for name, file in _sorted(collector, config.field("files")):
            _file(collector, name, file)
    for config in named:
        for _, command in _sorted(collector, config.field("commands")):
            _command(collector, command)


def _is_config(value: Value) -> bool:
    return isinstance(value.data, Map) and not _SECTIONS.isdisjoint(value.data.entries)


def _sorted(collector: Collector, value: Value) -> list[tuple[str, Value]]:
    data = value.data
    if isinstance(data, (Unknown, OneOf, Reference)):
        text_of(collector, value)
    if not isinstance(data, Map):
        return []
    if data.more is not None:
        collector.not_known(data.more, value.place)
    return sorted(data.entries.items())


def text_of(collector: Collector, value: Value) -> Body | None:
    """The text of a value, the lines of a list of texts; what is not known is told."""
    data = value.data
    if isinstance(data, (str, Text)):
        if isinstance(data, str) and len(data) > MOST_TEXT:
            collector.not_seen("the script is too long to be read to its end", value.place)
        return Body.of(value, collector.holes, MOST_TEXT)
    if isinstance(data, Seq):
        bodies = [body for item in data.items[:20_000] if (body := text_of_line(collector, item)) is not None]
        if data.more is not None:
            collector.not_known(data.more, value.place)
        whole = Body.together(bodies, collector.holes)
        whole.place = value.place
        return whole
    return text_of_line(collector, value)


def text_of_line(collector: Collector, value: Value) -> Body | None:
    """The text of a str or a Text; what is not known is told."""
    data = value.data
    if isinstance(data, (str, Text)):
        return Body.of(value, collector.holes, MOST_TEXT)
    for reason in hidden(value):
        collector.not_seen(reason.what, reason.place)
    return None


def hidden(value: Value) -> tuple[Reason, ...]:
    """Why a value shows no text: none where it has none."""
    data = value.data
    if isinstance(data, Reference):
        return (Reason(f"{data} is not known before it is created", value.place or data.place),)
    unknown = value.unknown
    if unknown is None:
        return ()
    return unknown.reasons or (Reason("the script is not known", value.place),)


def _file(collector: Collector, path: str, file: Value) -> None:
    content = file.field("content")
    if content.data is None:
        if file.field("source").data is not None:
            collector.fetched(path)
        return
    body = text_of_line(collector, content)
    if body is not None:
        collector.later(Job("file", body, 1, path))


def _command(collector: Collector, command: Value) -> None:
    line = command.field("command")
    environment = command.field("env").data
    if isinstance(environment, Map):
        for name, value in environment.entries.items():
            if FABRIC_VARIABLE.fullmatch(name):
                collector.fact(Environment(name, value, value.place))
    if isinstance(line.data, Seq):
        bodies = [body for item in line.data.items if (body := text_of_line(collector, item)) is not None]
        whole = Body.together(bodies, collector.holes)
        from shlex import join

        script = whole.inner(0, len(whole.text), join(body.text for body in bodies))
    else:
        found = text_of(collector, line)
        if found is None:
            return
        script = found
    collector.later(Job("shell", script, 1))


def _run_commands(value: Value) -> Iterator[Value]:
    """Every `runCommand` inside an object, in order."""
    todo = [value]
    while todo:
        data = todo.pop().data
        if isinstance(data, Map):
            for key, entry in reversed(list(data.entries.items())):
                if key == "runCommand":
                    yield entry
                else:
                    todo.append(entry)
        elif isinstance(data, Seq):
            todo.extend(reversed(data.items))
