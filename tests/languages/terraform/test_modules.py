"""Module calls: values go in, handles come out, addresses and places say where."""

from __future__ import annotations

NET = """
variable "cidr" {}
variable "zones" { default = ["a"] }
resource "aws_vpc" "main" {
  cidr_block = var.cidr
}
resource "aws_subnet" "each" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.main.id
  availability_zone = var.zones[count.index]
}
output "vpc_id" { value = aws_vpc.main.id }
output "vpc" { value = aws_vpc.main }
output "subnets" { value = aws_subnet.each[*].id }
"""


def test_a_local_module(read, element, show):
    reading = read(
        {
            "main.tf": 'module "net" {\n  source = "./net"\n  cidr   = "10.1.0.0/16"\n  zones  = ["a", "b"]\n}\n'
            'resource "aws_internet_gateway" "g" {\n  vpc_id = module.net.vpc_id\n}\n'
            'resource "aws_eks_cluster" "c" {\n  name = module.net.vpc.cidr_block\n  role_arn = module.net.subnets\n}',
            "net/main.tf": NET,
        }
    )
    assert [e.address for e in reading.elements] == [
        "module.net.aws_vpc.main",
        "module.net.aws_subnet.each[0]",
        "module.net.aws_subnet.each[1]",
        "aws_internet_gateway.g",
        "aws_eks_cluster.c",
    ]
    vpc = element(reading, "module.net.aws_vpc.main")
    assert show(vpc.read("cidr_block")) == "10.1.0.0/16"
    assert [(call.name, call.place.text) for call in vpc.calls] == [("net", 'module "net"')]
    assert show(element(reading, "aws_internet_gateway.g").read("vpc_id")) == "<module.net.aws_vpc.main.id>"
    cluster = element(reading, "aws_eks_cluster.c")
    assert show(cluster.read("name")) == "10.1.0.0/16"
    assert show(cluster.read("role_arn")) == [
        "<module.net.aws_subnet.each[0].id>",
        "<module.net.aws_subnet.each[1].id>",
    ]
    assert show(element(reading, "module.net.aws_subnet.each[1]").read("availability_zone")) == "b"


def test_calls_with_count_and_for_each(read, show):
    reading = read(
        {
            "main.tf": 'module "n" {\n  source = "./net"\n'
            '  for_each = { x = "10.0.0.0/16", y = "10.1.0.0/16" }\n  cidr = each.value\n}\n'
            'resource "aws_internet_gateway" "g" {\n  vpc_id = module.n["y"].vpc_id\n}\n'
            'resource "aws_eks_cluster" "c" {\n  role_arn = [for k, m in module.n : m.vpc_id]\n}\n',
            "net/main.tf": NET,
        }
    )
    by_address = {e.address: e for e in reading.elements}
    assert show(by_address['module.n["y"].aws_vpc.main'].read("cidr_block")) == "10.1.0.0/16"
    assert show(by_address["aws_internet_gateway.g"].read("vpc_id")) == '<module.n["y"].aws_vpc.main.id>'
    assert show(by_address["aws_eks_cluster.c"].read("role_arn")) == [
        '<module.n["x"].aws_vpc.main.id>',
        '<module.n["y"].aws_vpc.main.id>',
    ]


def test_a_gate_on_the_call_holds_for_what_is_inside(read, show):
    reading = read(
        {
            "main.tf": 'variable "on" {}\nmodule "n" {\n  count = var.on ? 1 : 0\n  source = "./net"\n  cidr = "10.0.0.0/16"\n}\n'
            'resource "aws_internet_gateway" "g" {\n  vpc_id = module.n[0].vpc_id\n}',
            "net/main.tf": NET,
        }
    )
    vpc = reading.elements[0]
    assert vpc.address == "module.n[0].aws_vpc.main"
    assert vpc.exists.undecided
    assert show(reading.elements[-1].read("vpc_id")) == "<module.n[0].aws_vpc.main.id>"


def test_an_unknown_number_of_calls_is_many(read):
    reading = read(
        {
            "main.tf": 'variable "n" {}\nmodule "n" {\n  count = var.n\n  source = "./net"\n  cidr = "c"\n}',
            "net/main.tf": NET,
        }
    )
    assert reading.elements[0].address == "module.n[*].aws_vpc.main"
    assert reading.elements[0].many is not None


def test_a_module_that_is_not_on_disk(read, element, show):
    reading = read(
        'module "vpc" {\n  source  = "example/network/aws"\n  version = "5.0"\n  name    = "x-${1}"\n}\n'
        'resource "aws_internet_gateway" "g" {\n  vpc_id = module.vpc.vpc_id\n}'
    )
    unseen = element(reading, "module.vpc")
    assert (unseen.kind, unseen.type) == ("unseen", "module")
    assert unseen.place.text == 'module "vpc"'
    assert show(unseen.get("source")) == "example/network/aws"
    assert show(unseen.get("inputs")) == {"name": "x-1"}
    value = element(reading, "aws_internet_gateway.g").read("vpc_id")
    assert value.unknown.reasons[0].what == "module.vpc (example/network/aws) is not on disk"
    assert value.unknown.reasons[0].place.text == '"example/network/aws"'
    assert reading.diagnostics == ()


