"""Every shape that user data has: plain, encoded, MIME, cloud-config, cfn-init, SSM."""

from __future__ import annotations

import base64
import json
from typing import Any, Protocol

import pytest

from fabriclint.scripts import Script, read
from fabriclint.text import Source
from fabriclint.values import Map, OneOf, Reference, Seq, Text, Unknown, Value

MOUNT = "mount -t nfs 10.1.1.1:/x /mnt"


class Reads(Protocol):
    def __call__(self, text: str) -> Script: ...


def value(data: Any) -> Value:
    """Plain data as a value."""
    if isinstance(data, dict):
        return Value(Map({key: value(item) for key, item in data.items()}))
    if isinstance(data, list):
        return Value(Seq(tuple(value(item) for item in data)))
    return data if isinstance(data, Value) else Value(data)


def mounted(script: Script) -> list[str]:
    return [mount.host.show() for mount in script.mounts if mount.host is not None]


def test_nothing_is_nothing() -> None:
    for data in (None, "", " \n", True, 3):
        script = read(Value(data))
        assert script.empty
        assert script.complete.certain


def test_ordinary_user_data_is_seen_without_a_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    from fabriclint.scripts import shell

    monkeypatch.setattr(shell, "Shell", None)
    script = read(Value("#!/bin/bash\n# hello\n/etc/eks/bootstrap.sh apps --kubelet-extra-args x # why\n"))
    assert script.commands == ("/etc/eks/bootstrap.sh apps --kubelet-extra-args x",)
    assert script.complete.certain


def test_base64_is_decoded_and_points_at_the_whole() -> None:
    encoded = base64.b64encode(f"#!/bin/bash\n{MOUNT}\n".encode()).decode()
    source = Source("main.tf", f'user_data = "{encoded}"\n'.encode())
    script = read(Value(encoded, source.span(12, 14 + len(encoded))))
    assert mounted(script) == ["10.1.1.1"]
    assert script.mounts[0].place == source.span(13, 13 + len(encoded))


def test_base64_of_something_compressed_is_not_known() -> None:
    script = read(Value("H4sIAAAAAAAAA0vOz0vJTM9NLAEAWQXLVgoAAAA="))
    assert script.complete.undecided


MIME = f"""\
Content-Type: multipart/mixed; boundary="==BOUNDARY=="
MIME-Version: 1.0

--==BOUNDARY==
Content-Type: text/x-shellscript; charset="us-ascii"

#!/bin/bash
{MOUNT}

--==BOUNDARY==
Content-Type: text/x-shellscript; charset="us-ascii"
Content-Disposition: attachment; filename="two.sh"

#!/bin/bash
mount -t nfs 10.2.2.2:/y /y
--==BOUNDARY==
Content-Type: text/cloud-config

#cloud-config
runcmd:
  - mount 10.3.3.3:/z /z
--==BOUNDARY==--
"""


def test_mime_with_several_parts(reads: Reads) -> None:
    script = reads(MIME)
    assert mounted(script) == ["10.1.1.1", "10.2.2.2", "10.3.3.3"]
    assert [mount.place.line for mount in script.mounts if mount.place] == [8, 15, 21]
    assert script.complete.certain


@pytest.mark.parametrize(
    "text",
    [
        MIME.partition("\n\n")[2],  # no header
        MIME.replace("==BOUNDARY==", "//"),
        MIME.replace('boundary="==BOUNDARY=="', 'boundary="OTHER"'),
        "\n".join("   " + line if line else "" for line in MIME.split("\n")),
        MIME.replace("\n", "\r\n"),
    ],
)
def test_mime_that_is_not_quite_right(text: str) -> None:
    assert mounted(read(Value(text)))[:2] == ["10.1.1.1", "10.2.2.2"]


def test_mime_with_an_encoded_part() -> None:
    part = base64.encodebytes(f"#!/bin/bash\n{MOUNT}\n".encode()).decode()
    text = (
        'Content-Type: multipart/mixed; boundary="B"\nMIME-Version: 1.0\n\n--B\nContent-Transfer-Encoding: base64\n'
        f"Content-Type: text/x-shellscript\nMime-Version: 1.0\n\n{part}\n--B--\n"
    )
    assert mounted(read(Value(text))) == ["10.1.1.1"]


