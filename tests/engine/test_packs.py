"""Rules are found by walking a pack; one that does not load stops the run."""

import sys

import pytest

from fabriclint.engine.packs import PackError, rules_of

RULE = '''
"""{page}"""
from fabriclint.model.network import Vpc
from fabriclint.sdk import rule

@rule(name="{name}", subject=Vpc, severity="warning", sources=("https://docs.aws.amazon.com/",))
def check(vpc):
    return ()
'''


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """Makes a pack of the given modules; its name."""

    def made(**modules):
        (tmp_path / "toypack" / "area").mkdir(parents=True)
        (tmp_path / "toypack" / "__init__.py").write_text("")
        (tmp_path / "toypack" / "area" / "__init__.py").write_text("")
        for name, text in modules.items():
            (tmp_path / "toypack" / "area" / f"{name}.py").write_text(text.lstrip())
        monkeypatch.syspath_prepend(str(tmp_path))
        for name in [name for name in sys.modules if name.partition(".")[0] == "toypack"]:
            monkeypatch.delitem(sys.modules, name)
        return "toypack"

    return made


def test_rules_are_sorted_by_name_and_know_their_page_and_area(pack):
    b = RULE.format(name="b-rule", page="B is bad.\n\n## Why\n\nWell.\n")
    found = rules_of(pack(b_rule=b, a_rule=RULE.format(name="a-rule", page="A is bad.")))
    assert [(rule.name, rule.area, rule.summary) for rule in found] == [
        ("a-rule", "area", "A is bad."),
        ("b-rule", "area", "B is bad."),
    ]


@pytest.mark.parametrize(
    ("module", "text", "said"),
    [
        ("one", "import nothing_of_this_name\n", "nothing_of_this_name"),
        ("one", "1 / 0\n", "ZeroDivisionError"),
        ("one", '"""A page."""\n', "holds 0 rules"),
        ("one", RULE.format(name="two", page="A page."), "has the name of its file"),
        ("one", RULE.format(name="one", page=" "), "no docstring"),
    ],
)
def test_a_module_that_is_no_rule_stops_the_run(pack, module, text, said):
    with pytest.raises(PackError, match=said):
        rules_of(pack(**{module: text}))