def test_an_installed_module_is_followed(read, element):
    reading = read(
        {
            "main.tf": 'module "vpc" {\n  source = "example/vpc/aws"\n  cidr = "10.0.0.0/8"\n}\n',
            ".terraform/modules/modules.json": '{"Modules":[{"Key":"","Source":"","Dir":"."},'
            '{"Key":"vpc","Source":"x","Dir":".terraform/modules/vpc"}]}',
            ".terraform/modules/vpc/main.tf": NET,
        }
    )
    assert element(reading, "module.vpc.aws_vpc.main").read("cidr_block").data == "10.0.0.0/8"


def test_a_missing_local_module_is_a_warning(read):
    reading = read('module "n" {\n  source = "./gone"\n}')
    (problem,) = reading.diagnostics
    assert (problem.level, problem.place.text) == ("warning", '"./gone"')
    assert reading.elements[0].kind == "unseen"


def test_modules_that_call_each_other_end(read):
    reading = read(
        {
            "main.tf": 'module "a" {\n  source = "./a"\n}\n',
            "a/main.tf": 'module "b" {\n  source = "../b"\n}\nresource "aws_vpc" "v" {}\n',
            "b/main.tf": 'module "a" {\n  source = "../a"\n}\n',
        }
    )
    (problem,) = reading.diagnostics
    assert problem.level == "error"
    assert "calls it again" in problem.message
    assert [e.address for e in reading.elements] == ["module.a.module.b.module.a", "module.a.aws_vpc.v"]


def test_defaults_types_and_null_in_a_called_module(read, element, show):
    reading = read(
        {
            "main.tf": 'module "m" {\n  source = "./m"\n  a = null\n  b = null\n  n = "3"\n}\n',
            "m/main.tf": 'variable "a" {\n  default = "d"\n  nullable = false\n}\nvariable "b" {\n  default = "d"\n}\n'
            'variable "n" {\n  type = number\n}\nvariable "missing" {}\n'
            'resource "aws_vpc" "v" {\n  cidr_block = [var.a, var.b, var.n, var.missing]\n}\n',
        }
    )
    assert show(element(reading, "module.m.aws_vpc.v").read("cidr_block")) == ["d", None, 3, "<unknown>"]


def test_paths_and_files(read, element):
    reading = read(
        {
            "main.tf": 'module "m" {\n  source = "./mods/m"\n}\n',
            "mods/m/main.tf": 'resource "aws_vpc" "v" {\n  cidr_block = file("${path.module}/x.sh")\n'
            '  tags = { p = path.module, t = templatefile("${path.module}/t.tpl", { n = 2 }), w = terraform.workspace }\n}',
            "mods/m/x.sh": "#!/bin/sh\necho\n",
            "mods/m/t.tpl": "n=${n}\n%{ for i in range(n) ~}\n- ${i}\n%{ endfor ~}\n",
        }
    )
    vpc = element(reading, "module.m.aws_vpc.v")
    assert vpc.read("cidr_block").data == "#!/bin/sh\necho\n"
    assert vpc.read("cidr_block").place.path == "mods/m/x.sh"
    tags = {key: value.data for key, value in vpc.read("tags").data.entries.items()}
    assert tags == {"p": "mods/m", "t": "n=2\n- 0\n- 1\n", "w": "default"}


def test_provider_regions(read, element):
    reading = read(
        {
            "main.tf": 'variable "r" {\n  default = "us-west-2"\n}\n'
            'provider "aws" {\n  region = var.r\n}\n'
            'provider "aws" {\n  alias = "east"\n  region = "us-east-1"\n}\n'
            'resource "aws_vpc" "a" {}\nresource "aws_vpc" "b" {\n  provider = aws.east\n}\n'
            'resource "aws_vpc" "c" {\n  region = "eu-west-1"\n}\n'
            'module "m" {\n  source = "./m"\n  providers = { aws = aws.east }\n}\n'
            'module "n" {\n  source = "./m"\n}\n',
            "m/main.tf": 'resource "aws_vpc" "v" {}\n',
        }
    )
    regions = {e.address: e.region.data for e in reading.elements}
    assert regions == {
        "aws_vpc.a": "us-west-2",
        "aws_vpc.b": "us-east-1",
        "aws_vpc.c": "eu-west-1",
        "module.m.aws_vpc.v": "us-east-1",
        "module.n.aws_vpc.v": "us-west-2",
    }
    assert reading.region == "us-west-2"
    assert [str(given) for given in element(reading, "aws_vpc.a").region.inputs] == ['var.r = "us-west-2"']