def test_node_configuration_in_mime_is_passed_over() -> None:
    text = (
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B"\n\n--B\nContent-Type: application/node.eks.aws\n\n'
        f"apiVersion: node.eks.aws/v1alpha1\nspec: {{}}\n--B\nContent-Type: text/x-shellscript\n\n{MOUNT}\n--B--"
    )
    script = read(Value(text))
    assert mounted(script) == ["10.1.1.1"]
    assert script.complete.certain


@pytest.mark.parametrize(
    "text",
    [
        "<powershell>\nMount-NfsShare nas:/x Z:\n</powershell>",
        "[settings.kubernetes]\ncluster-name = 'train'\n",
    ],
)
def test_what_is_no_shell_is_passed_over(text: str) -> None:
    assert read(Value(text)).empty


def test_python_that_may_matter_is_not_known() -> None:
    script = read(Value("#!/usr/bin/env python3\nimport os\nos.system('mount nas:/x /mnt')\n"))
    assert script.mounts == ()
    assert script.complete.undecided
    assert read(Value("#!/usr/bin/env python3\nprint(1)\n")).complete.certain


def test_cloud_config(reads: Reads) -> None:
    script = reads(
        """
        #cloud-config
        package_update: true
        bootcmd:
          - mkdir -p /mnt
        runcmd:
          - [mount, -t, nfs, "10.4.4.4:/list", /list]
          - export NAS=10.5.5.5
          - mount -t nfs $NAS:/line /line
          - |
            # mount -t nfs 10.0.0.0:/no /no
            mount -t nfs 10.6.6.6:/block /block
          - [sh, -c, 'mount -t nfs 10.7.7.7:/sh /sh']
        mounts:
          - ["10.8.8.8:/table", /table, nfs4, "defaults,_netdev", "0", "0"]
          - [ephemeral0, null]
          - [/dev/nvme1n1, /data]
          - [nas9:/untyped, /untyped]
        write_files:
          - path: /opt/a.sh
            permissions: "0755"
            content: |
              #!/bin/bash
              mount -t nfs 10.10.10.10:/file /file
          - path: /etc/fstab
            append: true
            content: "10.11.11.11:/fstab /fstab nfs defaults 0 0\\n"
          - path: /opt/b.sh
            encoding: b64
            content: bW91bnQgLXQgbmZzIDEwLjEyLjEyLjEyOi94IC9tbnQK
        """
    )
    by_host = {mount.host.show(): mount for mount in script.mounts if mount.host is not None}
    assert sorted(by_host, key=lambda host: (len(host), host)) == [
        "nas9", "10.4.4.4", "10.5.5.5", "10.6.6.6", "10.7.7.7", "10.8.8.8", "10.10.10.10", "10.11.11.11", "10.12.12.12",
    ]  # fmt: skip
    assert by_host["10.8.8.8"].how == "cloud-config"
    lines = {host: mount.place.line for host, mount in by_host.items() if mount.place is not None}
    assert lines == {
        "10.4.4.4": 6, "10.5.5.5": 8, "10.6.6.6": 11, "10.7.7.7": 12, "10.8.8.8": 14, "nas9": 17,
        "10.10.10.10": 23, "10.11.11.11": 26, "10.12.12.12": 29,
    }  # fmt: skip
    assert by_host["10.6.6.6"].place is not None
    assert by_host["10.6.6.6"].place.text == "mount -t nfs 10.6.6.6:/block /block"
    assert script.complete.certain


def test_cloud_config_with_holes() -> None:
    hole = Unknown.because("var.extra has no value")
    text = Text(
        ("#cloud-config\nruncmd:\n  - mount ", Reference("Nas", ("Ip",)), ":/x /x\n", hole, "\nmounts: []\n")
    )
    script = read(Value(text))
    assert [mount.host.data for mount in script.mounts if mount.host is not None] == [
        Reference("Nas", ("Ip",))
    ]
    assert [reason.what for reason in script.unknown] == ["var.extra has no value"]


