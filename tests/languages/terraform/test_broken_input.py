"""Bad input: a diagnostic with its place, the rest still read, nothing raised, nothing endless."""

from __future__ import annotations

from time import process_time

import pytest

from fabriclint.languages.terraform import run

from .conftest import read_stack

GOOD = 'resource "aws_vpc" "good" {\n  cidr_block = "10.0.0.0/16"\n}\n'


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('resource "aws_vpc" "bad" {\n  cidr_block =\n  tags = {}\n}\n' + GOOD, (2, 3)),
        ('resource "aws_vpc" "bad" {\n  cidr_block = "10\n}\n' + GOOD, (2, 2)),
        ('resource "aws_vpc" "bad" {\n  cidr_block = f(\n}\n' + GOOD, (2, 2)),
        ('resource "aws_vpc" "bad" {\n  tags = {\n    a = 1\n\n' + GOOD, (1, 3)),
        ('resource "aws_vpc" "bad" {\n\n' + GOOD, (1, 1)),
        (GOOD + "<<<<<<< HEAD\n", (4, 4)),
        (GOOD + "}\n", (3, 4)),
        (GOOD + 'resource "aws_vpc" "bad" {\n  cidr_block = <<EOT\nabc\n', (4, 6)),
    ],
)
def test_one_broken_block_costs_its_neighbours_nothing(read, element, text, lines):
    reading = read(text)
    (problem,) = reading.diagnostics
    assert problem.level == "error"
    assert lines[0] <= problem.place.line <= lines[1]
    assert element(reading, "aws_vpc.good").read("cidr_block").data == "10.0.0.0/16"
    assert element(reading, "aws_vpc.good").read("tags").origin == "absent"
    assert reading.open
    for found in reading.elements:
        if found.address == "aws_vpc.bad":  # what cannot be read is not absent
            assert found.read("instance_tenancy").unknown is not None


def test_many_broken_blocks(read):
    reading = read("".join(f'resource "aws_vpc" "b{n}" {{\n  a = = 1\n}}\n' for n in range(50)))
    assert 1 <= len(reading.diagnostics) <= 50


def test_an_argument_that_is_set_twice(read, element):
    reading = read(
        GOOD + 'resource "aws_vpc" "v" {\n  cidr_block = 1\n  cidr_block = 2\n  tags = { a = 1 }\n}'
    )
    (problem,) = reading.diagnostics
    assert (problem.place.line, problem.place.text) == (6, "cidr_block = 2")
    assert (
        element(reading, "aws_vpc.v").read("cidr_block").unknown.reasons[0].what == "cidr_block is set twice"
    )
    assert element(reading, "aws_vpc.v").read("tags").unknown is None


def test_a_resource_that_is_declared_twice(read, element):
    reading = read(GOOD + GOOD.replace("10.0", "10.9"))
    assert [d.message for d in reading.diagnostics] == [
        "aws_vpc.good is declared twice; the first one is read"
    ]
    assert element(reading, "aws_vpc.good").read("cidr_block").data == "10.0.0.0/16"


def test_locals_in_a_ring_are_one_error(read, element):
    reading = read(
        GOOD
        + 'resource "aws_vpc" "v" {\n  cidr_block = local.a\n}\nlocals {\n  a = local.b\n  b = [local.a]\n}'
    )
    (problem,) = reading.diagnostics
    assert problem.message == "Locals refer to themselves: local.a → local.b → local.a"
    assert problem.place.text == "a = local.b"
    assert "refers to itself" in str(element(reading, "aws_vpc.v").read("cidr_block").data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe" + GOOD.encode("utf-16-le"),
        b"\x00\x01",
        b"}{",
        b'"',
        b"<<EOT",
        b"${",
        b"# only a comment",
    ],
)
def test_strange_files(read, data):
    read({"main.tf": data, "other.tf": GOOD})


def test_bytes_that_are_not_utf8(read, element):
    reading = read(
        {"main.tf": GOOD.encode() + b'# caf\xe9\nresource "aws_vpc" "v" {\n  tags = { a = "\xe9" }\n}\n'}
    )
    assert reading.diagnostics[0].message == "A byte here is not UTF-8"
    assert element(reading, "aws_vpc.v").read("tags").unknown is None


