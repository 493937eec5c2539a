"""What may hide something is said with its reason; what cannot is not."""

from __future__ import annotations

from typing import Protocol

import pytest

from fabriclint.scripts import Script, read
from fabriclint.values import Input, Reference, Text, Unknown, Value


class Reads(Protocol):
    def __call__(self, text: str) -> Script: ...


@pytest.mark.parametrize(
    "text",
    [
        "curl -s https://example.com/setup | bash",
        "curl -s https://example.com/setup | sudo bash -s -- --x",
        "wget -qO- https://example.com/setup \\\n  | sh",
        "bash <(curl -s https://example.com/setup)",
        'bash -c "$(curl -s https://example.com/setup)"',
        "aws s3 cp s3://bucket/setup.sh . && bash setup.sh",
        "aws s3 cp s3://bucket/setup.sh /tmp/\nchmod +x /tmp/setup.sh\n/tmp/setup.sh",
        "aws s3 cp s3://bucket/boot /opt/boot\n/opt/boot",
        "curl -o /tmp/x.sh https://example.com/y\nsh /tmp/x.sh",
        "aws s3 cp s3://bucket/setup.sh - | bash",
        "git clone https://example.com/r.git\nbash r/setup.sh",
        "source /opt/site/setup.sh",
        "bash $SCRIPT",
        "ansible-pull -U https://example.com/r.git",
    ],
)
def test_what_is_run_unseen(reads: Reads, text: str) -> None:
    script = reads(f"#!/bin/bash\n{text}\n")
    assert script.complete.undecided
    assert all(reason.place is not None for reason in script.unknown)


@pytest.mark.parametrize(
    "text",
    [
        "/etc/eks/bootstrap.sh name",
        "source /etc/profile",
        ". /etc/os-release",
        "source ~/.bashrc",
        "source /opt/conda/bin/activate x",
        "curl -fsSL https://get.docker.com | sh",
        "curl -fsSL https://raw.githubusercontent.com/helm/helm/main/scripts/get-helm-3 | bash",
        'eval "$(ssh-agent -s)"',
        "aws s3 cp s3://bucket/model.tar.gz /tmp/",
        "cat > /tmp/a.sh <<'EOF'\necho hi\nEOF\nbash /tmp/a.sh",
        "bash /tmp/a.sh\ncat > /tmp/a.sh <<'EOF'\necho hi\nEOF",
        "curl -O https://efa-installer.amazonaws.com/aws-efa-installer-1.tar.gz\ntar xf a*\n./efa_installer.sh -y",
        "bash -x",
        "cat /x.sh",
        "$(aws ecr get-login --no-include-email)",
    ],
)
def test_what_hides_nothing(reads: Reads, text: str) -> None:
    script = reads(f"#!/bin/bash\n{text}\n")
    assert [str(reason) for reason in script.unknown] == []


def test_a_line_of_the_template_that_is_not_known() -> None:
    hole = Unknown.because("var.extra_user_data has no value")
    script = read(Value(Text(("#!/bin/bash\nmkdir /x\n", hole, "\nreboot\n"))))
    assert [reason.what for reason in script.unknown] == ["var.extra_user_data has no value"]
    inside = read(Value(Text(("#!/bin/bash\n/etc/eks/bootstrap.sh ", hole, " --x\n"))))
    assert inside.complete.certain


def test_a_reference_as_a_line_is_told_too() -> None:
    script = read(Value(Text(("#!/bin/bash\n", Reference("Setup", ("Text",)), "\n"))))
    assert script.complete.undecided


def test_an_fstab_line_that_is_not_known(reads: Reads) -> None:
    assert reads('echo "$LINE" >> /etc/fstab\n').complete.undecided


def test_facts_rest_on_the_inputs_of_the_script() -> None:
    inputs = frozenset({Input("nas", "a")})
    script = read(Value("mount a:/x /y\n", inputs=inputs))
    assert script.complete.inputs == inputs
    (mount,) = script.mounts
    assert mount.host is not None
    assert mount.host.inputs == inputs
