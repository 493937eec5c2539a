"""Kubernetes objects in text, JSON and objects, with holes and with their places."""

from __future__ import annotations

from time import perf_counter

import pytest

from fabriclint.manifests import documents, read
from fabriclint.text import Source, Span
from fabriclint.values import Map, OneOf, Reference, Seq, Text, Unknown, Value

OPEN = Unknown.because("var.x has no value")
SUBNET = Reference("aws_subnet.a", ("id",))


def plain(value: Value) -> object:
    """A value as plain data; what is open as `...`."""
    data = value.data
    if isinstance(data, Map):
        shown = {key: plain(entry) for key, entry in data.entries.items()}
        return {**shown, "...": True} if data.more is not None else shown
    if isinstance(data, Seq):
        return [plain(item) for item in data.items]
    if isinstance(data, Unknown):
        return "?"
    if isinstance(data, Reference):
        return str(data)
    return data.render("?") if isinstance(data, Text) else data


def heredoc(body: str) -> tuple[Value, Source]:
    """An indented heredoc as Terraform reads it: the text without its indentation, at the lines of the file."""
    lines = body.splitlines(keepends=True)
    source = Source(
        "main.tf", ("x = <<-YAML\n" + "".join("    " + line for line in lines) + "  YAML\n").encode()
    )
    span = Span(source, 12, len(source.data) - 7)
    return Value(body, span), source


POOL = """# the pool
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: gpu
spec:
  weight: 10
  enabled: yes
  share: 0.5
  note: "10"
  nothing:
---
apiVersion: v1
kind: Namespace
metadata: {name: lab}
"""


def test_every_document_is_an_object_at_its_line() -> None:
    value, _ = heredoc(POOL)
    pool, space = read(value).known()
    assert (pool.kind, pool.group, pool.name.text(), pool.alone) == ("NodePool", "karpenter.sh", "gpu", False)
    assert (space.kind, space.group, space.name.text()) == ("Namespace", "", "lab")
    assert pool.place is not None
    assert space.place is not None
    assert (pool.place.line, space.place.line) == (3, 14)
    assert pool.get("spec", "weight").place is not None
    assert pool.get("spec", "weight").place.line == 8  # type: ignore[union-attr]
    assert pool.get("spec", "note").place.text == '"10"'  # type: ignore[union-attr]


def test_scalars_are_read_as_kubernetes_reads_them() -> None:
    pool = next(read(heredoc(POOL)[0]).known())
    spec = {"weight": 10, "enabled": True, "share": 0.5, "note": "10", "nothing": None}
    assert plain(pool.get("spec")) == spec


def test_holes_stay_where_they_are() -> None:
    text = Text(
        ("kind: A\nmetadata:\n  name: ", OPEN, '\nspec:\n  a: "x-', SUBNET, '"\n  b: [', SUBNET, ", c]\n")
    )
    (one,) = read(Value(text)).known()
    assert one.name.data is OPEN
    assert plain(one.get("spec")) == {"a": "x-?", "b": ["aws_subnet.a.id", "c"]}
    assert one.get("spec", "b").data.items[0].data == SUBNET  # type: ignore[union-attr]


def test_a_line_that_is_not_known_leaves_its_map_open() -> None:
    text = Text(("kind: A\nspec:\n  a: 1\n  ", OPEN, "\n  b: 2\n"))
    (one,) = read(Value(text)).known()
    assert plain(one.get("spec")) == {"a": 1, "b": 2, "...": True}
    assert one.get("spec", "c").unknown is not None


def test_a_line_that_is_not_known_inside_a_script_keeps_the_script() -> None:
    text = Text(("kind: A\nspec:\n  a: 1\n  ", OPEN, "\n  s: |\n    ", OPEN, "\n    end\n"))
    (one,) = read(Value(text)).known()
    assert plain(one.get("spec", "s")) == "?\nend\n"


