"""Whatever is in a script, reading it ends soon and raises nothing."""

from __future__ import annotations

import base64
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabriclint.scripts import read
from fabriclint.values import Reference, Text, Unknown, Value

_SCRIPT = """#!/bin/bash
set -e
H=nas
cat >> /etc/fstab <<EOF
$H:/x /y nfs defaults 0 0
EOF
for i in 1 2 3; do mount -t nfs "${H}":/x /z && break; done
if [ "$A" = b ]; then rsync -a me@h:/x /y; else curl x | bash; fi
f() { mount -t nfs $1:/a /b; }
f 10.0.0.1
"""


def _nested(text: str, times: int) -> str:
    for _ in range(times):
        text = base64.b64encode(text.encode()).decode()
    return text


@pytest.mark.parametrize(
    "text",
    [
        "mount ${" * 3000,
        'mount "$(' * 3000,
        "if true; then\n" * 3000 + "mount a:/b /c",
        "mount " + "(" * 20000,
        "#cloud-config\nmounts: " + "[" * 20000,
        "#cloud-config\nmount: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nruncmd: *c\n",
        "#cloud-config\nruncmd: &a\n - *a\n - mount a:/b /c\n",
        "f() { f; f; mount a:/b /c; }\nf\n",
        "f() { g; g; g; }\ng() { h; h; h; }\nh() { mount a:/b /c; h; h; }\n" + "f\n" * 300,
        "for a in 1 2 3 4 5 6 7 8; do " * 12 + "mount $a:/b /c; " + "done; " * 12,
        "bash -c 'bash -c \"bash -c mount\"'\n" * 500,
        "--a\nContent-Type: multipart/mixed\n\n" * 3000,
        "mount \x00\x01\x02 a:/b\n",
        "A=$A$A$A\nmount $A:/x /y\n",
        "\n".join(f"A{n}=$A{n - 1}$A{n - 1}" for n in range(1, 60)) + "\nA0=xxxxxxxxxx\nmount $A59:/x /y\n",
        "A0=xxxxxxxxxx\n" + "\n".join(f"A{n}=$A{n - 1}$A{n - 1}" for n in range(1, 60)) + "\nmount $A59:/x /y\n",
        "echo 'x' | " * 2000 + "tee -a /etc/fstab",
        "printf '%s" * 2000 + "' a b > /etc/fstab",
    ],
)  # fmt: skip
def test_hostile(text: str) -> None:
    start = time.monotonic()
    read(Value(text))
    assert time.monotonic() - start < 15


def test_deep_nesting_is_not_known() -> None:
    script = read(Value(_nested("#!/bin/bash\nmount b:/x /y\n", 9)))
    assert any("deeply" in reason.what for reason in script.unknown)
    assert read(Value(_nested("#!/bin/bash\nmount b:/x /y\n", 4))).mounts


def test_a_long_script_is_cut_with_a_reason() -> None:
    text = "#!/bin/bash\nmount a:/x /y\n" + "echo 0123456789012345678901234567890123456789\n" * 30_000
    start = time.monotonic()
    script = read(Value(text))
    assert time.monotonic() - start < 20
    assert len(script.mounts) == 1
    assert script.complete.undecided


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_mutations_never_raise(data: st.DataObject) -> None:
    text = _SCRIPT
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 12))
        text = (
            text[:at]
            + data.draw(st.sampled_from(["", '"', "'", "$(", ")", "{", "}", "<<EOF\n", "`", "\n", "\\"]))
            + text[at + length :]
        )
    cut = data.draw(st.integers(0, len(text)))
    read(Value(text))
    read(Value(Text((text[:cut], Unknown.because("x"), text[cut:], Reference("r", ("y",))))))
    assert read(Value(text)).commands == read(Value(text)).commands


_MANY = r"""
import random
import sys
from fabriclint.scripts import read
from fabriclint.values import Reference, Text, Unknown, Value

script = sys.stdin.read()
known = [
    (script + "{", 212),
    (script.replace("bash; fi\nf()", "bas})").replace("10.0.0.1\n", "10.0.0.{"), 225),
]
chance = random.Random(7)
for _ in range(int(sys.argv[1])):
    text = script
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(text))
        text = text[:at] + chance.choice(["", "{", "}", "$(", "<<EOF\n", "`", "\u4e2d"]) + text[at + chance.randint(0, 12):]
    known.append((text, chance.choice([chance.randint(0, len(text)), text.find("{") + 1])))
for text, cut in known:
    read(Value(Text((text[:cut], Unknown.because("x"), text[cut:], Reference("r", ("y",))))))
print("read", len(known))
"""


def test_holes_never_end_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MANY, "300"],
        input=_SCRIPT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "read 302\n"), done.stderr
