"""Functions that need their arguments unevaluated, or that read files: try, can, templatefile, file and their kin."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from fabriclint.documents.stars import ANY, FOLDERS, NAME, expression
from fabriclint.languages.base import Unreadable
from fabriclint.languages.terraform.failures import (
    Failure,
    failed,
    fails,
    failure_in,
    inputs_of,
    joined,
    one_of,
    unknown,
)
from fabriclint.text import Source, Span
from fabriclint.values import Map, OneOf, Reference, Seq, Text, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.languages.terraform.expressions import Expression
    from fabriclint.languages.terraform.instances import ModuleScope

_SPECIAL: Final = frozenset(
    {"try", "can", "templatefile", "templatestring", "file", "fileexists", "filebase64", "fileset"}
    | {"abspath", "basename", "dirname"}
    | {"filemd5", "filesha1", "filesha256", "filesha512", "filebase64sha256", "filebase64sha512"}
)
_SAME_LINES: Final = frozenset({"base64encode", "chomp", "trimspace", "sensitive", "nonsensitive"})
_WHERE_IT_RUNS: Final = frozenset({"path.cwd", "abspath(path.cwd)", "abspath(path.root)"})
_MOST_TEMPLATES: Final = 8
_MOST_FILES: Final = 2_000


def call(name: str, values: list[Value], place: Span) -> Value:
    """A function of evaluated arguments; refused where a part of them is."""
    from fabriclint.languages.terraform import functions

    result = functions.call(name, values, place)
    data = result.data
    if isinstance(data, (Seq, Map)) and isinstance(data.more, Failure):
        return Value(data.more, result.place, inputs=result.inputs)
    if not isinstance(data, Failure) and failure_in(result) is None:
        broken = _broken(values)
        if broken is not None:
            return Value(broken, result.place, inputs=result.inputs)
    if name in _SAME_LINES and len(values) == 1 and isinstance(data, (str, Text)):
        return Value(data, values[0].place, result.origin, result.reference, result.inputs)
    return result


def _broken(values: Sequence[Value]) -> Failure | None:
    for value in values:
        found = failure_in(value)
        if found is not None:
            return found
    return None


def special(name: str, arguments: Sequence[Expression], place: Span, scope: ModuleScope) -> Value | None:
    """The result of a special function; None where the name is not one."""
    short = name.removeprefix("core::")
    if short not in _SPECIAL:
        return None
    stop = scope.run.spend(50)
    if stop is not None:
        return Value(stop, place)
    if short == "try":
        return _try(arguments, place, scope)
    if not arguments:
        return failed(f"{short}() needs an argument", place)
    if short == "can":
        value = arguments[0].evaluate(scope)
        if isinstance(value.data, OneOf):
            verdicts = [Value(not fails(option), place) for option in value.options()]
            return one_of(verdicts, value.data.because, place, value.inputs)
        if isinstance(value.data, Unknown) and not isinstance(value.data, Failure):
            return value
        return Value(not fails(value), place, inputs=value.inputs)
    if short == "basename" and arguments[0].span.text in _WHERE_IT_RUNS and scope.run.root != ".":
        return Value(posixpath.basename(scope.run.root), place)  # Terraform is run in the root's folder
    values = [argument.evaluate(scope) for argument in arguments]
    first = values[0]
    if isinstance(first.data, OneOf):
        options = [
            with_file(short, [option, *values[1:]], place, scope)
            for option in first.options()[:_MOST_TEMPLATES]
        ]
        return one_of(options, first.data.because, place, first.inputs)
    return with_file(short, values, place, scope)


def _try(arguments: Sequence[Expression], place: Span, scope: ModuleScope) -> Value:
    options: list[Value] = []
    whys: list[Unknown] = []
    last = failed("try() has no argument", place)
    for argument in arguments:
        last = argument.evaluate(scope)
        if isinstance(last.data, OneOf):
            kept = [option for option in last.options() if not fails(option)]
            if len(kept) < len(last.options()):
                options.extend(kept)
                whys.append(last.data.because)
                continue
        if fails(last):
            continue
        if not options:
            return last
        return one_of([*options, last], joined(whys), place, last.inputs)
    return one_of(options, joined(whys), place, frozenset()) if options else last


def with_file(name: str, values: list[Value], place: Span, scope: ModuleScope) -> Value:
    """A function of a path, its other arguments evaluated."""
    inputs = inputs_of(values)
    first = values[0].data
    if isinstance(first, Unknown):
        return Value(first, place, inputs=inputs)
    if isinstance(first, (Reference, Text)) or not isinstance(first, str):
        if first is None or isinstance(first, (Seq, Map)):
            return failed(f"{name}() needs text", place, inputs)
        return unknown(f"{name}() of {values[0].show()}, which is not known", place, inputs)
    if name == "abspath":
        return values[0]  # of a path only its end matters here
    if name == "basename":
        return Value(posixpath.basename(first.rstrip("/")) or ("/" if first else "."), place, inputs=inputs)
    if name == "dirname":
        return Value(posixpath.normpath(posixpath.dirname(first)), place, inputs=inputs)
    if name == "templatestring":
        from fabriclint.languages.terraform.build import text_template

        return _rendered(text_template(first, place), values[1:], place, scope).under(inputs)
    if first.startswith(("/", "~")):
        return unknown(f'"{first}" is outside what is read', place, inputs)
    path = posixpath.normpath(posixpath.join(scope.run.root, first))
    if name == "fileset":
        return _fileset(path, values, place, scope).under(inputs)
    files = scope.run.files
    if name == "fileexists":
        return Value(files.is_file(path), place, inputs=inputs)
    try:
        source = files.source(path)
    except Unreadable as error:
        # A file may be made by a build step, so its absence here is no refusal by Terraform.
        return unknown(f"{name}({path}) cannot be read: {error.message}", place, inputs)
    return _of_source(name, source, values, place, scope).under(inputs)


def _of_source(name: str, source: Source, values: list[Value], place: Span, scope: ModuleScope) -> Value:
    if name == "templatefile":
        from fabriclint.languages.terraform.build import template

        return _rendered(template(source), values[1:], place, scope)
    if name == "filebase64":
        # Encoded text is only read again as what it encodes, so it is kept plain, as `base64encode` of a template is.
        return _text_of(source, place)
    if name == "file":
        return _text_of(source, place)
    text = _text_of(source, place)
    inner = name.removeprefix("file")
    return call(inner, [text], place)


def _text_of(source: Source, place: Span) -> Value:
    try:
        return Value(source.data.decode("utf-8"), source.span())
    except UnicodeDecodeError:
        return unknown(f"{source.path} is not UTF-8 text", place)


def _rendered(template: Expression, values: list[Value], place: Span, scope: ModuleScope) -> Value:
    """A template with only its own variables in sight."""
    given = values[0] if values else Value(Map(), place)
    data = given.data
    if isinstance(data, OneOf):
        options = [
            _rendered(template, [option], place, scope) for option in given.options()[:_MOST_TEMPLATES]
        ]
        return one_of(options, data.because, place, given.inputs)
    names: dict[str, Value] = {}
    more: Unknown | None = None
    if isinstance(data, Map):
        names, more = data.entries, data.more
    elif isinstance(data, Unknown):
        more = data
    else:
        return failed("a template needs an object of variables", place, given.inputs)
    from fabriclint.languages.terraform.template_scope import TemplateScope

    inner = TemplateScope(scope, names, more)
    return scope.run.deeper(template.height + 8, lambda: template.evaluate(inner), place).under(given.inputs)


def _fileset(folder: str, values: list[Value], place: Span, scope: ModuleScope) -> Value:
    pattern = values[1].data if len(values) > 1 else None
    if not isinstance(pattern, str):
        return unknown("the pattern of fileset() is not known", place)
    names = matching(folder, pattern, scope)
    if names is None:
        return unknown("fileset() finds too many files, or its pattern is not understood", place)
    return Value(Seq(tuple(Value(name, place) for name in sorted(names)), None, "set"), place)


def matching(folder: str, pattern: str, scope: ModuleScope) -> list[str] | None:
    """The files under a folder that match a pattern of plain text, `*`, `?`, `**` and `{a,b}`."""
    expression = _pattern(pattern)
    if expression is None:
        return None
    deep = "**" in pattern
    depth = pattern.count("/")
    found: list[str] = []
    looked = 0
    todo = [("", 0)]
    while todo:
        inside, level = todo.pop()
        here = posixpath.normpath(posixpath.join(folder, inside)) if inside else folder
        for name in scope.run.files.names(here):
            looked += 1
            full = posixpath.join(inside, name)
            if expression.fullmatch(full):
                found.append(full)
        if looked > _MOST_FILES or len(todo) > _MOST_FILES:
            return None
        if deep or level < depth:
            todo.extend((posixpath.join(inside, name), level + 1) for name in scope.run.files.folders(here))
    return found


def _pattern(pattern: str) -> re.Pattern[str] | None:
    """A file pattern as an expression that is matched in one pass."""
    if len(pattern) > 200 or "[" in pattern or "\\" in pattern:
        return None
    pieces: list[str] = []
    at = 0
    while at < len(pattern):
        star = next((one for one in (FOLDERS, ANY, NAME) if pattern.startswith(one, at)), None)
        if star is not None:
            pieces.append(star)
            at += len(star)
            continue
        sign = pattern[at]
        if sign == "{":
            end = pattern.find("}", at)
            if end < 0 or "*" in pattern[at:end] or "{" in pattern[at + 1 : end]:
                return None
            words = sorted(pattern[at + 1 : end].split(","), key=len)
            pieces.append("(?:" + "|".join(re.escape(word) for word in words) + ")")
            at = end + 1
            continue
        pieces.append("[^/]" if sign == "?" else re.escape(sign))
        at += 1
    return re.compile(expression(pieces))