def test_cloud_config_that_is_no_yaml_is_not_known() -> None:
    script = read(Value("#cloud-config\nruncmd: [mount nas:/x /mnt\n"))
    assert script.complete.undecided


def test_boothook_and_jinja() -> None:
    assert mounted(read(Value(f"#cloud-boothook\n#!/bin/bash\n{MOUNT}\n"))) == ["10.1.1.1"]
    assert mounted(read(Value(f"## template: jinja\n#cloud-config\nruncmd:\n - {MOUNT}\n"))) == ["10.1.1.1"]
    assert read(Value("#include\nhttps://example.com/boot.txt\n")).complete.undecided


def test_lines_of_a_join() -> None:
    lines = ["#!/bin/bash\n", "HOST=10.1.1.1\n", "mount -t nfs ", "$HOST:/x /mnt\n"]
    source = Source("t.json", json.dumps(lines, indent=1).encode())
    spans = []
    at = 0
    for line in lines:
        at = source.data.index(json.dumps(line).encode(), at)
        spans.append(source.span(at, at + len(json.dumps(line))))
        at += 1
    script = read(Value(Text(tuple(lines), tuple(spans)), source.span()))
    assert mounted(script) == ["10.1.1.1"]
    place = script.mounts[0].place
    assert place is not None
    assert (place.line, place.end_line) == (4, 5)


def test_cfn_init() -> None:
    script = read(
        value(
            {
                "AWS::CloudFormation::Init": {
                    "configSets": {"default": ["one"]},
                    "one": {
                        "packages": {"yum": {"nfs-utils": []}},
                        "files": {
                            "/opt/b.sh": {"content": "#!/bin/sh\nmount 10.2.2.2:/b /b\n", "mode": "000755"},
                            "/etc/data.json": {"content": {"a": 1}},
                            "/etc/nccl.conf": {"content": "NCCL_DEBUG=INFO\n"},
                        },
                        "commands": {
                            "02_run": {
                                "command": "sh /opt/b.sh",
                                "env": {"FI_PROVIDER": "tcp", "HOME": "/root"},
                            },
                            "01_mount": {"command": ["mount", "-t", "nfs", "10.1.1.1:/a", "/a"]},
                        },
                    },
                }
            }
        )
    )
    assert mounted(script) == ["10.1.1.1", "10.2.2.2"]
    assert [setting.name for setting in script.environment] == ["FI_PROVIDER", "NCCL_DEBUG"]
    assert script.complete.certain


def test_cfn_init_with_what_is_not_known() -> None:
    hole = Unknown.because("parameter Setup has no value")
    init = {"config": {"commands": {"01": {"command": Value(hole)}, "02": {"command": MOUNT}}}}
    script = read(value(init))
    assert mounted(script) == ["10.1.1.1"]
    assert [reason.what for reason in script.unknown] == ["parameter Setup has no value"]


def test_ssm_documents() -> None:
    step = {
        "action": "aws:runShellScript",
        "name": "go",
        "inputs": {"runCommand": ["NAS=10.1.1.1", "mount $NAS:/x {{ dir }}"]},
    }
    document = {"schemaVersion": "2.2", "mainSteps": [step]}
    for data in (document, json.dumps(document), json.dumps(document, indent=2)):
        script = read(value(data))
        assert mounted(script) == ["10.1.1.1"]
        assert script.complete.certain
    target = read(value(json.dumps(document))).mounts[0].target
    assert target is not None
    assert isinstance(target.data, Unknown)


@pytest.mark.parametrize(
    "data",
    [
        Unknown.because("var.user_data has no value"),
        Reference("data.cloudinit_config.x", ("rendered",)),
        OneOf((Value("a"), Value("b")), Unknown.because("var.gpu has no value")),
    ],
)
def test_a_script_that_is_not_known(data: Any) -> None:
    script = read(Value(data))
    assert script.complete.undecided
    assert not script.empty
    assert script.unknown[0].what
