"""What a command prints, where the script decides it: `echo`, `printf`, `cat`, `tee`, `base64 -d`."""

from __future__ import annotations

import re

from fabriclint.scripts.command import Command
from fabriclint.scripts.encodings import decoded
from fabriclint.scripts.expand import unescaped
from fabriclint.scripts.places import Body


def output_of(command: Command) -> Body | None:
    """The text on its standard output, or None where it is not decided."""
    name, words = command.words[0].name, command.words[1:]
    if name == "echo":
        escapes = False
        while words and re.fullmatch(r"-[neE]+", words[0].text):
            escapes = escapes or "e" in words[0].text
            words = words[1:]
        text = " ".join(word.text for word in words)
        if not words:
            return None
        text = unescaped(text) if escapes else text
        return command.body.inner(words[0].start, words[-1].end, text + "\n")
    if name == "printf" and words and words[0].text != "-v":
        words = words[1:] if words[0].text == "--" else words
        if not words:
            return None
        form = unescaped(words[0].text)
        arguments = [word.text for word in words[1:]]
        places = len(re.findall(r"%[-0-9.]*[a-zA-Z]", form))
        rounds = max(1, -(-len(arguments) // places)) if places else 1
        given = iter(arguments)
        text = "".join(
            re.sub(r"%(%|[-0-9.]*[a-zA-Z])", lambda found: "%" if found[1] == "%" else next(given, ""), form)
            for _ in range(min(rounds, 100))
        )
        return command.body.inner(words[0].start, words[-1].end, text)
    if name == "cat" and all(word.text == "-" for word in words):
        return command.stdin
    if name in ("tee", "envsubst", "sponge"):
        return command.stdin
    if (
        name == "base64"
        and command.stdin is not None
        and any(w.text in ("-d", "-D", "--decode", "-di") for w in words)
    ):
        plain = decoded(command.stdin.text)
        return None if plain is None else command.stdin.inner(0, len(command.stdin.text), plain)
    return None
