"""What survives of a value when a part of it is not known."""

from __future__ import annotations

from typing import Any

import pytest

from fabriclint.languages.terraform.failures import Failure
from fabriclint.languages.terraform.functions import call
from fabriclint.text import Source
from fabriclint.values import Data, Input, Map, OneOf, Reference, Seq, Text, Unknown, Value

SOURCE = Source("main.tf", b'locals { a = join(",", var.peers) }')
HERE = SOURCE.span(9, 30)
THERE = SOURCE.span(0, 6)

PEER = Unknown.because("var.peer has no value", THERE)
EXTRA = Unknown.because("var.extra has no value", THERE)
ZONES = Reference("data.aws_availability_zones.all", ("names",))
SUBNET_A = Reference("aws_subnet.a", ("id",))
SUBNET_B = Reference("aws_subnet.b", ("id",))


def make(data: Any) -> Value:
    if isinstance(data, Value):
        return data
    if isinstance(data, (list, tuple)):
        return Value(Seq(tuple(make(item) for item in data)))
    if isinstance(data, dict):
        return Value(Map({key: make(item) for key, item in data.items()}))
    return Value(data)


def ask(name: str, *args: Any) -> Data:
    found = call(name, [make(arg) for arg in args], HERE)
    assert found.place == HERE
    return found.data


def more(*items: Any) -> Value:
    """A list with members that are not shown."""
    return Value(Seq(tuple(make(item) for item in items), PEER))


def shown(data: Data) -> Any:
    """The known members, and whether there may be more."""
    assert isinstance(data, (Seq, Map)), data
    items: Any = (
        [v.data for v in data.items]
        if isinstance(data, Seq)
        else {k: v.data for k, v in data.entries.items()}
    )
    return items, data.more is not None


def why(data: Data) -> str:
    assert isinstance(data, Unknown), data
    assert not isinstance(data, Failure), data
    return "; ".join(str(reason) for reason in data.reasons)


# ------------------------------------------------------------------ maps


def test_merge_keeps_the_keys_beside_an_unknown_map() -> None:
    found = ask("merge", EXTRA, {"a": 1})
    assert shown(found) == ({"a": 1}, True)


def test_what_stands_before_an_unknown_map_may_be_replaced() -> None:
    found = ask("merge", {"a": 1}, EXTRA, {"b": 2})
    assert isinstance(found, Map)
    before = found.entries["a"].data
    assert isinstance(before, OneOf)
    assert [option.data for option in before.options] == [1, EXTRA]
    assert found.entries["b"].data == 2


def test_merge_of_one_unknown_is_that_unknown() -> None:
    assert ask("merge", None, EXTRA) is EXTRA


def test_lookup_finds_an_entry_of_an_open_map() -> None:
    open_map = Value(Map({"p5.48xlarge": Value(32)}, PEER))
    assert ask("lookup", open_map, "p5.48xlarge", 0) == 32
    assert "var.peer" in why(ask("lookup", open_map, "p4d.24xlarge", 0))


def test_lookup_of_an_unknown_key_is_one_of_the_entries() -> None:
    found = ask("lookup", {"a": 1, "b": 2, "c": 2}, PEER, 0)
    assert isinstance(found, OneOf)
    assert [option.data for option in found.options] == [1, 2, 0]
    assert found.because is PEER


def test_lookup_in_a_symbolic_map_reads_deeper() -> None:
    assert ask("lookup", Reference("aws_x.y", ("tags",)), "Name") == Reference("aws_x.y", ("tags", "Name"))
    assert isinstance(ask("lookup", Reference("aws_x.y", ("tags",)), "Name", "none"), Unknown)


def test_keys_and_values_of_an_open_map_are_open() -> None:
    open_map = Value(Map({"b": Value(2), "a": Value(1)}, PEER))
    assert shown(ask("keys", open_map)) == (["a", "b"], True)
    assert shown(ask("values", open_map)) == ([1, 2], True)
    assert "var.peer" in why(ask("length", open_map))


def test_zipmap_over_symbolic_zones() -> None:
    assert shown(ask("zipmap", ["a", "b"], ZONES)) == ({"a": ZONES.at(0), "b": ZONES.at(1)}, False)
    found = ask("zipmap", [SUBNET_A, "b"], [1, 2])
    assert shown(found) == ({"b": 2}, True)


# ------------------------------------------------------------------ lists


def test_concat_keeps_known_members() -> None:
    assert shown(ask("concat", [SUBNET_A], PEER, ["x"])) == ([SUBNET_A, "x"], True)
    assert shown(ask("concat", [SUBNET_A], more("y"))) == ([SUBNET_A, "y"], True)
    assert ask("concat", ZONES, []) == ZONES
    found = ask("concat", ZONES, ["x"])
    assert isinstance(found, Seq)
    assert found.more is not None
    assert "the members of data.aws_availability_zones.all.names" in found.more.reasons[0].what


