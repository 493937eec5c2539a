"""Digests of strings."""

from __future__ import annotations

from fabriclint.languages.terraform.functions.calling import Call, Function, function
from fabriclint.values import Data


def _digest(algorithm: str, in_base64: bool) -> Function:
    def run(call: Call) -> Data:
        import hashlib

        made = hashlib.new(algorithm, call.text(call.args[0]).encode(), usedforsecurity=False)
        if not in_base64:
            return made.hexdigest()
        import base64

        return base64.b64encode(made.digest()).decode()

    return run


for _name in ("md5", "sha1", "sha256", "sha512"):
    function(_name)(_digest(_name, False))
for _name in ("sha256", "sha512"):
    function(f"base64{_name}")(_digest(_name, True))
