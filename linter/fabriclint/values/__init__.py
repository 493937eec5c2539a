"""What sources say, and how surely: three-valued truths and values with unknown parts.

Both languages evaluate to the same data:

* plain scalars: None, bool, int, float, str;
* `Unknown`: not decided by the sources, with the reasons;
* `Reference`: a symbolic handle (`aws_subnet.a.id`, `!Ref SubnetA`) that equals itself, so joins work before a real id exists;
* `Text`: a string with holes, its literal parts kept;
* `Seq` and `Map`: collections that may have members the sources do not show;
* `OneOf`: one of a few values, which of them is not decided.

`Value` puts such data at its place. `Truth`, `Value` and `Many` cannot be used as a bool or compared with `==`: a slip raises.
"""

from fabriclint.values.data import (
    Data,
    Map,
    OneOf,
    Origin,
    Pieced,
    Reference,
    Scalar,
    Seq,
    Text,
    Value,
    plain,
)
from fabriclint.values.many import Many, Member
from fabriclint.values.truth import (
    NO,
    NO_INPUTS,
    SENSITIVE,
    YES,
    Input,
    Inputs,
    Reason,
    State,
    Truth,
    Unknown,
    all_of,
    any_of,
)

__all__ = [
    "NO",
    "NO_INPUTS",
    "SENSITIVE",
    "YES",
    "Data",
    "Input",
    "Inputs",
    "Many",
    "Map",
    "Member",
    "OneOf",
    "Origin",
    "Pieced",
    "Reason",
    "Reference",
    "Scalar",
    "Seq",
    "State",
    "Text",
    "Truth",
    "Unknown",
    "Value",
    "all_of",
    "any_of",
    "plain",
]
