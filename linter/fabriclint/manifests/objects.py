"""Kubernetes objects, from any value that holds some."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from fabriclint.manifests.text import documents
from fabriclint.text import Span
from fabriclint.values import Many, Map, Member, OneOf, Reference, Seq, Text, Truth, Unknown, Value

_MOST: Final = 5_000


class Manifest(Struct, frozen=True, eq=False):
    """One Kubernetes object: `kind` and `api_version` as written (empty where there is none), and the whole object.

    `place` is the first line of the object; `alone` says that its text or value holds nothing else.
    """

    kind: str
    api_version: str
    name: Value
    place: Span | None
    body: Value
    alone: bool = True

    def get(self, *path: str) -> Value:
        """What stands at a path of the object."""
        return self.body.field(*path)

    @property
    def group(self) -> str:
        """The API group: `karpenter.sh` of `karpenter.sh/v1`; empty for the core group."""
        return self.api_version.rpartition("/")[0]


def read(value: Value) -> Many[Manifest]:
    """The objects in a value: in a text of YAML or JSON, in an object, or in a list of either.

    `more` says why there may be objects that are not shown. What is no Kubernetes object (it has no kind) is passed over.
    """
    found: list[Member[Manifest]] = []
    more: Unknown | None = None
    todo: list[Member[Value]] = [Member(value)]
    seen = 0
    while todo:
        member = todo.pop(0)
        item, data = member.item, member.item.data
        seen += 1
        if seen > _MOST:
            why = Unknown.because("there are too many objects to be read", value.place)
            return Many(tuple(found), why)
        inner: list[Member[Value]] = []
        unseen: Unknown | None = None
        if isinstance(data, (str, Text)):
            read_ = documents(item)
            inner = [
                Member(one, member.exists)
                for one in read_.known()
                if isinstance(one.data, (Map, Seq, OneOf, Reference, Unknown))
            ]
            unseen = read_.more
        elif isinstance(data, Seq):
            inner = [Member(one.under(item.inputs), member.exists) for one in data.items]
            unseen = data.more
        elif isinstance(data, OneOf):
            may = member.exists & Truth("unknown", data.because.reasons)
            inner = [Member(option, may) for option in item.options()]
        elif isinstance(data, Unknown):
            unseen = data
        elif isinstance(data, Reference):
            unseen = Unknown.because(f"{data} is not known before it is created", item.place)
        elif isinstance(data, Map):
            kind = item.field("kind")
            if kind.text() == "List":
                inner = [
                    Member(one.under(item.inputs), member.exists)
                    for one in item.field("items").members().known()
                ]
                unseen = item.field("items").members().more
            elif kind.text() is not None:
                found.append(Member(_manifest(item), member.exists))
            elif not kind.absent:
                unseen = kind.unknown or Unknown.because(f"the kind {kind.show()} is not known", kind.place)
        todo[:0] = inner
        if unseen is not None:
            more = unseen if more is None else more.also(unseen)
    if len(found) != 1 or more is not None:
        found = [Member(_shared(one.item), one.exists) for one in found]
    return Many(tuple(found), more)


def _manifest(body: Value) -> Manifest:
    return Manifest(
        kind=body.field("kind").text() or "",
        api_version=body.field("apiVersion").text() or "",
        name=body.field("metadata", "name"),
        place=body.place,
        body=body,
    )


def _shared(one: Manifest) -> Manifest:
    return Manifest(one.kind, one.api_version, one.name, one.place, one.body, alone=False)
