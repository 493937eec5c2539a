"""Instance types as they are written: names, families, and what the catalogue says of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from fabriclint.facts.instances import InstanceType, family, instance, names
from fabriclint.values import Truth, Value


@lru_cache(maxsize=2048)  # names come from scanned files
def expand(name: str) -> tuple[str, ...]:
    """The types a written name stands for: itself, or every current size of a family (`p5`, as Batch takes it)."""
    if "." in name.removeprefix("ml."):
        return (name,)
    found = tuple(other for other in names() if family(other) == name)
    return tuple(other for other in found if (known := instance(other)) and known.current) or found


def decide_type(value: Value, test: Callable[[InstanceType], bool]) -> Truth:
    """Ask a test of an instance type's facts; a type that is not in the catalogue leaves it open.

    A family name stands for its sizes and is decided when they agree; `optimal` (Batch) is general-purpose CPU families.
    """

    def ask(data: object) -> bool | None:
        if not isinstance(data, str):
            return None
        if data in ("optimal", "default_x86_64", "default_arm64"):
            general = instance("m5.large")  # what Batch picks from is the C, M and R families
            return test(general) if general else None
        verdicts = {test(known) if (known := instance(name)) else None for name in expand(data)}
        return verdicts.pop() if len(verdicts) == 1 else None

    return value.decide(ask)