def test_element_of_a_symbolic_list() -> None:
    assert ask("element", ZONES, 0) == ZONES.at(0)
    assert ask("element", ZONES, 1) == ZONES.at(1)
    one, two = Value(ask("element", ZONES, 0)), Value(ask("element", ZONES, 1))
    assert one.same(two).excluded
    assert one.same(Value(ask("element", ZONES, 0))).certain


def test_element_far_behind_may_wrap_around() -> None:
    first, seventh = Value(ask("element", ZONES, 0)), Value(ask("element", ZONES, 6))
    assert first.same(seventh).undecided
    assert seventh.same(Value(ask("element", ZONES, 6))).certain


def test_element_with_an_unknown_index_is_one_of_the_members() -> None:
    found = ask("element", ["a", "b", "a"], PEER)
    assert isinstance(found, OneOf)
    assert [option.data for option in found.options] == ["a", "b"]
    assert ask("element", ["a", "a"], PEER) == "a"
    assert why(ask("element", [str(n) for n in range(20)], PEER)) == "var.peer has no value (main.tf:1)"


def test_element_of_an_open_list_is_unknown() -> None:
    assert "var.peer" in why(ask("element", more("a"), 0))


def test_slice_of_a_symbolic_list() -> None:
    assert shown(ask("slice", ZONES, 1, 3)) == ([ZONES.at(1), ZONES.at(2)], False)
    assert ask("length", make(ask("slice", ZONES, 0, 3))) == 3


def test_length_and_index_of_a_symbolic_list_are_unknown() -> None:
    assert "data.aws_availability_zones.all.names" in why(ask("length", ZONES))
    assert isinstance(ask("index", ZONES, "a"), Unknown)
    assert isinstance(ask("length", more("a")), Unknown)


def test_length_counts_unknown_members() -> None:
    assert ask("length", [PEER, SUBNET_A]) == 2


def test_contains_is_settled_by_a_known_member() -> None:
    assert ask("contains", more("a", PEER), "a") is True
    assert "var.peer" in why(ask("contains", more("a"), "b"))
    assert "var.peer" in why(ask("contains", ["a", PEER], "b"))
    assert ask("contains", [Text(("p5.", PEER))], "g5.xlarge") is False
    assert isinstance(ask("contains", [Text(("p5.", PEER))], "p5.48xlarge"), Unknown)
    assert ask("contains", [SUBNET_A], SUBNET_A) is True
    assert isinstance(ask("contains", [SUBNET_A], SUBNET_B), Unknown)


@pytest.mark.parametrize("name", ["distinct", "toset", "compact", "flatten", "reverse", "sort", "tolist"])
def test_open_lists_stay_open(name: str) -> None:
    assert shown(ask(name, more("a"))) == (["a"], True)


def test_two_references_may_be_one_value_and_both_stay() -> None:
    assert shown(ask("distinct", [SUBNET_A, SUBNET_B, SUBNET_A])) == ([SUBNET_A, SUBNET_B], False)
    assert shown(ask("toset", [SUBNET_B, SUBNET_A, SUBNET_B])) == ([SUBNET_B, SUBNET_A], False)


def test_an_unknown_member_may_be_a_repeat() -> None:
    assert shown(ask("distinct", ["a", PEER])) == (["a"], True)
    assert shown(ask("toset", [PEER])) == ([PEER], False)


def test_compact_does_not_know_whether_an_unknown_is_empty() -> None:
    assert shown(ask("compact", ["", "a", PEER])) == (["a"], True)
    assert shown(ask("compact", [SUBNET_A, ""])) == ([SUBNET_A], False)
    assert shown(ask("compact", [Text(("x-", PEER))])) == ([Text(("x-", PEER))], False)


def test_flatten_of_symbolic_lists() -> None:
    assert shown(ask("flatten", [[SUBNET_A], [SUBNET_B, PEER]])) == ([SUBNET_A, SUBNET_B], True)
    assert shown(ask("flatten", [Reference("data.aws_subnets.all", ("ids",)), "x"])) == (["x"], True)


def test_sorting_unknown_members_keeps_them_but_not_their_order() -> None:
    found = ask("sort", [SUBNET_B, SUBNET_A])
    assert shown(found) == ([SUBNET_B, SUBNET_A], True)
    assert isinstance(ask("element", Value(found), 0), Unknown)


def test_another_order_of_a_symbolic_list_is_another_list() -> None:
    ordered = ask("sort", ZONES)
    assert isinstance(ordered, Reference)
    assert ordered != ZONES
    assert ordered == ask("sort", ZONES)
    first, second = Value(ask("element", ordered, 0)), Value(ask("element", ordered, 1))
    assert first.same(second).excluded
    assert first.same(Value(ZONES.at(0))).undecided


