"""The command line: what is asked for, and what the answer means to the shell."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from fabriclint import __version__

CLEAN, FOUND, WRONG, NOTHING = 0, 1, 2, 3
INTERRUPTED, PIPE_CLOSED = 130, 141  # what a shell shows for SIGINT and SIGPIPE

FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown")
LEVELS = ("error", "warning", "advice")

EPILOG = """\
exit codes:
  0  clean: no finding at or above --fail-on
  1  findings at or above --fail-on, or a Terraform or CloudFormation file that cannot be read
  2  wrong usage, or an error of fabriclint itself
  3  a path does not exist, or a folder holds neither Terraform nor CloudFormation
"""


class Usage(Exception):
    """The command line asks for something that cannot be; the message says what."""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="fabriclint",
        description="Finds what starves generative-AI training of network on AWS, in Terraform and CloudFormation.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"fabriclint {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _check(commands.add_parser("check", help="lint folders, Terraform files and templates", **_like(top)))
    start = commands.add_parser(
        "init", help="write hook, job and configuration for this repository", **_like(top)
    )
    start.add_argument(
        "--yes", action="store_true", help="write without asking; what is written is shown all the same"
    )
    _config(commands.add_parser("config", help="show the configuration that holds, and why", **_like(top)))
    _baseline(commands.add_parser("baseline", help="write what is found today into a baseline", **_like(top)))
    explain = commands.add_parser("explain", help="show the page of a rule", **_like(top))
    explain.add_argument("rule", metavar="RULE")
    _own(explain)
    explain.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    rules = commands.add_parser("rules", help="list the rules", **_like(top))
    rules.add_argument("--format", choices=("text", "json"), default="text")
    _own(rules)
    rules.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    test = commands.add_parser("test", help="hold rules of your own to their cases", **_like(top))
    test.add_argument("folder", metavar="DIR", help="a folder of rules; their cases are in DIR/fixtures")
    new = commands.add_parser(
        "new-rule", help="write the first form of a rule of your own, with its cases", **_like(top)
    )
    new.add_argument("name", metavar="NAME", help="what is wrong, in lower-case words with - between them")
    new.add_argument("--policy", action="store_true", help="a policy in YAML instead of a rule in Python")
    new.add_argument("--into", default=".", metavar="DIR", help="the folder of rules (default: .)")
    new.add_argument(
        "--subject", default="Fleet", metavar="SUBJECT", help="what it is about (default: Fleet)"
    )
    inspect = commands.add_parser(
        "inspect", help="show every fleet as fabriclint understands it", **_like(top)
    )
    inspect.add_argument("paths", nargs="*", metavar="PATH", help="folders and files (default: .)")
    inspect.add_argument("--format", choices=("text", "json"), default="text")
    inspect.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    _inputs(inspect)
    _configuration(inspect)
    _transfer(commands.add_parser("transfer", help="how long a dataset takes over a link", **_like(top)))
    adapter = commands.add_parser(
        "adapter", help="print where checkov or cfn-lint find fabriclint", **_like(top)
    )
    adapter.add_argument("linter", choices=("checkov", "cfn-lint"))
    lsp = commands.add_parser("lsp", help="serve an editor over standard input and output", **_like(top))
    lsp.add_argument("--stdio", action="store_true", help="accepted, because editors pass it")
    lsp.add_argument("--log-level", choices=("error", "warning", "info", "debug"), default="warning")
    return top


def _transfer(transfer: argparse.ArgumentParser) -> None:
    transfer.add_argument("--size", required=True, metavar="SIZE", help="500TB, 1.5PB, 200TiB")
    transfer.add_argument(
        "--link",
        required=True,
        metavar="LINK",
        help="10Gbps, vpn:2 (tunnels), vpn-large:2, dx:100G, dx:2x10G",
    )
    transfer.add_argument(
        "--utilisation", type=float, default=0.8, metavar="SHARE", help="share of the link (default: 0.8)"
    )
    transfer.add_argument(
        "--days", type=float, default=14, metavar="DAYS", help="how long it may take (default: 14)"
    )
    transfer.add_argument("--format", choices=("text", "json"), default="text")


def _own(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--rules",
        action="append",
        default=[],
        metavar="DIR",
        help="a folder of rules of your own, which are run as code; may be repeated",
    )
    command.add_argument(
        "--pack",
        action="append",
        default=[],
        metavar="NAME",
        help="an installed pack of rules; may be repeated",
    )


def _configuration(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--config", metavar="FILE", help="the configuration (default: the nearest fabriclint.toml upward)"
    )
    command.add_argument(
        "--isolated",
        action="store_true",
        help="without the configuration and the suppressions of the tree that is read",
    )


def _like(top: argparse.ArgumentParser) -> dict[str, Any]:
    return {"formatter_class": top.formatter_class, "allow_abbrev": False}


def _check(check: argparse.ArgumentParser) -> None:
    check.epilog = EPILOG
    check.add_argument("paths", nargs="*", metavar="PATH", help="folders and files (default: .)")
    check.add_argument("--format", choices=FORMATS, default="text", help="form of the report (default: text)")
    check.add_argument(
        "--output",
        action="append",
        default=[],
        metavar="[FORM=]FILE",
        help="write the report to a file; with a form (sarif=FILE) beside the report on standard output; may be repeated",
    )
    check.add_argument(
        "--select", action="append", default=[], metavar="RULE", help="only these rules or areas"
    )
    check.add_argument(
        "--ignore", action="append", default=[], metavar="RULE", help="without these rules or areas"
    )
    check.add_argument("--level", choices=LEVELS, help="hide findings below (default: advice)")
    check.add_argument(
        "--fail-on",
        choices=(*LEVELS, "not-checked", "never"),
        help="findings that make exit code 1 (default: warning); not-checked: any finding, and what was left open",
    )
    check.add_argument("--baseline", metavar="FILE", help="hide what `fabriclint baseline` wrote there")
    check.add_argument(
        "--since", metavar="REV", help="only the roots that read a file which changed since a revision of git"
    )
    check.add_argument(
        "--fix",
        choices=("safe", "all"),
        help="make the edits that prove themselves: safe ones, or with --fix=all also those that have to be wanted",
    )
    check.add_argument(
        "--diff", choices=("safe", "all"), help="print those edits as a unified diff instead of the report"
    )
    check.add_argument(
        "--edits", action="store_true", help="say of each finding which edit it has (in text, json and sarif)"
    )
    check.add_argument("--exit-zero", action="store_true", help="exit 0 whatever was found")
    check.add_argument(
        "--show",
        choices=("not-checked", "no-edit"),
        action="append",
        default=[],
        help="list what was left open, and why; or which findings have no edit (with --fix or --diff)",
    )
    check.add_argument(
        "--list-roots", action="store_true", help="show which folders and templates are judged, and stop"
    )
    check.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    _configuration(check)
    _own(check)
    _inputs(check).add_argument(
        "--run",
        action="append",
        default=[],
        metavar="NAME[=FILE]",
        help="judge under a run of the configuration, or templates under the parameters of a file; may be repeated",
    )


def _config(config: argparse.ArgumentParser) -> None:
    config.add_argument(
        "action",
        choices=("show", "schema"),
        help="show: what holds for some paths; schema: JSON Schema of the files",
    )
    config.add_argument("paths", nargs="*", metavar="PATH", help="folders and files (default: .)")
    config.add_argument("--policy", action="store_true", help="with schema: that of policies in YAML")
    config.add_argument("--format", choices=("text", "json"), default="text")
    config.add_argument("--select", action="append", default=[], metavar="RULE", help=argparse.SUPPRESS)
    config.add_argument("--ignore", action="append", default=[], metavar="RULE", help=argparse.SUPPRESS)
    _configuration(config)
    _own(config)
    _inputs(config)


def _baseline(baseline: argparse.ArgumentParser) -> None:
    baseline.add_argument("paths", nargs="*", metavar="PATH", help="folders and files (default: .)")
    baseline.add_argument(
        "--output",
        metavar="FILE",
        help="where it is written (default: fabriclint-baseline.json; - for standard output)",
    )
    baseline.add_argument(
        "--select", action="append", default=[], metavar="RULE", help="only these rules or areas"
    )
    baseline.add_argument(
        "--ignore", action="append", default=[], metavar="RULE", help="without these rules or areas"
    )
    _configuration(baseline)
    _own(baseline)
    _inputs(baseline)


def _inputs(command: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    inputs = command.add_argument_group("inputs of the stacks")
    inputs.add_argument(
        "--var", action="append", default=[], metavar="NAME=VALUE", help="a Terraform root variable"
    )
    inputs.add_argument(
        "--var-file", action="append", default=[], metavar="FILE", help="a Terraform variable file"
    )
    inputs.add_argument("--workspace", metavar="NAME", help="the Terraform workspace")
    inputs.add_argument(
        "--parameters",
        action="append",
        default=[],
        metavar="NAME=VALUE|FILE",
        help="a CloudFormation parameter, or a file of them (JSON, YAML, TOML, lines); may be repeated, the last wins",
    )
    inputs.add_argument(
        "--stubs",
        action="append",
        default=[],
        metavar="DIR",
        help="a folder of stubs for Terraform modules that are not on disk; may be repeated",
    )
    return inputs


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
    return code


def _run(arguments: Sequence[str]) -> int:
    # A path may follow: `--fix infra/` is not `--fix=infra/`.
    plain = [f"{word}=safe" if word in ("--fix", "--diff") else word for word in arguments]
    asked = parser().parse_args(plain)
    # Syntax trees are many objects and little garbage: looking for it rarely saves a fifth of a run.
    gc.set_threshold(20_000, 20, 50)
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


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    if name == "check":
        from fabriclint.doors.check import check

        return check
    if name == "init":
        from fabriclint.doors.init import init

        return init
    if name == "config":
        from fabriclint.doors.config import config

        return config
    if name == "baseline":
        from fabriclint.doors.baseline import baseline

        return baseline
    if name == "inspect":
        from fabriclint.doors.inspect import inspect

        return inspect
    if name == "transfer":
        from fabriclint.doors.transfer import transfer

        return transfer
    if name == "test":
        from fabriclint.doors.harness import test

        return test
    if name == "new-rule":
        from fabriclint.doors.new_rule import new_rule

        return new_rule
    if name == "adapter":
        from fabriclint.doors.adapter import adapter

        return adapter
    if name == "lsp":
        return _language_server()
    from fabriclint.doors import catalogue

    return catalogue.explain if name == "explain" else catalogue.table


def _language_server() -> Callable[[argparse.Namespace], int]:
    try:
        from fabriclint.doors.lsp.stdio import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise Usage("the language server needs pygls: pip install 'fabriclint[lsp]'") from error
    return serve


def complain(message: str) -> None:
    """Say something on standard error; the report alone goes to standard output."""
    data = f"fabriclint: {message}\n".encode(sys.stderr.encoding or "utf-8", "backslashreplace")
    try:
        sys.stderr.buffer.write(data)
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        return


def speak(text: str, *, machine: bool = False) -> None:
    """Write to standard output; a sign that the terminal's encoding lacks becomes a question mark."""
    encoding = "utf-8" if machine else (sys.stdout.encoding or "utf-8")
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
