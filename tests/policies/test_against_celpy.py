"""Where everything is known, a condition comes to what cel-python's own evaluator makes of it.

Where that fails, ours may still answer: a part that fails is absorbed by one that decides, as the specification has it.
"""

from __future__ import annotations

import celpy
from celpy import celtypes
from hypothesis import given, settings
from hypothesis import strategies as st

from fabriclint.model.stack import Stack
from fabriclint.policies.cel import parse
from fabriclint.policies.check import kind_of
from fabriclint.policies.evaluate import Evaluation
from fabriclint.policies.tree import BadCondition
from fabriclint.values import Many, Truth, Value

NUMBERS = st.integers(-20, 20).map(lambda n: f"({n})" if n < 0 else str(n))
TEXTS = st.text("ab.c", max_size=3).map(lambda text: f'"{text}"')
FLAGS = st.sampled_from(["true", "false"])


def numbers(inner):
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/%"), inner),
        st.builds("-{}".format, inner),
        st.builds("size({})".format, texts()),
        st.builds("{}.size()".format, lists()),
        st.builds("({} ? {} : {})".format, FLAGS, inner, inner),
    )


def number():
    return st.recursive(NUMBERS, numbers, max_leaves=4)


def texts():
    return st.recursive(TEXTS, lambda inner: st.builds("({} + {})".format, inner, inner), max_leaves=3)


def lists():
    return st.lists(NUMBERS, max_size=4).map(lambda items: f"[{', '.join(items)}]")


def made(values):
    """Lists that are made of lists."""
    return st.one_of(
        values,
        st.builds("{}.filter(x, x > {})".format, values, NUMBERS),
        st.builds("{}.map(x, x * {})".format, values, NUMBERS),
        st.builds("({} + {})".format, values, values),
    )


COMPARED = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
PLAIN = st.one_of(
    FLAGS,
    st.builds("({} {} {})".format, number(), COMPARED, number()),
    st.builds("({} {} {})".format, texts(), COMPARED, texts()),
    st.builds("({} in {})".format, number(), made(lists())),
    st.builds("({} == {})".format, made(lists()), made(lists())),
    st.builds("{}.startsWith({})".format, texts(), texts()),
    st.builds("{}.endsWith({})".format, texts(), texts()),
    st.builds("{}.contains({})".format, texts(), texts()),
    st.builds('{}.matches("{}")'.format, texts(), st.sampled_from(["^a", "b+", r"a.c$", "[ab]*"])),
    st.builds("{}.all(x, x > {})".format, made(lists()), NUMBERS),
    st.builds("{}.exists(x, x == {})".format, made(lists()), NUMBERS),
    st.builds("{}.exists_one(x, x / {} > 1)".format, made(lists()), NUMBERS),
)
CONDITIONS = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.builds("({} && {})".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("!{}".format, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
    ),
    max_leaves=8,
)
ENVIRONMENT = celpy.Environment()


def theirs(text):
    """What cel-python makes of it; None where it fails, which it also does over texts that it has put together itself."""
    try:
        return plain(ENVIRONMENT.program(ENVIRONMENT.compile(text)).evaluate({}))
    except Exception:
        return None


def plain(value):
    if isinstance(value, celtypes.BoolType):
        return bool(value)
    if isinstance(value, list):
        return [plain(one) for one in value]
    return str(value) if isinstance(value, str) else int(value)


def ours(text):
    """What a policy makes of it; None where it does not know."""
    tree = parse(text)
    kind_of(tree, {})
    return told(Evaluation(Stack(())).answer(tree, {}))


def told(answer):
    if isinstance(answer, Truth):
        return {"yes": True, "no": False, "unknown": None}[answer.state]
    if isinstance(answer, Many):
        return [told(one) for one in answer.known()]
    assert isinstance(answer, Value)
    return answer.data if answer.unknown is None else None


@settings(max_examples=150, deadline=None)
@given(CONDITIONS)
def test_a_condition_comes_to_the_same(text):
    expected = theirs(text)
    assert expected is None or ours(text) == expected


@settings(max_examples=100, deadline=None)
@given(st.one_of(number(), texts(), made(lists())))
def test_what_is_worked_out_comes_to_the_same(text):
    expected = theirs(text)
    assert expected is None or ours(text) == expected


@settings(max_examples=300, deadline=None)
@given(st.text("ab1.&|!?:()[]\"'<>=+- \\\n", max_size=30))
def test_any_text_is_a_tree_or_a_mistake_with_a_place(text):
    try:
        parse(text)
        at, why = 0, "it is a tree"
    except BadCondition as error:
        at, why = error.at, error.why
    assert 0 <= at <= len(text)
    assert why