def test_one_of_nothing_known() -> None:
    assert ask("one", [SUBNET_A]) == SUBNET_A
    assert isinstance(ask("one", more()), Unknown)
    assert isinstance(ask("one", more("a", "b")), Failure)


def test_coalesce() -> None:
    assert ask("coalesce", "", SUBNET_A, PEER) == SUBNET_A
    assert "var.peer" in why(ask("coalesce", PEER, "a"))
    found = ask("coalesce", Reference("data.aws_x.y", ("kms_key",)), "alias/aws")
    assert isinstance(found, OneOf)
    assert [option.data for option in found.options] == [Reference("data.aws_x.y", ("kms_key",)), "alias/aws"]
    assert ask("coalesce", "a", PEER) == "a"


def test_folds_are_settled_early() -> None:
    assert ask("alltrue", [PEER, False]) is False
    assert ask("anytrue", [PEER, True]) is True
    assert isinstance(ask("alltrue", [PEER, True]), Unknown)
    assert ask("anytrue", more(True)) is True


def test_set_operations_with_symbolic_members() -> None:
    assert shown(ask("setunion", [SUBNET_A], PEER)) == ([SUBNET_A], True)
    assert isinstance(ask("setsubtract", [SUBNET_A], [SUBNET_B]), Unknown)
    assert shown(ask("setintersection", [SUBNET_A], [SUBNET_A])) == ([SUBNET_A], False)


# ------------------------------------------------------------------ text


def test_join_and_format_leave_holes() -> None:
    assert ask("join", ",", ["a", PEER, SUBNET_A]) == Text(("a,", PEER, ",", SUBNET_A))
    assert ask("join", "", [SUBNET_A]) == SUBNET_A
    assert ask("format", "%s-%s-%03d", "node", PEER, 7) == Text(("node-", PEER, "-007"))
    assert ask("format", "%s", SUBNET_A) == SUBNET_A
    found = ask("formatlist", "arn:%s", [SUBNET_A, "x"])
    assert shown(found) == ([Text(("arn:", SUBNET_A)), "arn:x"], False)
    assert isinstance(ask("join", ",", more("a")), Unknown)


def test_base64encode_keeps_text_with_holes_readable() -> None:
    script = Text(("#!/bin/bash\nmount -t lustre ", SUBNET_A, "@tcp:/fsx /mnt\n"))
    assert ask("base64encode", script) == script
    assert ask("base64encode", "plain") == "cGxhaW4="
    assert ask("base64encode", SUBNET_A) == Text((SUBNET_A,))


def test_jsonencode_puts_holes_inside_quotes_and_reads_them_back() -> None:
    found = ask("jsonencode", {"b": PEER, "a": [SUBNET_A, Text(('x"', PEER))], "n": 1})
    assert found == Text(('{"a":["', SUBNET_A, '","x\\"', PEER, '"],"b":"', PEER, '","n":1}'))
    back = ask("jsondecode", found)
    assert isinstance(back, Map)
    assert back.entries["b"].data == PEER
    assert shown(back.entries["a"].data) == ([SUBNET_A, Text(('x"', PEER))], False)
    assert back.entries["n"].data == 1


def test_jsonencode_of_open_collections_says_so() -> None:
    found = ask("jsonencode", Value(Map({"a": more(1)}, EXTRA)))
    assert found == Text(('{"a":[1,"', PEER, '"],"', EXTRA, '":"', EXTRA, '"}'))
    back = ask("jsondecode", found)
    assert isinstance(back, Map)
    assert back.more is not None


def test_jsonencode_of_something_wholly_unknown_is_unknown() -> None:
    assert ask("jsonencode", PEER) is PEER
    assert isinstance(ask("yamlencode", SUBNET_A), Unknown)


def test_yamlencode_and_back() -> None:
    found = ask("yamlencode", {"name": Text(("job-", PEER)), "ids": [SUBNET_A]})
    assert found == Text(('"ids":\n- "', SUBNET_A, '"\n"name": "job-', PEER, '"\n'))
    back = ask("yamldecode", found)
    assert isinstance(back, Map)
    assert back.entries["name"].data == Text(("job-", PEER))
    assert shown(back.entries["ids"].data) == ([SUBNET_A], False)


def test_a_hole_that_breaks_the_syntax_is_unknown_for_its_reason() -> None:
    assert "var.peer" in why(ask("jsondecode", Text(('{"a": ', PEER, "}"))))
    back = ask("yamldecode", Text(("replicas: ", PEER, "\n", SUBNET_A, ": x\n")))
    assert isinstance(back, Map)
    assert back.entries["replicas"].data == PEER
    assert back.more is not None


