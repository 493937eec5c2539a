"""The commands: what each is called, what it takes, and where it is."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NamedTuple

FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown")
LEVELS = ("error", "warning", "advice")

EPILOG = """\
exit codes:
  0  clean: no finding at or above --fail-on
  1  findings at or above --fail-on, or a Terraform or CloudFormation file that cannot be read
  2  wrong usage, or an error of fabriclint itself
  3  a path does not exist, or a folder holds neither Terraform nor CloudFormation
"""


class Command(NamedTuple):
    """A command: a line of help, its arguments, and the function that does it (`module:function` of `fabriclint.doors`)."""

    help: str
    fill: Callable[[argparse.ArgumentParser], None]
    does: str


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


def _at_least_one(said: str) -> int:
    number = int(said)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


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
    check.add_argument(
        "--jobs",
        type=_at_least_one,
        metavar="N",
        help="judge roots in N processes (default: one a processor, where there is enough to do)",
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


def _init(init: argparse.ArgumentParser) -> None:
    init.add_argument(
        "--yes", action="store_true", help="write without asking; what is written is shown all the same"
    )


def _explain(explain: argparse.ArgumentParser) -> None:
    explain.add_argument("rule", metavar="RULE")
    _own(explain)
    _color(explain)


def _rules(rules: argparse.ArgumentParser) -> None:
    rules.add_argument("--format", choices=("text", "json"), default="text")
    _own(rules)
    _color(rules)


def _test(test: argparse.ArgumentParser) -> None:
    test.add_argument("folder", metavar="DIR", help="a folder of rules; their cases are in DIR/fixtures")


def _new_rule(new: argparse.ArgumentParser) -> None:
    new.add_argument("name", metavar="NAME", help="what is wrong, in lower-case words with - between them")
    new.add_argument("--policy", action="store_true", help="a policy in YAML instead of a rule in Python")
    new.add_argument("--into", default=".", metavar="DIR", help="the folder of rules (default: .)")
    new.add_argument(
        "--subject", default="Fleet", metavar="SUBJECT", help="what it is about (default: Fleet)"
    )


def _inspect(inspect: argparse.ArgumentParser) -> None:
    inspect.add_argument("paths", nargs="*", metavar="PATH", help="folders and files (default: .)")
    inspect.add_argument("--format", choices=("text", "json"), default="text")
    _color(inspect)
    _inputs(inspect)
    _configuration(inspect)


def _adapter(adapter: argparse.ArgumentParser) -> None:
    adapter.add_argument("linter", choices=("checkov", "cfn-lint"))


def _lsp(lsp: argparse.ArgumentParser) -> None:
    lsp.add_argument("--stdio", action="store_true", help="accepted, because editors pass it")
    lsp.add_argument("--log-level", choices=("error", "warning", "info", "debug"), default="warning")


def _color(command: argparse.ArgumentParser) -> None:
    command.add_argument("--color", choices=("auto", "always", "never"), default="auto")


COMMANDS = {
    "check": Command("lint folders, Terraform files and templates", _check, "check:check"),
    "init": Command("write hook, job and configuration for this repository", _init, "init:init"),
    "config": Command("show the configuration that holds, and why", _config, "config:config"),
    "baseline": Command("write what is found today into a baseline", _baseline, "baseline:baseline"),
    "explain": Command("show the page of a rule", _explain, "catalogue:explain"),
    "rules": Command("list the rules", _rules, "catalogue:table"),
    "test": Command("hold rules of your own to their cases", _test, "harness:test"),
    "new-rule": Command(
        "write the first form of a rule of your own, with its cases", _new_rule, "new_rule:new_rule"
    ),
    "inspect": Command("show every fleet as fabriclint understands it", _inspect, "inspect:inspect"),
    "transfer": Command("how long a dataset takes over a link", _transfer, "transfer:transfer"),
    "adapter": Command("print where checkov or cfn-lint find fabriclint", _adapter, "adapter:adapter"),
    "lsp": Command("serve an editor over standard input and output", _lsp, "lsp.stdio:serve"),
}
