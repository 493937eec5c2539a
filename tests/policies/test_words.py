"""The words of policies are those of the model, and nothing else of it can be reached."""

from __future__ import annotations

import pytest

from fabriclint import sdk
from fabriclint.model.element import Element
from fabriclint.model.stack import SUBJECTS, Stack
from fabriclint.model.vocabulary import KINDS
from fabriclint.policies.words import WRITTEN, subject, variable, words
from fabriclint.values import Many, Truth, Value

# Links that lead to more than one kind of thing, or to one that has no words: has() says whether there is one.
LEAD_NOWHERE = {("Route", "through"), ("VpnConnection", "transit_gateway")}


def reached():
    """Every class that some word leads to, from the subjects on."""
    todo = [subject(name) for name in SUBJECTS]
    for cls in todo:
        for word in words(cls).values():
            kind = word.kind
            while kind.item is not None:
                kind = kind.item
            if kind.cls is not None and kind.cls not in todo:
                todo.append(kind.cls)
    return todo


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_subject_of_the_model_is_one_of_the_sdk_and_of_policies(name):
    assert getattr(sdk, name) is subject(name)
    assert Stack(()).subjects(subject(name)) == ()
    assert {"label", "address", "place"} <= words(subject(name)).keys()
    assert variable(subject(name)).isidentifier()


@pytest.mark.parametrize("cls", reached(), ids=lambda cls: cls.__name__)
def test_a_word_has_a_kind_that_policies_can_use(cls):
    assert words(cls)
    for word in words(cls).values():
        assert not word.name.startswith("_")
        assert word.kind.cls not in (Element, Stack, Truth, Value, Many)
        kind = word.kind.item or word.kind
        if kind.sort == "link" and kind.cls is None:
            assert (cls.__name__, word.name) in LEAD_NOWHERE


@pytest.mark.parametrize("cls", WRITTEN, ids=lambda cls: cls.__name__)
def test_what_is_written_is_in_the_vocabulary(cls):
    kind, names = WRITTEN[cls]
    assert set(names.split()) <= KINDS[kind]
    assert set(names.split()) <= words(cls).keys()
