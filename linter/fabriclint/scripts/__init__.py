"""What a shell script, cloud-init or MIME blob inside a string does: mounts, copies, environment, installers."""

from __future__ import annotations

from fabriclint.scripts.facts import Copy, Environment, HdfsUse, Installer, Mount, Removal, Script, together
from fabriclint.scripts.read import read
from fabriclint.scripts.words import serving_words, training_words

__all__ = [
    "Copy",
    "Environment",
    "HdfsUse",
    "Installer",
    "Mount",
    "Removal",
    "Script",
    "read",
    "serving_words",
    "together",
    "training_words",
]
