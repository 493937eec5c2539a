"""Names of the scanned tree steer no terminal, no CI log and no page: in every form, and on standard error."""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fabriclint.doors.options import FORMATS
from fabriclint.doors.output import rendered
from fabriclint.engine.discover import plan
from fabriclint.engine.inspection import inspect
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.report import Report
from fabriclint.engine.run import run as judged
from fabriclint.languages import languages
from fabriclint.languages.base import Settings
from fabriclint.reporters import fleets, roots
from fabriclint.testing import MemoryFiles

Run = Callable[..., Any]
RULES = builtin_rules()
COLOURS = re.compile("\x1b\\[[0-9;]*m")
STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]"
)
PIECES = [
    "\x1b[31m", "\x1b]0;title\x07", "\x9b31m", "\r", "\x07", "\x08", "\x00", "\x7f", "\u202e", "\u2066", "\u200b", "\ufeff",
    "\n", "\n::error::taken over", "::set-output name=x::y", "%0A::error::", "<script>alert(1)</script>", "</details>",
    "]]>", "<!--", "|", "`", "``", "```", "\\", "[a](javascript:x)", "@team", "a", " ", "\t", "é", "\u4e2d", "\U0001f600",
    '"', "'", "&", "&#27;", "${x}", "%{", "# h", "- ", "\u2028", "\x85", "\ud800",
]  # fmt: skip
NAMES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)


def contents(name: str) -> dict[str, str]:
    """Two stacks and a broken file in which everything that has a name has this one."""
    quoted = json.dumps(name)
    key = json.dumps("n" + name)
    terraform = (
        f'{{"variable": {{{key}: {{"default": {quoted}}}}}, "resource": {{"aws_vpc": {{{key}: {{"cidr_block": {quoted},'
        f'"tags": {{{quoted}: {quoted}}}}}}},'
        f'"aws_instance": {{{key}: {{"instance_type": "p5.48xlarge", "count": 4, "user_data": {quoted}, "subnet_id": {quoted}}},'
        f'"m": {{"instance_type": {quoted}}}}},'
        f'"aws_datasync_task": {{{key}: {{"name": {quoted}, "options": {{"verify_mode": "NONE"}}}}}}}},'
        f'"module": {{{key}: {{"source": {quoted}}}}}}}'
    )
    resource = f'"Type": "AWS::DataSync::Task", "Properties": {{"Name": {quoted}, "Options": {{"VerifyMode": "NONE"}}}}'
    machine = f'"Type": "AWS::EC2::Instance", "Properties": {{"InstanceType": "p5.48xlarge", "UserData": {{"Ref": {key}}}}}'
    template = (
        f'{{"Parameters": {{{key}: {{"Type": "String", "Default": {quoted}}}}}, '
        f'"Resources": {{{key}: {{{resource}}}, "M": {{{machine}}}}}}}'
    )
    path = name.replace("\0", "").replace("\ud800", "")
    return {
        f"a{path}/main.tf.json": terraform,
        f"b{path}.json": template,
        f"c{path}.tf": f"resource aws_vpc {{\n{path}",
    }


def report_of(name: str) -> tuple[Report, MemoryFiles]:
    text = {path: data.encode("utf-8", "replace") for path, data in contents(name).items()}
    files = MemoryFiles(text)
    return judged(plan(["."], files, languages()), files, Settings(), RULES), files


def harmless(text: str) -> None:
    found = STEERING.search(text)
    assert found is None, (found, text[max(0, found.start() - 60) : found.end() + 20])


