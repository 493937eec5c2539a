"""Plans that are broken, huge or wrong on purpose: one clear diagnostic or unknowns, never an exception."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from fabriclint.engine.discover import plan as planned
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.run import run
from fabriclint.languages import languages
from fabriclint.languages.base import Settings
from fabriclint.languages.terraform.plan.addresses import Named, path_of, steps_of
from fabriclint.languages.terraform.plan.document import load
from fabriclint.reporters import text as text_reporter
from fabriclint.testing import MemoryFiles
from fabriclint.text import Source

DATA = Path(__file__).parent / "data"
FIXTURES = Path(__file__).parents[4] / "fixtures"
PLANS = sorted(FIXTURES.rglob("plan.json"))
BEGINNING = b'{"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": '


def messages(data: bytes) -> list[str]:
    return [diagnostic.message for diagnostic in load(Source("plan.json", data)).diagnostics]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (BEGINNING + b"{", "this plan is not JSON: Expecting property name enclosed in double quotes"),
        (BEGINNING + b'"\xff"}', "this plan is not UTF-8 here, so nothing of it is read"),
        (BEGINNING + b"[" * 200_000, "this plan nests too deeply or holds a number that cannot be read"),
        (
            BEGINNING + b"9" * 10_000 + b"}",
            "this plan nests too deeply or holds a number that cannot be read",
        ),
        (BEGINNING + b"NaN}", "this plan nests too deeply or holds a number that cannot be read"),
        (
            b'{"format_version": "2.0", "planned_values": {}}',
            "plans of this format version are not read (0 and 1 are)",
        ),
    ],
)
def test_what_cannot_be_read_is_said_once(data: bytes, message: str) -> None:
    assert messages(data) == [message]


def test_the_place_of_a_fault_shows_nothing_of_the_plan() -> None:
    (diagnostic,) = load(Source("plan.json", BEGINNING + b'{"secret": "xyzzy" "oops"}}')).diagnostics
    assert diagnostic.place is not None
    assert (diagnostic.place.line, diagnostic.place.column) == (1, len(BEGINNING) + 20)
    assert diagnostic.place.source.data.strip() == b""


def test_addresses() -> None:
    assert steps_of('module.a[0].aws_x.b["k.\\"]"].c.0') == (
        Named("module"), Named("a"), 0, Named("aws_x"), Named("b"), 'k."]', Named("c"), 0,
    )  # fmt: skip
    assert path_of('module.a[0].module.b["x"].data.aws_x.c') == (("a", 0), ("b", "x"))
    assert path_of("aws_vpc.main") == ()
    for wrong in (
        "",
        "aws_vpc",
        ".a.b",
        "a..b",
        "a.b[",
        "a[x].b",
        '["a"].b',
        "a b",
        "a.b" + ".c" * 5_000,
        "[" * 99,
    ):
        assert path_of(wrong) is None


def test_configuration_that_leads_in_a_ring_ends() -> None:
    around: dict[str, Any] = {
        "source": "./a",
        "expressions": {"x": {"references": ["module.a.x", "module.a"]}},
    }
    around["module"] = {
        "outputs": {"x": {"expression": {"references": ["var.x"]}}},
        "variables": {"x": {}},
        "resources": [],
    }
    subnet = {"address": "aws_subnet.a", "mode": "managed", "type": "aws_subnet", "name": "a"}
    contents = {
        "format_version": "1.2",
        "planned_values": {},
        "resource_changes": [subnet | {"change": {"actions": ["create"], "after": {}, "after_unknown": {"vpc_id": True}}}],
        "configuration": {
            "root_module": {
                "resources": [subnet | {"expressions": {"vpc_id": {"references": ["module.a.x", "module.a"]}}}],
                "module_calls": {"a": around},
            }
        },
    }  # fmt: skip
    report = settle(json.dumps(contents).encode())
    assert "failed" not in report


def settle(data: bytes, files: dict[str, bytes] | None = None) -> str:
    tree = MemoryFiles({**(files or {}), "plan.json": data})
    report = run(planned(["plan.json"], tree, languages()), tree, Settings(), builtin_rules())
    assert not report.crashed, [diagnostic.message for diagnostic in report.diagnostics]
    return text_reporter.render(report, show_not_checked=True)


def mangled(value: Any, chance: random.Random) -> Any:
    """The value with a few parts replaced by something of another kind."""
    if chance.random() < 0.02:
        return chance.choice(
            [None, True, 0, -1.5, "", "x", [], {}, [None], {"a": []}, [True, {}], "vpc-12345678"]
        )
    if isinstance(value, dict):
        return {key: mangled(item, chance) for key, item in value.items() if chance.random() > 0.01}
    if isinstance(value, list):
        return [mangled(item, chance) for item in value]
    return value


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.parent.name)
def test_mangled_plans_never_crash(path: Path) -> None:
    contents = json.loads(path.read_bytes())
    sources = {
        found.relative_to(path.parent).as_posix(): found.read_bytes() for found in path.parent.rglob("*.tf")
    }
    for seed in range(12):
        data = json.dumps(mangled(contents, random.Random(seed))).encode()
        settle(data, sources if seed % 2 else None)


@pytest.mark.parametrize("path", PLANS[:3], ids=lambda path: path.parent.name)
def test_cut_plans_never_crash(path: Path) -> None:
    data = path.read_bytes()
    for seed in range(20):
        chance = random.Random(seed)
        at = chance.randrange(len(data))
        settle(data[:at])
        settle(data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :])
