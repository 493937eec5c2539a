"""What the sources do not decide stays undecided, with its reason and place, and everything round it stays known."""

from __future__ import annotations

import pytest

UNSET = 'variable "unset" {}\nvariable "other" {}\n'


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("var.unset", "<unknown>"),
        ('"a-${var.unset}-b"', "a-<?>-b"),
        ('"${var.unset}"', "<unknown>"),
        ("[1, var.unset]", [1, "<unknown>"]),
        ("{ a = var.unset, b = 2 }", {"a": "<unknown>", "b": 2}),
        ("{ (var.unset) = 1, b = 2 }", {"b": 2, "<more>": True}),
        ("var.unset ? 1 : 2", {"<one of>": [1, 2]}),
        ("var.unset ? 1 : 1", 1),
        ("var.unset ? [1] : [1]", [1]),
        ('"${var.unset ? "a" : "b"}-x"', {"<one of>": ["a-x", "b-x"]}),
        ("(var.unset ? 1 : 2) + 1", {"<one of>": [2, 3]}),
        ("(var.unset ? 1 : 2) > 0", True),
        ("(var.unset ? [1, 2] : [3])[0]", {"<one of>": [1, 3]}),
        ("var.unset && false", False),
        ("false && var.unset", False),
        ("var.unset || true", True),
        ("var.unset && true", "<unknown>"),
        ("!var.unset", "<unknown>"),
        ("var.unset + 1", "<unknown>"),
        ("var.unset == 1", "<unknown>"),
        ("var.unset.a[0].b", "<unknown>"),
        ("var.unset[*].id", "<unknown>"),
        ("[1, 2][var.unset]", {"<one of>": [1, 2]}),
        ("[for x in var.unset : x]", ["<more>"]),
        ("{ for k, v in var.unset : k => v }", {"<more>": True}),
        ("[for x in [1, 2, var.unset] : x if x != 1]", [2, "<more>"]),
        ("{ for k in [var.unset, 'x'] : k => 1 }".replace("'", '"'), {"x": 1, "<more>": True}),
        ('"p-${var.unset}" == "q"', False),
        ('"p-${var.unset}" == "p-1"', "<unknown>"),
        ('"%{ for x in var.unset }${x}%{ endfor }."', "<?>."),
        ("merge({ a = 1 }, var.unset)", {"a": {"<one of>": [1, "<unknown>"]}, "<more>": True}),
        ("try(var.unset, 1)", "<unknown>"),
        ("can(var.unset)", "<unknown>"),
        ("1 / 0", "<unknown>"),
        ("[1][3]", "<unknown>"),
        ("{}.a", "<unknown>"),
        ("local.none", "<unknown>"),
        ("aws_vpc.none.id", "<unknown>"),
        ("nofunction(1)", "<unknown>"),
    ],
)
def test_what_is_known_beside_it_stays(evaluate, show, expression, wanted):
    assert show(evaluate(expression, UNSET)) == wanted


def test_a_reason_has_its_place(evaluate):
    value = evaluate("[for x in [var.unset] : x][0] + 1", UNSET)
    reason = value.unknown.reasons[0]
    assert reason.what == "var.unset has no value"
    assert reason.place.text == 'variable "unset"'


def test_both_reasons_are_kept(evaluate):
    value = evaluate("var.unset + var.other", UNSET)
    assert [reason.what for reason in value.unknown.reasons] == [
        "var.unset has no value",
        "var.other has no value",
    ]


def test_an_index_past_the_end_says_so(evaluate):
    assert evaluate("[1][3]").unknown.reasons[0].what == "there is no member 3: the list has 1"


def test_an_option_that_terraform_would_refuse_is_left_out(evaluate, show):
    value = evaluate("(var.unset ? [1] : [])[0]", UNSET)
    assert show(value) == 1


def test_try_keeps_both_where_the_first_may_fail(evaluate, show):
    assert show(evaluate("try((var.unset ? [1] : [])[0], 5)", UNSET)) == {"<one of>": [1, 5]}


def test_a_refused_pattern_is_not_a_mismatch(evaluate):
    # regex() declines patterns that could run for ever; that says nothing about whether the text matches.
    assert (
        evaluate('can(regex("^(a|aa)+$", "aaa"))').unknown is not None
        or evaluate('can(regex("^(a|aa)+$", "aaa"))').data is True
    )


# ---------------------------------------------------------------- how many there are


def test_count(read, show):
    reading = read('resource "aws_subnet" "a" {\n  count = 2\n  cidr_block = "10.0.${count.index}.0/24"\n}')
    assert [(e.address, show(e.read("cidr_block"))) for e in reading.elements] == [
        ("aws_subnet.a[0]", "10.0.0.0/24"),
        ("aws_subnet.a[1]", "10.0.1.0/24"),
    ]
    assert all(e.exists.certain and e.many is None for e in reading.elements)


def test_count_zero_is_nothing(read):
    assert read('resource "aws_subnet" "a" {\n  count = 0\n}').elements == ()


def test_a_gate_with_a_default_is_decided_and_names_its_input(read):
    gate = 'variable "on" {\n  default = true\n}\nresource "aws_subnet" "a" {\n  count = var.on ? 1 : 0\n}'
    (found,) = read(gate).elements
    assert found.exists.certain
    assert [str(given) for given in found.exists.inputs] == ["var.on = true"]