def test_a_byte_order_mark_and_windows_lines(read, element):
    reading = read(("\ufeff" + GOOD).replace("\n", "\r\n"))
    assert reading.diagnostics == ()
    assert element(reading, "aws_vpc.good").read("cidr_block").data == "10.0.0.0/16"


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 3000 + "1" + ")" * 3000,
        "[" * 3000 + "1" + "]" * 3000,
        "{a=" * 1500 + "1" + "}" * 1500,
        "!" * 3000 + "true",
        "1+" * 3000 + "1",
        "true ? 1 : " * 1500 + "1",
        "a" + ".b" * 3000,
        "local.x" + "[0]" * 3000,
        '"' + "%{if true}" * 400 + "1" + "%{endif}" * 400 + '"',
        "[for a in " * 200 + "[1] : a]" + " : a]" * 199,
        "f(" * 1000 + "1" + ")" * 1000,
        "local.chain0",
        "local.double60",
        "local.power60",
        "jsonencode(local.pair40)",
        "local.pair40 == local.pair40",
        "[for a in range(400) : [for b in range(400) : [for c in range(400) : a]]]",
    ],
)
def test_deep_and_wide_expressions_end(evaluate, expression, monkeypatch):
    monkeypatch.setattr(run, "_MOST_WORK", 200_000)
    chain = "".join(f"  chain{n} = local.chain{n + 1}\n" for n in range(1000))
    double = "".join(
        f'  double{n} = "${{local.double{n - 1}}}${{local.double{n - 1}}}"\n' for n in range(1, 61)
    )
    power = "".join(f"  power{n} = local.power{n - 1} * local.power{n - 1}\n" for n in range(1, 61))
    pair = "".join(f"  pair{n} = [local.pair{n - 1}, local.pair{n - 1}]\n" for n in range(1, 41))
    ends = '  x = [1]\n  chain1000 = 1\n  double0 = "abc"\n  power0 = 7\n  pair0 = 1\n'
    evaluate(expression, f"locals {{\n{chain}{double}{power}{pair}{ends}}}\n")


def test_nested_blocks_end(read, monkeypatch):
    monkeypatch.setattr(run, "_MOST_WORK", 200_000)
    depth = 500
    reading = read('resource "aws_vpc" "v" {\n' + "a {\n" * depth + "}\n" * depth + "}\n")
    reading.elements[0].read("a")
    dynamic = 'dynamic "a" {\n  for_each = [1]\n  content {\n' * depth + "}}\n" * depth
    reading = read('resource "aws_vpc" "v" {\n' + dynamic + "}\n")
    reading.elements[0].read("a")


def test_reading_is_the_same_twice(read, show):
    body = '  for_each = toset(["b", "a"])\n  tags = merge({ z = 1, a = var.x }, {})\n'
    text = f'variable "x" {{}}\nresource "aws_vpc" "v" {{\n{body}}}\n'
    one, two = read(text), read(text)
    assert [(e.address, str(show(e.read("tags")))) for e in one.elements] == [
        (e.address, str(show(e.read("tags")))) for e in two.elements
    ]


@pytest.mark.parametrize("text", ["\n0300\x00", '{"a": 01}', "-", "1.", '{"resource": 1e}', "0" * 500])
def test_numbers_that_json_does_not_know_are_a_diagnostic(read, element, text):
    reading = read({"main.tf.json": text, "good.tf": GOOD})
    assert [one.level for one in reading.diagnostics] == ["error"]
    assert element(reading, "aws_vpc.good").exists.certain


POLICY = """\
data "aws_iam_policy_document" "reader_%d" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.corpus.arn}/*", "arn:aws:s3:::shards-%d/*"] # and not /* of others
  }
}
"""
SCRIPT = """\
locals {
  script_%d = <<-EOT
    rm -rf /var/lib/apt/lists/* /tmp/*
    echo "it's
  EOT
}
"""


def test_many_stars_in_texts_and_heredocs_open_no_comment() -> None:
    reading = read_stack("".join(POLICY % (n, n) + SCRIPT % n for n in range(2_500)))
    assert not reading.diagnostics


@pytest.mark.parametrize("before", ["", 'x = "\n', "x = <<EOT\n", 'x = "${join("",\n'])
def test_many_openings_of_comments_are_refused_at_their_place(before: str) -> None:
    begun = process_time()
    reading = read_stack(before + 'a = "b"\n/* c\n' * 16_000)
    assert process_time() - begun < 2
    assert [one.message for one in reading.diagnostics] == [
        "Blanks or open comments here would take too long to parse; the file is not read"
    ]
    place = reading.diagnostics[0].place
    assert place is not None
    assert place.text == "/"
