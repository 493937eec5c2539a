"""`fabriclint transfer`: the numbers, both forms, and wrong input."""

from __future__ import annotations

import json

import pytest

from fabriclint.doors import cli


def test_text_says_days_and_the_road(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.main(["transfer", "--size", "10PB", "--link", "1Gbps"]) == 0
    out = capsysbinary.readouterr().out.decode()
    assert "about 1,157 days (3.2 years)" in out
    assert "does not fit into the 14 days" in out
    assert "Data Transfer Terminal" in out


def test_json_holds_the_same(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    arguments = [
        "transfer",
        "--size",
        "500TB",
        "--link",
        "dx:10G",
        "--days",
        "5",
        "--utilisation",
        "0.5",
        "--format",
        "json",
    ]
    assert cli.main(arguments) == 0
    said = json.loads(capsysbinary.readouterr().out)
    assert said["days"] == pytest.approx(9.26, abs=0.01)
    assert (said["fits"], said["road"], said["port"]["gbps"]) == (False, "bigger port", 100)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--size", "many", "--link", "1Gbps"],
        ["--size", "1TB", "--link", "dx:40G"],
        ["--size", "1TB", "--link", "1Gbps", "--utilisation", "2"],
        ["--size", "1TB", "--link", "1Gbps", "--days", "0"],
    ],
)
def test_wrong_input_is_wrong_usage(arguments: list[str], capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.main(["transfer", *arguments]) == 2
    assert capsysbinary.readouterr().err.startswith(b"fabriclint: ")
