"""`fabriclint inspect`, over real languages: what is known of a fleet, in text and JSON."""

import json

import pytest

from fabriclint.doors import cli

STACK = """\
resource "aws_launch_template" "train" {
  instance_type = "p5.48xlarge"
}

resource "aws_autoscaling_group" "train" {
  max_size = var.nodes
  min_size = 0

  launch_template {
    id = aws_launch_template.train.id
  }
}

variable "nodes" {
  type = number
}
"""


@pytest.fixture
def inspect(tmp_path, monkeypatch, capsysbinary):
    """Runs `fabriclint inspect` in a folder that holds a stack: its exit code and standard output."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text(STACK)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "main.tf").write_text("locals {\n}\n")

    def run(*arguments):
        code = cli.main(["inspect", *arguments])
        return code, capsysbinary.readouterr().out.decode()

    return run


def test_a_fleet_is_shown_with_what_is_known_and_what_is_not(inspect):
    code, out = inspect()
    assert code == 0
    assert out.startswith("infra  Terraform\n\n  aws_autoscaling_group.train  infra/main.tf:5\n")
    rows = dict(
        line.strip().split(None, 1) for line in out.splitlines() if line.startswith("    ") and line[4] != " "
    )
    assert rows["type"] == "p5.48xlarge"
    assert rows["nodes"].startswith("not known: ")
    assert rows["fabric"] == "100 of 3,200 Gbps"
    assert rows["placement"] == "none"
    assert out.endswith("1 fleet in 1 root, 1 root without a fleet\n")


def test_inputs_decide(inspect):
    assert "nodes      up to 8\n" in inspect("--var", "nodes=8")[1]


def test_the_same_as_json(inspect):
    code, out = inspect("--format", "json", "infra")
    data = json.loads(out)
    (root,) = data["roots"]
    (fleet,) = root["fleets"]
    assert (code, root["path"], fleet["types"], fleet["maximum"]) == (0, "infra", ["p5.48xlarge"], None)
    assert fleet["location"]["line"] == 5
    assert fleet["fabric_gbps"] == 3200


def test_a_path_that_does_not_exist_is_3(inspect):
    assert inspect("nowhere")[0] == 3
