"""The command line over the toy language, in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fabriclint.doors import catalogue, cli, session
from fabriclint.sdk import Rule


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def fabriclint(
    place: Path,
    toy: object,
    make_rule: Callable[..., Rule],
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> Callable[..., tuple[int, str, str]]:
    """Runs the command line: its exit code, standard output and standard error."""
    rules = (
        make_rule("exchange-rule", severity="error", word="worse"),
        make_rule(),
        make_rule("z-hint", "advice", "hint"),
    )
    monkeypatch.setattr(session, "languages", lambda: (toy,))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place / "nowhere"))
    for module in (session, catalogue):
        monkeypatch.setattr(module, "builtin_rules", lambda: rules)

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            code = cli.main(arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
        told = capsysbinary.readouterr()
        return code, told.out.decode(), told.err.decode()

    return run
