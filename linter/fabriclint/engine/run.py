"""Every rule over every subject of every root: claims are settled, and what went wrong on the way is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Protocol, cast

from msgspec import Struct, field
from msgspec.structs import replace

from fabriclint.engine import cases, merge
from fabriclint.engine.discover import Plan, told
from fabriclint.engine.packs import builtin_rules
from fabriclint.engine.policy import ANYWHERE, Policy
from fabriclint.engine.precedence import covered
from fabriclint.engine.report import Report, Verdict, at_least, counted, diagnostic_order, position
from fabriclint.engine.suppress import Suppressions, comments
from fabriclint.engine.withhold import Secrets
from fabriclint.languages.base import Diagnostic, Files, Ignore, Language, Reading, Root, Settings
from fabriclint.model.element import Element
from fabriclint.model.stack import Stack
from fabriclint.sdk import Claim, Rule, Severity
from fabriclint.text import Span
from fabriclint.values import Input, State, Truth

UNSEEN_SHOWN = 8
# The language whose inputs are parameters: a named run gives them.
PARAMETERS_OF = "cloudformation"


class Subject(Protocol):
    """What the engine needs of a model object."""

    @property
    def address(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def place(self) -> Span: ...
    @property
    def element(self) -> Element: ...


class Written(Struct, frozen=True):
    """A fix as code of its check's language; or why that could not be written."""

    text: str
    problem: str = ""


NOTHING_WRITTEN: Final = Written("")


class Settled(Struct, frozen=True):
    """A claim and what it came to."""

    claim: Claim
    truth: Truth


class Check(Struct, frozen=True):
    """One rule on one subject, with all its claims settled."""

    rule: Rule
    subject: Subject
    language: Language
    root: Root
    settled: tuple[Settled, ...]
    elements: tuple[Element, ...] = ()

    @property
    def kind(self) -> str:
        """What the subject is: `Fleet`, `Vpc`."""
        return type(self.subject).__name__

    @property
    def state(self) -> State:
        """Yes if any claim is; else unknown if any is; else no."""
        states = {settled.truth.state for settled in self.settled}
        return "yes" if "yes" in states else "unknown" if "unknown" in states else "no"

    def severity(self, claim: Claim) -> Severity:
        """The severity of a claim, which may be below its rule's and never above."""
        lowered = claim.severity
        return (
            lowered if lowered is not None and at_least(self.rule.severity, lowered) else self.rule.severity
        )

    def written(self, claim: Claim) -> Written:
        """The changes of a claim's fix as code. A writer that fails costs the code, never the finding."""
        changes = claim.fix.changes
        if not changes:
            return NOTHING_WRITTEN
        try:
            text = self.language.write(changes, self.subject.element).strip("\n")
        except Exception as error:
            return Written("", told(error))
        return Written(text) if text.strip() else Written("", "nothing was written")


class Judged(Struct, frozen=True):
    """One root, judged under all the settings that there are for it, and what went wrong on the way."""

    checks: tuple[Check, ...]
    trouble: Trouble


class Trouble(Struct):
    """What went wrong so far."""

    diagnostics: list[Diagnostic]
    crashed: bool = False
    ignores: list[Ignore] = field(default_factory=list[Ignore])
    used: set[str] = field(default_factory=set[str])
    unused: dict[str, str] = field(default_factory=dict[str, str])
    secrets: list[set[str]] = field(default_factory=list[set[str]])

    def given(self, root: Root, settings: Settings, reading: Reading) -> None:
        """Note which parameters a root takes, and the first root that does not know one."""
        for name, _ in settings.parameters:
            if name in reading.undeclared:
                self.unused.setdefault(name, root.path)
            else:
                self.used.add(name)

    def join(self, other: Trouble) -> None:
        """Take over what went wrong elsewhere."""
        self.diagnostics.extend(other.diagnostics)
        self.crashed = self.crashed or other.crashed
        self.ignores.extend(other.ignores)
        self.used |= other.used
        self.secrets.extend(other.secrets)
        for name, path in other.unused.items():
            self.unused.setdefault(name, path)

    def nobody_takes(self) -> Iterable[Diagnostic]:
        """A warning for the parameters that were given and that no root declares."""
        names = [name for name in self.unused if name not in self.used]
        if names:
            what = (
                "parameters that no template here declares were given"
                if len(names) > 1
                else ("a parameter that no template here declares was given")
            )
            yield Diagnostic("warning", f"{what}: {', '.join(names)}", path=self.unused[names[0]])

    def crash(self, what: str, error: BaseException, place: Span | None = None, path: str = "") -> None:
        """Note a fault of fabriclint itself."""
        self.crashed = True
        self.diagnostics.append(Diagnostic("error", f"{what}: {told(error)}", place, path))


