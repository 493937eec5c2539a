"""Hostile Terraform: it ends soon, says what it did not read, and the root beside it is still judged."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

Files = dict[str, str | bytes]
Hostile = Callable[[dict[str, tuple[Files, str]]], Any]

MACHINE = """
resource "aws_instance" "x" {{
  count         = 2
  ami           = "ami-0f3d5c1b2a4e69788"
  instance_type = {value}
  user_data     = {value}
}}
"""
TRAINING = """
resource "aws_instance" "x" {{
  instance_type = "p5.48xlarge"
  {more}
}}
"""


def machine(value: str, *, locals_: str = "") -> Files:
    """A root whose machine has an attribute that every rule about machines asks for."""
    return {"main.tf": f"locals {{\n{locals_}\n}}\n" + MACHINE.format(value=value)}


def doubling(first: str, step: str, depth: int = 60) -> str:
    """Locals of which each is made of the one before it, twice."""
    lines = [f"  a0 = {first}"]
    lines += [f"  a{n} = {step.format(f'local.a{n - 1}')}" for n in range(1, depth)]
    return "\n".join(lines)


def zeros(size: int) -> str:
    """Many zeros, small in gzip and base64."""
    return base64.b64encode(gzip.compress(bytes(size), 9)).decode()


def script(text: str) -> Files:
    """A machine with user data of its own."""
    return {"main.tf": TRAINING.format(more='user_data = file("boot.sh")'), "boot.sh": text}


def multipart(parts: int) -> str:
    part = "--B\nContent-Type: text/x-shellscript\n\n#!/bin/bash\nmount a:/b /c\n"
    return 'Content-Type: multipart/mixed; boundary="B"\nMIME-Version: 1.0\n\n' + part * parts + "--B--\n"


def chain(length: int) -> Files:
    """Modules of which each calls the next."""
    files = {"main.tf": 'module "a" {\n  source = "./m0"\n}\n'}
    for n in range(length):
        files[f"m{n}/main.tf"] = f'module "a" {{\n  source = "../m{n + 1}"\n}}\n'
    files[f"m{length}/main.tf"] = TRAINING.format(more="")
    return files


PRODUCT = """
resource "aws_security_group" "x" {
  dynamic "ingress" {
    for_each = range(1000)
    content {
      from_port = ingress.value
      dynamic "a" {
        for_each = range(1000)
        content {
          dynamic "b" {
            for_each = range(1000)
            content {
              value = b.value
            }
          }
        }
      }
    }
  }
}
"""
GROUPED = PRODUCT + TRAINING.format(more="vpc_security_group_ids = [aws_security_group.x.id]")
ADDRESSES = ", ".join(["24"] * 5000)
PLAN = {"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {}}}


def planned(depth: int) -> str:
    """A plan whose one machine has tags that nest."""
    resource = {
        "address": "aws_instance.x", "mode": "managed", "type": "aws_instance", "name": "x",
        "values": {"instance_type": "p5.48xlarge", "user_data": "NESTED", "tags": "NESTED"},
    }  # fmt: skip
    document = {**PLAN, "planned_values": {"root_module": {"resources": [resource]}}}
    return json.dumps(document).replace('"NESTED"', "[" * depth + "]" * depth)


CASES: dict[str, tuple[Files, str]] = {
    # how deep
    "parentheses": (machine("(" * 20_000 + "1" + ")" * 20_000), "nests too deeply"),
    "lists": (machine("[" * 20_000 + "1" + "]" * 20_000), "a list is not known"),
    "objects": (machine("{a=" * 10_000 + "1" + "}" * 10_000), "an object is not known"),
    "templates": (machine('"${' * 5_000 + "1" + '}"' * 5_000), "Syntax error"),
    "template directives": (
        machine('"' + "%{if true}" * 3_000 + "1" + "%{endif}" * 3_000 + '"'),
        "nests too deeply",
    ),
    "calls": (machine("f(" * 5_000 + "1" + ")" * 5_000), "there is no such function"),
    "nots": (machine("!" * 20_000 + "true"), "nests too deeply"),
    "conditions": (machine("true ? 1 : " * 5_000 + "1"), "this expression does not parse"),
    "traversals": (machine("local.a" + ".b" * 5_000), "local.a is not declared"),
    "indices": (machine("local.a" + "[0]" * 5_000), "local.a is not declared"),
    "sums": (machine("1+" * 20_000 + "1"), "nests too deeply"),
    "blocks": (
        {"main.tf": 'resource "aws_instance" "x" {\n' + "a {\n" * 5_000 + "}\n" * 5_000 + "}\n"},
        "no instance type is written",
    ),
    "unclosed": ({"main.tf": "a {\n" * 5_000}, "Syntax error"),
    "heredocs": ({"main.tf": "".join(f"a{n} = <<E{n}\n" for n in range(5_000))}, "Syntax error"),
    "long heredoc": (
        machine("<<E\n" + "mount a:/b /c\n" * 45_000 + "E\n"),
        "too large to be read to its end",
    ),
    "long line": ({"main.tf": 'locals { a = "' + "x" * 1_000_000 + '" }'}, ""),
    "long list": (machine("local.l[0]", locals_="  l = [" + "1," * 50_000 + "]"), "1 is not known"),
    "json depth": ({"main.tf.json": '{"resource":' * 50_000 + "1" + "}" * 50_000}, "nests too deeply"),
    "json list depth": (
        {"main.tf.json": '{"locals": {"a": ' + "[" * 50_000 + "]" * 50_000 + "}}"},
        "nests too deeply",
    ),
    "plan depth": ({"plan.json": planned(30_000)}, "nests too deeply"),
    "plan depth that JSON bears": ({"plan.json": planned(400)}, ""),
    "chain of locals": (
        machine(
            "local.a4999",
            locals_="  a0 = 1\n" + "\n".join(f"  a{n} = local.a{n - 1}" for n in range(1, 5_000)),
        ),
        "nest too deeply",
    ),
    # how much comes of little
    "range": (machine("range(1000000000)[5]"), "range()"),
    "for product": (
        machine("[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]][1]"),
        "too much work",
    ),
    "setproduct": (
        machine("setproduct(range(1000), range(1000), range(1000))[1]"),
        "setproduct() that makes more than",
    ),
    "doubling template": (machine("local.a59", locals_=doubling('"x"', '"${{{0}}}${{{0}}}"')), "too long"),
    "doubling join": (
        machine("local.a59", locals_=doubling('"x"', 'join("-", [{0}, {0}])')),
        "nest too deeply",
    ),
    "doubling format": (
        machine("local.a59", locals_=doubling('"x"', 'format("%s%s", {0}, {0})')),
        "nest too deeply",
    ),
    "doubling replace": (
        machine("local.a59", locals_=doubling('"x"', 'replace({0}, "x", "xx")')),
        "nest too deeply",
    ),
    "doubling strrev": (
        machine("local.a59", locals_=doubling('"x"', 'strrev("${{{0}}}${{{0}}}")')),
        "nest too deeply",
    ),
    "doubling concat": (
        machine("local.a59[0]", locals_=doubling("[1]", "concat({0}, {0})")),
        "nest too deeply",
    ),
    "doubling list": (
        machine("jsonencode(local.a59)", locals_=doubling("[1]", "[{0}, {0}]")),
        "nest too deeply",
    ),
    "doubling object": (
        machine("jsonencode(local.a59)", locals_=doubling("{ v = 1 }", "{{ l = {0}, r = {0} }}")),
        "nest too deeply",
    ),
    "doubling number": (machine("local.a59", locals_=doubling("7", "{0} * {0}")), "nest too deeply"),
    "padding": (machine('format("%1000000000d", 1)'), "width over 1000"),
    "power": (machine("pow(10, 1000000000)"), "pow() of these arguments"),
    "repeated text": (
        machine('join("", [for a in range(10000) : format("%1000d", a)])'),
        "range() makes more than",
    ),
    "indent": (machine('indent(1000000000, "a\\nb")'), "more than 1,000,000 characters"),
    "cidrsubnets": (machine(f'cidrsubnets("10.0.0.0/8", {ADDRESSES})[1]'), "10.0.0.1/32 is not known"),
    "cidrsubnet chain": (
        machine("local.a59", locals_=doubling('"10.0.0.0/8"', "cidrsubnet({0}, 1, 0)")),
        "nest too deeply",
    ),
    "ring of locals": (machine("local.a", locals_="  a = local.b\n  b = local.a"), "refer to themselves"),
    "count": ({"main.tf": TRAINING.format(more="count = 1000000000")}, "one instance stands for all"),
    "for_each": (
        {"main.tf": TRAINING.format(more="for_each = toset([for a in range(9000) : tostring(a)])")},
        "range() makes",
    ),
    "dynamic blocks": ({"main.tf": GROUPED}, ""),
    "many resources": ({"main.tf": "".join(f'resource "aws_vpc" "v{n}" {{}}\n' for n in range(4_000))}, ""),
    "gzip": (
        {"main.tf": TRAINING.format(more=f'user_data_base64 = "{zeros(50_000_000)}"')},
        "compressed user data is not read",
    ),
    "base64gunzip": (machine(f'base64gunzip("{zeros(50_000_000)}")'), "there is no such function"),
    # modules
    "calls itself": (
        {"main.tf": 'module "a" {\n  source = "./."\n}\n' + TRAINING.format(more="")},
        "which calls it again",
    ),
    "calls in a ring": (
        {
            "main.tf": 'module "a" {\n  source = "./b"\n}\n',
            "b/main.tf": 'module "a" {\n  source = "../c"\n}\n',
            "c/main.tf": 'module "a" {\n  source = "../b"\n}\n',
        },
        "which calls it again",
    ),
    "a chain of modules": (chain(200), "nest too deeply"),
    "modules doubling": (
        {
            "main.tf": 'module "a" {\n  source = "./m0"\n}\n',
            **{
                f"m{n}/main.tf": "".join(f'module "{s}" {{\n  source = "../m{n + 1}"\n}}\n' for s in "ab")
                for n in range(25)
            },
            "m25/main.tf": TRAINING.format(more=""),
        },
        "too many resources",
    ),
    "module count": (
        {
            "main.tf": 'module "a" {\n  source = "./b"\n  count = 1000000000\n}\n',
            "b/main.tf": TRAINING.format(more="count = 1000"),
        },
        "one instance stands for all",
    ),
    # patterns
    "regex": (
        machine('regex("(a+)+$", local.a)', locals_='  a = "' + "a" * 5_000 + '!"'),
        "regex() does not match",
    ),
    "regex alternation": (
        machine('regex("^(a|a|a)*$", local.a)', locals_='  a = "' + "a" * 5_000 + '!"'),
        "regex() does not match",
    ),
    "regex repetition": (
        machine('regex("((a{0,100}){0,100}){0,100}b", local.a)', locals_='  a = "' + "a" * 5_000 + '!"'),
        "is not evaluated",
    ),
    "regexall": (
        machine('regexall("(x+x+)+y", local.a)', locals_='  a = "' + "x" * 5_000 + '"'),
        "no instance type",
    ),
    "replace by pattern": (
        machine('replace(local.a, "/(a+)+$/", "b")', locals_='  a = "' + "a" * 5_000 + '!"'),
        "aaaa",
    ),
    # templates and files
    "template of itself": (
        {**machine('templatefile("t.tpl", {})'), "t.tpl": '${templatefile("t.tpl", {})}'},
        "cannot call templatefile()",
    ),
    "template loops": (
        {
            **machine('templatefile("t.tpl", {})'),
            "t.tpl": "%{for a in range(1000)}%{for b in range(1000)}%{for c in range(1000)}${a}%{endfor}%{endfor}%{endfor}",
        },
        "the text is too long",
    ),
    # scripts
    "multipart": (script(multipart(20_000)), "too many parts"),
    "recursive functions": (
        script("#!/bin/bash\nf() { g; g; g; }\ng() { f; f; f; mount a:/b /c; }\n" + "f\n" * 300),
        "too many functions",
    ),
    "braces": (
        script(
            "#!/bin/bash\nfor i in {1..1000000}; do mount a:/b$i /c; done\nmount " + "{a,b}" * 20 + ":/x /y\n"
        ),
        "",
    ),
    "nested encodings": (script("#!/bin/bash\n" + "bash -c '" * 5_000), ""),
    "long script": (script("#!/bin/bash\n" + "mount a:/b /c\n" * 100_000), "too long"),
    "cloud-config depth": (script("#cloud-config\nruncmd: " + "[" * 50_000), ""),
    "cloud-config aliases": (
        script(
            "#cloud-config\na0: &a0 [x, x]\n"
            + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
            + "runcmd: *a59\n"
        ),
        "",
    ),
    "yamldecode aliases": (
        {
            **machine('yamldecode(file("a.yml")).a39[0]'),
            "a.yml": "a0: &a0 [x, x]\n"
            + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)),
        },
        "very large value",
    ),
    "yamldecode depth": ({**machine('yamldecode(file("a.yml"))'), "a.yml": "[" * 50_000}, "no clear YAML"),
    "jsondecode depth": (
        {**machine('jsondecode(file("a.json"))'), "a.json": "[" * 50_000 + "]" * 50_000},
        "nests too deeply",
    ),
}


# A process costs more than most of these, so several are linted in one.
GROUPS = [list(CASES)[at : at + 8] for at in range(0, len(CASES), 8)]


@pytest.mark.parametrize("names", GROUPS, ids=lambda names: names[0])
def test_hostile_terraform(hostile: Hostile, names: list[str]) -> None:
    hostile({name.replace(" ", "-"): CASES[name] for name in names})