def test_a_kind_that_is_not_known_is_more() -> None:
    found = read(Value(Text(("kind: ", OPEN, "\n"))))
    assert not found.members
    assert found.more is not None


@pytest.mark.parametrize("data", [OPEN, SUBNET])
def test_a_text_that_is_not_known_is_more(data: Unknown | Reference) -> None:
    found = read(Value(data))
    assert not found.members
    assert found.more is not None


def test_one_of_two_texts_may_be_there() -> None:
    found = read(Value(OneOf((Value("kind: A"), Value("kind: B")), OPEN)))
    assert [member.item.kind for member in found.members] == ["A", "B"]
    assert all(member.exists.undecided for member in found.members)


def test_json_is_read_alike() -> None:
    (one,) = read(Value('{"kind": "A", "spec": {"list": [1, 2.5, true, null, "a/b"]}}')).known()
    assert plain(one.get("spec")) == {"list": [1, 2.5, True, None, "a/b"]}


def test_an_object_and_a_list_of_objects() -> None:
    one = Value(Map({"kind": Value("A"), "metadata": Value(Map({"name": Value("a")}))}))
    assert [manifest.alone for manifest in read(one).known()] == [True]
    assert [manifest.kind for manifest in read(Value(Seq((one, one)))).known()] == ["A", "A"]
    items = Value(Map({"kind": Value("List"), "items": Value(Seq((one, one)))}))
    assert [manifest.name.text() for manifest in read(items).known()] == ["a", "a"]


def test_what_has_no_kind_is_no_object() -> None:
    found = read(Value("replicas: 2\nimage: x\n"))
    assert not found.members
    assert found.more is None


def test_merge_keys_and_anchors() -> None:
    text = "kind: A\nbase: &base {a: 1, b: 2}\nspec:\n  <<: *base\n  b: 3\n"
    (one,) = read(Value(text)).known()
    assert plain(one.get("spec")) == {"a": 1, "b": 3}


def test_generated_text_is_found_where_its_strings_are_written() -> None:
    source = Source("main.tf", b'yaml_body = yamlencode({ kind = "NodePool", type = "p5.48xlarge" })\n')
    (one,) = read(Value('"kind": "NodePool"\n"type": "p5.48xlarge"\n', Span(source, 12, 67))).known()
    assert one.get("type").place.text == '"p5.48xlarge"'  # type: ignore[union-attr]


def test_documents_before_a_fault_are_kept() -> None:
    found = read(Value("kind: A\n---\nkind: B\n  bad: [\n"))
    assert [manifest.kind for manifest in found.known()] == ["A"]
    assert found.more is not None


def test_many_scalars_on_one_line_are_read_in_time() -> None:
    value, _ = heredoc("kind: A\nx: [" + ",".join(["a"] * 60_000) + "]\n")
    started = perf_counter()
    (one,) = read(value).known()
    assert len(one.get("x").data.items) == 60_000  # type: ignore[union-attr]
    assert perf_counter() - started < 10


HOSTILE = {
    "depth": "[" * 5_000,
    "a bomb of aliases": "kind: A\na: &a [x,x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"k{n}: &{'bcdefghij'[n]} [{','.join(['*' + 'abcdefghij'[n]] * 10)}]\n" for n in range(9)),
    "a chain of aliases": "kind: A\nn0: &n0 {a: 1}\n"
    + "".join(f"n{n}: &n{n} {{a: {{b: {{c: *n{n - 1}}}}}}}\n" for n in range(1, 400)),
    "an alias to nothing": "kind: A\na: *nothing\n",
    "an alias to what is open": "kind: A\na: &a [*a]\n",
    "no YAML": "kind: A\n\t- x: {{ .Values.x }}\n",
    "control characters": "kind: A\nx: \x00\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_more_and_never_a_crash(text: str) -> None:
    found = documents(Value(text))
    assert found.more is not None
    assert found.more.reasons