def test_literal_parts_survive() -> None:
    text = Text(("  Node-", PEER, "-End\n"))
    assert ask("lower", text) == Text(("  node-", PEER, "-end\n"))
    assert ask("trimspace", text) == Text(("Node-", PEER, "-End"))
    assert ask("chomp", text) == Text(("  Node-", PEER, "-End"))
    assert ask("replace", text, "-", "_") == Text(("  Node_", PEER, "_End\n"))
    assert ask("indent", 2, Text(("a\nb", PEER, "\nc"))) == Text(("a\n  b", PEER, "\n  c"))
    assert isinstance(ask("replace", Text(("ab", PEER)), "bc", "x"), Unknown)
    upper = ask("upper", Text(("a", SUBNET_A)))
    assert isinstance(upper, Text)
    assert isinstance(upper.parts[1], Unknown), "a handle in capital letters is no handle"


def test_questions_about_text_that_the_literal_parts_answer() -> None:
    text = Text(("s3://", PEER, "/data"))
    assert ask("startswith", text, "s3:") is True
    assert ask("startswith", text, "gs:") is False
    assert isinstance(ask("startswith", text, "s3://bucket"), Unknown)
    assert ask("endswith", text, "data") is True
    assert ask("strcontains", text, "://") is True
    assert isinstance(ask("strcontains", text, "x"), Unknown)
    assert ask("substr", text, 0, 2) == "s3"
    assert ask("substr", text, -4, -1) == "data"
    assert isinstance(ask("substr", text, 3, 20), Unknown)
    assert ask("trimprefix", text, "s3://") == Text((PEER, "/data"))
    assert ask("trimsuffix", text, "/data") == Text(("s3://", PEER))
    assert shown(ask("split", "/", text)) == (["s3:", "", "data"], True)


# ------------------------------------------------------------------ one of several, inputs, places, reasons


def test_a_function_of_one_of_several_is_one_of_several() -> None:
    either = Value(OneOf((Value("P4D"), Value("p4d"), Value("P5")), PEER))
    found = ask("lower", either)
    assert isinstance(found, OneOf)
    assert [option.data for option in found.options] == ["p4d", "p5"]
    assert ask("length", either) is not None
    assert ask("startswith", either, "x") is False
    many = Value(OneOf(tuple(Value(str(n)) for n in range(9)), PEER))
    assert why(ask("upper", many)) == "var.peer has no value (main.tf:1)"


def test_results_rest_on_the_inputs_of_what_they_used() -> None:
    size = Input("var.size", "2")
    name = Input("var.name", "a")
    sized = Value(2, inputs=frozenset({size}))
    named = Value("a", inputs=frozenset({name}))
    assert call("max", [sized, Value(1)], HERE).inputs == {size}
    assert call("join", [Value(","), Value(Seq((named,)))], HERE).inputs == {name}
    assert call("concat", [Value(Seq((named,)), inputs=frozenset({size}))], HERE).inputs == {size}
    picked = call("element", [Value(Seq((named,), None), inputs=frozenset({size})), Value(0)], HERE)
    assert picked.inputs == {name, size}
    assert call("jsonencode", [Value(Map({"a": named}))], HERE).inputs == {name}


def test_members_keep_their_place_and_reference() -> None:
    group = Value("training", THERE, reference=Reference("aws_placement_group.a", ("name",)))
    for found in (
        call("concat", [Value(Seq((group,)))], HERE),
        call("flatten", [Value(Seq((Value(Seq((group,))),)))], HERE),
        call("values", [Value(Map({"k": group}))], HERE),
        call("compact", [Value(Seq((group,)))], HERE),
        call("toset", [Value(Seq((group,)))], HERE),
    ):
        assert isinstance(found.data, Seq)
        assert found.data.items[0].place == THERE
        assert found.data.items[0].reference == group.reference
    picked = call("element", [Value(Seq((group,))), Value(0)], HERE)
    assert (picked.place, picked.reference) == (HERE, group.reference)


def test_refusals_and_declines_are_told_apart() -> None:
    refused = ask("upper", {"a": 1})
    assert isinstance(refused, Failure)
    assert str(refused.reasons[0]) == "upper() does not take an object (main.tf:1)"
    assert isinstance(ask("lookup", {}, "a"), Failure)
    assert isinstance(ask("upper"), Failure)
    assert why(ask("uuid")).startswith("uuid() is not evaluated: it is drawn by chance")
    assert "belongs to a provider" in why(ask("provider::aws::arn_parse", "x"))
    assert "no such function" in why(ask("nonesuch", 1))
    assert ask("core::upper", "a") == "A"


def test_all_reasons_are_told() -> None:
    told = why(ask("substr", PEER, EXTRA, 1))
    assert "var.peer" in told
    assert "var.extra" in told