def test_a_gate_without_value_leaves_existence_open(read, element, show):
    reading = read(
        UNSET
        + 'resource "aws_vpc" "a" {\n  count = var.unset ? 1 : 0\n  cidr_block = "10.0.0.0/8"\n}\n'
        + 'resource "aws_subnet" "s" {\n  vpc_id = aws_vpc.a[0].id\n  cidr_block = one(aws_vpc.a[*].cidr_block)\n}'
    )
    found = element(reading, "aws_vpc.a[0]")
    assert found.exists.undecided
    assert found.many is None
    assert found.exists.reasons[0].what == "var.unset has no value"
    assert show(element(reading, "aws_subnet.s").read("vpc_id")) == "<aws_vpc.a[0].id>"
    assert show(element(reading, "aws_subnet.s").read("cidr_block")) == {"<one of>": ["10.0.0.0/8", None]}


def test_one_or_three(read):
    reading = read(UNSET + 'resource "aws_subnet" "a" {\n  count = var.unset ? 1 : 3\n}')
    assert [e.exists.state for e in reading.elements] == ["yes", "unknown", "unknown"]


def test_an_unknown_count_is_one_element_for_many(read, element, show):
    reading = read(
        UNSET
        + 'resource "aws_subnet" "a" {\n  count = var.unset\n  cidr_block = "10.0.0.0/24"\n}\n'
        + 'resource "aws_eks_cluster" "c" {\n  name = join(",", aws_subnet.a[*].cidr_block)\n  role_arn = aws_subnet.a[*].id\n}\n'
        + 'resource "aws_route_table_association" "r" {\n  count = var.unset\n  subnet_id = aws_subnet.a[count.index].id\n}\n'
        + 'resource "aws_nat_gateway" "n" {\n  subnet_id = aws_subnet.a[1].id\n}'
    )
    found = element(reading, "aws_subnet.a[*]")
    assert found.exists.undecided
    assert found.many is not None
    assert show(found.read("cidr_block")) == "10.0.0.0/24"
    assert show(element(reading, "aws_eks_cluster.c").read("role_arn")) == ["<aws_subnet.a[*].id>", "<more>"]
    assert (
        show(element(reading, "aws_route_table_association.r[*]").read("subnet_id")) == "<aws_subnet.a[*].id>"
    )
    assert show(element(reading, "aws_nat_gateway.n").read("subnet_id")) == "<aws_subnet.a[*][1].id>"


def test_two_members_of_an_unknown_number_are_not_the_same(read, element):
    reading = read(
        UNSET
        + 'resource "aws_subnet" "a" {\n  count = var.unset\n}\n'
        + 'resource "aws_nat_gateway" "n" {\n  subnet_id = aws_subnet.a[0].id\n}\n'
        + 'resource "aws_nat_gateway" "m" {\n  subnet_id = aws_subnet.a[1].id\n}'
    )
    one, two = (element(reading, f"aws_nat_gateway.{name}").read("subnet_id") for name in "nm")
    assert one.same(two).undecided


def test_for_each(read, show):
    reading = read(
        'resource "aws_subnet" "a" {\n  for_each = { y = 2, x = 1 }\n  cidr_block = "10.0.${each.value}.0/24"\n'
        "  tags = { Name = each.key }\n}"
    )
    assert [(e.address, show(e.read("tags"))) for e in reading.elements] == [
        ('aws_subnet.a["x"]', {"Name": "x"}),
        ('aws_subnet.a["y"]', {"Name": "y"}),
    ]


def test_an_unknown_for_each_is_one_element_for_many(read, show):
    text = (
        UNSET
        + 'resource "aws_subnet" "a" {\n  for_each = var.unset\n  tags = { Name = "s-${each.key}" }\n}\n'
    )
    (found,) = read(text).elements
    assert found.address == "aws_subnet.a[*]"
    assert found.many is not None
    assert show(found.read("tags")) == {"Name": "s-<?>"}


def test_known_keys_beside_unknown_ones(read):
    reading = read(UNSET + 'resource "aws_subnet" "a" {\n  for_each = merge({ x = 1 }, var.unset)\n}')
    assert [(e.address, e.exists.state) for e in reading.elements] == [
        ('aws_subnet.a["x"]', "yes"),
        ("aws_subnet.a[*]", "unknown"),
    ]


def test_for_each_over_handles(read, show):
    reading = read(
        'resource "aws_subnet" "a" {\n  count = 2\n}\n'
        'resource "aws_efs_mount_target" "m" {\n  for_each = toset(aws_subnet.a[*].id)\n  subnet_id = each.value\n}'
    )
    targets = [e for e in reading.elements if e.type == "aws_efs_mount_target"]
    assert [show(e.read("subnet_id")) for e in targets] == ["<aws_subnet.a[0].id>", "<aws_subnet.a[1].id>"]
    assert all(e.exists.certain for e in targets)


def test_a_huge_count_is_one_element_for_many(read):
    (found,) = read('resource "aws_subnet" "a" {\n  count = 1000000\n}').elements
    assert found.many is not None


def test_a_count_that_needs_itself_ends(read):
    (found,) = read('resource "aws_subnet" "a" {\n  count = length(aws_subnet.a)\n}').elements
    assert found.exists.undecided
