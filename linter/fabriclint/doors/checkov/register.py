"""The rules as checks of checkov's graph: each is asked once for a whole graph, and the engine runs once for all of them.

checkov's classes are reached by name and held as `Any`: it is installed beside fabriclint or not at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from importlib import import_module
from logging import getLogger
from threading import Lock
from typing import Any

from msgspec import Struct

from fabriclint.doors.adapter import Outcome, full, judge
from fabriclint.doors.checkov.place import Seat, Seating, Verdicts, seated
from fabriclint.engine.discover import told
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.report import RULE_PAGE, Finding
from fabriclint.engine.suppress import RULES as SUPPRESSION_RULES
from fabriclint.languages.base import Root
from fabriclint.sdk import Rule, Severity

log = getLogger("fabriclint.checkov")

SEVERITIES: dict[Severity, str] = {"error": "HIGH", "warning": "MEDIUM", "advice": "LOW"}
FRAMEWORKS = ("terraform", "cloudformation")  # the plan's runner takes the checks of the first
BLOCKS = ("resource", "data", "module")
KEY = "fabriclint"  # what checkov's JSON calls the findings of a record

Vertex = dict[str, Any]
Answer = tuple[list[Vertex], list[Vertex], list[Vertex]]


def check_id(rule: str) -> str:
    """The name of a rule as an id of checkov, which takes letters, digits, `_` and `-`, and no more in a comment."""
    return f"FABRIC_{rule.upper().replace('-', '_')}"


def register() -> None:
    """Hand every rule to checkov; what it has already it keeps."""
    base: Any = import_module("checkov.common.graph.checks_infra.base_check").BaseGraphCheck
    registries: Any = import_module("checkov.common.checks_infra.registry")
    severities: Any = import_module("checkov.common.bridgecrew.severities").Severities
    known: Any = import_module("checkov.runner_filter").RunnerFilter
    for framework in FRAMEWORKS:
        registry: Any = registries.get_graph_checks_registry(framework)
        there = {check.id for check in registry.checks}
        for rule in _rules():
            if check_id(rule.name) in there:
                continue
            check: Any = base()
            check.id = check_id(rule.name)
            check.name = rule.summary
            check.category = "NETWORKING"
            check.guideline = RULE_PAGE.format(rule=rule.name)
            check.severity = severities[SEVERITIES[rule.severity]]
            check.frameworks = [framework]
            check.run = partial(answer, rule)
            known.notify_external_check(check.id)
            registry.checks.append(check)


def answer(rule: Rule, graph_connector: Any) -> Answer:
    """The blocks of a graph for which a rule is clean, those where it found something, and none that are unknown.

    What was not checked is left out, as checkov does itself. A fault of ours is told and ends nothing of checkov's.
    """
    try:
        judged = _judged(graph_connector)
    except Exception as error:
        log.error("fabriclint failed: %s", told(error))
        return [], [], []
    verdicts = judged.verdicts.get(rule.name, Verdicts())
    failed = [_marked(judged.vertices[one], found) for one, found in sorted(verdicts.failed.items())]
    return [judged.vertices[one] for one in sorted(verdicts.passed)], failed, []


class Judged(Struct, frozen=True):
    """A graph with what the engine said of it."""

    graph: Any
    vertices: list[Vertex]
    verdicts: dict[str, Verdicts]


# checkov asks from several threads of one process, and has one graph after the other.
_lock = Lock()
_last: list[Judged] = []


def _judged(graph: Any) -> Judged:
    with _lock:
        if not _last or _last[0].graph is not graph:
            vertices = vertices_of(graph)
            _last[:] = [Judged(graph, vertices, {})]  # what fails is told once, not again for every check
            _last[:] = [Judged(graph, vertices, _verdicts(vertices))]
        return _last[0]


def vertices_of(graph: Any) -> list[Vertex]:
    """The vertices of a graph in either of the two libraries that checkov keeps it in."""
    try:
        pairs = graph.nodes(data=True)
    except TypeError:
        pairs = graph.nodes()
    return [vertex for _, vertex in pairs]


def _verdicts(vertices: list[Vertex]) -> dict[str, Verdicts]:
    """What every rule came to, over the files of a graph."""
    files = sorted({_file(vertex) for vertex in vertices if vertex.get("file_path_")})
    if not files:
        return {}
    plans = [file for file in files if file.endswith(".json")]
    if _is_template(vertices[0]):
        return _over([os.path.commonpath(_folders(files))], "cloudformation", vertices, files)
    made: dict[str, Verdicts] = {}
    for plan in plans:
        _join(made, _over([plan], "terraform", vertices, [plan], plan))
    sources = [file for file in files if file not in plans]
    if sources:
        _join(made, _over([os.path.commonpath(_folders(sources))], "terraform", vertices, sources))
    return made


def _over(
    paths: list[str], language: str, vertices: list[Vertex], files: list[str], plan: str = ""
) -> dict[str, Verdicts]:
    """One run of the engine, and its findings at the blocks of some files."""
    ours = {os.path.realpath(file) for file in (*files, *_folders(files))}

    def wanted(root: Root) -> bool:
        return bool(plan) or any(os.path.realpath(path) in ours for path in (root.path, *root.files))

    outcome = judge(paths, language, log, wanted)
    _tell(outcome)
    taken = set(files)
    seats = (
        _seat(number, vertex)
        for number, vertex in enumerate(vertices)
        if vertex.get("block_type_") in BLOCKS and _file(vertex) in taken
    )
    verdicts, lost = seated(outcome.report, Seating(seats, full, plan))
    known = {rule.name for rule in _rules()}
    more = [one for one in outcome.report.findings if one.rule not in known]
    for finding in (*lost, *more):
        what = "has no resource here" if finding in lost else "is of a rule that checkov was not given"
        log.warning("%s at %s %s: %s", check_id(finding.rule), finding.place, what, finding.message)
    return verdicts


def _rules() -> tuple[Rule, ...]:
    return (*builtin_rules(), *SUPPRESSION_RULES)


def _join(made: dict[str, Verdicts], more: dict[str, Verdicts]) -> None:
    for rule, verdicts in more.items():
        there = made.setdefault(rule, Verdicts())
        there.failed.update(verdicts.failed)
        there.passed |= verdicts.passed


def _tell(outcome: Outcome) -> None:
    """Say what kept fabriclint from judging; checkov's results have no place for it."""
    if outcome.fault:
        log.error("fabriclint checks nothing: %s", outcome.fault)
    for diagnostic in outcome.report.diagnostics:
        if diagnostic.level == "error":
            log.warning("%s: %s", diagnostic.place or diagnostic.path, diagnostic.message)


