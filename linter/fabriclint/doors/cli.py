"""The command line: what is asked for, and what the answer means to the shell."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from types import ModuleType
from typing import NoReturn, cast

from fabriclint import __version__
from fabriclint.doors.options import COMMANDS, EPILOG

CLEAN, FOUND, WRONG, NOTHING = 0, 1, 2, 3
INTERRUPTED, PIPE_CLOSED = 130, 141  # what a shell shows for SIGINT and SIGPIPE


class Usage(Exception):
    """The command line asks for something that cannot be; the message says what."""


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal. argparse makes one for every option, and would import shutil to learn the width."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


@cache
def _columns() -> int:
    """The width of the terminal in characters, as shutil.get_terminal_size tells it."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 80
    except (OSError, ValueError):
        return 80


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        from fabriclint.reporters.paint import safe_lines

        super().error(safe_lines(message))


def parser(command: str = "") -> argparse.ArgumentParser:
    """The command line: all of it, or what the first word needs of it, which is built faster."""
    top = _Parser(
        prog="fabriclint",
        description="Finds what starves generative-AI training of network on AWS, in Terraform and CloudFormation.",
        epilog=EPILOG,
        formatter_class=_Help,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"fabriclint {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, prog="fabriclint")
    needed = [command] if command in COMMANDS else [] if command == "--version" else COMMANDS
    for name in needed:
        one = COMMANDS[name]
        below = commands.add_parser(name, help=one.help, formatter_class=_Help, allow_abbrev=False)
        one.fill(below)
    return top


def entry() -> NoReturn:
    """Run the command line as a program of its own."""
    # A run is short, and nearly all that it makes lives as long: looking for garbage costs a tenth to a third of it, and
    # taking the interpreter down in good order a fifth of a small one.
    gc.disable()
    code = main()
    sys.stderr.flush()
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    try:
        code = _run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the report has seen enough. The interpreter flushes once more at exit: let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        complain(f"standard output: {error.strerror or error}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return WRONG
    return code


def _run(arguments: Sequence[str]) -> int:
    # A path may follow: `--fix infra/` is not `--fix=infra/`.
    plain = [f"{word}=safe" if word in ("--fix", "--diff") else word for word in arguments]
    asked = parser(plain[0] if plain else "").parse_args(plain)
    _import_msgspec()
    try:
        return _command(asked.command)(asked)
    except Usage as error:
        complain(str(error))
        return WRONG
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:
        from fabriclint.engine.discover import told

        complain(f"internal error: {told(error)}")
        return WRONG


def _import_msgspec() -> None:
    """Import msgspec without typing_extensions, of which it uses nothing that `typing` lacks: half of its import's time."""
    if "typing_extensions" in sys.modules:
        return
    sys.modules["typing_extensions"] = cast("ModuleType", None)  # so `import` says that it is not installed
    try:
        import msgspec  # noqa: F401  # pyright: ignore[reportUnusedImport]
    finally:
        del sys.modules["typing_extensions"]


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    """The function of a command; its module is imported only now."""
    from importlib import import_module

    module, _, function = COMMANDS[name].does.partition(":")
    try:
        made: Callable[[argparse.Namespace], int] = getattr(
            import_module(f"fabriclint.doors.{module}"), function
        )
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise Usage("the language server needs pygls: pip install 'fabriclint[lsp]'") from error
    return made


def complain(message: str) -> None:
    """Say something on standard error; the report alone goes to standard output."""
    from fabriclint.reporters.paint import for_a_log, safe_lines

    data = f"fabriclint: {for_a_log(safe_lines(message))}\n".encode(
        sys.stderr.encoding or "utf-8", "backslashreplace"
    )
    try:
        sys.stderr.buffer.write(data)
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        return


def speak(text: str, *, machine: bool = False) -> None:
    """Write to standard output; a sign that the terminal's encoding lacks becomes a question mark."""
    encoding = "utf-8" if machine else (sys.stdout.encoding or "utf-8")
    if not machine and ("::" in text or "##[" in text):
        from fabriclint.reporters.paint import for_a_log

        text = for_a_log(text)
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(text)
        return
    sys.stdout.flush()
    stream.write(text.encode(encoding, "replace"))
    stream.flush()


def colored(choice: str) -> bool:
    """Whether standard output is to be coloured."""
    if choice != "auto":
        return choice == "always"
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and sys.stdout.isatty()
