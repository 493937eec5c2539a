"""Environment of the fabric, its installers, and what removes it."""

from __future__ import annotations

from typing import Protocol

import pytest

from fabriclint.scripts import Script


class Reads(Protocol):
    def __call__(self, text: str) -> Script: ...


@pytest.mark.parametrize(
    "line",
    [
        "export FI_PROVIDER=tcp",
        "FI_PROVIDER=tcp",
        "export NCCL_DEBUG=INFO FI_PROVIDER=tcp",
        "FI_PROVIDER=tcp torchrun x.py",
        "env FI_PROVIDER=tcp ./run",
        "sudo FI_PROVIDER=tcp ./run",
        "mpirun -np 8 -x FI_PROVIDER=tcp ./run",
        "mpirun -genv FI_PROVIDER tcp ./run",
        "srun --export=ALL,FI_PROVIDER=tcp ./run",
        "docker run --gpus all -e FI_PROVIDER=tcp image",
        "docker run --env=FI_PROVIDER=tcp image",
        "echo 'FI_PROVIDER=tcp' >> /etc/environment",
        "echo 'export FI_PROVIDER=\"tcp\"' >> /home/ubuntu/.bashrc",
        "cat > /etc/profile.d/efa.sh <<EOF\nexport FI_PROVIDER=tcp\nEOF",
        'cat > /etc/systemd/system/x.service <<EOF\n[Service]\nEnvironment="FI_PROVIDER=tcp" A=b\nEOF',
        "P=tcp; export FI_PROVIDER=$P",
        "sudo -u ubuntu bash -c 'export FI_PROVIDER=tcp; ./x'",
    ],
)
def test_environment(reads: Reads, line: str) -> None:
    (setting,) = reads(f"#!/bin/bash\n{line}\n").sets("FI_PROVIDER")
    assert setting.value.data == "tcp"
    assert setting.place is not None


@pytest.mark.parametrize(
    "line",
    ["# export FI_PROVIDER=tcp", "grep FI_PROVIDER=tcp /x", "echo FI_PROVIDER=tcp", "MY_FI_PROVIDER=tcp"],
)
def test_what_sets_nothing(reads: Reads, line: str) -> None:
    assert reads(f"#!/bin/bash\n{line}\n").environment == ()


def test_only_the_interface_name(reads: Reads) -> None:
    script = reads("export NCCL_SOCKET_IFNAME=ens5\n")
    assert [(setting.name, setting.value.data) for setting in script.environment] == [
        ("NCCL_SOCKET_IFNAME", "ens5")
    ]
    assert script.removals == ()


@pytest.mark.parametrize(
    "line",
    [
        "curl -O https://efa-installer.amazonaws.com/aws-efa-installer-latest.tar.gz",
        "cd aws-efa-installer && sudo ./efa_installer.sh -y",
        "bash /tmp/aws-efa-installer/efa_installer.sh -y --minimal",
        "yum install -y efa",
        "sudo apt-get install -y libfabric-aws-bin libfabric1-aws",
        "dnf -y install libfabric-aws",
    ],
)
def test_installers(reads: Reads, line: str) -> None:
    script = reads(f"#!/bin/bash\n{line}\n")
    assert {installer.what for installer in script.installers} == {"efa"}
    assert script.complete.certain


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("rm -rf /opt/aws-ofi-nccl", "aws-ofi-nccl"),
        ("sudo rm -rf aws-ofi-nccl", "aws-ofi-nccl"),
        ("rm -f /opt/amazon/ofi-nccl/lib/libnccl-net.so", "aws-ofi-nccl"),
        ("yum remove -y libfabric-aws", "efa"),
        ("apt-get purge -y libnccl-ofi", "aws-ofi-nccl"),
        ("./efa_installer.sh --uninstall", "efa"),
        ("rm -rf /opt/amazon/efa", "efa"),
    ],
)
def test_removals(reads: Reads, line: str, what: str) -> None:
    assert [removal.what for removal in reads(f"#!/bin/bash\n{line}\n").removals] == [what]


@pytest.mark.parametrize(
    "text",
    [
        "git clone https://github.com/aws/aws-ofi-nccl\ncd aws-ofi-nccl && make install\nrm -rf aws-ofi-nccl",
        "rm -rf /opt/aws-ofi-nccl\ngit clone https://github.com/aws/aws-ofi-nccl\n",
        "./efa_installer.sh -u\n./efa_installer.sh -y\n",
        "rm -rf aws-efa-installer aws-efa-installer-latest.tar.gz",
        "rm -rf /tmp/aws-ofi-nccl.tar.gz",
        "yum install -y efa-utils-doc-nothing",
    ],
)
def test_tidying_up_removes_nothing(reads: Reads, text: str) -> None:
    assert reads(f"#!/bin/bash\n{text}\n").removals == ()


def test_words_leave_comments_and_messages_out(reads: Reads) -> None:
    words = reads("# training cluster\necho serving\ntorchrun --nnodes=2 train.py # ddp\n").words()
    assert {"torchrun", "train"} <= words
    assert not words & {"training", "serving", "ddp"}
