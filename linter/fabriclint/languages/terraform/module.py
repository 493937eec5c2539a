"""A module as it is called: what its names mean, and the instances of what it declares."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from fabriclint.languages.base import Diagnostic
from fabriclint.languages.terraform import variables
from fabriclint.languages.terraform.expansion import Copies, Copy, expand
from fabriclint.languages.terraform.failures import Failure, failed, unknown
from fabriclint.languages.terraform.folder import Folder
from fabriclint.languages.terraform.git_sources import folder_in_tree
from fabriclint.languages.terraform.instances import Instance, ModuleScope, Unseen
from fabriclint.languages.terraform.run import Run
from fabriclint.languages.terraform.syntax import Attribute, Block
from fabriclint.languages.terraform.traversal import Attr, Step
from fabriclint.model.element import Call
from fabriclint.text import Source, Span
from fabriclint.values import YES, Reason, Reference, Seq, Truth, Unknown, Value

_MOST_NESTED_CALLS: Final = 30


class Module:
    """One instance of a module: the root itself, or one copy of a call."""

    def __init__(
        self,
        run: Run,
        folder: Folder,
        prefix: str = "",
        caller: ModuleScope | None = None,
        block: Block | None = None,
        calls: tuple[Call, ...] = (),
        exists: Truth = YES,
        many: Unknown | None = None,
    ) -> None:
        self.run = run
        self.folder = folder
        self.prefix = prefix
        self.caller = caller
        self.block = block
        self.calls = calls
        self.exists = exists
        self.many = many
        self.given: variables.Given | None = None
        self.outer = _outer(folder, caller, block)
        self.origin = _origin(self.outer, caller, block, folder.path)
        self._values: dict[str, Value] = {}
        self._pending: list[str] = []
        self._copies: dict[str, Copies] = {}
        self._instances: dict[str, tuple[Instance, ...]] = {}
        self._children: dict[str, tuple[Module | Unseen, ...]] = {}
        self._regions: dict[str, Value | None] = {}

    @property
    def scope(self) -> ModuleScope:
        """The module's own names, with nothing added."""
        return ModuleScope(self, {})

    # ---------------------------------------------------------------- names

    def resolve(self, root: str, steps: Sequence[Step], place: Span) -> tuple[Value, int]:
        """What a root name and its first steps mean here."""
        if root == "resource" and steps and isinstance(steps[0], Attr):  # the long way to write a reference
            value, used = self.resolve(steps[0].name, steps[1:], place)
            return value, used + 1
        words = [step.name for step in steps[:2] if isinstance(step, Attr)]
        if root in ("var", "local", "module", "path", "terraform", "tofu") and not words:
            return failed(f"{root} alone is no value", place), len(steps)
        if root == "var":
            return self.variable(words[0], place), 1
        if root == "local":
            return self.local(words[0], place), 1
        if root == "module":
            return self.call(words[0], place), 1
        if root == "path":
            return self._path(words[0], place), 1
        if root in ("terraform", "tofu"):
            if words[0] == "workspace":
                return Value(self.run.settings.workspace or "default", place), 1
            return unknown(f"{root}.{words[0]} is not evaluated", place), 1
        if root in ("each", "count", "self"):
            return failed(f"{root} has no value here", place), len(steps)
        mode = "data" if root in ("data", "ephemeral") else "resource"
        if mode == "data":
            if len(words) < 2:
                return failed(f"{root} alone is no value", place), len(steps)
            if root == "ephemeral":
                return Value(
                    Reference(f"{self.prefix}ephemeral.{words[0]}.{words[1]}", place=place), place
                ), 2
            return self.handles("data", (words[0], words[1]), place), 2
        if not words:
            return unknown(f"{root} is not declared", place), len(steps)
        return self.handles("resource", (root, words[0]), place), 1

    def _path(self, word: str, place: Span) -> Value:
        if word == "module":
            return Value(posixpath.relpath(self.folder.path, self.run.root), place)
        if word in ("root", "cwd"):
            return Value(".", place)
        return failed(f"there is no path.{word}", place)

    def _once(self, key: str, place: Span, evaluate: str) -> Value | None:
        """A remembered value; a failure where the name is being evaluated right now."""
        found = self._values.get(key)
        if found is not None:
            return found
        if key in self._pending:
            return failed(f"{self.prefix}{evaluate} refers to itself", place)
        return None

    def _settle(self, key: str, attribute: Attribute, scope: ModuleScope) -> Value:
        self._pending.append(key)
        try:
            value = self.run.pull(attribute.expression, scope)
        finally:
            self._pending.pop()
        self._values[key] = value
        return value

    def local(self, name: str, place: Span) -> Value:
        """`local.name`."""
        key = f"local.{name}"
        found = self._once(key, place, key)
        if found is not None:
            return found
        attribute = self.folder.locals.get(name)
        if attribute is None:
            return unknown(f"local.{name} is not declared", place)
        return self._settle(key, attribute, self.scope)

    def output(self, name: str, place: Span) -> Value:
        """The value of an output."""
        key = f"output.{name}"
        found = self._once(key, place, key)
        if found is not None:
            return found
        block = self.folder.outputs.get(name)
        if block is None and self.outer is not None:
            return unknown(f"{self.prefix}{name} is not in the stub of the module", place)
        if block is None:
            return failed(f"{self.prefix}{name} is no output of {self.folder.path}", place)
        attribute = block.attributes.get("value")
        if attribute is None:
            return unknown(f"output {name} has no value", block.header)
        return self._settle(key, attribute, self.scope)

    def variable(self, name: str, place: Span) -> Value:
        """`var.name`: what the caller or the user gives, else the default."""
        key = f"var.{name}"
        found = self._once(key, place, key)
        if found is not None:
            return found
        block = self.folder.variables.get(name)
        if block is None:
            return unknown(f"{key} is not declared", place)
        self._pending.append(key)
        try:
            value = variables.value_of(self, name, block)
        finally:
            self._pending.pop()
        self._values[key] = value
        return value

    @property
    def top_of_stub(self) -> Module:
        """Of a stub's module: the one that the user's file calls."""
        module = self
        while module.caller is not None and module.caller.module.outer is not None:
            module = module.caller.module
        return module

    @cached_property
    def spoken(self) -> dict[str, str]:
        """The caller's code for every handle that an output gives, alone or in a list: `module.vpc.private_subnets[0]`."""
        prefix = self.prefix.removeprefix(self.caller.module.prefix if self.caller is not None else "")
        found: dict[str, str] = {}
        for name, block in self.folder.outputs.items():
            value = self.output(name, block.header)
            members = value.data.items if isinstance(value.data, Seq) and value.data.more is None else ()
            if value.handle is not None:
                found.setdefault(str(value.handle), f"{prefix}{name}")
            for number, member in enumerate(members):
                if member.handle is not None:
                    found.setdefault(str(member.handle), f"{prefix}{name}[{number}]")
        return found

    # ---------------------------------------------------------------- what it declares

    def copies(self, address: str, block: Block) -> Copies:
        """The instances of a block by its address, worked out once."""
        found = self._copies.get(address)
        if found is not None:
            return found
        if address in self._pending:
            why: Unknown = Failure((Reason(f"how many {address} there are depends on itself", block.header),))
            stand_in = Copy("[*]", None, {}, Truth("unknown", why.reasons), why)
            return Copies("count", (stand_in,), why)
        self._pending.append(address)
        try:
            made: list[Copies] = []

            def work() -> Value:
                made.append(expand(block, self.scope))
                return Value()

            attribute = block.attributes.get("count") or block.attributes.get("for_each")
            if attribute is None:
                work()
            else:
                refused = self.run.deeper(attribute.expression.height + 8, work, attribute.span)
                if not made:
                    why = refused.unknown or Unknown.because(
                        "how many there are is not known", attribute.span
                    )
                    made.append(
                        Copies("count", (Copy("[*]", None, {}, Truth("unknown", why.reasons), why),), why)
                    )
        finally:
            self._pending.pop()
        self._copies[address] = made[0]
        return made[0]

    def handles(self, mode: str, key: tuple[str, str], place: Span) -> Value:
        """What `type.name` alone gives: one handle, or a list or map of them."""
        name = f"{'data.' if mode == 'data' else ''}{key[0]}.{key[1]}"
        address = f"{self.prefix}{name}"
        block = (self.folder.data if mode == "data" else self.folder.resources).get(key)
        if block is None:
            return unknown(f"{name} is not declared", place)
        self.instances(mode, key, block)
        return self.copies(address, block).handles(address, place)

    def instances(self, mode: str, key: tuple[str, str], block: Block) -> tuple[Instance, ...]:
        """The instances of a resource or data block."""
        address = f"{self.prefix}{'data.' if mode == 'data' else ''}{key[0]}.{key[1]}"
        found = self._instances.get(address)
        if found is not None:
            return found
        copies = self.copies(address, block)
        made = tuple(Instance(self, block, f"{address}{copy.index}", copy, mode) for copy in copies.members)
        if address in self._copies:
            self._instances[address] = made
            for instance in made:
                self.run.things[instance.address] = instance
        return made

    # ---------------------------------------------------------------- what it calls

    def call(self, name: str, place: Span) -> Value:
        """What `module.name` alone gives."""
        block = self.folder.calls.get(name)
        if block is None:
            return unknown(f"module.{name} is not declared", place)
        self.children(name, block)
        address = f"{self.prefix}module.{name}"
        return self.copies(address, block).handles(address, place)

    def children(self, name: str, block: Block) -> tuple[Module | Unseen, ...]:
        """The module instances of a call."""
        found = self._children.get(name)
        if found is not None:
            return found
        address = f"{self.prefix}module.{name}"
        copies = self.copies(address, block)
        source = self.source_of(name, block)
        made: list[Module | Unseen] = []
        for copy in copies.members:
            child: Module | Unseen
            if isinstance(source, Reason):
                child = Unseen(self, block, name, copy, source)
            else:
                child = Module(
                    self.run,
                    self.run.folder(source),
                    f"{address}{copy.index}.",
                    ModuleScope(self, copy.names),
                    block,
                    self.calls if self.outer is not None else (*self.calls, Call(name, block.header)),
                    self.exists & copy.exists,
                    self.many or copy.many,
                )
            made.append(child)
            self.run.things[f"{address}{copy.index}"] = child
        result = tuple(made)
        if address in self._copies:
            self._children[name] = result
        return result

    def read_steps(self, steps: Sequence[Step], place: Span) -> tuple[Value, int] | None:
        """An output."""
        first = steps[0]
        return (self.output(first.name, place), 1) if isinstance(first, Attr) else None

    def source_of(self, name: str, block: Block) -> str | Reason:
        """The folder of a call, or why it cannot be followed."""
        attribute = block.attributes.get("source")
        if attribute is None:
            return Reason(f"module.{name} has no source", block.header)
        source = attribute.expression.evaluate(self.scope).data
        if not isinstance(source, str):
            return Reason(f"the source of module.{name} is not known", attribute.span)
        installed = self.run.installed(".".join([*(call.name for call in self.calls), name]))
        if source.startswith(("./", "../")) or source in (".", ".."):
            path = posixpath.normpath(posixpath.join(self.folder.path, source))
            if not any(True for _ in self.run.folder(path).files):
                self.run.tell(Diagnostic("warning", f'There is no module at "{source}"', attribute.span))
                return Reason(f"module.{name} ({source}) is not on disk", attribute.span)
        elif installed is not None:
            path = installed
        else:
            stub = self._stub_of(source, block) or folder_in_tree(
                source, block, self.folder.path, self.run.files
            )
            if stub is None:
                what = (
                    "is not on disk, and no stub describes this version"
                    if self.run.stubs.knows(source)
                    else "is not on disk"
                )
                return Reason(f"module.{name} ({source}) {what}", attribute.span)
            path = stub
        chain: list[str] = [self.folder.path]
        at: ModuleScope | None = self.caller
        while at is not None:
            chain.append(at.module.folder.path)
            at = at.module.caller
        if path in chain:
            self.run.tell(
                Diagnostic("error", f'module.{name} calls "{source}", which calls it again', attribute.span)
            )
            return Reason(f"module.{name} calls itself", attribute.span)
        if len(chain) > _MOST_NESTED_CALLS:
            self.run.tell(
                Diagnostic("warning", "Module calls nest too deeply to be followed", attribute.span)
            )
            return Reason("module calls nest too deeply", attribute.span)
        return path

    def _stub_of(self, source: str, block: Block) -> str | None:
        written = block.attributes.get("version")
        if written is None:
            return self.run.stubs.find(source, None)
        version = written.expression.evaluate(self.scope).data
        return self.run.stubs.find(source, version) if isinstance(version, str) else None

    # ---------------------------------------------------------------- providers

    def region(self, provider: str = "aws") -> Value | None:
        """The Region of a provider configuration of this module ("aws", "aws.west"); None where none is written."""
        if provider in self._regions:
            return self._regions[provider]
        self._regions[provider] = None  # a provider's Region that depends on itself is as good as not written
        found = self._region(provider)
        self._regions[provider] = found
        return found

    def _region(self, provider: str) -> Value | None:
        block = self.folder.providers.get(provider)
        if block is not None:
            attribute = block.attributes.get("region")
            if attribute is None:
                return None
            return self.run.pull(attribute.expression, self.scope).moved(attribute.span)
        if self.caller is None or self.block is None:
            return None
        passed = self.block.attributes.get("providers")
        if passed is None:
            return self.caller.module.region(provider) if "." not in provider else None
        return self.caller.module.region(passed_provider(passed, provider))


def _outer(folder: Folder, caller: ModuleScope | None, block: Block | None) -> Block | None:
    """Of a stub's module: the call in the user's files that leads into stubs. None of every other module."""
    if caller is None or not folder.path.startswith("stub:"):
        return None
    return caller.module.outer or block


def _origin(outer: Block | None, caller: ModuleScope | None, block: Block | None, path: str) -> Span:
    """The place in the user's files that stands for what a module makes: of a stub's module, what the caller wrote for it."""
    if outer is None or caller is None:
        return block.header if block is not None else Source(path, b"").span()
    if block is outer:
        return outer.header
    from fabriclint.languages.terraform.stub_index import member_place

    return member_place(caller.names) or caller.module.origin


def passed_provider(attribute: Attribute, name: str) -> str:
    """The caller's name of the provider that a call passes as `name`."""
    from fabriclint.languages.terraform.expressions import Object

    expression = attribute.expression
    if isinstance(expression, Object):
        for key, value in expression.members:
            if "".join(key.span.text.split()) == name:
                return "".join(value.span.text.split())
    return name
