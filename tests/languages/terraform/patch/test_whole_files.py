"""What a change leaves as it was, whatever the file looks like."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabriclint.languages.base import Root, Settings
from fabriclint.languages.terraform import LANGUAGE
from fabriclint.languages.terraform.syntax import parse
from fabriclint.model.change import Inside, Set
from fabriclint.testing import MemoryFiles

from .sources import Sources

FIXTURES = Path(__file__).parents[4] / "fixtures"
ARGUMENTS = ("name", "instance_type", "image_id", "key_name", "ebs_optimized", "description")


FILLERS = (
    "",
    "  # a note\n",
    "\n",
    '  user_data = <<-EOT\n    a = "b" {\n  EOT\n',
    "  tags = {\n    a = 1\n  }\n",
)


@settings(max_examples=200, deadline=None)
@given(
    names=st.lists(st.sampled_from(ARGUMENTS), unique=True),
    fillers=st.lists(st.sampled_from(FILLERS), min_size=7, max_size=7),
    tail=st.sampled_from(("", "  lifecycle {\n    create_before_destroy = true\n  }\n")),
    padding=st.integers(1, 16),
    word=st.sampled_from(("placement_group", "type", "user_data", "interfaces")),
)
def test_only_the_new_differs_whatever_the_block_looks_like(
    names: list[str], fillers: list[str], tail: str, padding: int, word: str
) -> None:
    body, used = "", set()
    for number, name in enumerate(names):
        body += f'  {name}{" " * padding}= "x{number}"\n'
        filler = fillers[number]
        key = filler.strip().partition(" ")[0]
        if key in ("user_data", "tags") and key in used:
            continue
        used.add(key)
        body += filler
    text = f'resource "aws_launch_template" "t" {{\n{body}{tail}}}\n\n# end\n'
    root = Sources({"main.tf": text})
    here = root.at("aws_launch_template.t")
    change = (
        Inside(here, "interfaces", ({"type": "efa"},)) if word == "interfaces" else Set(here, word, "new")
    )
    made = root.patched("aws_launch_template.t", change).get("main.tf", text)
    assert not parse(MemoryFiles({"m.tf": made}).source("m.tf")).problems
    # Nothing but white space before `=` and what the change replaces is gone, and all else keeps its order.
    kept = iter(" ".join(line.split()) for line in made.splitlines())
    replaced = {"type": "instance_type", "user_data": "user_data"}.get(word)
    for line in text.splitlines():
        plain = " ".join(line.split())
        if replaced is not None and plain.startswith(f"{replaced} ="):
            break  # the rest of a heredoc goes with it
        assert any(plain == other for other in kept), line
    after = LANGUAGE.read(
        Root("terraform", ".", "", ("main.tf",)), MemoryFiles({"main.tf": made}), Settings()
    ).elements
    value = after[0].get(word)
    if word == "interfaces":
        assert [one.field("type").text() for one in value.members().known()] == ["efa"]
    else:
        assert value.text() == "new"


AFTER = sorted(path for path in FIXTURES.glob("*/bad/*/after/**/*.tf"))


def test_fixtures_hold_edited_files() -> None:
    assert len(AFTER) > 30


@pytest.mark.skipif(shutil.which("terraform") is None, reason="needs the terraform binary")
def test_edited_files_are_formatted_as_terraform_does() -> None:
    listed = subprocess.run(
        ["terraform", "fmt", "-check", "-list=true", *map(str, AFTER)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull},
    )
    assert (listed.returncode, listed.stdout) == (0, "")
