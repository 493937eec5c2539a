"""What a client asks for: actions, hovers and links; and that it may change its mind."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from .conftest import FLEET, LAUNCH, NEOVIM, TEMPLATE, Start, document, place

pytestmark = pytest.mark.asyncio
FIXTURE = Path(__file__).parents[3] / "fixtures" / "no-cluster-placement-group" / "bad" / "efa-without-group"
ALL = types.Range(types.Position(0, 0), types.Position(10_000, 0))


async def test_ignoring_writes_a_comment_above_the_line_with_its_indentation(
    start: Start, root: Path
) -> None:
    launch = root / "launch.tf"
    editor = await start(root)
    editor.open(launch)
    (found,) = await editor.told_of(launch)
    titles = {one.title: one for one in await editor.actions(launch, found.range)}
    action = titles["Ignore instance-type-without-efa here…"]
    assert action.kind == types.CodeActionKind.QuickFix
    assert action.edit is not None
    editor.apply(action.edit)
    lines = editor.texts[launch].split("\n")
    assert lines[3] == "  # fabriclint: ignore[instance-type-without-efa] "
    assert lines[4].startswith("  instance_type")
    assert [one.code for one in await editor.told_of(launch)] == [
        "invalid-suppression",
        "instance-type-without-efa",
    ]
    editor.replace(launch, "[instance-type-without-efa] ", "[instance-type-without-efa] bought last year")
    assert await editor.told_of(launch) == []


async def test_a_json_template_gets_no_comment(start: Start, template: Path) -> None:
    import yaml

    path = template.with_suffix(".json")
    text = TEMPLATE.replace("!Ref Trainer", "{Ref: Trainer}")
    text = text.replace(
        "!GetAtt Trainer.LatestVersionNumber", "{'Fn::GetAtt': [Trainer, LatestVersionNumber]}"
    )
    import json

    path.write_text(json.dumps(yaml.safe_load(text), indent=2), encoding="utf-8")
    template.unlink()
    editor = await start(path.parent)
    editor.open(path)
    assert await editor.told_of(path)
    assert not [one for one in await editor.actions(path, ALL) if one.title.startswith("Ignore")]


async def test_an_edit_makes_its_finding_go_away(start: Start, template: Path) -> None:
    editor = await start(template.parent)
    editor.open(template)
    found = next(one for one in await editor.told_of(template) if one.code == "no-cluster-placement-group")
    action = next(one for one in await editor.actions(template, found.range) if one.title.startswith("Fix: "))
    assert action.edit is None, "listing proves nothing where the client can ask later"
    resolved = await editor.client.code_action_resolve_async(action)
    assert resolved.edit is not None, resolved.disabled
    editor.apply(resolved.edit)
    codes = [one.code for one in await editor.told_of(template)]
    assert "no-cluster-placement-group" not in codes


async def test_an_edit_of_terraform_makes_its_finding_go_away(start: Start, tmp_path: Path) -> None:
    main = tmp_path / "main.tf"
    main.write_text((FIXTURE / "main.tf").read_text(encoding="utf-8"), encoding="utf-8")
    editor = await start(tmp_path)
    editor.open(main)
    (found,) = await editor.told_of(main)
    action = next(one for one in await editor.actions(main, found.range) if one.title.startswith("Fix: "))
    resolved = await editor.client.code_action_resolve_async(action)
    assert resolved.edit is not None, resolved.disabled
    editor.apply(resolved.edit)
    assert await editor.told_of(main) == []
    assert 'strategy = "cluster"' in editor.texts[main]


async def test_a_client_that_cannot_ask_later_gets_the_edit_at_once(start: Start, template: Path) -> None:
    editor = await start(template.parent, like=NEOVIM, change=_never_resolves)
    editor.open(template)
    found = next(one for one in await editor.told_of(template) if one.code == "no-cluster-placement-group")
    action = next(one for one in await editor.actions(template, found.range) if one.title.startswith("Fix: "))
    assert action.edit is not None


def _never_resolves(can: types.ClientCapabilities) -> None:
    assert can.text_document is not None
    assert can.text_document.code_action is not None
    can.text_document.code_action.resolve_support = None


async def test_all_safe_edits_of_a_file_are_made_at_once(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "transfer.yaml"
    path.write_text(TRANSFERS, encoding="utf-8")
    editor = await start(tmp_path)
    editor.open(path)
    found = [one for one in await editor.told_of(path) if one.code == "datasync-skips-verification"]
    assert len(found) == 2
    actions = {one.title: one for one in await editor.actions(path, found[0].range)}
    alike = await editor.client.code_action_resolve_async(
        actions["Fix all datasync-skips-verification in this file"]
    )
    (everything,) = await editor.actions(path, found[0].range, ["source.fixAll"])
    assert everything.kind == "source.fixAll.fabriclint"
    assert alike.edit is not None, alike.disabled
    editor.apply(alike.edit)
    codes = [one.code for one in await editor.told_of(path)]
    assert "datasync-skips-verification" not in codes


TRANSFERS = "Resources:\n" + "".join(
    f"""\
  Task{name}:
    Type: AWS::DataSync::Task
    Properties:
      SourceLocationArn: arn:aws:datasync:us-east-1:111122223333:location/loc-0a1b2c3d4e5f6071{name}
      DestinationLocationArn: arn:aws:datasync:us-east-1:111122223333:location/loc-0a1b2c3d4e5f6072{name}
      Options:
        VerifyMode: NONE
