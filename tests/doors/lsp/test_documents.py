"""Diagnostics of documents as they are opened, edited, saved and closed, over what is not saved."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types

from .conftest import LAUNCH, NEOVIM, Editor, Start, place, workspace

pytestmark = pytest.mark.asyncio
HERE = Path(__file__).parents[3]
EMOJI = LAUNCH.index('"g5.2xlarge"')


async def test_an_opened_file_is_told_with_its_rule_words_and_place(start: Start, root: Path) -> None:
    editor = await start(root)
    editor.open(root / "launch.tf")
    (found,) = await editor.told_of(root / "launch.tf")
    assert (found.code, found.source) == ("instance-type-without-efa", "fabriclint")
    assert found.severity == types.DiagnosticSeverity.Warning
    assert found.code_description is not None
    assert found.code_description.href.endswith("/docs/rules/instance-type-without-efa.md")
    first, second = found.message.split("\n", 1)
    assert first.startswith("aws_autoscaling_group.trainer trains on g5.2xlarge")
    assert second
    assert isinstance(found.data, str)
    # The rocket before it is one character of Python and two units of the protocol.
    assert found.range == types.Range(place(LAUNCH, EMOJI), place(LAUNCH, EMOJI + len('"g5.2xlarge"')))


@pytest.mark.parametrize(("encoding", "rocket"), [("utf-8", 4), ("utf-16", 2), ("utf-32", 1)])
async def test_columns_are_in_the_units_that_the_client_prefers(
    start: Start, root: Path, encoding: str, rocket: int
) -> None:
    def prefer(can: types.ClientCapabilities) -> None:
        assert can.general is not None
        can.general.position_encodings = [types.PositionEncodingKind(encoding)]

    editor = await start(root, change=prefer)
    editor.open(root / "launch.tf")
    (found,) = await editor.told_of(root / "launch.tf")
    before = len("  instance_type = /*  */ ")
    assert found.range.start == types.Position(3, before + rocket)


async def test_what_is_not_saved_counts_across_the_files_of_a_root(start: Start, root: Path) -> None:
    launch, fleet = root / "launch.tf", root / "fleet.tf"
    editor = await start(root)
    editor.open(launch)
    editor.open(fleet)
    assert await editor.told_of(launch)
    editor.replace(fleet, "aws_launch_template.trainer.id", "aws_launch_template.other.id")
    await editor.until(lambda: editor.codes(launch) == [])
    editor.replace(fleet, "aws_launch_template.other.id", "aws_launch_template.trainer.id")
    await editor.until(lambda: editor.codes(launch) == ["instance-type-without-efa"])
    assert "other" not in fleet.read_text(encoding="utf-8")


async def test_an_edit_behind_an_emoji_lands_where_it_belongs(start: Start, root: Path) -> None:
    editor = await start(root)
    editor.open(root / "launch.tf")
    assert await editor.told_of(root / "launch.tf")
    editor.replace(root / "launch.tf", "g5.2xlarge", "g5.48xlarge")
    codes = [one.code for one in await editor.told_of(root / "launch.tf")]
    assert codes == ["accelerators-without-efa"]


async def test_a_closed_file_is_as_the_disk_has_it(start: Start, root: Path) -> None:
    editor = await start(root)
    launch = root / "launch.tf"
    editor.open(launch)
    assert await editor.told_of(launch)
    editor.replace(launch, "g5.2xlarge", "m5.2xlarge")
    assert await editor.told_of(launch) == []
    editor.close(launch)
    await editor.until(lambda: editor.codes(launch) == ["instance-type-without-efa"])
    last = editor.last(launch)
    assert last is not None
    assert last.version is None


async def test_a_saved_file_stays_as_it_is(start: Start, root: Path) -> None:
    editor = await start(root)
    launch = root / "launch.tf"
    editor.open(launch)
    editor.replace(launch, "g5.2xlarge", "m5.2xlarge")
    assert await editor.told_of(launch) == []
    editor.save(launch)
    editor.disk(launch)
    editor.close(launch)
    editor.open(root / "fleet.tf")
    assert await editor.told_of(root / "fleet.tf") == []
    assert editor.codes(launch) == []


async def test_a_file_that_changes_on_disk_is_read_again(start: Start, root: Path) -> None:
    editor = await start(root)
    editor.open(root / "fleet.tf")
    await editor.until(lambda: editor.codes(root / "launch.tf") == ["instance-type-without-efa"])
    (root / "launch.tf").write_text(LAUNCH.replace("g5.2xlarge", "m5.2xlarge"), encoding="utf-8")
    editor.disk(root / "launch.tf")
    await editor.until(lambda: editor.codes(root / "launch.tf") == [])
    more = root / "more.tf"
    more.write_text(LAUNCH.replace("trainer", "other") + FLEET_OF_OTHER, encoding="utf-8")
    editor.disk(more, types.FileChangeType.Created)
    await editor.until(lambda: editor.codes(more) == ["instance-type-without-efa"])
    more.unlink()
    editor.disk(more, types.FileChangeType.Deleted)
    await editor.until(lambda: editor.codes(more) == [])


FLEET_OF_OTHER = """
resource "aws_autoscaling_group" "other" {
  min_size            = 4
  max_size            = 4
  vpc_zone_identifier = ["subnet-0a1b2c3d4e5f60718"]
  placement_group     = aws_placement_group.trainer.name

  launch_template {
    id = aws_launch_template.other.id
  }
}
"""


async def test_files_are_watched_where_the_client_can(start: Start, root: Path) -> None:
    editor = await start(root)
    editor.open(root / "launch.tf")
    await editor.told_of(root / "launch.tf")
    await editor.actions(root / "launch.tf", types.Range(types.Position(0, 0), types.Position(0, 0)))
    methods = {one.method for one in editor.registered}
    assert methods == {"workspace/didChangeWatchedFiles", "workspace/didChangeConfiguration"}


async def test_a_client_that_watches_no_files_sees_them_when_it_saves(start: Start, root: Path) -> None:
    editor = await start(root, like=NEOVIM)
    editor.open(root / "fleet.tf")
    await editor.until(lambda: editor.codes(root / "launch.tf") == ["instance-type-without-efa"])
    (root / "launch.tf").write_text(LAUNCH.replace("g5.2xlarge", "m5.2xlarge"), encoding="utf-8")
    editor.save(root / "fleet.tf")
    await editor.until(lambda: editor.codes(root / "launch.tf") == [])


async def test_a_template_is_judged_as_it_is_typed(start: Start, template: Path) -> None:
    editor = await start(template.parent)
    editor.open(template)
    before = [one.code for one in await editor.told_of(template)]
    assert "no-cluster-placement-group" in before
    editor.replace(template, 'MaxSize: "4"', 'MaxSize: "1"')
    editor.replace(template, 'MinSize: "4"', 'MinSize: "1"')
    codes = [one.code for one in await editor.told_of(template)]
    assert "no-cluster-placement-group" not in codes


async def test_broken_text_is_told_and_ends_nothing(start: Start, root: Path) -> None:
    editor = await start(root)
    fleet = root / "fleet.tf"
    editor.open(fleet)
    assert await editor.told_of(fleet) == []
    editor.replace(fleet, "launch_template {", "launch_template {{{")
    (found, *_) = await editor.told_of(fleet)
    assert (found.severity, found.code) == (types.DiagnosticSeverity.Error, None)
    editor.replace(fleet, "launch_template {{{", "launch_template {")
    assert await editor.told_of(fleet) == []


async def test_related_places_are_told(start: Start) -> None:
    demo = HERE / "fixtures/demo/terraform"
    editor = await start(demo)
    editor.open(demo / "fleets.tf")
    fleet = demo / "modules/fleet/main.tf"
    await editor.until(lambda: editor.codes(fleet))
    last = editor.last(fleet)
    assert last is not None
    first = last.diagnostics[0]
    related = [(one.location.uri, one.message) for one in first.related_information or ()]
    assert ((demo / "fleets.tf").as_uri(), "through finetuning") in related
    assert len(related) == len(set(related))


async def test_a_hundred_quick_changes_are_judged_together(start: Start, root: Path) -> None:
    editor = await start(root)
    launch = root / "launch.tf"
    editor.open(launch)
    await editor.told_of(launch)
    before = len(editor.told)
    for number in range(100):
        editor.replace(launch, '"g5.2xlarge"', f'"g5.2xlarge{number}"')
        editor.replace(launch, f'"g5.2xlarge{number}"', '"g5.2xlarge"')
    (found,) = await editor.told_of(launch)
    assert found.code == "instance-type-without-efa"
    assert len(editor.told) - before < 30
    versions = [one.version for one in editor.told[before:] if one.uri == launch.as_uri()]
    assert versions == sorted(versions, key=lambda version: version or 0)


async def test_a_file_outside_all_folders_is_its_own_folder(start: Start, root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "main.tf").write_text(LAUNCH + FLEET_OF_TRAINER, encoding="utf-8")
    editor = await start(root)
    editor.open(outside / "main.tf")
    assert [one.code for one in await editor.told_of(outside / "main.tf")] == ["instance-type-without-efa"]
    editor.close(outside / "main.tf")
    await editor.until(lambda: editor.codes(outside / "main.tf") == [])


FLEET_OF_TRAINER = FLEET_OF_OTHER.replace("other", "trainer")


async def test_folders_of_the_workspace_come_and_go(start: Start, root: Path, template: Path) -> None:
    editor = await start(root)
    editor.open(root / "launch.tf")
    await editor.told_of(root / "launch.tf")
    assert editor.last(template) is None
    change = types.WorkspaceFoldersChangeEvent(added=workspace([template.parent]), removed=[])
    editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(change))
    await editor.until(lambda: "no-cluster-placement-group" in editor.codes(template))
    change = types.WorkspaceFoldersChangeEvent(added=[], removed=workspace([template.parent]))
    editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(change))
    await editor.until(lambda: editor.codes(template) == [])


async def test_a_new_file_counts_before_it_is_saved(start: Start, root: Path) -> None:
    (root / "launch.tf").unlink()
    editor = await start(root)
    editor.open(root / "launch.tf", LAUNCH)
    assert [one.code for one in await editor.told_of(root / "launch.tf")] == ["instance-type-without-efa"]
    editor.close(root / "launch.tf")
    await editor.until(lambda: editor.codes(root / "launch.tf") == [])


async def test_the_server_ends_with_its_client(start: Start, root: Path) -> None:
    editor: Editor = await start(root)
    server = editor.client._server
    assert server is not None
    assert server.returncode is None
    await asyncio.sleep(0)
