"""The elements of a root: every instance of a resource type that the model knows, and every module that cannot be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from fabriclint.languages.base import Diagnostic
from fabriclint.languages.terraform.instances import Instance, Unseen
from fabriclint.languages.terraform.module import Module
from fabriclint.languages.terraform.syntax import Block
from fabriclint.model.element import Element, Shape
from fabriclint.text import Span
from fabriclint.values import Reason, Value

_MOST_ELEMENTS: Final = 20_000
_WORK: Final = 5
_WORK_OF_A_MODULE: Final = 250
UNSEEN: Final = Shape("unseen", {"source": "source", "inputs": "inputs"})


def elements(root: Module, shapes: Mapping[str, Shape]) -> list[Element]:
    """The elements of a root in source order, a called module's where the call stands."""
    found: list[Element] = []
    todo: list[Iterator[Element | Module]] = [_of(root, shapes)]
    while todo:
        item = next(todo[-1], None)
        if item is None:
            todo.pop()
            continue
        called = isinstance(item, Module)
        if len(found) >= _MOST_ELEMENTS or root.run.spend(_WORK_OF_A_MODULE if called else _WORK) is not None:
            place = item.origin if isinstance(item, Module) else item.place
            what = "This root has too many resources; the rest of them are not read"
            root.run.tell(Diagnostic("warning", what, place))
            root.run.open.append(Reason("the root has too many resources to read them all", place))
            break
        if isinstance(item, Module):
            todo.append(_of(item, shapes))
        else:
            found.append(item)
    return found


def _of(module: Module, shapes: Mapping[str, Shape]) -> Iterator[Element | Module]:
    folder = module.folder
    order: list[tuple[tuple[str, int], str, tuple[str, str], Block]] = []
    for mode, table in (("resource", folder.resources), ("data", folder.data)):
        for key, block in table.items():
            name = key[0] if mode == "resource" else f"data.{key[0]}"
            if name in shapes:
                order.append(((block.header.path, block.header.start), mode, key, block))
    for name, block in folder.calls.items():
        order.append(((block.header.path, block.header.start), "module", (name, ""), block))
    order.sort(key=lambda entry: entry[0])
    for _, mode, key, block in order:
        for problem in block.problems:
            module.run.tell(problem)
        if mode == "module":
            for child in module.children(key[0], block):
                if isinstance(child, Module):
                    yield child
                elif not _stands_by(child):
                    yield _unseen(module, child)
            continue
        shape = shapes[key[0] if mode == "resource" else f"data.{key[0]}"]
        for instance in module.instances(mode, key, block):
            yield _element(module, instance, key[0], shape)


def _element(module: Module, instance: Instance, kind: str, shape: Shape) -> Element:
    block = instance.block
    place, body = block.header, block.span
    read: Callable[[str], Value] = instance.read
    outside: Callable[[str], str | None] | None = None
    if module.outer is not None:
        from fabriclint.languages.terraform.stub_index import member_place

        place = member_place(instance.copy.names) or module.origin
        body = module.outer.span
        read = _outside(instance, place)
        outside = _spoken(module, instance.address)
    return Element(
        kind=shape.kind,
        type=kind if instance.mode == "resource" else f"data.{kind}",
        address=instance.address,
        label=_label(module, instance.address),
        place=place,
        language="terraform",
        shape=shape,
        read=read,
        exists=module.exists & instance.copy.exists,
        many=module.many or instance.copy.many,
        calls=module.calls,
        body=body,
        region=_region(module, instance),
        outside=outside,
    )


def _label(module: Module, address: str) -> str:
    """What messages call an element: where several roots are judged together, with the root that it is of."""
    run = module.run
    return f"{address.removeprefix(run.prefix)} (of {run.root})" if run.prefix else address


def _spoken(module: Module, address: str) -> Callable[[str], str | None]:
    """How the caller of a stub names an attribute of a resource in it: by an output that gives it."""
    return lambda attribute: module.top_of_stub.spoken.get(f"{address}.{attribute}")


def _outside(instance: Instance, place: Span) -> Callable[[str], Value]:
    """What a stub's resource has, every place in it one in the user's files."""
    from fabriclint.languages.terraform.stub_index import placed

    return lambda name: placed(instance.read(name), place)


def _region(module: Module, instance: Instance) -> Value | None:
    if "region" in instance.block.attributes:
        written = instance.read("region")
        if not written.absent:
            return written
    return module.region(provider_of(instance.block))


def provider_of(block: Block) -> str:
    """The provider configuration that a block uses: "aws" or "aws.alias"."""
    written = block.attributes.get("provider")
    if written is not None:
        return written.span.text.strip().strip('"')
    kind = block.labels[0] if block.labels else "aws"
    return kind.split("_", 1)[0]


def _stands_by(call: Unseen) -> bool:
    """Whether a module that is not on disk is known to have no part in the network and the machines."""
    from fabriclint.languages.terraform.bystanders import is_bystander

    source = call.read("source").text()
    return source is not None and is_bystander(source)


def _unseen(module: Module, call: Unseen) -> Element:
    block = module.outer or call.block
    return Element(
        kind="unseen",
        type="module",
        address=call.address,
        label=_label(module, call.address),
        place=block.header,
        language="terraform",
        shape=UNSEEN,
        read=call.read,
        exists=module.exists & call.copy.exists,
        many=module.many or call.copy.many,
        calls=module.calls,
        body=block.span,
        region=module.region("aws"),
    )