@given(NAMES)
@example("\\|")
@example("`\\\\|`")
@settings(max_examples=60, deadline=None)
def test_no_form_is_steered(name: str) -> None:
    report, files = report_of(name)
    assert report.findings
    assert not report.crashed, report.diagnostics
    shown = {form: rendered(report, form, RULES, show=["not-checked"]) for form in FORMATS}
    for text in shown.values():
        harmless(text)
    harmless(COLOURS.sub("", rendered(report, "text", RULES, color=True, show=["not-checked"])))
    assert json.loads(shown["json"])["findings"]
    assert json.loads(shown["sarif"])["runs"][0]["results"]
    assert json.loads(shown["gitlab"])
    assert ET.fromstring(shown["junit"].encode("utf-8", "replace")).find("testsuite") is not None
    for row in shown["github"].splitlines():
        assert re.match(r"::(error|warning|notice) [^:]*::", row), row
    assert len(shown["concise"].splitlines()) == len(report.findings) + len(report.diagnostics)
    for row in re.sub(r"(?ms)^(```+)\w+$.*?^\1$", "", shown["markdown"]).splitlines():
        if row.startswith("|"):
            assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 4, row
        outside = re.sub(r"(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)", "", row)
        assert not re.search(r"(?<!\\)<(?!/?details>|/?summary>)", outside), row
    planned = plan(["."], files, languages())
    for text in (roots.render(planned), roots.render(planned, as_json=True)):
        harmless(text)
    seen = inspect(planned, files, Settings())
    harmless(fleets.render(seen))


HOSTILE = "x\x1b[31m\x9b1m\u202e\x07\r::error::y"


@pytest.mark.parametrize("form", FORMATS)
def test_files_and_folders_with_hostile_names(run: Run, tmp_path: Path, form: str) -> None:
    folder = tmp_path / f"{HOSTILE}\n::error::z"
    folder.mkdir()
    (folder / f"{HOSTILE}.tf").write_text(
        'resource "aws_datasync_task" "t" {\n  options {\n    verify_mode = "NONE"\n  }\n}\n'
    )
    (folder / "broken.tf").write_text("a {\n")
    Path(os.fsdecode(os.fsencode(folder) + b"/not-utf-8-\xe9.tf")).write_text("a {\n")
    done = run("check", "--format", form, ".")
    assert done.code == 1
    harmless(done.out)
    harmless(done.err)
    assert "datasync-skips-verification" in done.out
    for row in (done.out + done.err).splitlines():
        assert not row.startswith("::error::"), "a name made a workflow command"


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", HOSTILE), ("check", "--format", HOSTILE), (HOSTILE,), ("check", f"--{HOSTILE}"), ("check", "--var", HOSTILE),
        ("check", "--select", HOSTILE), ("check", "--var-file", HOSTILE), ("check", "--since", HOSTILE),
        ("check", "--output", f"{HOSTILE}/x"), ("explain", HOSTILE), ("check", "--baseline", HOSTILE), ("inspect", HOSTILE),
        ("check", "--parameters", f"{HOSTILE}.json"), ("check", "--run", HOSTILE), ("check", "--rules", HOSTILE),
        ("transfer", "--size", HOSTILE, "--link", HOSTILE), ("new-rule", HOSTILE), ("test", HOSTILE),
    ],
)  # fmt: skip
def test_arguments_steer_nothing(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_vpc" "v" {}\n')
    done = run(*arguments)
    assert done.code in (2, 3)
    harmless(done.out + done.err)


@pytest.mark.parametrize(
    "text",
    [
        f"{json.dumps(HOSTILE)} = 1\n", f"select = [{json.dumps(HOSTILE)}]\n", f"level = {json.dumps(HOSTILE)}\n",
        f"extends = {json.dumps(HOSTILE)}\n", f"baseline = {json.dumps(HOSTILE)}\n", f"x = {HOSTILE}\n",
        f"[paths.{json.dumps(HOSTILE)}]\nselect = [1]\n", f"[runs.{json.dumps(HOSTILE)}]\nvar-files = [{json.dumps(HOSTILE)}]\n",
    ],
)  # fmt: skip
def test_configurations_steer_nothing(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_vpc" "v" {}\n')
    (tmp_path / "fabriclint.toml").write_text(text)
    for arguments in (("check", "."), ("config", "show")):
        done = run(*arguments)
        assert done.code in (0, 2)
        harmless(done.out + done.err)
