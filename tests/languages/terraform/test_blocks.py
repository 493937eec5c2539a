"""Arguments and nested blocks, `dynamic` ones written out, every one at its place."""

from __future__ import annotations


def group(read, body, beside=""):
    reading = read(f'{beside}\nresource "aws_security_group" "g" {{\n{body}\n}}\n')
    return reading.elements[0]


def test_nested_blocks(read, show):
    found = group(read, "  ingress {\n    from_port = 1\n  }\n  ingress {\n    self = true\n  }")
    value = found.read("ingress")
    assert show(value) == [{"from_port": 1}, {"self": True}]
    assert [item.place.text for item in value.data.items] == ["ingress", "ingress"]
    assert value.data.items[0].data.entries["from_port"].place.text == "1"


def test_blocks_written_as_an_attribute(read, show):
    assert show(group(read, "  ingress = [{ from_port = 1 }]").read("ingress")) == [{"from_port": 1}]


def test_a_dynamic_block(read, show):
    found = group(
        read,
        '  dynamic "ingress" {\n    for_each = { a = 1, b = 2 }\n    content {\n'
        "      from_port = ingress.value\n      description = ingress.key\n    }\n  }\n  ingress {\n    from_port = 9\n  }",
    )
    assert show(found.read("ingress")) == [
        {"from_port": 1, "description": "a"},
        {"from_port": 2, "description": "b"},
        {"from_port": 9},
    ]


NESTED = """
resource "aws_autoscaling_group" "g" {
  mixed_instances_policy {
    launch_template {
      dynamic "override" {
        for_each = ["a", "b"]
        iterator = kind
        content {
          instance_type = kind.value
          dynamic "requirement" {
            for_each = [kind.key, 7]
            content {
              n = requirement.value
            }
          }
        }
      }
    }
  }
}
"""


def test_an_iterator_name_and_nested_dynamic_blocks(read, show):
    reading = read(NESTED)
    value = reading.elements[0].read("mixed_instances_policy").field("launch_template", "override")
    assert show(value) == [
        {"instance_type": "a", "requirement": [{"n": 0}, {"n": 7}]},
        {"instance_type": "b", "requirement": [{"n": 1}, {"n": 7}]},
    ]


DYNAMIC = """
  dynamic "ingress" {
    for_each = var.x
    content {
      protocol  = "-1"
      from_port = ingress.value
    }
  }
"""


def test_a_dynamic_block_over_something_unknown_is_never_dropped(read, show):
    found = group(read, DYNAMIC, 'variable "x" {}')
    value = found.read("ingress")
    assert show(value) == [{"<one of>": [{"protocol": "-1", "from_port": "<unknown>"}, None]}, "<more>"]
    assert value.data.more.reasons[0].what == "var.x has no value"


GATED = """
  ingress {
    from_port = 1
  }
  dynamic "ingress" {
    for_each = var.x ? [2] : []
    content {
      from_port = ingress.value
    }
  }
"""


def test_a_dynamic_block_behind_an_open_gate_is_one_of_two(read, show):
    found = group(read, GATED, 'variable "x" {}')
    assert show(found.read("ingress")) == {
        "<one of>": [[{"from_port": 1}, {"from_port": 2}], [{"from_port": 1}]]
    }


def test_places(read):
    found = group(read, '  name = "a-${local.x}"', "locals {\n  x = 1\n}")
    assert found.place.text == 'resource "aws_security_group" "g"'
    assert found.body.text.endswith("}")
    assert found.read("name").place.text == '"a-${local.x}"'
    absent = found.read("vpc_id")
    assert (absent.data, absent.origin, absent.place) == (None, "absent", found.place)


def test_a_heredoc_stands_where_its_lines_do(read):
    found = group(
        read, "  name = base64encode(local.script)", "locals {\n  script = <<-EOT\n    one\n    two\n  EOT\n}"
    )
    value = found.read("name")
    assert value.place.line == 3
    assert value.place.text == "    one\n    two\n"


def test_a_heredoc_with_a_hole_knows_its_parts(read):
    reading = read(
        'resource "aws_vpc" "v" {}\nresource "aws_security_group" "g" {\n  name = <<-EOT\n    one\n    two ${aws_vpc.v.id} end\n'
        "    three\n  EOT\n}\n"
    )
    data = reading.elements[1].read("name").data
    assert [part if isinstance(part, str) else str(part) for part in data.parts] == [
        "one\ntwo ",
        "aws_vpc.v.id",
        " end\nthree\n",
    ]
    assert [span.line for span in data.spans] == [4, 5, 5]


def test_reading_twice_gives_the_same_value(read):
    found = group(read, "  name = 1")
    assert found.read("name") is found.read("name")