def _is_template(vertex: Vertex) -> bool:
    return str(getattr(vertex.get("source_"), "value", vertex.get("source_"))).lower() == "cloudformation"


def _file(vertex: Vertex) -> str:
    return os.path.abspath(str(vertex["file_path_"])) if vertex.get("file_path_") else ""


def _folders(files: Iterable[str]) -> list[str]:
    return sorted({os.path.dirname(file) for file in files})


def _seat(number: int, vertex: Vertex) -> Seat:
    """A vertex as a seat. Terraform, plans and templates call the same things by other names."""
    config = vertex.get("config_")
    name = str(vertex.get("block_name_", ""))
    lines = [
        next((vertex[key] for key in keys if isinstance(vertex.get(key), int)), 0)
        for keys in (
            ("__start_line__", "start_line", "__startline__"),
            ("__end_line__", "end_line", "__endline__"),
        )
    ]
    if _is_template(vertex):
        address = name.rpartition(".")[2]
        # A template's block is counted from what stands under its name.
        lines[0] = max(lines[0] - 1, 1) if lines[0] else _marks(config)[0]
        lines[1] = lines[1] or _marks(config)[1]
    else:
        address = str(vertex.get("__address__") or name)
    return Seat(number, str(vertex["block_type_"]), _file(vertex), address, lines[0], lines[1])


def _marks(config: Any) -> tuple[int, int]:
    """The lines of a block of a template in JSON, which checkov keeps as marks."""
    start, end = getattr(config, "start_mark", None), getattr(config, "end_mark", None)
    return (start.line, end.line + 1) if start is not None and end is not None else (0, 0)


def _marked(vertex: Vertex, findings: list[Finding]) -> Vertex:
    """A vertex with what was found, where checkov's JSON shows it: `check_result.entity.fabriclint`."""
    said = [
        {
            "message": one.message,
            "why": one.why,
            "fix": one.fix,
            "severity": one.severity,
            "path": one.place.path,
            "line": one.place.line,
            "column": one.place.column,
        }
        for one in findings
    ]
    config = vertex.get("config_")
    if _is_template(vertex) or not isinstance(config, dict):
        return {**vertex, KEY: said}
    return {**vertex, "config_": {**config, KEY: said}}
