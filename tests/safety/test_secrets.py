"""A secret that is given in a sensitive input reaches no output, and the findings that rest on it are still told."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fabriclint.engine.withhold import Secrets

Run = Callable[..., Any]
FIXTURES = Path(__file__).parents[2] / "fixtures"
FORMS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown")
HOST, CIDR = "172.20.4.11", "10.70.16.0/28"
PASSWORD = "hunter2-correct-horse"
SECRETS = (HOST, CIDR, PASSWORD)

VARIABLES = """
variable "host" {{
  type      = string
  sensitive = true
  {host}
}}
variable "cidr" {{
  sensitive = true
  {cidr}
}}
variable "password" {{
  sensitive = true
  {password}
}}
"""
FIXTURE = FIXTURES / "onprem-share-mounted-by-compute" / "bad" / "nfs-behind-vpn"
MORE = """
resource "aws_launch_template" "gpu" {
  name_prefix   = "gpu-${var.password}"
  instance_type = "p5.48xlarge"
  user_data = base64encode(<<-EOF
    #!/bin/bash
    export AWS_SECRET_ACCESS_KEY=hunter2-correct-horse
    export DB_PASSWORD="${var.password}"
    mount -t nfs ${var.host}:/datasets/${var.password} /data
    mount -t cifs //${var.host}/share /share -o username=me,password=hunter2-correct-horse
    torchrun --nnodes=2 --nproc_per_node=8 train.py --key ${var.password}
  EOF
  )
}
resource "aws_autoscaling_group" "gpu" {
  count               = var.password == "" ? 0 : 1
  name                = "gpu-${var.password}"
  max_size            = 32
  desired_capacity    = 32
  vpc_zone_identifier = [aws_subnet.small.id]
  launch_template {
    id = aws_launch_template.gpu.id
  }
}
resource "aws_subnet" "small" {
  vpc_id     = aws_vpc.research.id
  cidr_block = var.cidr
  tags       = { Name = var.password }
}
resource "aws_route_table_association" "small" {
  subnet_id      = aws_subnet.small.id
  route_table_id = aws_route_table.gpu.id
}
resource "aws_db_instance" "db" {
  password = var.password
}
resource "aws_s3_bucket" "data" {
  bucket = "data-${var.password}"
}
"""
STACK = (FIXTURE / "main.tf").read_text(encoding="utf-8").replace(f"{HOST}:", "${var.host}:") + MORE


def given(value: str) -> str:
    return f'default = "{value}"'


NOTHING = {"host": "", "cidr": "", "password": ""}
DEFAULTS = {"host": given(HOST), "cidr": given(CIDR), "password": given(PASSWORD)}
TFVARS = f'host = "{HOST}"\ncidr = "{CIDR}"\npassword = "{PASSWORD}"\n'
WAYS: dict[str, tuple[dict[str, str], dict[str, str], list[str]]] = {
    "defaults": (DEFAULTS, {}, []),
    "terraform.tfvars": (NOTHING, {"terraform.tfvars": TFVARS}, []),
    "--var-file": (NOTHING, {"x.tfvars": TFVARS}, ["--var-file", "x.tfvars"]),
    "--var": (NOTHING, {}, ["--var", f"host={HOST}", "--var", f"cidr={CIDR}", "--var", f"password={PASSWORD}"]),
    "the configuration": (
        NOTHING,
        {"fabriclint.toml": f'[runs.prod]\nvars = {{host = "{HOST}", cidr = "{CIDR}", password = "{PASSWORD}"}}\n'},
        [],
    ),
}  # fmt: skip
RESTS_ON_IT = {"onprem-share-mounted-by-compute", "subnet-too-small-for-fleet"}


def clean(text: str) -> None:
    for secret in SECRETS:
        assert secret not in text
        assert json.dumps(secret)[1:-1] not in text


@pytest.fixture(params=WAYS)
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """A stack whose findings rest on sensitive variables; the arguments that give them."""
    values, files, arguments = WAYS[request.param]
    (tmp_path / "main.tf").write_text(VARIABLES.format(**values) + STACK)
    for path, text in files.items():
        (tmp_path / path).write_text(text)
    return arguments


def test_sensitive_variables(run: Run, stack: list[str], tmp_path: Path) -> None:
    outputs = [word for form in FORMS for word in ("--output", f"{form}=out.{form}")]
    done = run("check", ".", "--show", "not-checked", "--show", "no-edit", *outputs, *stack)
    assert done.code == 1
    clean(done.out + done.err)
    for form in FORMS:
        clean((tmp_path / f"out.{form}").read_text())
    report = json.loads((tmp_path / "out.json").read_text())
    found = {one["rule"]: one for one in report["findings"]}
    assert found.keys() >= RESTS_ON_IT, "a rule decides by what it does not tell"
    assert "(sensitive)" in found["onprem-share-mounted-by-compute"]["message"]
    inputs = {used["name"]: used["value"] for one in report["findings"] for used in one["holds_under"]}
    assert set(inputs.values()) <= {"(sensitive)", "prod"}
    assert "var.password" in inputs
    done = run("inspect", ".", *stack)
    assert ("(sensitive)" in done.out) != ("var.host has no value" in done.out), (
        "it takes no runs of a configuration"
    )
    clean(done.out + done.err)
    clean(run("inspect", ".", "--format", "json", *stack).out)


def test_values_that_are_wrong_are_not_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "n" {\n  type = number\n  sensitive = true\n}\nvariable "l" {\n  type = list(string)\n  sensitive = true\n}\n'
        'resource "aws_instance" "x" {\n  count = var.n\n  instance_type = var.n\n  subnet_id = var.l[0]\n}\n'
    )
    for way in (["--var", f"n={PASSWORD}", "--var", f"l={PASSWORD}"], ["--var-file", "x.tfvars"]):
        (tmp_path / "x.tfvars").write_text(f'n = "{PASSWORD}"\nl = "{PASSWORD}"\n')
        done = run("check", ".", "--show", "not-checked", *way)
        clean(done.out + done.err)
        clean(run("check", ".", "--format", "json", *way).out)
    done = run("check", "--var", f"={PASSWORD}")
    assert done.code == 2
    clean(done.err)


def test_a_module_s_sensitive_variable(run: Run, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text(VARIABLES.format(**NOTHING) + STACK)
    (tmp_path / "main.tf").write_text(
        f'module "m" {{\n  source = "./m"\n  host = "{HOST}"\n  cidr = "{CIDR}"\n  password = "{PASSWORD}"\n}}\n'
    )
    done = run("check", ".", "--show", "not-checked")
    assert done.code == 1
    clean(done.out + done.err)


TEMPLATE = """\
Parameters:
  Host: {{Type: String, NoEcho: true{host}}}
  Cidr: {{Type: String, NoEcho: "true"{cidr}}}
  Password: {{Type: String, NoEcho: true{password}}}
