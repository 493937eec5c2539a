"""The configuration file and the client's settings, as they change."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types

from .conftest import NEOVIM, Start

pytestmark = pytest.mark.asyncio
OTHER = '[roles]\nother = ["aws_autoscaling_group.trainer"]\n'
CODE = "instance-type-without-efa"


async def test_a_configuration_counts_and_is_read_again_when_it_changes(start: Start, root: Path) -> None:
    config = root / "fabriclint.toml"
    config.write_text(OTHER, encoding="utf-8")
    editor = await start(root)
    editor.open(root / "launch.tf")
    assert await editor.told_of(root / "launch.tf") == []
    config.write_text("", encoding="utf-8")
    editor.disk(config)
    await editor.until(lambda: editor.codes(root / "launch.tf") == [CODE])
    config.unlink()
    editor.disk(config, types.FileChangeType.Deleted)
    config.write_text(OTHER, encoding="utf-8")
    editor.disk(config, types.FileChangeType.Created)
    await editor.until(lambda: editor.codes(root / "launch.tf") == [])


async def test_a_wrong_configuration_is_told_at_its_line_and_the_last_good_one_counts(
    start: Start, root: Path
) -> None:
    config = root / "fabriclint.toml"
    config.write_text(OTHER, encoding="utf-8")
    editor = await start(root)
    editor.open(root / "launch.tf")
    editor.open(config)
    assert await editor.told_of(config) == []
    editor.replace(config, "other =", "othr =")
    (wrong,) = await editor.told_of(config)
    assert (wrong.range.start, wrong.severity) == (types.Position(1, 0), types.DiagnosticSeverity.Error)
    assert wrong.message == "roles.othr: there is no such key; did you mean other?"
    assert editor.codes(root / "launch.tf") == []
    editor.replace(config, "othr", "other")
    assert await editor.told_of(config) == []


async def test_settings_of_the_client(start: Start, root: Path) -> None:
    editor = await start(root, settings={"ignore": [CODE]})
    editor.open(root / "launch.tf")
    await editor.until(lambda: any(editor.codes(root / "launch.tf") == [] for _ in editor.told))
    editor.client.set_configuration({"fabriclint": {"select": ["exchange"]}})
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    await editor.until(lambda: editor.codes(root / "launch.tf") == [CODE])
    editor.client.set_configuration({"fabriclint": {"level": "error"}})
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    await editor.until(lambda: editor.codes(root / "launch.tf") == [])


async def test_wrong_settings_are_said_and_do_not_count(start: Start, root: Path) -> None:
    editor = await start(root, options={"ignore": ["no-such-rule"], "level": "loud", "varFiles": "x"})
    editor.open(root / "launch.tf")
    assert [one.code for one in await editor.told_of(root / "launch.tf")] == [CODE]
    said = sorted(one.message for one in editor.client.messages)
    assert said[0].startswith("fabriclint.ignore: no-such-rule: there is no such rule")
    assert said[1:] == [
        "fabriclint.level has to be one of error, warning, advice",
        "fabriclint.varFiles has to be a list of texts",
    ]


async def test_options_of_a_client_that_is_asked_for_no_settings(start: Start, root: Path) -> None:
    launch = root / "launch.tf"
    text = launch.read_text(encoding="utf-8").replace('"g5.2xlarge"', "var.type")
    launch.write_text(text + 'variable "type" {\n  type = string\n}\n', encoding="utf-8")
    (root / "prod.tfvars").write_text('type = "g5.2xlarge"\n', encoding="utf-8")
    editor = await start(root, like=NEOVIM, options={"varFiles": ["prod.tfvars"]}, change=_told_no_settings)
    editor.open(launch)
    assert [one.code for one in await editor.told_of(launch)] == [CODE]
    params = types.DidChangeConfigurationParams({"fabriclint": {"varFiles": []}})
    editor.client.workspace_did_change_configuration(params)
    await editor.until(lambda: editor.codes(launch) == [])


def _told_no_settings(can: types.ClientCapabilities) -> None:
    assert can.workspace is not None
    can.workspace.configuration = False


async def test_what_the_configuration_says_of_rules_and_a_baseline_holds(start: Start, root: Path) -> None:
    config = root / "fabriclint.toml"
    config.write_text(f'[severity]\n{CODE} = "error"\n', encoding="utf-8")
    editor = await start(root)
    editor.open(root / "launch.tf")
    (found,) = await editor.told_of(root / "launch.tf")
    assert (found.code, found.severity) == (CODE, types.DiagnosticSeverity.Error)
    command = [sys.executable, "-m", "fabriclint", "baseline", "--output", "known.json"]
    subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=60)
    editor.open(config)
    editor.replace(config, "[severity]", 'baseline = "known.json"\n[severity]')
    await editor.until(lambda: editor.codes(root / "launch.tf") == [])
    editor.replace(config, "known.json", "gone.json")
    await editor.until(lambda: editor.codes(root / "launch.tf") == [CODE])
    editor.replace(config, '"gone.json"', '"known.json"\nignore = ["no-such-rule"]')
    await editor.until(lambda: any("no-such-rule" in str(one) for one in editor.codes(config)))
