"""Plans that Terraform made (tools/record_plans.py): addresses, values and references come out as the stack has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fabriclint.languages.base import Reading, Root, Settings
from fabriclint.languages.terraform.plan.document import load
from fabriclint.languages.terraform.plan.reading import read
from fabriclint.languages.terraform.plan.wiring import Wiring
from fabriclint.model.element import Element, Shape
from fabriclint.testing import MemoryFiles
from fabriclint.text import Source
from fabriclint.values import Map, Reference, Seq, Text, Unknown, Value

DATA = Path(__file__).parent / "data"
SHAPES = {"terraform_data": Shape("thing", {"id": "id", "input": "input"})}


def files_of(stack: str, *, sources: bool = True) -> dict[str, bytes]:
    folder = DATA / stack
    found = [folder / "plan.json"]
    if sources:
        found += [path for path in folder.rglob("*.tf") if "before" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def reading(stack: str, *, sources: bool = True) -> Reading:
    root = Root("terraform", "plan.json", "plan", ("plan.json",))
    return read(root, MemoryFiles(files_of(stack, sources=sources)), Settings(), SHAPES)


def elements(stack: str, *, sources: bool = True) -> dict[str, Element]:
    return {element.address: element for element in reading(stack, sources=sources).elements}


def shown(value: Value) -> object:
    data = value.data
    if isinstance(data, Seq):
        return [shown(item) for item in data.items] + (["<more>"] if data.more is not None else [])
    if isinstance(data, Map):
        return {key: shown(item) for key, item in data.entries.items()}
    if isinstance(data, Unknown):
        return "<unknown>"
    if isinstance(data, Reference):
        return f"<{data}>"
    if isinstance(data, Text):
        return "".join(part if isinstance(part, str) else f"<{part}>" for part in data.parts)
    return data


NUMBERED = "terraform_data.numbered"
NAMED = "terraform_data.named"
ANCHOR = "<terraform_data.anchor.id>"
EVALUATED = {
    "terraform_data.anchor": "anchor",
    f"{NUMBERED}[0]": {"anchor": ANCHOR, "number": 0, "size": 3},
    f"{NUMBERED}[1]": {"anchor": ANCHOR, "number": 1, "size": 3},
    f'{NAMED}["blue"]': "blue",
    f'{NAMED}["green"]': "green",
    "terraform_data.same_number[0]": f"<{NUMBERED}[0].id>",
    "terraform_data.same_number[1]": f"<{NUMBERED}[1].id>",
    'terraform_data.same_name["blue"]': f'<{NAMED}["blue"].id>',
    'terraform_data.same_name["green"]': f'<{NAMED}["green"].id>',
    'terraform_data.chained["blue"]': f'<{NAMED}["blue"].id>',
    'terraform_data.chained["green"]': f'<{NAMED}["green"].id>',
    "terraform_data.fixed": f"<{NUMBERED}[1].id>",
    "terraform_data.by_name": f'<{NAMED}["green"].id>',
    "terraform_data.all": [f"<{NUMBERED}[0].id>", f"<{NUMBERED}[1].id>"],
    "terraform_data.some": [f"<{NUMBERED}[1].id>"],
    "terraform_data.pair": [f'<{NAMED}["green"].id>', ANCHOR],
    "terraform_data.through_local": ANCHOR,
    "terraform_data.in_text": f"near {ANCHOR}",
    "terraform_data.sized": 3,
    "module.part[0].terraform_data.inner": ANCHOR,
    "module.part[0].terraform_data.each_id[0]": f"<{NUMBERED}[0].id>",
    "module.part[0].terraform_data.each_id[1]": f"<{NUMBERED}[1].id>",
    "module.part[1].terraform_data.inner": ANCHOR,
    "module.part[1].terraform_data.each_id[0]": f"<{NUMBERED}[0].id>",
    "module.part[1].terraform_data.each_id[1]": f"<{NUMBERED}[1].id>",
    "module.next.terraform_data.inner": "<module.part[1].terraform_data.inner.id>",
    "module.next.terraform_data.each_id[0]": f"<{NUMBERED}[0].id>",
    "module.next.terraform_data.each_id[1]": f"<{NUMBERED}[1].id>",
    "terraform_data.from_module": "<module.next.terraform_data.inner.id>",
}
# What the names in the plan's own configuration tell; everything else there is left open.
WIRED = {
    "terraform_data.same_number[1]": f"<{NUMBERED}[1].id>",
    'terraform_data.same_name["blue"]': f'<{NAMED}["blue"].id>',
    'terraform_data.chained["green"]': f'<{NAMED}["green"].id>',
    "terraform_data.fixed": f"<{NUMBERED}[1].id>",
    "terraform_data.by_name": f'<{NAMED}["green"].id>',
    "terraform_data.all": [f"<{NUMBERED}[0].id>", f"<{NUMBERED}[1].id>", "<more>"],
    "terraform_data.some": [f"<{NUMBERED}[0].id>", f"<{NUMBERED}[1].id>", "<more>"],
    "terraform_data.pair": [f'<{NAMED}["green"].id>', ANCHOR],
    "terraform_data.through_local": "<unknown>",
    f"{NUMBERED}[0]": "<unknown>",
    "module.part[0].terraform_data.inner": ANCHOR,
    "module.part[1].terraform_data.each_id[0]": "<unknown>",
    "module.next.terraform_data.inner": "<module.part[1].terraform_data.inner.id>",
    "terraform_data.from_module": "<module.next.terraform_data.inner.id>",
}


def test_sources_beside_a_plan_fill_what_is_known_after_apply() -> None:
    found = elements("wiring")
    assert {address: shown(element.get("input")) for address, element in found.items()} == EVALUATED


@pytest.mark.parametrize("address", WIRED)
def test_the_configuration_in_a_plan_gives_references(address: str) -> None:
    plan = load(Source("plan.json", files_of("wiring")["plan.json"])).plan
    assert plan is not None
    written = Wiring(plan).written(plan.instances[address], "input")
    assert written is not None
    assert shown(written) == WIRED[address]


def test_a_plan_alone_says_why_a_value_is_open() -> None:
    value = elements("wiring", sources=False)["terraform_data.through_local"].get("input")
    assert value.unknown is not None
    assert [reason.what for reason in value.unknown.reasons] == [
        "known after apply: terraform_data.through_local.input",
        "the plan does not say what local.anchor is",
    ]
    assert value.place is not None
    assert value.place.text == '"address": "terraform_data.through_local"'


def test_places_are_those_of_the_sources_beside() -> None:
    found = elements("wiring")
    fixed = found["terraform_data.fixed"]
    assert fixed.place.text == 'resource "terraform_data" "fixed"'
    place = fixed.get("input").place
    assert place is not None
    assert (place.path, place.text) == ("main.tf", "terraform_data.numbered[1].id")
    inner = found["module.part[1].terraform_data.inner"]
    assert inner.place.path == "child/main.tf"
    assert [(call.name, call.place.text) for call in inner.calls] == [("part", 'module "part"')]


@pytest.mark.parametrize("sources", [True, False])
def test_inputs_are_the_variables_of_the_plan(sources: bool) -> None:
    value = elements("wiring", sources=sources)["terraform_data.sized"].get("input")
    assert sorted(map(str, value.inputs)) == ["var.size = 3"]


@pytest.mark.parametrize("sources", [True, False])
def test_what_is_deleted_does_not_exist(sources: bool) -> None:
    assert sorted(elements("changes", sources=sources)) == [
        "terraform_data.changes",
        "terraform_data.goes[0]",
        "terraform_data.looked_up",
        "terraform_data.replaced",
        "terraform_data.stays",
        "terraform_data.uses",
        "terraform_data.waits",
    ]


@pytest.mark.parametrize("sources", [True, False])
def test_a_known_id_keeps_the_handle_it_was_read_from(sources: bool) -> None:
    found = elements("changes", sources=sources)
    value = found["terraform_data.uses"].get("input")
    assert value.data == found["terraform_data.stays"].get("id").data
    assert value.handle == Reference("terraform_data.stays", ("id",))
    assert found["terraform_data.changes"].get("input").data == "new"
    assert found["terraform_data.looked_up"].get("input").data == "told by the state"


def test_the_id_of_what_is_replaced_is_not_known() -> None:
    found = elements("changes")
    assert found["terraform_data.waits"].get("input").data == Reference("terraform_data.replaced", ("id",))
    assert elements("changes", sources=False)["terraform_data.waits"].get("input").unknown is not None


@pytest.mark.parametrize("sources", [True, False])
def test_sensitive_values_are_nowhere(sources: bool) -> None:
    found = elements("secrets", sources=sources)
    for name in ("whole", "later", "marked"):
        unknown = found[f"terraform_data.{name}"].get("input").unknown
        assert unknown is not None
        assert unknown.reasons[0].what == "a sensitive value"
    part = found["terraform_data.part"].get("input")
    assert shown(part.field("password")) == "<unknown>"
    assert part.field("region").data == "eu-north-1"
    for element in found.values():
        for word in ("id", "input"):
            value = element.get(word)
            assert "correct-horse" not in repr(shown(value))
            assert "staple" not in repr(shown(value))
            assert value.place is None or "correct-horse" not in value.place.first_line().text


def test_a_plan_shows_only_addresses_of_itself() -> None:
    for element in reading("secrets", sources=False).elements:
        shown_file = element.place.source.data
        assert b"correct-horse" not in shown_file
        assert b"eu-north-1" not in shown_file
        assert element.place.text.endswith(f'"{element.address}"')
        assert element.place.source.data.count(b"\n") == files_of("secrets")["plan.json"].count(b"\n")
