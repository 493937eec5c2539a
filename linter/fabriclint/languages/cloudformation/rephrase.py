"""Changes as CloudFormation can take them: in its own forms, with what it needs beside them."""

from __future__ import annotations

from collections.abc import Mapping

from fabriclint.languages.cloudformation.vocabulary import SHAPES
from fabriclint.languages.writing import one_peer_each
from fabriclint.model.change import Add, Change, Inside, Link, Remove, Written
from fabriclint.model.element import Each


def rephrased(change: Change) -> list[Change]:
    """A change without what CloudFormation has no words for: endpoint associations, rules that name their own group."""
    if isinstance(change, Add) and change.kind == "endpoint_route_table":
        endpoint, table = change.attributes.get("endpoint"), change.attributes.get("route_table")
        if isinstance(endpoint, Link) and table is not None:
            return [Inside(endpoint.element, "route_tables", (table,), change.comment)]
    if not isinstance(change, Inside) or change.element.kind != "security_group":
        return [change]
    kept: list[Written] = []
    found: list[Change] = []
    for item in change.items:
        if not isinstance(item, Mapping):
            kept.append(item)
        elif item.get("self") is True:
            words: dict[str, Written] = {"direction": change.attribute, "group": Link(change.element), **item}
            name = f"{split(change.element.address)[1]}_{change.attribute}_from_itself"
            found.append(Add("security_group_rule", name, words, comment=change.comment))
        else:
            kept.extend(one_peer_each(item))
    if kept:
        found.insert(0, Inside(change.element, change.attribute, tuple(kept), change.comment, change.instead))
    elif change.instead:
        found.insert(0, Remove(change.element, change.attribute))
    return found


def completed(words: dict[str, Written], type_: str) -> dict[str, Written]:
    """Words with what this language needs beside them: a file system's product, a name as a tag."""
    shape = SHAPES[type_]
    if shape.kind == "lustre" and "type" not in words:
        words = {"type": "LUSTRE", **words}
    if "name" in words and "name" not in shape.attributes:
        name = words.pop("name")
        tags = words.get("tags")
        if isinstance(shape.attributes.get("tags"), Each) and (tags is None or isinstance(tags, Mapping)):
            words["tags"] = {"Name": name, **(tags or {})}
    return words


def split(address: str) -> tuple[str, str]:
    """An address as its stack (empty for the root) and the logical id in it."""
    stack, _, name = address.rpartition("/")
    return stack, name
