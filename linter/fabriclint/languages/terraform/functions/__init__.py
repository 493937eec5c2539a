"""Terraform's pure functions over values with unknown parts.

`call` never raises. What Terraform would reject is a Failure, what is not decided an Unknown, each with its reason. These
conventions hold:

* A result rests on the inputs of all arguments, and is placed at the call; members keep their own place and reference.
* `base64encode` of a string with holes is the same string, not encoded: readers of user data accept both.
* An argument that is one of a few values gives one of the results.
* A set is a Seq in Terraform's order; where a member is not known, in the order written.
* What is derived from a symbolic list in another order (`sort`, `reverse`, `distinct`, `toset`) is a symbolic list of its own.
"""

from __future__ import annotations

from importlib import import_module
from itertools import product
from typing import Final

from msgspec.structs import replace

from fabriclint.languages.terraform.failures import failed
from fabriclint.languages.terraform.failures import joined as joined_unknowns
from fabriclint.languages.terraform.functions.calling import FUNCTIONS, Call, Entry, Undecided
from fabriclint.languages.terraform.functions.comparing import identity
from fabriclint.languages.terraform.kinds import STRING, Kind, Typed
from fabriclint.text import Span
from fabriclint.values import Inputs, OneOf, Reason, Seq, Unknown, Value

__all__ = ["NAMES", "call"]

# Which module has which functions: a module is imported when one of them is first called.
_MODULES: Final = {
    "checksums": "base64sha256 base64sha512 md5 sha1 sha256 sha512",
    "conversions": "coalesce nonsensitive sensitive tobool tolist tomap tonumber toset tostring",
    "dates": "formatdate timeadd timecmp",
    "encoding": (
        "base64decode base64encode csvdecode jsondecode jsonencode textdecodebase64 textencodebase64"
        " urlencode"
    ),
    "formatting": "format formatlist",
    "lists": (
        "alltrue anytrue chunklist coalescelist compact concat contains distinct element flatten"
        " index length matchkeys one range reverse slice sort sum"
    ),
    "maps": "keys lookup merge transpose values zipmap",
    "network": "cidrhost cidrnetmask cidrsubnet cidrsubnets",
    "numbers": "abs ceil floor log max min parseint pow signum",
    "regexes": "regex regexall replace",
    "sets": "setintersection setproduct setsubtract setunion",
    "strings": (
        "chomp endswith indent join lower split startswith strcontains strrev substr title trim"
        " trimprefix trimspace trimsuffix upper"
    ),
    "yaml_text": "yamldecode yamlencode",
}

_HOME: Final = {name: module for module, names in _MODULES.items() for name in names.split()}

_OF_STRINGS: Final = frozenset({"compact", "formatlist", "sort", "split"})
_STRINGS: Final = Kind("list", STRING)

_MOST_COMBINATIONS: Final = 8

_NEVER: Final = {
    "base64gzip": "its bytes depend on the compressor",
    "bcrypt": "it is salted",
    "plantimestamp": "it is the time of the plan",
    "rsadecrypt": "private keys are not used",
    "timestamp": "it is the time of the run",
    "uuid": "it is drawn by chance",
    "uuidv5": "it names nothing that is read",
    "type": "only the console has it",
    "issensitive": "sensitivity is not tracked",
    "ephemeralasnull": "ephemerality is not tracked",
}

NAMES: Final = frozenset(_HOME) | frozenset(_NEVER)
"""The functions that `call` knows by name."""


def call(name: str, args: list[Value], place: Span | None) -> Value:
    """The result of a function, placed at `place`; an Unknown where it is not decided or Terraform would reject the call."""
    short = name.removeprefix("core::")
    inputs: Inputs = frozenset(given for arg in args for given in arg.inputs)
    entry = _entry(short)
    if entry is None:
        if short in _NEVER:
            what = f"{short}() is not evaluated: {_NEVER[short]}"
        elif short.startswith("provider::"):
            what = f"{short}() is not evaluated: it belongs to a provider"
        else:
            what = f"{short}() is not evaluated: there is no such function"
        return Value(Unknown((Reason(what, place),)), place, inputs=inputs)
    if len(args) < entry.least or (entry.most is not None and len(args) > entry.most):
        what = f"{short}() does not take {len(args)} argument{'' if len(args) == 1 else 's'}"
        return failed(what, place, inputs)
    if not any(isinstance(arg.data, OneOf) for arg in args):
        return _once(entry, short, tuple(args), place)
    because = joined_unknowns(arg.data.because for arg in args if isinstance(arg.data, OneOf))
    combinations = 1
    options = [arg.options() for arg in args]
    for group in options:
        combinations *= len(group)
    if not 0 < combinations <= _MOST_COMBINATIONS:
        return Value(because, place, inputs=inputs)
    results: list[Value] = []
    seen: list[object] = []
    for chosen in product(*options):
        result = _once(entry, short, chosen, place)
        key = identity(result)
        if key is None or key not in seen:
            seen.append(key)
            results.append(result)
    if len(results) == 1:
        return results[0].under(inputs)
    if all(isinstance(result.data, Unknown) for result in results):
        return Value(
            joined_unknowns(r.data for r in results if isinstance(r.data, Unknown)), place, inputs=inputs
        )
    return Value(OneOf(tuple(results), because), place, inputs=inputs)


def _entry(name: str) -> Entry | None:
    if name not in FUNCTIONS and name in _HOME:
        import_module(f"{__name__}.{_HOME[name]}")
    return FUNCTIONS.get(name)


def _once(entry: Entry, name: str, args: tuple[Value, ...], place: Span | None) -> Value:
    made = Call(name, args, place, {given for arg in args for given in arg.inputs})
    try:
        if not entry.lenient:
            unknowns = [arg.data for arg in args if isinstance(arg.data, Unknown)]
            if unknowns:
                raise Undecided(joined_unknowns(unknowns))
        result = entry.run(made)
    except Undecided as undecided:
        result = undecided.unknown
    except (ArithmeticError, ValueError, RecursionError) as error:
        said = (
            "of a value that nests too deeply" if isinstance(error, RecursionError) else "of these arguments"
        )
        result = Unknown((Reason(f"{name}() {said} is not evaluated", place),))
    if not isinstance(result, Value):
        if isinstance(result, Seq) and name in _OF_STRINGS and not result.items and result.more is None:
            return Typed(result, place, inputs=frozenset(made.inputs), kind=_STRINGS)
        return Value(result, place, inputs=frozenset(made.inputs))
    return replace(result, place=place, origin="written", inputs=result.inputs | made.inputs)
