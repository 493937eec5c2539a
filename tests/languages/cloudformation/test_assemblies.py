"""What `cdk synth` leaves: which of it is a template, what its resources are called, and what is told without it."""

from __future__ import annotations

import json
from typing import Any

from fabriclint.engine.discover import plan
from fabriclint.languages.base import Settings
from fabriclint.languages.cloudformation import LANGUAGE
from fabriclint.testing import MemoryFiles


def stack(**resources: Any) -> str:
    return json.dumps({"Resources": resources})


def vpc(path: str | None = None) -> dict[str, Any]:
    return {"Type": "AWS::EC2::VPC", **({"Metadata": {"aws:cdk:path": path}} if path else {})}


NESTED = {
    "Type": "AWS::CloudFormation::Stack",
    "Properties": {
        "TemplateURL": {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}, ".x/0a1b.json"]]}
    },
    "Metadata": {"aws:asset:path": "TrainNet.nested.template.json", "aws:asset:property": "TemplateURL"},
}
SUBNET = {
    "Type": "AWS::EC2::Subnet",
    "Properties": {"VpcId": {"Fn::ImportValue": "Net:ExportsOutputRefVpc1"}},
}
MANIFEST = {
    "version": "48.0.0",
    "artifacts": {
        "Train": {
            "type": "aws:cloudformation:stack",
            "environment": "aws://unknown-account/us-west-2",
            "properties": {"templateFile": "Train.template.json"},
        },
        "Net": {
            "type": "aws:cloudformation:stack",
            "environment": "aws://unknown-account/unknown-region",
            "properties": {"templateFile": "Net.template.json"},
        },
        "assembly-Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}},
        "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}},
    },
}
ASSEMBLY = {
    "cdk.json": '{"app": "npx ts-node bin/train.ts"}',
    "cdk.out/manifest.json": json.dumps(MANIFEST),
    "cdk.out/Train.template.json": stack(
        Inner=NESTED, V1=vpc("Train/Fleet/Vpc/Resource"), V2=vpc("Train/Net/Default")
    ),
    "cdk.out/TrainNet.nested.template.json": stack(V3=vpc("Train/Inner/Vpc/Resource"), V4=vpc()),
    "cdk.out/Net.template.json": stack(V=vpc("Net/Vpc/Resource")),
    "cdk.out/tree.json": json.dumps({"tree": {"Resources": {"A": {"Type": "AWS::EC2::VPC"}}}}),
    "cdk.out/asset.77/template.json": stack(V=vpc()),
    "cdk.out/asset.78.json": stack(V=vpc()),
    "cdk.out/copy.json": stack(V=vpc()),
    "cdk.out/assembly-Prod/manifest.json": json.dumps({"version": "48.0.0", "artifacts": {}}),
    "cdk.out/assembly-Prod/Train.template.json": stack(V=vpc("Prod/Vpc/Resource")),
}


def test_templates_of_an_assembly_are_roots_and_assets_are_silent() -> None:
    found = plan(["."], MemoryFiles(ASSEMBLY), [LANGUAGE])
    assert [root.path for _, root in found.roots] == [
        "cdk.out/Net.template.json",
        "cdk.out/Train.template.json",
        "cdk.out/assembly-Prod/Train.template.json",
    ]
    assert [fold.path for fold in found.folded] == ["cdk.out/TrainNet.nested.template.json"]
    assert not found.diagnostics


def test_an_asset_that_is_named_is_read() -> None:
    found = plan(["cdk.out/asset.78.json"], MemoryFiles(ASSEMBLY), [LANGUAGE])
    assert [root.path for _, root in found.roots] == ["cdk.out/asset.78.json"]


def test_resources_are_called_by_their_constructs_and_the_manifest_says_the_region() -> None:
    files = MemoryFiles(ASSEMBLY)
    root = next(r for _, r in plan(["."], files, [LANGUAGE]).roots if r.path == "cdk.out/Train.template.json")
    reading = LANGUAGE.read(root, files, Settings())
    assert {e.address: e.label for e in reading.elements} == {
        "Inner/V3": "Train/Inner/Vpc",
        "Inner/V4": "V4",
        "V1": "Train/Fleet/Vpc",
        "V2": "Train/Net",
    }
    assert reading.region == "us-west-2"
    given = LANGUAGE.read(root, files, Settings(parameters=(("AWS::Region", "eu-west-1"),)))
    assert given.region == "eu-west-1"


def test_stacks_of_one_app_that_use_each_other_are_judged_together() -> None:
    output = {"Value": {"Ref": "V"}, "Export": {"Name": "Net:ExportsOutputRefVpc1"}}
    net = json.dumps({"Resources": {"V": vpc()}, "Outputs": {"ExportsOutputRefVpc1": output}})
    files = {**ASSEMBLY, "cdk.out/Train.template.json": stack(S=SUBNET), "cdk.out/Net.template.json": net}
    found = plan(["cdk.out"], MemoryFiles(files), [LANGUAGE])
    assert ("cdk.out/Net.template.json", "cdk.out/Train.template.json") in [
        root.files for _, root in found.roots
    ]


def test_a_project_that_is_not_synthesised_is_told_so() -> None:
    found = plan(["."], MemoryFiles({"infra/cdk.json": '{"app": "python app.py"}'}), [LANGUAGE])
    assert [(d.level, d.path) for d in found.diagnostics] == [("note", "infra/cdk.json")]
    assert "cdk synth" in found.diagnostics[0].message
    assert not found.missing, "a CDK project is no empty folder"
    elsewhere = {"infra/cdk.json": '{"app": "x", "output": "build"}', "infra/build/manifest.json": "{}"}
    assert not [d for d in plan(["."], MemoryFiles(elsewhere), [LANGUAGE]).diagnostics if d.level == "note"]


def test_what_only_looks_like_an_assembly_hides_nothing() -> None:
    for manifest in ('{"name": "an app"}', "[]", "{", '{"version": 1, "artifacts": 3}'):
        files = {"web/manifest.json": manifest, "web/asset.1.json": stack(V=vpc()), "web/cdk.json": manifest}
        assert [root.path for _, root in plan(["."], MemoryFiles(files), [LANGUAGE]).roots] == [
            "web/asset.1.json"
        ]
