"""Read one stack through a stub and through the module itself, and print where the two models differ.

    python tools/compare_stub.py CHECKOUT ADDRESS EXAMPLE

CHECKOUT is a folder with the module's sources at one version, ADDRESS the stub's address with its major version
(`terraform-aws-modules/eks/aws@20`), EXAMPLE a folder inside the checkout whose calls of the module are relative paths, as the
modules' own examples are. The exit code is 1 where the stub says something else than the module.
"""

from __future__ import annotations

import argparse
import posixpath
import re
from pathlib import Path

from fabriclint.doors.files import DiskFiles
from fabriclint.languages.base import Files, Reading, Settings
from fabriclint.languages.terraform import LANGUAGE
from fabriclint.model.element import Element
from fabriclint.text import Source
from fabriclint.values import Map, OneOf, Reference, Seq, Text, Unknown, Value

# Names and tags are spelled by the module; scripts are rendered by it.
UNCOMPARED = frozenset({"tags", "instance_tags", "name", "user_data", "words", "policy"})
SOURCE = re.compile(rb'^(\s*source\s*=\s*)"(\.{1,2}/[^"]*|\.\.)"', re.MULTILINE)


class Through(DiskFiles):
    """The tree, with every relative call of the module turned into a call of the stub."""

    def __init__(self, root: str, address: str, major: str) -> None:
        super().__init__(root)
        self.allow(".")
        self._address = address
        self._major = major

    def source(self, path: str) -> Source:
        """A file; its calls of the module, or of a submodule, name the stub."""
        found = super().source(path)
        if not path.endswith(".tf"):
            return found

        def stub(match: re.Match[bytes]) -> bytes:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), match[2].decode()))
            if target != "." and not target.startswith("modules/"):
                return match[0]
            named = self._address if target == "." else f"{self._address}//{target}"
            return match[1] + f'"{named}"\n  version = "~> {self._major}.0"'.encode()

        return Source(path, SOURCE.sub(stub, found.data))


def said(value: Value) -> str:
    """What a value says, in a form that two readings of one stack share."""
    data = value.data
    if isinstance(data, Seq):
        members = sorted(said(item) for item in data.items)
        more = ["?"] if data.more is not None else []
        return f"[{', '.join([*members, *more])}]" if members or more else "null"
    if isinstance(data, Map):
        entries = (f"{key}={said(data.entries[key])}" for key in sorted(data.entries))
        return "{" + ", ".join(entry for entry in entries if not entry.endswith("=null")) + "}"
    if isinstance(data, Unknown):
        return "?"
    if isinstance(data, OneOf):
        return f"one of ({' | '.join(sorted(said(option) for option in value.options()))})"
    if isinstance(data, Text):
        return "".join(part if isinstance(part, str) else "?" for part in data.parts)
    if isinstance(data, Reference):
        return str(data)
    return "null" if data is None or data == "" else str(data).lower()


def open_(text: str) -> bool:
    """Whether something in it is left open."""
    return "?" in text or "one of (" in text


def read(files: Files, folder: str) -> Reading:
    names = [name for name in files.names(folder) if LANGUAGE.may_own(name)]
    (root,) = [
        one
        for one in LANGUAGE.roots([posixpath.join(folder, name) for name in names], (folder,), files).roots
        if one.path == folder
    ]
    return LANGUAGE.read(root, files, Settings())


def by_address(reading: Reading) -> dict[str, Element]:
    return {element.address: element for element in reading.elements if element.kind != "unseen"}


def compare(real: dict[str, Element], stub: dict[str, Element]) -> tuple[list[str], int]:
    """The differences, and how many of them make the stub wrong: the others are things it leaves open or passes over."""
    lines: list[str] = []
    wrong = 0
    for address in sorted(real.keys() | stub.keys()):
        if address not in stub:
            lines.append(f"only the module  {address}")
            wrong += (
                real[address].kind != "parameter_lookup"
            )  # the module also looks up the release of an image
        elif address not in real:
            lines.append(f"only the stub    {address}")
            wrong += 1
        else:
            one, two = real[address], stub[address]
            pairs = [
                (
                    "(exists)",
                    one.exists.state.replace("unknown", "?"),
                    two.exists.state.replace("unknown", "?"),
                )
            ]
            words = sorted(set(one.shape.attributes) - UNCOMPARED)
            pairs.extend((word, said(one.get(word)), said(two.get(word))) for word in words)
            for word, is_, says in pairs:
                if is_ == says:
                    continue
                if open_(says):
                    kind = "left open      "
                elif open_(is_) or "data." in is_ or (word == "cluster" and is_.endswith(".id")):
                    # What the module looks up, or names by a handle, a stub may say.
                    kind = "surer          "
                else:
                    kind = "DIFFERENT      "
                    wrong += 1
                lines.append(f"{kind}  {address} {word}: module {is_[:150]} / stub {says[:150]}")
    return lines, wrong


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkout", type=Path)
    parser.add_argument("address")
    parser.add_argument("example", type=Path)
    asked = parser.parse_args()
    address, _, major = asked.address.partition("@")
    top = asked.checkout.resolve()
    folder = asked.example.resolve().relative_to(top).as_posix()
    plain = DiskFiles(str(top))
    plain.allow(".")
    real = by_address(read(plain, folder))
    stub = by_address(read(Through(str(top), address, major), folder))
    lines, wrong = compare(real, stub)
    print(f"{folder}: {len(real)} elements of the module, {len(stub)} of the stub, {wrong} differ")
    for line in lines:
        print(f"  {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
