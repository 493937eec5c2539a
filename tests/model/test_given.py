"""What a configuration gives reaches the model: roles, zones and VPCs of subnets, endpoints."""

from __future__ import annotations

from fabriclint.model.given import Given, GivenSubnet
from fabriclint.model.stack import Stack
from fabriclint.values import Value

from .conftest import element

NODES = {"types": ["p5.48xlarge"], "maximum": 4, "desired": 4}


def group(**words: object) -> object:
    return element("eks_node_group", "nodes", **{**NODES, **words})


def test_a_role_wins_over_everything_else() -> None:
    facts = Given(roles=(("other", "*.nodes"), ("serving", "nod*")), origin="fabriclint.toml")
    (fleet,) = Stack((group(name="train"),), facts=facts).fleets  # type: ignore[arg-type]
    assert fleet.trains.excluded
    assert fleet.role.evidence == ("fabriclint.toml says serving",)


def test_a_pattern_may_be_an_address_with_an_index() -> None:
    assert Given(roles=(("training", "aws_instance.a[0]"),)).role(["aws_instance.a[0]"]) == "training"
    assert Given(roles=(("training", "aws_instance.a*"),)).role(["aws_instance.a[0]"]) == "training"
    assert Given(roles=(("training", "aws_instance.b"),)).role(["aws_instance.a"]) is None


def test_given_zones_decide_whether_a_fleet_spans_zones() -> None:
    subnets = ["subnet-1", "subnet-2"]
    (open_,) = Stack((group(subnets=subnets),)).fleets  # type: ignore[arg-type]
    assert open_.spans_zones.undecided
    for zones, spans in ((("us-east-1a", "us-east-1b"), True), (("us-east-1a", "us-east-1a"), False)):
        facts = Given(subnets={name: GivenSubnet(zone) for name, zone in zip(subnets, zones, strict=True)})
        (fleet,) = Stack((group(subnets=subnets),), facts=facts).fleets  # type: ignore[arg-type]
        assert fleet.spans_zones.certain is spans
        assert fleet.spans_zones.excluded is not spans


def test_given_endpoints_decide_what_a_vpc_of_others_holds() -> None:
    subnets = {"subnet-1": GivenSubnet("us-east-1a", None, "vpc-9")}
    made = group(subnets=["subnet-1"])
    (vpc,) = Stack((made,), facts=Given(subnets=subnets)).vpcs  # type: ignore[arg-type]
    assert vpc.gateway_endpoints("s3").complete.undecided
    for services, count in ((("s3",), 1), ((), 0)):
        facts = Given(subnets=subnets, endpoints={"vpc-9": services})
        (vpc,) = Stack((made,), facts=facts).vpcs  # type: ignore[arg-type]
        found = vpc.gateway_endpoints("s3")
        assert found.complete.certain
        assert len(list(found.known())) == count


def test_what_is_given_is_found_by_id_or_by_the_address_of_a_lookup() -> None:
    from fabriclint.values import Reference

    facts = Given(endpoints={"data.aws_vpc.main": ("s3",), "vpc-1": ()})
    assert facts.endpoints_of(Value(Reference("data.aws_vpc.main", ("id",)))) == ("s3",)
    assert facts.endpoints_of(Value("vpc-1")) == ()
    assert facts.endpoints_of(Value("vpc-2")) is None
