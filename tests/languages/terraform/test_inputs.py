"""Root variables: where their values come from, how they are typed, and how a value says what it rests on."""

from __future__ import annotations

import pytest

from fabriclint.languages.base import Settings

MAIN = """
variable "a" {
  type    = string
  default = "default"
}
variable "l" {
  type    = list(string)
  default = []
}
resource "aws_vpc" "v" {
  cidr_block = var.a
  tags       = { l = var.l, derived = "x-${var.a}" }
}
"""


def first(reading, name="cidr_block"):
    return reading.elements[0].read(name)


def test_the_order_of_files_and_options(read):
    files = {"main.tf": MAIN}
    assert first(read(files)).data == "default"
    files["terraform.tfvars"] = 'a = "tfvars"\n'
    assert first(read(files)).data == "tfvars"
    files["terraform.tfvars.json"] = '{"a": "json"}'
    assert first(read(files)).data == "json"
    files["b.auto.tfvars"] = 'a = "b"\n'
    files["a.auto.tfvars"] = 'a = "a"\n'
    assert first(read(files)).data == "b"
    files["given.tfvars"] = 'a = "given"\n'
    assert first(read(files)).data == "b"
    assert first(read(files, Settings(variable_files=("given.tfvars",)))).data == "given"
    settings = Settings(variables=(("a", "one"), ("a", "two")), variable_files=("given.tfvars",))
    assert first(read(files, settings)).data == "two"


@pytest.mark.parametrize(
    ("kind", "typed", "wanted"),
    [
        ("string", "[not a list", "[not a list"),
        ("string", "12", "12"),
        ("number", "12", 12),
        ("bool", "true", True),
        ("list(string)", '["a", "b"]', ["a", "b"]),
        ("map(number)", "{ a = 1 }", {"a": 1}),
        ("any", '["a"]', ["a"]),
        ("any", "plain", "plain"),
        ("list(string)", "[", "<unknown>"),
        ("number", "twelve", "<unknown>"),
    ],
)
def test_a_value_as_typed(read, show, kind, typed, wanted):
    main = f'variable "x" {{\n  type = {kind}\n}}\nresource "aws_vpc" "v" {{\n  cidr_block = var.x\n}}\n'
    assert show(first(read(main, Settings(variables=(("x", typed),))))) == wanted


def test_a_value_says_which_inputs_it_rests_on(read):
    reading = read({"main.tf": MAIN, "terraform.tfvars": 'a = "given"\n'})
    (given,) = first(reading).inputs
    assert str(given) == 'var.a = "given"'
    assert str(given.place) == "terraform.tfvars:1"
    tags = first(reading, "tags")
    assert [str(one) for one in tags.data.entries["derived"].inputs] == ['var.a = "given"']
    assert [str(one) for one in tags.data.entries["l"].inputs] == ["var.l = []"]


def test_inputs_pass_through_locals_functions_conditions_and_modules(read):
    reading = read(
        {
            "main.tf": 'variable "on" {\n  default = true\n}\nvariable "n" {\n  default = 2\n}\n'
            'locals {\n  list = [for i in range(var.n) : upper("x${i}")]\n}\n'
            'module "m" {\n  source = "./m"\n  v = var.on ? local.list[1] : "none"\n}\n',
            "m/main.tf": 'variable "v" {}\nresource "aws_vpc" "v" {\n  cidr_block = "${var.v}!"\n}\n',
        }
    )
    value = first(reading)
    assert value.data == "X1!"
    assert sorted(map(str, value.inputs)) == ["var.n = 2", "var.on = true"]


def test_a_variable_without_value_points_at_its_block(read):
    value = first(read('variable "x" {}\nresource "aws_vpc" "v" {\n  cidr_block = var.x\n}'))
    assert str(value.unknown.reasons[0]) == "var.x has no value (main.tf:1)"


def test_the_workspace(read):
    main = (
        "locals {\n  n = { default = 1, prod = 3 }\n}\n"
        'resource "aws_vpc" "v" {\n  cidr_block = local.n[terraform.workspace]\n}'
    )
    assert first(read(main)).data == 1
    assert first(read(main, Settings(workspace="prod"))).data == 3


def test_an_unreadable_variables_file_is_an_error(read):
    reading = read(MAIN, Settings(variable_files=("gone.tfvars",)))
    assert [(d.level, d.path) for d in reading.diagnostics] == [("error", "gone.tfvars")]
    assert first(reading).data == "default"
