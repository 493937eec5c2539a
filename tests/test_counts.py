"""Counts that hold the cost of a run: modules that are imported, files that are parsed, expressions that are evaluated.

No other load on a machine moves them, so that a test can hold them; times are measured in bench/.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from fabriclint.engine.discover import plan
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.report import Report
from fabriclint.engine.run import run
from fabriclint.languages import languages
from fabriclint.languages.base import Settings
from fabriclint.languages.cloudformation import json_spans, yaml_events
from fabriclint.languages.terraform import stub_index, syntax
from fabriclint.testing import MemoryFiles
from fabriclint.text import Source

HOME = Path(__file__).resolve().parents[1]
FIXTURES = HOME / "fixtures"

# What a check of Terraform alone may import from outside the standard library.
THIRD_PARTY = {"msgspec", "tree_sitter", "tree_sitter_hcl"}
# What is in the standard library and costs a start more than a millisecond, or opens what is better left closed.
DEAR = {
    "ast", "asyncio", "concurrent", "ctypes", "dataclasses", "difflib", "dis", "email", "hashlib", "inspect", "logging",
    "multiprocessing", "pickle", "pkgutil", "shutil", "socket", "ssl", "subprocess", "tempfile", "threading", "tokenize",
    "tomllib", "typing_extensions", "unittest", "urllib", "xml",
}  # fmt: skip


def modules(*arguments: str, folder: Path) -> set[str]:
    """The modules that are loaded when the command line comes to its end, as the installed command starts it."""
    program = (
        "import sys, json, os\n"
        "before = set(sys.modules)\n"
        "from fabriclint.doors.cli import main\n"
        "try:\n"
        "    main(sys.argv[1:])\n"
        "except SystemExit:\n"
        "    pass\n"
        "print('\\n' + json.dumps(sorted(set(sys.modules) - before)))\n"
    )
    # -I: nothing of the environment that the tests themselves run in is imported before.
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=folder,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def tops(names: set[str]) -> set[str]:
    """The packages that modules belong to."""
    return {name.partition(".")[0] for name in names}


@pytest.fixture
def clean_root(tmp_path: Path) -> Path:
    """A root of Terraform in which nothing is wrong."""
    folder = tmp_path / "root"
    folder.mkdir()
    good = FIXTURES / "s3-without-gateway-endpoint" / "good" / "endpoint-without-a-type"
    (folder / "main.tf").write_bytes((good / "main.tf").read_bytes())
    return folder


def test_a_check_of_terraform_imports_what_it_needs_and_no_more(clean_root: Path) -> None:
    loaded = modules("check", ".", folder=clean_root)
    assert tops(loaded) - set(sys.stdlib_module_names) - {"fabriclint", "fabriclint_rules"} == THIRD_PARTY
    assert not tops(loaded) & DEAR
    other = {name for name in loaded if name.startswith("fabriclint.languages.cloudformation.")}
    assert other == {"fabriclint.languages.cloudformation.language"}
    doors = {name for name in loaded if name.startswith("fabriclint.doors.")}
    assert not doors & {
        f"fabriclint.doors.{one}" for one in ("lsp", "checkov", "cfn_lint", "mending", "since")
    }


def test_the_version_imports_the_parser_of_its_arguments_and_no_more(tmp_path: Path) -> None:
    loaded = modules("--version", folder=tmp_path)
    assert tops(loaded) <= set(sys.stdlib_module_names) | {"fabriclint"}
    assert not tops(loaded) & DEAR


# ------------------------------------------------------------------ files


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Counter[bytes]:
    """How often each text is given to a parser of Terraform, YAML or JSON."""
    counted: Counter[bytes] = Counter()
    stub_index._content.cache_clear()  # another test may have read the stubs before

    def counting(module: object, name: str, text: Callable[..., bytes]) -> None:
        real = getattr(module, name)

        def parse(*given: object) -> object:
            counted[text(*given)] += 1
            return real(*given)

        monkeypatch.setattr(module, name, parse)

    counting(syntax, "tree", lambda data: data)
    counting(yaml_events, "_Reader", lambda source, *_: source.data)
    counting(json_spans, "_read", lambda source, *_: source.data)
    return counted


def judged(files: dict[str, bytes]) -> Report:
    """The report of some files."""
    held = MemoryFiles(files)
    return run(plan(["."], held, languages()), held, Settings(), builtin_rules())


CALLER = b"""\
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 5.0"
  name    = "training-%d"
  cidr    = "10.%d.0.0/16"
}