def run(
    plan: Plan, files: Files, settings: Settings, rules: Sequence[Rule], policy: Policy = ANYWHERE
) -> Report:
    """Judge every root of a plan by the rules. A rule or language that fails is told, and the rest goes on."""
    judged = [judged_root(language, root, files, settings, rules) for language, root in plan.roots]
    return report_of(plan, judged, settings, rules, policy)[0]


def judged_root(
    language: Language, root: Root, files: Files, settings: Settings, rules: Sequence[Rule]
) -> Judged:
    """Judge one root, once for each named run that is given for it."""
    trouble = Trouble([])
    checks: list[Check] = []
    for name, given in runs(language, root, settings):
        judged = judge(language, root, files, given, rules, trouble)
        checks.extend(judged if name is None else (under(check, name) for check in judged))
    return Judged(tuple(checks), trouble)


def report_of(
    plan: Plan,
    judged: Iterable[Judged],
    settings: Settings,
    rules: Sequence[Rule],
    policy: Policy = ANYWHERE,
) -> tuple[Report, dict[str, tuple[merge.Found, ...]]]:
    """The report of the judged roots, and the claims that its findings tell, by fingerprint."""
    trouble = Trouble(list(plan.diagnostics), plan.crashed)
    checks: list[Check] = []
    for one in judged:
        checks.extend(held(one.checks, policy))
        trouble.join(one.trouble)
    trouble.diagnostics.extend(trouble.nobody_takes())
    claims = merge.claims(checks)
    if settings.suppressions:
        beside = (ignore for one in claims for ignore in comments(one.claim.at.source))
        known = {rule.name: rule for rule in (*builtin_rules(), *rules)}
        suppressions = Suppressions((*trouble.ignores, *beside), known.values(), settings.today)
        told = [one for one in claims if not suppressions.hides(one)]
        faults = [
            *suppressions.faults,
            *suppressions.unused({rule.name: rule for rule in rules}, undecided(checks)),
        ]
    else:
        told, faults = claims, []
    groups = merge.found(told)
    findings = merge.findings(groups, trouble.diagnostics)
    claimed = {one.fingerprint: group for one, group in zip(findings, groups, strict=True)}
    findings = merge.together(findings, faults)
    open_ = merge.not_checked(checks)
    # Only now, when every value has been asked for, is it known what the sensitive ones hold.
    secrets = Secrets(text for some in trouble.secrets for text in some)
    verdicts = sorted(
        (verdict(check) for check in checks), key=lambda v: (position(v.place), v.rule, v.address)
    )
    report = Report(
        roots=tuple(root for _, root in plan.roots),
        folded=plan.folded,
        findings=secrets.cleared(findings),
        not_checked=secrets.cleared(open_),
        diagnostics=secrets.cleared(told_once(trouble.diagnostics)),
        verdicts=tuple(verdicts),
        summary=counted(
            findings, sum(check.state == "no" for check in checks), len(open_), len(claims) - len(told)
        ),
        missing=plan.missing,
        crashed=trouble.crashed,
        secrets=secrets,
    )
    return report, claimed


def held(checks: Iterable[Check], policy: Policy) -> Iterable[Check]:
    """The checks as a policy holds for the files that they are about; those it silences are left out."""
    for check in checks:
        found = (one.claim.at for one in check.settled if one.truth.certain)
        rule = policy.rule_at(check.rule, next(found, check.subject.place).path)
        if rule is not None:
            yield check if rule is check.rule else replace(check, rule=rule)


def undecided(checks: Iterable[Check]) -> list[tuple[str, tuple[Span, ...]]]:
    """What was left open: the rule and the places that it was asked about."""
    return [
        (
            check.rule.name,
            (
                check.subject.place,
                *(one.claim.at for one in check.settled),
                *(call.place for call in check.subject.element.calls),
            ),
        )
        for check in checks
        if check.state == "unknown"
    ]


def runs(language: Language, root: Root, settings: Settings) -> Iterable[tuple[str | None, Settings]]:
    """The settings to judge a root under: each named run that gives it something, or the settings as they are."""
    takes_parameters = language.name == PARAMETERS_OF
    some = False
    for one in settings.runs:
        if not one.applies(root.path) or not (one.parameters if takes_parameters else one.speaks_terraform):
            continue
        some = True
        yield (
            one.name,
            replace(
                settings,
                parameters=(*settings.parameters, *one.parameters),
                variables=(*one.variables, *settings.variables),
                variable_files=(*one.variable_files, *settings.variable_files),
                workspace=settings.workspace or one.workspace,
            ),
        )
    if not some:
        yield None, settings


def under(check: Check, run_name: str) -> Check:
    """A check that rests on the run it was made in."""
    inputs = frozenset({Input("run", run_name)})
    return replace(check, settled=tuple(replace(one, truth=one.truth.under(inputs)) for one in check.settled))


