"""What is mounted, from where, in every way a script can say it."""

from __future__ import annotations

from typing import Protocol

import pytest

from fabriclint.scripts import Mount, Script
from fabriclint.values import Reference, Text, Unknown, Value


class Reads(Protocol):
    def __call__(self, text: str) -> Script: ...


def said(value: Value | None) -> str | None:
    return None if value is None else value.show()


def row(mount: Mount) -> tuple[str, str | None, str | None, str | None]:
    return (mount.kind, said(mount.host), said(mount.export), said(mount.target))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mount -t nfs 10.20.0.5:/export/data /data", ("nfs", "10.20.0.5", "/export/data", "/data")),
        ("mount -t nfs4 -o nfsvers=4.1,hard nas01.corp.example:/x /mnt", ("nfs", "nas01.corp.example", "/x", "/mnt")),
        ("mount -o ro -t nfs4 nas:/x /mnt", ("nfs", "nas", "/x", "/mnt")),
        ("mount nas:/x /mnt -o ro", ("nfs", "nas", "/x", "/mnt")),
        ("mount 192.168.4.4:/x /mnt", ("nfs", "192.168.4.4", "/x", "/mnt")),
        ("/sbin/mount.nfs4 nas:/x /mnt", ("nfs", "nas", "/x", "/mnt")),
        ("mount -t nfs '[2001:db8::5]:/x' /mnt", ("nfs", "2001:db8::5", "/x", "/mnt")),
        ("mount -vt nfs nas:/x /mnt", ("nfs", "nas", "/x", "/mnt")),
        ("mount --types=nfs --source nas:/x --target /mnt", ("nfs", "nas", "/x", "/mnt")),
        ("mount -t cifs //files.corp.example/share/sets /mnt -o user=x", ("cifs", "files.corp.example", "/share/sets", "/mnt")),
        ("mount.cifs //10.1.1.1/share /mnt", ("cifs", "10.1.1.1", "/share", "/mnt")),
        ("mount -t efs -o tls fs-0123456789abcdef0:/ /efs", ("efs", "fs-0123456789abcdef0", "/", "/efs")),
        ("mount -t efs fs-0123456789abcdef0 /efs", ("efs", "fs-0123456789abcdef0", "/", "/efs")),
        (
            "mount -t lustre -o relatime,flock fs-0a.fsx.us-east-1.amazonaws.com@tcp:/abcde /fsx",
            ("lustre", "fs-0a.fsx.us-east-1.amazonaws.com", "/abcde", "/fsx"),
        ),
        ("mount -t lustre 10.0.0.1@tcp:10.0.0.2@tcp:/scratch /fsx", ("lustre", "10.0.0.1", "/scratch", "/fsx")),
        ("mount-s3 --read-only my-bucket /s3", ("mountpoint-s3", None, "my-bucket", "/s3")),
        ("s3fs my-bucket /s3 -o iam_role=auto", ("goofys/s3fs", None, "my-bucket", "/s3")),
        ("goofys my-bucket:prefix /s3", ("goofys/s3fs", None, "my-bucket:prefix", "/s3")),
        ("sshfs me@lab.example:/data /lab", ("other", "lab.example", "/data", "/lab")),
        (
            "docker volume create --driver local --opt type=nfs --opt o=addr=10.8.0.2,rw --opt device=:/sets sets",
            ("nfs", "10.8.0.2", "/sets", None),
        ),
    ],
)  # fmt: skip
def test_forms(reads: Reads, line: str, expected: tuple[str, ...]) -> None:
    (mount,) = reads(f"#!/bin/bash\n{line}\n").mounts
    assert row(mount) == expected
    assert mount.place is not None
    assert mount.place.text == line
    assert mount.place.line == 2
    assert mount.command == line


@pytest.mark.parametrize(
    "line",
    [
        "mount /dev/nvme1n1 /data",
        "mount -a",
        "mount -o remount,rw /",
        "mount --bind /a /b",
        "mount -t tmpfs tmpfs /tmp/x",
        "mount UUID=0f-1 /data",
        "mount -t ext4 /dev/disk/by-id/x /data",
        "# mount -t nfs 10.0.0.1:/x /y",
        "true # mount -t nfs 10.0.0.1:/x /y",
        "echo mount -t nfs 10.0.0.1:/x /y",
        'echo "run: mount 10.0.0.1:/x /y"',
        "umount nas:/x",
        "grep 'nas:/x /mnt nfs' /etc/fstab",
    ],
)
def test_what_is_no_remote_mount(reads: Reads, line: str) -> None:
    assert reads(f"#!/bin/bash\n{line}\n").mounts == ()


