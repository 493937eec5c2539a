"""Copies of files, and which of them cross to another machine."""

from __future__ import annotations

from typing import Protocol

import pytest

from fabriclint.scripts import Script


class Reads(Protocol):
    def __call__(self, text: str) -> Script: ...


@pytest.mark.parametrize(
    ("line", "tool", "host", "pulls"),
    [
        ("rsync -a /home/ /fsx/home/", "rsync", None, False),
        ("rsync -avz -e 'ssh -i /k.pem' me@lab.example:/data/ /fsx/", "rsync", "lab.example", True),
        ("rsync -a --exclude '*.tmp' /fsx/out/ lab:/in", "rsync", "lab", False),
        ("rsync -a lab::module/x /fsx", "rsync", "lab", True),
        ("rsync -a rsync://lab.example:873/x /fsx", "rsync", "lab.example", True),
        ("scp -i k -P 22 -r ec2-user@10.1.1.1:/sets /data", "scp", "10.1.1.1", True),
        ("scp a.sh 10.1.1.1:/tmp", "scp", "10.1.1.1", False),
        ("sftp -b cmds me@10.1.1.1:/sets /data", "sftp", "10.1.1.1", True),
        ("aws s3 cp --region us-east-1 s3://b/x /x", "aws s3", None, False),
        ("aws --profile p s3 sync /mnt/nas s3://b/x --exclude '*'", "aws s3", None, False),
        ("hadoop distcp hdfs://nn.corp.example:8020/a s3a://b/a", "distcp", "nn.corp.example", True),
        ("hdfs dfs -get hdfs://nn:8020/a /a", "hdfs", "nn", True),
        ("s3-dist-cp --src hdfs://nn/a --dest s3://b/a", "s3-dist-cp", "nn", True),
        ("s5cmd --endpoint-url x cp s3://b/* /x", "s5cmd", None, False),
    ],
)
def test_forms(reads: Reads, line: str, tool: str, host: str | None, pulls: bool) -> None:
    (copy,) = reads(f"#!/bin/bash\n{line}\n").copies
    assert (copy.tool, copy.host.show() if copy.host is not None else None, copy.pulls) == (tool, host, pulls)
    assert copy.place is not None
    assert copy.place.text == line


def test_source_and_destination(reads: Reads) -> None:
    (copy,) = reads("aws s3 sync /mnt/nas s3://bucket/x --no-progress\n").copies
    assert copy.source.data == "/mnt/nas"
    assert copy.destination is not None
    assert copy.destination.data == "s3://bucket/x"


@pytest.mark.parametrize(
    "line",
    [
        "# rsync a:/x /y",
        "yum install -y rsync",
        "curl -o x https://e/x",
        "aws s3 ls s3://b",
        "git clone g:x/y",
    ],
)
def test_what_is_no_copy(reads: Reads, line: str) -> None:
    assert reads(f"#!/bin/bash\n{line}\n").copies == ()


@pytest.mark.parametrize(
    ("text", "host", "how"),
    [
        ("spark-submit job.py hdfs://nn.corp.example:8020/sets\n", "nn.corp.example", "spark-submit"),
        ("hadoop distcp -D x=y hdfs://nn/a s3://b\n", "nn", "distcp"),
        ("hdfs dfs -D fs.defaultFS=hdfs://nn:9000 -ls /\n", "nn", "fs.defaultFS"),
        (
            "cat > /etc/hadoop/conf/core-site.xml <<EOF\n<property>\n<name>fs.defaultFS</name>\n"
            "<value>hdfs://nn.corp.example:8020</value>\n</property>\nEOF\n",
            "nn.corp.example",
            "fs.defaultFS",
        ),
    ],
)
def test_hdfs(reads: Reads, text: str, host: str, how: str) -> None:
    uses = reads(text).hdfs
    assert [(use.host.show(), use.how) for use in uses] == [(host, how)]


def test_hdfs_without_a_host_is_the_default_one(reads: Reads) -> None:
    assert reads("hdfs dfs -ls hdfs:///data\n").hdfs == ()