module "fleet" {
  source = "../modules/fleet"
  vpc_id = module.vpc.vpc_id
}
"""


def test_a_file_is_parsed_once_however_many_roots_call_it(parsed: Counter[bytes]) -> None:
    fleet = (FIXTURES / "accelerators-without-efa" / "bad" / "p5-autoscaling-group" / "main.tf").read_bytes()
    files = {"modules/fleet/main.tf": b'variable "vpc_id" {}\n' + fleet}
    files |= {f"root{number}/main.tf": CALLER % (number, number) for number in range(4)}
    report = judged(files)
    assert len(report.roots) == 4
    assert len(parsed) > len(files), "the stub of the VPC module was read as well"
    assert set(parsed.values()) == {1}


def test_a_template_is_parsed_once_however_many_nest_it(parsed: Counter[bytes]) -> None:
    network = FIXTURES / "s3-without-gateway-endpoint" / "bad" / "nat-only" / "template.yaml"
    parent = b"AWSTemplateFormatVersion: '2010-09-09'\nDescription: %d\nResources:\n  Network:\n" + (
        b"    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: ./network.yaml\n"
    )
    files = {"network.yaml": network.read_bytes()}
    files |= {f"parent{number}.yaml": parent % number for number in range(3)}
    report = judged(files)
    assert len(report.roots) == 3
    assert parsed
    assert set(parsed.values()) == {1}


# ------------------------------------------------------------------ work


def generated(size: int) -> dict[str, bytes]:
    """The files of the root that bench/ measures, with so many environments."""
    sys.path.insert(0, str(HOME / "bench"))
    try:
        import stacks
    finally:
        sys.path.remove(str(HOME / "bench"))
    usual = stacks.ENVIRONMENTS
    stacks.ENVIRONMENTS = tuple(f"env{number}" for number in range(size))
    files = {name: text.encode() for name, text in stacks.files().items()}
    stacks.ENVIRONMENTS = usual
    return files


def lines_of(files: dict[str, bytes]) -> int:
    """How many lines they have together."""
    return sum(text.count(b"\n") for text in files.values())


@pytest.fixture(scope="module")
def profiles() -> dict[int, tuple[int, pstats.Stats]]:
    """Profiles of that root, at three sizes: lines and function calls."""
    made: dict[int, tuple[int, pstats.Stats]] = {}
    for size in (2, 2, 4, 8):  # twice: what a process does once is done then
        files = generated(size)
        profile = cProfile.Profile()
        profile.enable()
        report = judged(files)
        profile.disable()
        assert not report.diagnostics
        made[size] = lines_of(files), pstats.Stats(profile)
    return made


def test_a_hundred_thousand_lines_are_read() -> None:
    files = generated(38)
    assert lines_of(files) > 98_000
    assert not [name for name, data in files.items() if syntax.parse(Source(name, data)).problems]


def calls(stats: pstats.Stats, part: str = "") -> int:
    """The calls of functions whose file and name hold some text."""
    told: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = vars(stats)["stats"]
    return sum(
        row[1] for (file, _, name), row in told.items() if part in f"{file.replace(chr(92), '/')}:{name}"
    )


def marginal(profiles: dict[int, tuple[int, pstats.Stats]]) -> Iterator[float]:
    """The calls a further line costs, between the sizes."""
    sizes = sorted(profiles)
    for small, large in pairwise(sizes):
        (lines, before), (more, after) = profiles[small], profiles[large]
        yield (calls(after) - calls(before)) / (more - lines)


def test_a_further_line_costs_what_the_lines_before_it_cost(
    profiles: dict[int, tuple[int, pstats.Stats]],
) -> None:
    first, second = marginal(profiles)
    assert second <= first * 1.02


def test_a_line_costs_no_more_than_it_did(profiles: dict[int, tuple[int, pstats.Stats]]) -> None:
    """Raise a figure only with a reason: it is what all users pay."""
    lines, stats = profiles[2]
    assert lines == 5241
    assert calls(stats, "terraform/expressions.py:evaluate") <= 1_500
    assert calls(stats, "model/element.py:_find") <= 1_820
    assert calls(stats) <= 430_000
