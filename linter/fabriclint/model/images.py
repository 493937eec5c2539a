"""The machine image of a fleet, and whether it brings the software of EFA."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from fabriclint.facts import images
from fabriclint.model.launch import ABSENT
from fabriclint.model.stack import Stack
from fabriclint.patterns import late
from fabriclint.text import Span
from fabriclint.values import Text, Truth, Unknown, Value, any_of

if TYPE_CHECKING:
    from fabriclint.model.compute import Fleet

# A dynamic reference or a parameter of an SSM type, as CloudFormation hands it over; `resolve:ssm:` of a launch template.
_STORED = late(r"^(?:\{\{)?resolve:ssm(?:-secure)?:([^{}]+?)(?::\d+)?(?:\}\})?$")
_CONTAINERS = frozenset({"docker", "nerdctl", "enroot", "pyxis", "singularity", "apptainer", "podman"})
_LAUNCHED_FOR_CONTAINERS = (
    "EKS node group",
    "Batch compute environment",
    "Karpenter pool",
    "EKS Auto Mode pool",
)


class Image(Struct, frozen=True, eq=False):
    """An image: what it is in a few words, whether it brings the EFA software, and where it is chosen."""

    what: str
    brings_efa: Truth
    place: Span | None


def image_of(fleet: Fleet) -> Image:
    """The image a fleet's nodes start from: the launcher's, else the template's, else what EKS picks by type."""
    written = [one.get("image") for one in fleet.launch.elements]
    value = next(
        (one for one in [*written, fleet.of_template("image")] if one.data not in (None, "")), ABSENT
    )
    if not value.absent:
        return _image(fleet.stack, value)
    chosen = fleet.element.get("image_type")
    known = images.of_eks_type(chosen.text() or "")
    if known is not None:
        return Image(known[1], Truth.of(known[0], chosen.inputs), chosen.place)
    why = Unknown.because("which image its nodes start from is not known", chosen.place or fleet.recipe_place)
    return Image("its image", Truth.unknown(chosen.unknown or why), chosen.place or fleet.recipe_place)


def _image(stack: Stack, value: Value) -> Image:
    found = [_known(stack, option) for option in value.options()]
    names = list(dict.fromkeys(one[1] for one in found if one is not None))
    if found and all(one is not None for one in found) and len({one[0] for one in found if one}) == 1:
        brings = Truth.of(any(one[0] for one in found if one), value.inputs)
        return Image(" or ".join(names), brings, value.place)
    why = value.unknown or Unknown.because(f"what the image {value.show()} brings is not known", value.place)
    return Image("its image", Truth.unknown(why).under(value.inputs), value.place)


def _known(stack: Stack, value: Value) -> tuple[bool, str] | None:
    handle = value.handle
    stored = _STORED.match(handle.target if handle is not None else _rendered(value))
    if stored is not None:
        return images.of_parameter(stored[1])
    link = stack.link(value, "image_lookup", "parameter_lookup")
    if link.element is None:
        return None
    if link.element.kind == "parameter_lookup":
        return images.of_parameter(_rendered(link.element.get("name")))
    owners = link.element.get("owners").members()
    if any(owner.text() == "self" for owner in owners.possible()):
        return None
    answers: list[tuple[bool, str] | None] = []
    for block in link.element.get("filters").members().possible():
        if block.field("name").text() == "name":
            answers.extend(
                images.of_name(_rendered(name)) for name in block.field("values").members().possible()
            )
    pattern = link.element.get("name_pattern").text()
    if pattern is not None:
        answers.append(images.of_name(pattern.lstrip("^")))
    return answers[0] if answers and all(one == answers[0] for one in answers) else None


def _rendered(value: Value) -> str:
    """A text with `*` where a part is not known."""
    return value.data.render("*") if isinstance(value.data, Text) else value.text() or ""


def installs_efa(fleet: Fleet) -> Truth:
    """Whether something beside the image brings the EFA software: a start-up script, a provisioner, an SSM document."""
    scripted = Truth.of(any(tool.what == "efa" for script in fleet.scripts for tool in script.installers))
    unseen = [Truth.unknown(fleet.unseen_scripts)] if fleet.unseen_scripts is not None else []
    for one in fleet.launch.elements:
        if not one.get("provisioners").absent:
            unseen.append(Truth.unknown(f"{one.label} is set up by a provisioner", one.place))
    for document in fleet.stack.of("ssm_document"):
        unseen.append(Truth.unknown(f"{document.label} may set it up", document.place))
    return any_of([scripted, *unseen])


def runs_containers(fleet: Fleet) -> Truth:
    """Whether the work runs in containers, which bring libraries of their own."""
    docker = any(_CONTAINERS & script.words() for script in fleet.scripts)
    return Truth.of(docker or fleet.kind in _LAUNCHED_FOR_CONTAINERS)