@pytest.mark.parametrize(
    "line",
    [
        "sudo mount -t nfs nas:/x /mnt",
        "sudo -E -u root mount -t nfs nas:/x /mnt",
        "nohup mount -t nfs nas:/x /mnt > /dev/null 2>&1 &",
        "timeout -k 5 30 mount -t nfs nas:/x /mnt",
        "bash -c 'mount -t nfs nas:/x /mnt'",
        'sudo bash -lc "set -e; mount -t nfs nas:/x /mnt"',
        "sudo su - ubuntu -c 'sudo mount -t nfs nas:/x /mnt'",
        "env LANG=C mount -t nfs nas:/x /mnt",
        "retry 5 mount -t nfs nas:/x /mnt",
        "retry_command 5 mount -t nfs nas:/x /mnt",
        "until mount -t nfs nas:/x /mnt; do sleep 5; done",
        "for i in $(seq 1 10); do mount -t nfs nas:/x /mnt && break; sleep 3; done",
        "for i in {1..5}; do mount -t nfs nas:/x /mnt && break; done",
        "OUT=$(mount -t nfs nas:/x /mnt 2>&1)",
        "mountpoint -q /mnt || mount -t nfs nas:/x /mnt",
        "! mount -t nfs nas:/x /mnt",
        "(cd / && mount -t nfs nas:/x /mnt)",
        "cloud-init-per once data mount -t nfs nas:/x /mnt",
        "eval 'mount -t nfs nas:/x /mnt'",
        "CMD='mount -t nfs nas:/x /mnt'; $CMD",
        "OPTS='-t nfs -o ro'; mount $OPTS nas:/x /mnt",
        "f() { mount -t nfs \"$1\":/x \"$2\"; }; f nas /mnt",
        "f() { local h=$1; shift; mount -t nfs $h:/x $1; }\nf nas /mnt",
        "try() { \"$@\"; }; try mount -t nfs nas:/x /mnt",
        "H=(nas); for h in \"${H[@]}\"; do mount -t nfs $h:/x /mnt; done",
        "case $(uname -m) in x86_64) mount -t nfs nas:/x /mnt;; esac",
        "bash <<'EOF'\nmount -t nfs nas:/x /mnt\nEOF",
        "sudo -u ubuntu -i <<EOF\nsudo mount -t nfs nas:/x /mnt\nEOF",
        "echo bW91bnQgLXQgbmZzIG5hczoveCAvbW50Cg== | base64 -d | bash",
        "cat > /opt/go.sh <<'EOF'\n#!/bin/bash\nmount -t nfs nas:/x /mnt\nEOF\nbash /opt/go.sh",
        "cat <<-EOF > /opt/go.sh\n\tmount -t nfs nas:/x /mnt\n\tEOF\n",
        "echo 'mount -t nfs nas:/x /mnt' >> /etc/rc.local",
        "echo '@reboot root mount -t nfs nas:/x /mnt' > /etc/cron.d/mount",
        "cat > /etc/systemd/system/d.service <<EOF\n[Service]\nExecStart=/bin/mount -t nfs nas:/x /mnt\nEOF",
    ],
)  # fmt: skip
def test_wrapped(reads: Reads, line: str) -> None:
    script = reads(f"#!/bin/bash\n{line}\n")
    assert [row(mount) for mount in script.mounts] == [("nfs", "nas", "/x", "/mnt")]
    assert script.complete.certain


@pytest.mark.parametrize(
    "line",
    [
        "echo 'nas:/x /mnt nfs defaults,_netdev 0 0' >> /etc/fstab",
        "echo 'nas:/x /mnt nfs defaults 0 0' | sudo tee -a /etc/fstab > /dev/null",
        "echo -e 'nas:/x\\t/mnt\\tnfs\\tdefaults\\t0 0' | sudo tee -a /etc/fstab",
        "printf '%s:/x %s nfs defaults 0 0\\n' nas /mnt >> /etc/fstab",
        "cat >> /etc/fstab <<EOF\n# mounts\nnas:/x /mnt nfs defaults 0 0\nEOF",
        "cat <<'EOF' | tee -a /etc/fstab\nnas:/x /mnt nfs defaults 0 0\nEOF",
        "tee -a /etc/fstab <<< 'nas:/x /mnt nfs defaults 0 0'",
        "sudo sh -c \"echo 'nas:/x /mnt nfs defaults 0 0' >> /etc/fstab\"",
        "{ echo '# data'; echo 'nas:/x /mnt nfs defaults 0 0'; } >> /etc/fstab",
        "sed -i '$ a nas:/x /mnt nfs defaults 0 0' /etc/fstab",
        "cat > /setup.sh <<'EOF'\necho 'nas:/x /mnt nfs defaults 0 0' >> /etc/fstab\nmount -a\nEOF\nbash /setup.sh",
    ],
)
def test_fstab(reads: Reads, line: str) -> None:
    script = reads(f"#!/bin/bash\n{line}\nmount -a\n")
    assert [(mount.how, *row(mount)) for mount in script.mounts] == [("fstab", "nfs", "nas", "/x", "/mnt")]


def test_fstab_comment_and_local_lines_are_passed_over(reads: Reads) -> None:
    script = reads(
        """
        cat >> /etc/fstab <<EOF
        #nas:/x /mnt nfs defaults 0 0
        /dev/nvme1n1 /data xfs defaults 0 0
        tmpfs /tmp tmpfs size=1g 0 0
        //files/share /s cifs credentials=/root/c 0 0
        fs-1:/ /efs efs _netdev 0 0
        10.0.0.9@tcp:/abc /fsx lustre flock 0 0
        EOF
        """
    )
    assert [row(mount)[:2] for mount in script.mounts] == [
        ("cifs", "files"),
        ("efs", "fs-1"),
        ("lustre", "10.0.0.9"),
    ]


