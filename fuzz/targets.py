"""What is fuzzed: functions of bytes that may raise nothing, whatever the bytes are.

Each reads its input as the tool would read a file of that kind, and looks at all that comes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from fabriclint.config.read import BadConfiguration
from fabriclint.config.read import read as read_configuration
from fabriclint.engine import baseline
from fabriclint.engine.bench import Bench
from fabriclint.engine.discover import plan
from fabriclint.engine.edits import mend
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.report import Report
from fabriclint.engine.run import run
from fabriclint.engine.suppress import comments
from fabriclint.languages import languages
from fabriclint.languages.base import Settings
from fabriclint.languages.cloudformation.json_spans import parse_json
from fabriclint.languages.cloudformation.parameter_files import BadParameters, read_parameters
from fabriclint.languages.cloudformation.tree import walk
from fabriclint.languages.cloudformation.yaml_events import parse_yaml
from fabriclint.languages.terraform.json_syntax import parse_json as parse_tf_json
from fabriclint.languages.terraform.syntax import Block, parse
from fabriclint.reporters import json, markdown, sarif, text
from fabriclint.scripts import read as read_script
from fabriclint.testing import MemoryFiles
from fabriclint.text import Source
from fabriclint.values import Value

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
Target = Callable[[bytes], None]


def _blocks(blocks: tuple[Block, ...]) -> Iterator[Block]:
    todo = list(blocks)
    while todo:
        block = todo.pop()
        yield block
        todo.extend(block.blocks)


def hcl(data: bytes) -> None:
    """The native syntax of Terraform, every expression built."""
    file = parse(Source("main.tf", data))
    for block in _blocks(file.blocks):
        for attribute in block.attributes.values():
            assert attribute.expression is not None
            assert 0 <= attribute.span.start <= attribute.span.end <= len(data)


def tf_json(data: bytes) -> None:
    """The JSON syntax of Terraform."""
    for block in _blocks(parse_tf_json(Source("main.tf.json", data)).blocks):
        for attribute in block.attributes.values():
            assert attribute.expression is not None


def yaml_tree(data: bytes) -> None:
    """YAML as CloudFormation reads it. The reader asks for UTF-8 first, and so does this."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return
    document = parse_yaml(Source("template.yaml", data)).document
    for node in walk(document) if document is not None else ():
        assert 0 <= node.span.start <= len(data)


def json_tree(data: bytes) -> None:
    """JSON as CloudFormation reads it."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return
    document = parse_json(Source("template.json", data)).document
    for node in walk(document) if document is not None else ():
        assert data[node.start : node.start + 1].strip()


def script(data: bytes) -> None:
    """A start-up script in any of its forms."""
    read = read_script(Value(data.decode("utf-8", "replace"), Source("user-data.sh", data).span()))
    assert read.mounts is not None
    assert read.copies is not None


def suppressions(data: bytes) -> None:
    """The comments that suppress findings."""
    for ignore in comments(Source("main.tf", data)):
        assert ignore.covers.start <= ignore.covers.end


def configuration(data: bytes) -> None:
    """A configuration in TOML, in YAML, and inside pyproject.toml."""
    for path in ("fabriclint.toml", ".fabriclint.yaml", "pyproject.toml"):
        try:
            read_configuration(Source(path, data))
        except BadConfiguration:
            continue


def parameters(data: bytes) -> None:
    """A file of CloudFormation parameters, and a baseline."""
    for path in ("parameters.json", "parameters.yaml", "parameters.toml", "parameters.txt"):
        try:
            read_parameters(Source(path, data), "prod")
        except BadParameters:
            continue
    with suppress(baseline.BadBaseline):
        baseline.read(data)


def plan_json(data: bytes) -> None:
    """A Terraform plan in JSON, judged."""
    _judged({"plan.json": data}, "plan.json")


def terraform(data: bytes) -> None:
    """A Terraform root, judged by every rule and reported in every form."""
    _reported(_judged({"main.tf": data}, "."))


def cloudformation(data: bytes) -> None:
    """A template, judged by every rule and reported in every form."""
    _reported(_judged({"template.yaml": data}, "template.yaml"))


def edits(data: bytes) -> None:
    """A root and a template with all their edits made: they converge."""
    files = MemoryFiles({"main.tf" if data.lstrip()[:1].isalpha() and b"{" in data[:200] else "t.yaml": data})
    bench = Bench.of(plan(["."], files, languages()), files, Settings(), builtin_rules())
    done = mend(bench, ("safe", "unsafe"), lambda _: None)
    assert not bench.report.crashed, bench.report.diagnostics
    assert len(done.bench.report.findings) <= len(bench.report.findings) + len(done.made)


def _judged(contents: dict[str, bytes], path: str) -> Report:
    files = MemoryFiles(contents)
    report = run(plan([path], files, languages()), files, Settings(), builtin_rules())
    assert not report.crashed, [one.message for one in report.diagnostics]
    return report


def _reported(report: Report) -> None:
    assert json.render(report)
    assert sarif.render(report, builtin_rules())
    assert markdown.render(report)
    shown = text.render(report, show_not_checked=True)
    assert "\x1b" not in shown


TARGETS: dict[str, tuple[Target, str]] = {
    "hcl": (hcl, "*.tf"),
    "tf-json": (tf_json, "*.tf.json"),
    "yaml": (yaml_tree, "*.yaml"),
    "json": (json_tree, "*.json"),
    "script": (script, "*.tf"),
    "suppressions": (suppressions, "*.tf"),
    "configuration": (configuration, "*.toml"),
    "parameters": (parameters, "*.json"),
    "plan": (plan_json, "plan.json"),
    "terraform": (terraform, "main.tf"),
    "cloudformation": (cloudformation, "template.yaml"),
    "edits": (edits, "main.tf"),
}
"""Each target, and the fixtures that its inputs are made of."""


def seeds(pattern: str, *more: Path) -> list[bytes]:
    """The fixtures of a pattern and the files of it below other folders, small ones first."""
    found = {path.read_bytes() for top in (FIXTURES, *more) for path in top.rglob(pattern) if path.is_file()}
    return sorted(found, key=lambda data: (len(data), data))