"""


@pytest.mark.parametrize("way", ["defaults", "--parameters", "a file"])
def test_no_echo_parameters(run: Run, tmp_path: Path, way: str) -> None:
    fixture = (FIXTURE / "template.yaml").read_text(encoding="utf-8").replace(f"{HOST}:", "${Host}:")
    values = {"host": HOST, "cidr": CIDR, "password": PASSWORD}
    said = {name: f", Default: {value}" if way == "defaults" else "" for name, value in values.items()}
    text = fixture.replace("Resources:\n", TEMPLATE.format(**said) + "Resources:\n", 1)
    text = text.replace("CidrBlock: 10.70.16.0/20", "CidrBlock: !Ref Cidr")
    text = text.replace("set -euo pipefail", "export DB_PASSWORD=${Password}")
    (tmp_path / "template.yaml").write_text(text)
    pairs = [("Host", HOST), ("Cidr", CIDR), ("Password", PASSWORD)]
    (tmp_path / "prod.json").write_text(
        json.dumps([{"ParameterKey": k, "ParameterValue": v} for k, v in pairs])
    )
    arguments = {
        "defaults": [],
        "--parameters": [word for k, v in pairs for word in ("--parameters", f"{k}={v}")],
        "a file": ["--parameters", "prod.json"],
    }[way]
    outputs = [word for form in FORMS for word in ("--output", f"{form}=out.{form}")]
    done = run("check", "template.yaml", "--show", "not-checked", *outputs, *arguments)
    assert done.code == 1
    clean(done.out + done.err)
    for form in FORMS:
        clean((tmp_path / f"out.{form}").read_text())
    report = json.loads((tmp_path / "out.json").read_text())
    found = {one["rule"]: one for one in report["findings"]}
    assert "(sensitive)" in found["onprem-share-mounted-by-compute"]["message"]
    clean(run("inspect", "template.yaml", *arguments).out)


def test_secrets_of_a_plan(run: Run, tmp_path: Path) -> None:
    shutil.copy(
        FIXTURES / "s3-without-gateway-endpoint" / "bad" / "nat-only" / "plan.json", tmp_path / "plan.json"
    )
    plan = json.loads((tmp_path / "plan.json").read_text())
    for change in plan["resource_changes"]:
        after = change["change"].get("after")
        if after and change["type"] == "aws_launch_template":
            after |= {"user_data": PASSWORD, "name": PASSWORD, "key_name": PASSWORD}
            change["change"]["after_sensitive"] = {"user_data": True, "name": True, "key_name": True}
        elif after and change["type"] == "aws_subnet":
            after["cidr_block"] = CIDR
            change["change"]["after_sensitive"] = {"cidr_block": True}
    plan["variables"] = {"password": {"value": PASSWORD}}
    (tmp_path / "plan.json").write_text(json.dumps(plan, indent=1))
    for form in FORMS:
        done = run("check", "plan.json", "--format", form, "--show", "not-checked")
        assert done.code == 1
        clean(done.out + done.err)
    clean(run("inspect", "plan.json").out)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("mount -o username=me,password=hunter2 //h/x /y", "mount -o username=me,password=******* //h/x /y"),
        ("export AWS_SECRET_ACCESS_KEY=abcdef", "export AWS_SECRET_ACCESS_KEY=******"),
        ('  db_password = "abcdef"', '  db_password = "******"'),
        ("  password = var.password", "  password = var.password"),
        ("  token: !Ref Token", "  token: !Ref Token"),
        ("  automount_service_account_token = false", "  automount_service_account_token = false"),
        ("TOKEN=$(aws ecr get-login-password)", "TOKEN=$(aws ecr get-login-password)"),
        ("x = local.abcd", "x = local.abcd"),
        ("x = quite-secret-thing", "x = *****-secret-*****"),
    ],
)
def test_a_line_of_source_keeps_its_width(line: str, shown: str) -> None:
    assert Secrets(["quite", "thing", "abc"]).line(line) == shown
    assert len(shown) == len(line)


def test_many_secrets_take_no_longer() -> None:
    secrets = Secrets(f"{n:06}-secret" for n in range(100_000))
    start = time.process_time()
    assert secrets.clear("as 099999-secret is " * 50) == "as (sensitive) is " * 50
    for _ in range(200):
        secrets.clear("nothing of the kind is in here " * 10)
    assert time.process_time() - start < 1
