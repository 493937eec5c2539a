"""What makes fabriclint fit into checkov and cfn-lint, without either of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fabriclint.doors.cfn_lint_ids import FIRST, OWN, numbers, rule_id, with_new
from fabriclint.doors.checkov.place import Seat, Seating, seated
from fabriclint.doors.checkov.register import check_id
from fabriclint.doors.cli import main
from fabriclint.engine.discover import plan
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.run import run
from fabriclint.engine.suppress import RULES as SUPPRESSION_RULES
from fabriclint.languages import languages
from fabriclint.languages.base import Settings
from fabriclint.testing import MemoryFiles

RULES = (*builtin_rules(), *SUPPRESSION_RULES)
MAIN = """\
locals { type = "p5.48xlarge" }

resource "aws_launch_template" "train" {
  instance_type = local.type
  user_data     = base64encode("torchrun --nnodes=4 train.py")
}

resource "aws_autoscaling_group" "train" {
  min_size            = 4
  max_size            = 4
  vpc_zone_identifier = ["subnet-1"]
  launch_template {
    id = aws_launch_template.train.id
  }
}
"""


def test_the_folder_for_checkov_holds_what_checkov_loads(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["adapter", "checkov"]) == 0
    folder = Path(capsys.readouterr().out.strip())
    assert folder.is_absolute()
    # checkov puts the folder on the path of modules: nothing in it may have a name that another module has.
    assert {path.name for path in folder.glob("*.py")} == {"__init__.py", "fabriclint_checks.py"}


def test_the_module_for_cfn_lint_holds_a_class_for_every_rule_and_letter(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["adapter", "cfn-lint"]) == 0
    name = capsys.readouterr().out.strip()
    pytest.importorskip("cfnlint")
    rules = __import__(name, fromlist=["_"])
    made = [value for value in vars(rules).values() if isinstance(value, type)]
    ids = [one.id for one in made]  # type: ignore[attr-defined]
    assert len(ids) == len(set(ids)) == 3 * (len(RULES) + 1)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_ids(rule: object) -> None:
    name = rule.name  # type: ignore[attr-defined]
    assert re.fullmatch(r"FABRIC_[A-Z0-9_]+", check_id(name))
    assert re.fullmatch(r"[EWI]9[5-9]\d\d", rule_id(name, "warning"))


def test_numbers_are_one_a_rule_and_stay() -> None:
    known = numbers()
    named = {number for name, number in known.items() if name in {rule.name for rule in RULES}}
    assert len(named) == len(RULES)
    assert min(known.values()) == FIRST > OWN
    assert with_new(known, RULES) == known
    some = dict(list(known.items())[:3])
    gone = {"a-rule-that-was": 9700, **some}
    more = with_new(gone, RULES)
    assert more | gone == more
    assert min(number for name, number in more.items() if name not in gone) == 9701


def _seated(seats: list[Seat]) -> tuple[dict[str, list[int]], int]:
    """The numbers of the blocks where MAIN failed, by rule, and how many findings have none."""
    files = MemoryFiles({"main.tf": MAIN})
    report = run(plan(["."], files, languages()), files, Settings(), builtin_rules())
    assert report.findings
    made, lost = seated(report, Seating(seats, lambda path: f"/repo/{path}"))
    return {rule: sorted(verdicts.failed) for rule, verdicts in made.items() if verdicts.failed}, len(lost)


def _seat(number: int, address: str, first: int, last: int, kind: str = "resource") -> Seat:
    return Seat(number, kind, "/repo/main.tf", address, first, last)


@pytest.mark.parametrize(
    ("seats", "number"),
    [
        ([_seat(1, "aws_launch_template.train", 3, 6), _seat(2, "aws_autoscaling_group.train", 8, 15)], 2),
        ([_seat(1, "aws_launch_template.train", 3, 6), _seat(2, "aws_autoscaling_group.train[0]", 8, 15)], 2),
        ([_seat(1, "aws_vpc.other", 20, 25), _seat(2, "module.other.aws_x.y", 8, 15)], 2),
        ([_seat(1, "aws_launch_template.train", 3, 6)], 1),
        ([_seat(1, "aws_vpc.other", 20, 25), _seat(2, "aws_vpc.another", 30, 35)], 1),
        ([Seat(1, "resource", "/repo/modules/main.tf", "module.m.aws_vpc.a", 1, 2)], 1),
    ],
    ids=["its own", "expanded", "round its line", "where it points", "beside it", "of its root"],
)
def test_a_finding_goes_to_the_nearest_block(seats: list[Seat], number: int) -> None:
    failed, lost = _seated(seats)
    assert failed["accelerators-without-efa"] == [number]
    assert lost == 0


def test_a_finding_without_any_block_is_not_lost_in_silence() -> None:
    failed, lost = _seated([])
    assert failed == {}
    assert lost