def judge(
    language: Language, root: Root, files: Files, settings: Settings, rules: Sequence[Rule], trouble: Trouble
) -> list[Check]:
    """The checks of one root, after precedence."""
    read = reading_of(language, root, files, settings, trouble)
    if read is None:
        return []
    stack, reading = read
    if settings.suppressions:
        trouble.ignores.extend(reading.ignores)
        trouble.ignores.extend(ignore for source in reading.sources for ignore in comments(source))
    checks = asked(stack, language, root, rules, trouble)
    if reading.choices and any(check.state == "unknown" for check in checks):

        def again(given: cases.Given, some: Sequence[Rule]) -> Sequence[Check] | None:
            tried = replace(settings, parameters=(*settings.parameters, *given))
            aside = Trouble([])
            case = reading_of(language, root, files, tried, aside)
            judged = asked(case[0], language, root, some, aside) if case is not None else []
            return None if aside.crashed else judged

        checks = cases.settled(checks, reading.choices, again)
    return after_precedence(checks)


def asked(
    stack: Stack, language: Language, root: Root, rules: Sequence[Rule], trouble: Trouble
) -> list[Check]:
    """Every rule over every subject of a stack."""
    checks: list[Check] = []
    subjects: dict[type, tuple[Subject, ...]] = {}
    for rule in rules:
        if rule.subject not in subjects:
            subjects[rule.subject] = subjects_of(stack, rule, root, trouble)
        for subject in subjects[rule.subject]:
            try:
                settled = tuple(
                    Settled(claim, subject.element.exists & claim.when) for claim in rule.check(subject)
                )
            except Exception as error:
                what = f"rule {rule.name} failed on {subject.label}"
                trouble.crash(what, error, subject.place)
                continue
            if settled:
                checks.append(Check(rule, subject, language, root, settled, stack.elements))
    return checks


def subjects_of(stack: Stack, rule: Rule, root: Root, trouble: Trouble) -> tuple[Subject, ...]:
    """What a rule looks at; nothing where the model fails on it, which is told."""
    subject = cast("type[Subject]", rule.subject)
    try:
        return tuple(stack.subjects(subject))
    except Exception as error:
        trouble.crash(
            f"fabriclint failed to find the {subject.__name__} objects of this root", error, path=root.path
        )
        return ()


def stack_of(
    language: Language, root: Root, files: Files, settings: Settings, trouble: Trouble
) -> Stack | None:
    """A root as a stack; nothing where its language fails on it, which is told."""
    read = reading_of(language, root, files, settings, trouble)
    return None if read is None else read[0]


def reading_of(
    language: Language, root: Root, files: Files, settings: Settings, trouble: Trouble
) -> tuple[Stack, Reading] | None:
    """A root as a stack, and as its language read it; nothing where that fails, which is told."""
    try:
        reading = language.read(root, files, settings)
        stack = Stack(reading.elements, reading.region, reading.open, settings.given)
        trouble.secrets.append(reading.secrets)
        trouble.diagnostics.extend(reading.diagnostics)
        trouble.diagnostics.extend(not_on_disk(stack))
        if language.name == PARAMETERS_OF:
            trouble.given(root, settings, reading)
        return stack, reading
    except Exception as error:
        trouble.crash("fabriclint failed to read this root", error, path=root.path)
        return None


def not_on_disk(stack: Stack) -> Iterable[Diagnostic]:
    """One note on the modules and nested stacks that are called and not here: what they make was never looked at."""
    calls: dict[str, Element] = {}
    for element in stack.unseen:
        calls.setdefault(f"{element.label.partition('[')[0]} ({element.get('source').show()})", element)
    if calls:
        first = next(iter(calls.values()))
        names = list(calls)
        shown = ", ".join(names[:UNSEEN_SHOWN]) + (
            f" and {len(names) - UNSEEN_SHOWN} more" if len(names) > UNSEEN_SHOWN else ""
        )
        yield Diagnostic(
            "note", f"not in these sources, so what they make is not checked: {shown}", first.place
        )


def after_precedence(checks: Iterable[Check]) -> list[Check]:
    """The checks without those that a more precise finding on the same subject covers."""
    checks = list(checks)
    found: dict[str, list[str]] = {}
    for check in checks:
        if check.state == "yes":
            found.setdefault(check.subject.address, []).append(check.rule.name)
    silent = {address: covered(rules) for address, rules in found.items()}
    return [check for check in checks if check.rule.name not in silent.get(check.subject.address, ())]


def verdict(check: Check) -> Verdict:
    """What a check came to, for the record."""
    subject = check.subject
    return Verdict(
        check.rule.name,
        check.kind,
        subject.address,
        check.language.name,
        subject.place,
        check.root.path,
        check.state,
    )


def told_once(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics in order, each once, however many roots came across it."""
    once: dict[tuple[str, int, str, str], Diagnostic] = {}
    for diagnostic in diagnostics:
        once.setdefault(diagnostic_order(diagnostic), diagnostic)
    return tuple(once[key] for key in sorted(once))