def test_autofs_map_and_mount_unit(reads: Reads) -> None:
    script = reads(
        """
        echo '/lab /etc/auto.lab --timeout=60' >> /etc/auto.master
        echo 'sets -fstype=nfs4,ro lab-nas:/vol/sets' > /etc/auto.lab
        cat > /etc/systemd/system/mnt-a.mount <<EOF
        [Mount]
        What=10.9.0.1:/a
        Where=/mnt/a
        Type=nfs
        EOF
        """
    )
    assert [(mount.how, *row(mount)) for mount in script.mounts] == [
        ("autofs", "nfs", "lab-nas", "/vol/sets", "sets"),
        ("systemd", "nfs", "10.9.0.1", "/a", "/mnt/a"),
    ]


def test_variables_assigned_once(reads: Reads) -> None:
    script = reads(
        """
        export NAS=10.1.2.3
        DIR="/export/${SUB}"
        SUB=sets
        mount -t nfs ${NAS}:$DIR /data
        """
    )
    (mount,) = script.mounts
    assert said(mount.host) == "10.1.2.3"


@pytest.mark.parametrize(
    "assignment",
    [
        "NAS=$(curl -s http://169.254.169.254/x)",
        "NAS=a\nNAS=b",
        "if [ -e /x ]; then NAS=a; fi",
        "read NAS",
        "NAS=${OTHER:-a}",
        "",
    ],
)
def test_a_variable_that_is_not_decided_is_unknown_with_its_place(reads: Reads, assignment: str) -> None:
    (mount,) = reads(f"{assignment}\nmount -t nfs $NAS:/x /mnt\n").mounts
    assert mount.host is not None
    assert isinstance(mount.host.data, Unknown)
    assert mount.host.data.reasons[0].place is not None
    assert "run time" in mount.host.data.reasons[0].what


def test_a_name_partly_known_keeps_what_is_known(reads: Reads) -> None:
    (mount,) = reads(
        """
        AZ=$(curl -s http://169.254.169.254/latest/meta-data/placement/availability-zone)
        mount -t nfs4 ${AZ}.fs-0abc.efs.us-east-1.amazonaws.com:/ /efs
        """
    ).mounts
    assert mount.host is not None
    assert isinstance(mount.host.data, Text)
    assert mount.host.data.parts[-1] == ".fs-0abc.efs.us-east-1.amazonaws.com"


def test_a_loop_over_known_hosts_is_every_mount(reads: Reads) -> None:
    script = reads("for h in nas1 nas2; do mkdir -p /mnt/$h; mount $h:/x /mnt/$h; done\n")
    assert [row(mount)[1::2] for mount in script.mounts] == [("nas1", "/mnt/nas1"), ("nas2", "/mnt/nas2")]
    assert not any(mount.conditional for mount in script.mounts)


@pytest.mark.parametrize(
    ("test", "mounted"),
    [
        ('[ "true" = "true" ]', ["a"]),
        ('[[ "false" == "true" ]]', ["b"]),
        ('[ -n "" ]', ["b"]),
        ("[ 2 -gt 1 ]", ["a"]),
        ("! false", ["a"]),
        ('[ "$(hostname)" = "x" ]', ["a", "b"]),
    ],
)
def test_a_test_between_literals_decides_the_branch(reads: Reads, test: str, mounted: list[str]) -> None:
    script = reads(f"if {test}; then\n  mount a:/x /mnt\nelse\n  mount b:/x /mnt\nfi\n")
    assert [said(mount.host) for mount in script.mounts] == mounted
    assert [mount.conditional for mount in script.mounts] == [len(mounted) > 1] * len(mounted)


def test_shell_that_the_grammar_cannot_take_still_shows_its_mounts(reads: Reads) -> None:
    script = reads(
        """
        #!/bin/bash
        mount -t nfs a:/x /a
        if [ -e /x ; then ((
        mount -t nfs \\
          b:/x /b
        sudo mount -t nfs c:/x /c )) }
        """
    )
    assert {said(mount.host) for mount in script.mounts} == {"a", "b", "c"}


def test_two_assignments_on_a_line_do_not_swallow_the_next(reads: Reads) -> None:
    (mount,) = reads("A=1 NAS=10.0.0.7\nB=2\nmount -t nfs $NAS:/x /y\n").mounts
    assert said(mount.host) == "10.0.0.7"


def test_a_reference_stays_a_reference() -> None:
    from fabriclint.scripts import read

    value = Value(Text(("mount -t nfs4 ", Reference("Fs", ("DnsName",)), ":/ /efs\n")))
    (mount,) = read(value).mounts
    assert mount.host is not None
    assert mount.host.data == Reference("Fs", ("DnsName",))