"""
    for name in "12"
)


async def test_only_the_kinds_that_are_asked_for_are_listed(start: Start, root: Path) -> None:
    editor = await start(root)
    editor.open(root / "launch.tf")
    await editor.told_of(root / "launch.tf")
    kinds = {one.kind for one in await editor.actions(root / "launch.tf", ALL, ["quickfix"])}
    assert kinds == {types.CodeActionKind.QuickFix}
    assert await editor.actions(root / "launch.tf", ALL, ["refactor"]) == []


async def test_a_request_can_be_cancelled(start: Start, root: Path) -> None:
    editor = await start(root)
    client = editor.client
    editor.open(root / "launch.tf")
    params = types.CodeActionParams(document(root / "launch.tf"), ALL, types.CodeActionContext([]))
    asked = client.protocol.send_request(types.TEXT_DOCUMENT_CODE_ACTION, params, msg_id="slow")
    client.cancel_request(types.CancelParams("slow"))
    with pytest.raises(JsonRpcException, match="cancel"):
        await asyncio.wrap_future(asked)
    assert await editor.told_of(root / "launch.tf")


async def test_a_finding_shows_the_page_of_its_rule(start: Start, root: Path) -> None:
    editor = await start(root)
    editor.open(root / "launch.tf")
    (found,) = await editor.told_of(root / "launch.tf")
    shown = await editor.client.text_document_hover_async(
        types.HoverParams(document(root / "launch.tf"), found.range.end)
    )
    assert shown is not None
    assert isinstance(shown.contents, types.MarkupContent)
    page = shown.contents.value
    assert "**[instance-type-without-efa](https://" in page
    assert all(heading in page for heading in ("## Why", "## How to fix", "## Sources"))


async def test_an_instance_type_shows_its_facts_wherever_it_is_named(start: Start, root: Path) -> None:
    text = FLEET + "# 🚀 ml.p5.48xlarge one day\n"
    editor = await start(root)
    editor.open(root / "fleet.tf", text)
    await editor.told_of(root / "fleet.tf")
    at = text.index("ml.p5")
    shown = await editor.client.text_document_hover_async(
        types.HoverParams(document(root / "fleet.tf"), place(text, at + 7))
    )
    assert shown is not None
    assert isinstance(shown.contents, types.MarkupContent)
    assert shown.range == types.Range(place(text, at), place(text, at + len("ml.p5.48xlarge")))
    for row in (
        "| Accelerators | 8 × NVIDIA H100 |",
        "| Network cards | 32 |",
        "| EFA interfaces at most | 32 |",
        "| Network with EFA | 3,200 Gbps |",
        "| One interface without EFA | 100 Gbps |",
        "| GPUDirect RDMA read | yes |",
        "| Placement groups | cluster",
    ):
        assert row in shown.contents.value
    nowhere = await editor.client.text_document_hover_async(
        types.HoverParams(document(root / "fleet.tf"), types.Position(0, 3))
    )
    assert nowhere is None


async def test_links_lead_to_rules_modules_and_templates(start: Start, root: Path, template: Path) -> None:
    (root / "net").mkdir()
    (root / "net" / "a.tf").write_text("", encoding="utf-8")
    text = (
        LAUNCH
        + '\n# fabriclint: ignore[instance-type-without-efa, no-such-rule] bought\nmodule "net" {\n  source = "./net"\n}\n'
        + 'module "gone" {\n  source = "./gone"\n}\n'
    )
    editor = await start(root, template.parent)
    editor.open(root / "launch.tf", text)
    links = await editor.client.text_document_document_link_async(
        types.DocumentLinkParams(document(root / "launch.tf"))
    )
    assert [link.target and link.target.rpartition("/")[2] for link in links or ()] == [
        "instance-type-without-efa.md",
        "a.tf",
    ]
    above = template.with_name("above.yaml")
    nested = "Resources:\n  A:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: ./train.yaml\n"
    editor.open(above, nested)
    links = await editor.client.text_document_document_link_async(types.DocumentLinkParams(document(above)))
    assert [link.target for link in links or ()] == [template.as_uri()]
