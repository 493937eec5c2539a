"""Hostile files and folders: each is refused with its path and the limit, and what stands beside it is still judged."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Hostile = Callable[[dict[str, tuple[dict[str, str | bytes], str]]], Any]
Run = Callable[..., Any]
VPC = 'resource "aws_vpc" "v" {}\n'
INSIDE = "the secret of another"


def test_files_that_are_no_text(hostile: Hostile) -> None:
    hostile(
        {
            "latin": ({"main.tf": b'# caf\xe9\nresource "aws_vpc" "v" {}\n'}, "A byte here is not UTF-8"),
            "utf-16": ({"main.tf": VPC.encode("utf-16")}, "Not UTF-8 text"),
            "nul": ({"main.tf": b"\0" * 10_000 + VPC.encode()}, "Not UTF-8 text"),
            "late-nul": ({"main.tf": VPC.encode() * 500 + b"\0"}, "Syntax error"),
            "json-latin": ({"main.tf.json": b'{"locals": {"a": "\xe9"}}'}, "UTF-8"),
            "yaml-latin": ({"t.yaml": b"Resources:\n  X: {Type: 'AWS::EC2::VPC'} # \xe9\n"}, "UTF-8"),
            "yaml-nul": ({"t.yaml": b"Resources:\n  X: {Type: 'AWS::EC2::VPC'}\0\n"}, "not YAML"),
            "plan-latin": ({"plan.json": b'{"format_version": "1", "planned_values": "\xe9"}'}, "UTF-8"),
            "blanks": ({"main.tf": f'a = "{" " * 1_000_000}'}, "too long to parse"),
            "comments": ({"main.tf": "/* " * 200_000}, "too long to parse"),
        }
    )


@pytest.mark.parametrize("name", ["main.tf", "main.tf.json", "plan.json", "template.yaml", "template.json"])
def test_files_that_are_too_large(run: Run, beside: Path, name: str) -> None:
    (beside / "large").mkdir()
    with open(beside / "large" / name, "wb") as file:
        file.write(b'{"format_version": "1", "planned_values": {}, "Resources": {}}')
        file.truncate(10_000_001 if name == "main.tf" else 100_000_000)
    done = run("check", "--format", "json", "large", "innocent")
    assert done.code == 1
    assert any("it is larger than 10 MB" in one for one in done.told(f"large/{name}"))
    assert [one["rule"] for one in done.report["findings"]].count("s3-without-gateway-endpoint") == 2
    assert done.seconds < 2


@pytest.mark.parametrize("name", ["main.tf", "template.yaml", "plan.json"])
def test_a_large_file_that_is_named_is_an_error(run: Run, beside: Path, name: str) -> None:
    with open(beside / name, "wb") as file:
        file.truncate(10_000_001)
    done = run("check", name)
    assert done.code == 1
    assert f"error: {name}: it is larger than 10 MB\n" in done.out


def test_what_is_no_file_of_the_tree(
    run: Run, beside: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "main.tf").write_text(f'resource "aws_vpc" "v" {{\n  cidr_block = "{INSIDE}"\n}}\n')
    for name in ("pipe", "device", "link", "folder-link", "loop", "dead", "self"):
        (beside / name).mkdir()
    os.mkfifo(beside / "pipe" / "main.tf")
    (beside / "device" / "main.tf").symlink_to("/dev/zero")
    (beside / "link" / "main.tf").symlink_to(outside / "main.tf")
    (beside / "folder-link" / "sub").symlink_to(outside)
    (beside / "folder-link" / "main.tf").write_text('module "m" {\n  source = "./sub"\n}\n')
    (beside / "loop" / "up").symlink_to("..")
    (beside / "loop" / "main.tf").write_text('module "m" {\n  source = "./up/loop/up/loop/up"\n}\n')
    (beside / "dead" / "main.tf").symlink_to("nothing.tf")
    (beside / "self" / "main.tf").symlink_to("main.tf")
    done = run("check", "--format", "json", ".")
    assert done.code == 1
    assert done.told("pipe/main.tf") == ["it is not a regular file"]
    assert done.told("device/main.tf") == ["it lies outside the tree that is read"]
    assert done.told("link/main.tf") == ["it lies outside the tree that is read"]
    assert done.told("dead/main.tf") == ["there is no such file"]
    assert done.told("self/main.tf")
    assert 'There is no module at "./sub"' in done.told("folder-link/")
    assert INSIDE not in done.out
    assert [one["rule"] for one in done.report["findings"]].count("s3-without-gateway-endpoint") == 2


def test_what_sources_name_outside_the_tree_is_not_read(run: Run, beside: Path) -> None:
    (beside.parent / f"{beside.name}.secret").write_text(INSIDE)
    secret = f"../../{beside.name}.secret"
    values = [
        f'file("{secret}")', 'file("/etc/passwd")', 'filebase64("/etc/passwd")', 'filemd5("/etc/passwd")',
        f'templatefile("{secret}", {{}})', 'join(",", fileset("..", "*"))', 'join(",", fileset("/etc", "*"))',
        'fileexists("/etc/passwd") ? "there" : "not there"', 'file("${path.module}/../../../etc/passwd")', 'file("link")',
    ]  # fmt: skip
    (beside / ".git").mkdir()
    (beside / "outside").mkdir()
    (beside / "outside" / "link").symlink_to("/etc/passwd")
    (beside / "outside" / "main.tf").write_text(
        'module "m" {\n  source = "../../.."\n}\nmodule "n" {\n  source = "/etc"\n}\n'
        + "".join(
            f'resource "aws_instance" "i{n}" {{\n  instance_type = {value}\n  user_data = {value}\n}}\n'
            for n, value in enumerate(values)
        )
    )
    done = run("check", "--format", "json", "outside", "innocent", "--var-file", "innocent/main.tf")
    assert INSIDE not in done.out
    assert "root:" not in done.out
    assert "/bin/" not in done.out
    assert f'file("{secret}")'.split("(", maxsplit=1)[0] in done.out
    assert any("There is no module at" in one for one in done.told("outside/"))


def test_a_configuration_reaches_nothing_outside(run: Run, beside: Path) -> None:
    (beside.parent / f"{beside.name}.toml").write_text("")
    (beside / ".git").mkdir()
    for text in (f'extends = "../{beside.name}.toml"', 'extends = "/etc/passwd"', 'baseline = "/etc/passwd"'):
        (beside / "fabriclint.toml").write_text(text + "\n")
        done = run("check", ".")
        assert done.code == 2
        assert "outside the tree" in done.err


def test_a_folder_of_many_files(run: Run, beside: Path) -> None:
    (beside / "many").mkdir()
    for n in range(20_000):
        (beside / "many" / f"{n}.tf").touch()
    done = run("check", "--format", "json", ".")
    assert done.code == 1
    assert done.seconds < 4
    assert [one["rule"] for one in done.report["findings"]].count("s3-without-gateway-endpoint") == 2


def test_a_tree_of_many_levels(run: Run, beside: Path) -> None:
    deep = beside.joinpath("hostile", *["d"] * 300)
    deep.mkdir(parents=True)
    (deep / "main.tf").write_text(VPC)
    done = run("check", "--format", "json", ".")
    assert done.code == 1
    assert done.told("hostile/") == ["what lies more than 64 folders deep is not searched"]
    assert [one["rule"] for one in done.report["findings"]].count("s3-without-gateway-endpoint") == 2


def test_patterns_of_the_configuration_and_of_suppressions_end(
    run: Run, beside: Path, allowed: float
) -> None:
    hostile = "**/" * 200 + "*a" * 40 + "b"
    long = beside / "hostile" / ("a" * 250) / ("a" * 250)
    long.mkdir(parents=True)
    stars = "a*" * 400
    (long / f"{'a' * 240}.tf").write_text(f"# fabriclint: ignore[{stars}] {stars}\n{VPC}")
    (beside / "fabriclint.toml").write_text(
        f'[paths."{hostile}"]\nignore = ["exchange"]\n[roles]\n"{stars}b" = "serving"\n[runs.x]\nroots = ["{hostile}"]\n'
    )
    done = run("check", "--format", "json", ".")
    assert done.code in (1, 2), done.err
    assert done.seconds < allowed
