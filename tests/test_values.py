"""Three-valued truths and values with unknown parts."""

from __future__ import annotations

import pytest

from fabriclint.values import (
    NO,
    YES,
    Input,
    Many,
    Map,
    Member,
    OneOf,
    Pieced,
    Reference,
    Seq,
    Text,
    Truth,
    Unknown,
    Value,
    all_of,
    any_of,
    plain,
)

HOLE = Unknown.because("var.x has no value")
OPEN = Truth.unknown(HOLE)
TRUTHS = {"yes": YES, "no": NO, "unknown": OPEN}


@pytest.mark.parametrize(
    ("one", "two", "both", "either"),
    [
        ("yes", "yes", "yes", "yes"),
        ("yes", "no", "no", "yes"),
        ("yes", "unknown", "unknown", "yes"),
        ("no", "no", "no", "no"),
        ("no", "unknown", "no", "unknown"),
        ("unknown", "unknown", "unknown", "unknown"),
    ],
)
def test_kleene(one: str, two: str, both: str, either: str) -> None:
    for a, b in ((one, two), (two, one)):
        assert (TRUTHS[a] & TRUTHS[b]).state == both
        assert (TRUTHS[a] | TRUTHS[b]).state == either


def test_not() -> None:
    assert (~YES).excluded
    assert (~NO).certain
    assert (~OPEN).reasons == HOLE.reasons


def test_reasons_survive() -> None:
    other = Truth.unknown("var.y has no value")
    assert [reason.what for reason in (OPEN & other & YES).reasons] == [
        "var.x has no value",
        "var.y has no value",
    ]


def test_inputs_of_what_decided() -> None:
    size, kind = frozenset({Input("var.size", "1")}), frozenset({Input("var.kind", "p5")})
    assert (YES.under(size) & YES.under(kind)).inputs == size | kind
    assert (NO.under(size) & YES.under(kind)).inputs == size


def test_nothing_is_a_bool() -> None:
    for fact in (YES, Value(1), Many.of(1), NO):
        with pytest.raises(TypeError):
            bool(fact)
        with pytest.raises(TypeError):
            fact == 1  # noqa: B015
    with pytest.raises(TypeError):
        iter(Many.of(1))


def test_empty_all_and_any() -> None:
    assert all_of(()).certain
    assert any_of(()).excluded


@pytest.mark.parametrize(
    ("data", "wanted", "state"),
    [
        ("efa", "efa", "yes"),
        ("efa", "efa-only", "no"),
        (-1, "-1", "yes"),
        (True, "true", "yes"),
        (1.0, "1", "yes"),
        (None, "efa", "no"),
        (None, None, "yes"),
        ("", None, "no"),
        (HOLE, "efa", "unknown"),
        (Reference("aws_vpc.a", ("id",)), "vpc-1", "unknown"),
        (Text(("com.amazonaws.", HOLE, ".s3")), "com.amazonaws.us-east-1.s3", "unknown"),
        (Text(("com.amazonaws.", HOLE, ".s3")), "com.amazonaws.us-east-1.sts", "no"),
        (Text((HOLE, "-only")), "efa", "no"),
        (OneOf((Value("efa"), Value("efa")), HOLE), "efa", "yes"),
        (OneOf((Value("efa"), Value("interface")), HOLE), "efa", "unknown"),
        (OneOf((Value("a"), Value("b")), HOLE), "efa", "no"),
        (Seq(), "efa", "no"),
    ],
)
def test_is(data: object, wanted: object, state: str) -> None:
    assert Value(data).is_(wanted).state == state  # type: ignore[arg-type]


ZONES = Reference("data.aws_availability_zones.x", ("names",))


@pytest.mark.parametrize(
    ("one", "two", "state"),
    [
        (Value("us-east-1a"), Value("us-east-1a"), "yes"),
        (Value("us-east-1a"), Value("us-east-1b"), "no"),
        (Value(ZONES.at(0)), Value(ZONES.at(0)), "yes"),
        (Value(ZONES.at(0)), Value(ZONES.at(1)), "no"),
        (Value(ZONES.at(0)), Value("us-east-1a"), "unknown"),
        (Value(HOLE), Value("us-east-1a"), "unknown"),
        (Value(Reference("aws_vpc.a", ("id",))), Value(Reference("aws_vpc.b", ("id",))), "unknown"),
        (Value("pg", reference=Reference("g", ("name",))), Value("pg"), "yes"),
    ],
)
def test_same(one: Value, two: Value, state: str) -> None:
    assert one.same(two).state == state
    assert two.same(one).state == state


def test_many_with_more() -> None:
    known = Many.of(1, 2)
    more = Many.of(1, 2, more=HOLE)
    big, small = (lambda n: Truth.of(n > 1)), (lambda n: Truth.of(n > 5))
    assert (known.any(small).state, more.any(small).state, more.any(big).state) == ("no", "unknown", "yes")
    assert (known.all(big).state, more.all(lambda n: Truth.of(n > 0)).state) == ("no", "unknown")
    assert (known.count(), more.count()) == ((2, 2), (2, None))
    assert more.complete.undecided


def test_members_that_may_not_exist() -> None:
    maybe = Many((Member("a"), Member("b", OPEN), Member("c", NO)))
    assert list(maybe.known()) == ["a"]
    assert list(maybe.possible()) == ["a", "b"]
    assert maybe.any(lambda item: Truth.of(item == "b")).undecided
    assert maybe.any(lambda item: Truth.of(item == "c")).excluded
    assert maybe.all(lambda item: Truth.of(item == "a")).undecided
    assert maybe.count() == (1, 2)
    assert maybe.where(lambda item: Truth.of(item == "b")).empty.undecided


def test_field_steps_through_a_block() -> None:
    block = Value(Seq((Value(Map({"group_name": Value("pg")})),)))
    assert block.field("group_name").text() == "pg"
    assert block.field("group_id").absent
    assert Value(Seq()).field("group_name").absent
    assert Value(Seq((), HOLE)).field("group_name").unknown is HOLE
    assert Value(Map({}, HOLE)).field("x").unknown is HOLE
    assert Value(Reference("m")).field("out").handle == Reference("m", ("out",))


def test_members() -> None:
    assert [item.text() for item in Value("a").members().known()] == ["a"]
    assert Value(None).members().count() == (0, 0)
    assert Value(Reference("data.aws_subnets.x", ("ids",))).members().count() == (0, None)
    assert Value(Reference("aws_subnet.a", ("id",))).members().count() == (1, 1)


def test_a_pieced_text_is_the_text_and_knows_its_pieces() -> None:
    pieced = Pieced.of(("one\n", "two"), (None, None))
    assert pieced == "one\ntwo"
    assert hash(pieced) == hash("one\ntwo")
    assert (pieced.parts, pieced.spans) == (("one\n", "two"), (None, None))
    assert type(plain(pieced)) is str
    assert Value(pieced).is_("one\ntwo").certain
