"""The few data sources whose answer stands in the sources: the Region, rendered templates, cut and joined texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabriclint.languages.terraform.failures import inputs_of, one_of
from fabriclint.patterns import late
from fabriclint.text import Span
from fabriclint.values import Map, OneOf, Reference, Seq, Text, Unknown, Value

if TYPE_CHECKING:
    from fabriclint.languages.terraform.instances import Instance

_NARROWING: Final = frozenset(
    {"tags", "filter", "most_recent", "name_prefix", "name_regex", "owners", "default", "state"}
)
_ZONE_ID: Final = late(r"^[a-z0-9]+-(?:[a-z0-9]+-)?az\d+$")


def data_attribute(instance: Instance, name: str, place: Span) -> Value | None:
    """An attribute of a data source where it can be worked out; None where it stays a handle."""
    kind = instance.block.labels[0]
    if kind == "aws_region" and name in ("name", "id", "region"):
        return _region(instance, name, place)
    if name == "rendered" and kind in ("cloudinit_config", "template_cloudinit_config"):
        return _cloud_init(instance, place)
    if name == "rendered" and kind == "template_file":
        return _template_file(instance, place)
    if kind == "stub_zones" and name == "by_id" and instance.module.outer is not None:
        return _zones_by_id(instance, place)
    if kind in ("kubectl_file_documents", "kubectl_path_documents") and name in ("documents", "manifests"):
        from fabriclint.languages.terraform.kubectl_documents import documents

        return documents(instance, name, place)
    if kind == "aws_ec2_instance_type" and name != "instance_type":
        return _instance_type(instance, name, place)
    return _echoed(instance, name, place)


def _echoed(instance: Instance, name: str, place: Span) -> Value | None:
    """An argument that a data source gives back as it was written: what it is looked up by is what it has."""
    if name in _NARROWING or name not in instance.block.attributes:
        return None
    written = instance.read(name)
    if not isinstance(written.data, (str, bool, int, float, Reference)):
        return None
    handle = Reference(instance.address, (name,), place)
    return Value(written.data, written.place, written.origin, handle, written.inputs)


def _region(instance: Instance, name: str, place: Span) -> Value | None:
    from fabriclint.languages.terraform.elements import provider_of

    for written in ("region", "name"):
        given = instance.read(written)
        if not given.absent:
            return given.moved(place)
    value = instance.module.region(provider_of(instance.block))
    if value is None or not isinstance(value.data, str):
        return None
    return Value(
        value.data, place, reference=Reference(instance.address, (name,), place), inputs=value.inputs
    )


def _zones_by_id(instance: Instance, place: Span) -> Value:
    """Whether a list of zones, as the caller of a stub gives it, names them by id (`usw2-az1`) and not by name."""
    zones = instance.read("zones")
    data = zones.data
    members = [item.data for item in data.items] if isinstance(data, Seq) else [data]
    by_id = any(
        _ZONE_ID.search(member) is not None
        if isinstance(member, str)
        else isinstance(member, Reference) and "zone_ids" in member.path
        for member in members
    )
    return Value(by_id, place, inputs=zones.inputs)


def _instance_type(instance: Instance, name: str, place: Span) -> Value | None:
    """What the catalogue of instance types says of one; one of several where the type is one of several."""
    written = instance.read("instance_type")
    made = [_of_type(option, name, place) for option in written.options()]
    if any(value is None for value in made):
        return None
    found = [value for value in made if value is not None]
    because = written.data.because if isinstance(written.data, OneOf) else Unknown(())
    return one_of(found, because, place, written.inputs)


def _of_type(written: Value, name: str, place: Span) -> Value | None:
    from fabriclint.facts.instances import instance as catalogued

    kind = catalogued(written.data) if isinstance(written.data, str) else None
    if kind is None:
        return None
    known: dict[str, bool | int] = {
        "efa_supported": kind.efa_capable,
        "efa_maximum_interfaces": kind.max_efa,
        "default_vcpus": kind.vcpus,
    }
    if kind.cards:
        known["maximum_network_cards"] = len(kind.cards)
    return Value(known[name], place) if name in known else None


def _cloud_init(instance: Instance, place: Span) -> Value | None:
    """The contents of the parts, one below the other."""
    parts = instance.read("part")
    data = parts.data
    if not isinstance(data, Seq):
        return (
            None
            if not isinstance(data, (OneOf, Unknown))
            else Value(parts.unknown, place, inputs=parts.inputs)
        )
    pieces: list[str | Reference | Unknown] = []
    spans: list[Span | None] = []
    contents: list[Value] = []
    for item in data.items:
        if not isinstance(item.data, Map):
            continue
        content = item.data.get("content", item.place)
        contents.append(content)
        if isinstance(content.data, Text):
            pieces.extend(content.data.parts)
            spans.extend(content.data.spans or [content.place] * len(content.data.parts))
        elif isinstance(content.data, (str, Reference, Unknown)):
            pieces.append(content.data)
            spans.append(content.place)
        elif isinstance(content.data, OneOf):
            pieces.append(content.data.because)
            spans.append(content.place)
        if pieces and not (isinstance(pieces[-1], str) and pieces[-1].endswith("\n")):
            pieces.append("\n")
            spans.append(None)
    if data.more is not None:
        pieces.append(data.more)
        spans.append(parts.place)
    inputs = inputs_of([parts, *contents])
    if not pieces:
        return Value("", place, inputs=inputs)
    return Value(Text(tuple(pieces), tuple(spans)), place, inputs=inputs)


def _template_file(instance: Instance, place: Span) -> Value | None:
    """The template with its `vars`; an old provider's way of writing templatefile()."""
    from fabriclint.languages.terraform.build import template, text_template
    from fabriclint.languages.terraform.template_scope import TemplateScope

    written = instance.read("template")
    given = instance.read("vars")
    if not isinstance(written.data, str):
        return Value(written.unknown, place) if written.unknown is not None else None
    # The text was evaluated once already, so what is left of `$${x}` is the template's own `${x}`.
    whole = written.place
    from_file = whole is not None and whole.start == 0 and whole.end == len(whole.source.data)
    expression = (
        template(whole.source) if whole is not None and from_file else text_template(written.data, place)
    )
    names = given.data.entries if isinstance(given.data, Map) else {}
    more = given.data.more if isinstance(given.data, Map) else given.unknown
    scope = TemplateScope(instance.scope, names, more)
    run = instance.module.run
    value = run.deeper(expression.height + 8, lambda: expression.evaluate(scope), place)
    return value.under(written.inputs | given.inputs)
