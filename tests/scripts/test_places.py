"""A fact points at the very line that says it, as far as that can be told."""

from __future__ import annotations

import base64
import textwrap

import pytest

from fabriclint.scripts import read
from fabriclint.text import Source, Span
from fabriclint.values import Text, Unknown, Value


def place(value: Value) -> Span:
    (mount,) = read(value).mounts
    assert mount.place is not None
    return mount.place


def test_a_heredoc_that_is_stripped() -> None:
    source = Source(
        "main.tf",
        b"""resource "aws_instance" "a" {
  user_data = <<-EOT
    #!/bin/bash
    # m\xc3\xbcnt
    mkdir -p /data
    mount -t nfs 10.0.0.1:/x /data
    mkdir -p /data
  EOT
}
""",
    )
    start = source.data.index(b"<<-EOT")
    raw = source.span(start, source.data.index(b"  EOT\n}") + 5)
    text = "#!/bin/bash\n# münt\nmkdir -p /data\nmount -t nfs 10.0.0.1:/x /data\nmkdir -p /data\n"
    found = place(Value(text, raw))
    assert (found.line, found.text) == (6, "mount -t nfs 10.0.0.1:/x /data")


def test_an_interpolated_line_between_two_that_are_found() -> None:
    raw = "<<-EOT\n  #!/bin/bash\n  mkdir /a\n  mount -t nfs ${var.nas}:/x /data\n  mkdir /b\n  EOT\n"
    source = Source("main.tf", raw.encode())
    found = place(Value("#!/bin/bash\nmkdir /a\nmount -t nfs 10.0.0.1:/x /data\nmkdir /b\n", source.span()))
    assert (found.line, found.text) == (4, "mount -t nfs ${var.nas}:/x /data")


def test_an_escaped_line() -> None:
    source = Source("t.yaml", b"UserData: !Sub |\n  NAS=10.0.0.1\n  mount ${!NAS}:/x /x\n")
    found = place(Value("NAS=10.0.0.1\nmount ${NAS}:/x /x\n", source.span(10)))
    assert (found.line, found.text) == (3, "mount ${!NAS}:/x /x")


def test_a_json_string_of_several_lines() -> None:
    source = Source("t.json", rb'{"UserData": "#!/bin/bash\nmount -o \"ro\" 10.0.0.1:/x /x\necho done\n"}')
    found = place(
        Value('#!/bin/bash\nmount -o "ro" 10.0.0.1:/x /x\necho done\n', source.span(13, len(source.data) - 1))
    )
    assert found.text == r"mount -o \"ro\" 10.0.0.1:/x /x"


def test_a_line_that_stands_there_twice_falls_back_on_the_whole() -> None:
    raw = 'x = join("", [\n"mount a:/x /x", y,\nmore, "mount a:/x /x"])\n'
    source = Source("main.tf", raw.encode())
    assert place(Value("true\nmount a:/x /x\nfalse\n", source.span())) == source.span()


def test_a_template_with_holes_points_into_its_parts() -> None:
    raw = textwrap.dedent(
        """
        user_data = <<EOT
        #!/bin/bash
        mount -t nfs ${var.nas}:/x /data
        echo ok
        EOT
        """
    )
    source = Source("main.tf", raw.encode())
    one, two = raw.index("#!"), raw.index("${var")
    three, four = raw.index(":/x"), raw.index("EOT\n", 20)
    parts = (raw[one:two], Unknown.because("var.nas has no value"), raw[three:four])
    spans = (source.span(one, two), source.span(two, three), source.span(three, four))
    found = place(Value(Text(parts, spans), source.span()))
    assert found.text == "mount -t nfs ${var.nas}:/x /data"
    (mount,) = read(Value(Text(parts, spans), source.span())).mounts
    assert mount.host is not None
    assert mount.host.place is not None
    assert mount.host.place.text == "${var.nas}:/x"


def test_a_line_inside_a_heredoc_that_writes_a_script() -> None:
    raw = "#!/bin/bash\nNAS=nas1\ncat > /opt/a.sh <<EOF\n#!/bin/bash\nset -e\nmount $NAS:/x /data\nEOF\nchmod +x /opt/a.sh\n"
    source = Source("a.sh", raw.encode())
    found = place(Value(raw, source.span()))
    assert (found.line, found.text) == (6, "mount $NAS:/x /data")


def test_without_a_place_there_is_none() -> None:
    (mount,) = read(Value("mount a:/x /x\n")).mounts
    assert mount.place is None


@pytest.mark.parametrize(
    "text",
    ["mount a:/x /x", "é\nmount a:/x /x\n", "\U0001f600 \nmount a:/x /x\n", "\U000f0001\nmount a:/x /x\n"],
)
def test_bytes_and_characters_are_not_confused(text: str) -> None:
    source = Source("x", text.encode())
    assert place(Value(text, source.span())).text == "mount a:/x /x"


def test_text_that_the_source_encodes_itself_is_found_in_its_plain_form() -> None:
    raw = (
        "user_data = base64encode(<<-EOT\n  #!/bin/bash\n  mount -t nfs 10.0.0.1:/x /data\n  reboot\nEOT\n)\n"
    )
    source = Source("main.tf", raw.encode())
    encoded = base64.b64encode(b"#!/bin/bash\nmount -t nfs 10.0.0.1:/x /data\nreboot\n").decode()
    found = place(Value(encoded, source.span(12)))
    assert (found.line, found.text) == (3, "mount -t nfs 10.0.0.1:/x /data")
