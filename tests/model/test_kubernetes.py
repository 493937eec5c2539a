"""Karpenter pools as fleets, workloads and what they say of the nodes they run on, the device plugin."""

from __future__ import annotations

from typing import Any

import pytest

from fabriclint.model.compute import Fleet
from fabriclint.model.element import Element
from fabriclint.model.stack import Stack
from fabriclint.values import Truth, Value

from .conftest import element, ref, unknown

FAMILY = "karpenter.k8s.aws/instance-family"
SIZE = "karpenter.k8s.aws/instance-size"
TYPE = "node.kubernetes.io/instance-type"
ZONE = "topology.kubernetes.io/zone"
CAPACITY = "karpenter.sh/capacity-type"


def manifest(address: str, kind: str, version: str, spec: dict[str, Any], **metadata: Any) -> Element:
    """An applied object."""
    body = {"apiVersion": version, "kind": kind, "metadata": {"name": address, **metadata}, "spec": spec}
    return element("kubernetes_manifest", address, manifest=body)


def allows(key: str, *values: Any, operator: str = "In") -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)}


def pool(*requirements: dict[str, Any], name: str = "pool", **given: Any) -> Element:
    """A NodePool; `labels`, `taints`, `limits` and `group` of its class."""
    group = given.get("group", "karpenter.k8s.aws")
    kind = "NodeClass" if group == "eks.amazonaws.com" else "EC2NodeClass"
    spec: dict[str, Any] = {
        "template": {
            "metadata": {"labels": given.get("labels", {})},
            "spec": {
                "nodeClassRef": {"group": group, "kind": kind, "name": "class"},
                "requirements": list(requirements),
                "taints": given.get("taints", []),
            },
        }
    }
    if "limits" in given:
        spec["limits"] = given["limits"]
    return manifest(name, "NodePool", "karpenter.sh/v1", spec)


def node_class(**spec: Any) -> Element:
    terms = {
        "subnetSelectorTerms": [{"id": ref("subnet")}],
        "securityGroupSelectorTerms": [{"id": ref("sg")}],
    }
    return manifest("class", "EC2NodeClass", "karpenter.k8s.aws/v1", {**terms, **spec})


def pytorch(
    workers: int = 4, gpus: int = 8, efa: int = 0, select: dict[str, Any] | None = None, command: str = "run"
) -> Element:
    limits: dict[str, Any] = {"nvidia.com/gpu": gpus}
    if efa:
        limits["vpc.amazonaws.com/efa"] = efa
    pod = {
        "nodeSelector": select or {},
        "containers": [
            {"name": "pytorch", "image": "x", "command": [command], "resources": {"limits": limits}}
        ],
    }
    spec = {"pytorchReplicaSpecs": {"Worker": {"replicas": workers, "template": {"spec": pod}}}}
    return manifest("job", "PyTorchJob", "kubeflow.org/v1", spec)


def fleet(*elements: Element) -> Fleet:
    (one,) = Stack(elements).fleets
    return one


def names(one: Fleet) -> list[str]:
    return [value.text() or "" for value in one.types.possible()]


# ------------------------------------------------------------------ types and limits


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        ([allows(TYPE, "p5.48xlarge", "p9.48xlarge")], ["p5.48xlarge", "p9.48xlarge"]),
        ([allows(FAMILY, "g4dn"), allows(SIZE, "xlarge", "2xlarge")], ["g4dn.2xlarge", "g4dn.xlarge"]),
        ([allows(FAMILY, "g4ad"), allows(SIZE, "xlarge")], ["g4ad.xlarge"]),  # listed no more
        ([allows(FAMILY, "p4d", "p4de")], ["p4d.24xlarge", "p4de.24xlarge"]),
        ([allows("karpenter.k8s.aws/instance-gpu-name", "h100"), allows(SIZE, "48xlarge")], ["p5.48xlarge"]),
        ([allows(FAMILY, "p5"), allows("karpenter.k8s.aws/instance-gpu-count", "4", operator="Gt")], ["p5.48xlarge"]),
        ([allows(FAMILY, "p5"), allows(SIZE, "4xlarge", operator="NotIn")], ["p5.48xlarge"]),
        ([allows("eks.amazonaws.com/instance-family", "trn2"), allows("eks.amazonaws.com/instance-cpu", "100", operator="Gt")],
         ["trn2.48xlarge"]),
        ([allows(TYPE, "g5.xlarge"), allows(CAPACITY, "spot"), allows("team", "llm")], ["g5.xlarge"]),
    ],
)  # fmt: skip
def test_requirements_that_name_types_decide_them(requirements: list[Any], expected: list[str]) -> None:
    one = fleet(pool(*requirements))
    assert names(one) == expected
    assert one.types.more is None


@pytest.mark.parametrize(
    "requirements",
    [
        [],
        [allows("karpenter.k8s.aws/instance-category", "g", "p")],
        [allows(FAMILY, unknown())],
        [allows(unknown(), "p5")],
    ],
)
def test_requirements_that_name_none_leave_them_open(requirements: list[Any]) -> None:
    assert fleet(pool(*requirements)).accelerated.undecided


def test_a_requirement_that_is_not_understood_leaves_each_type_open() -> None:
    narrowed = allows("karpenter.k8s.aws/instance-local-nvme", "1000", operator="Gt")
    one = fleet(pool(allows(FAMILY, "p5"), narrowed))
    assert one.accelerated.undecided


def test_categories_of_cpu_types_train_nothing() -> None:
    one = fleet(pool(allows("karpenter.k8s.aws/instance-category", "c", "m", "r"), limits={"cpu": 1000}))
    assert one.accelerated.excluded
    assert one.trains.excluded


@pytest.mark.parametrize(
    ("limits", "maximum"),
    [
        ({"nvidia.com/gpu": 16}, 2),
        ({"nvidia.com/gpu": "17"}, 2),
        ({"cpu": "1k"}, 5),
        ({"cpu": "500000m", "nvidia.com/gpu": 64}, 2),
        ({"nodes": 3}, 3),
        ({"memory": "1000Gi"}, None),
        ({"nvidia.com/gpu": unknown()}, None),
        ({}, None),
    ],
)
def test_limits_bound_the_nodes(limits: dict[str, Any], maximum: int | None) -> None:
    one = fleet(pool(allows(TYPE, "p5.48xlarge"), limits=limits))
    assert one.size.maximum == maximum
    assert (one.size.open is None) == (maximum is not None)


def test_an_older_provisioner() -> None:
    spec = {
        "labels": {"team": "llm"},
        "providerRef": {"name": "class"},
        "requirements": [allows(TYPE, "p4d.24xlarge")],
        "limits": {"resources": {"nvidia.com/gpu": 32}},
    }
    template = {"subnetSelector": {"aws-ids": "subnet-1, subnet-2"}, "securityGroupSelector": {"a": "b"}}
    one = fleet(
        manifest("old", "Provisioner", "karpenter.sh/v1alpha5", spec),
        manifest("class", "AWSNodeTemplate", "karpenter.k8s.aws/v1alpha1", template),
    )
    assert (one.kind, one.size.maximum, names(one)) == ("Karpenter pool", 4, ["p4d.24xlarge"])
    assert [link.value.text() for link in one.subnets.possible()] == ["subnet-1", "subnet-2"]
    assert one.launch_groups.more is not None


# ------------------------------------------------------------------ the class


SUBNET = element("subnet", "subnet", vpc=ref("vpc"), zone="us-east-1a")
OTHER = element("subnet", "other", vpc=ref("vpc"), zone="us-east-1b")
VPC = element("vpc", "vpc", cidr_block="10.0.0.0/16")


def test_a_class_gives_subnets_and_groups_by_id() -> None:
    group = element("security_group", "sg", vpc=ref("vpc"))
    one = fleet(VPC, SUBNET, group, node_class(), pool(allows(TYPE, "p5.48xlarge")))
    assert one.vpc.element is VPC
    assert [link.element for link in one.launch_groups.known()] == [group]
    assert one.spans_zones.excluded


def test_a_class_that_selects_by_tags_leaves_them_open() -> None:
    tags = [{"tags": {"karpenter.sh/discovery": "lab"}}]
    one = fleet(
        node_class(subnetSelectorTerms=tags, securityGroupSelectorTerms=tags),
        pool(allows(TYPE, "p5.48xlarge")),
    )
    assert not one.subnets.members
    assert one.subnets.more is not None
    assert one.launch_groups.more is not None


def tagged(name: str, zone: str = "us-east-1a", **tags: Any) -> Element:
    return element("subnet", name, vpc=ref("vpc"), zone=zone, tags=tags)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"discovery": "lab"}, ["a", "b", "c"]),
        ({"discovery": "lab", "tier": "1"}, ["a"]),
        ({"discovery": "*"}, ["a", "b", "c", "d", "e"]),
        ({"discovery": "other"}, []),
        ({"discovery": unknown("another")}, []),
    ],
)
def test_tags_select_the_subnets_that_certainly_carry_them(tags: dict[str, Any], expected: list[str]) -> None:
    one = fleet(
        pool(),
        node_class(subnetSelectorTerms=[{"tags": tags}]),
        tagged("a", discovery="lab", tier=1),
        tagged("b", discovery="lab"),
        tagged("c", zone="us-east-1b", discovery="lab"),
        tagged("d", discovery="web"),
        tagged("e", discovery=unknown("why")),
        tagged("f"),
    )
    carried = [link.element.address for link in one.subnets.known() if link.element is not None]
    assert carried == expected
    # Subnets of other sources may carry the same tags.
    assert one.subnets.more is not None


def test_tags_select_subnets_of_the_zones_that_are_asked_for() -> None:
    one = fleet(
        pool(allows("topology.kubernetes.io/zone", "us-east-1b")),
        node_class(subnetSelectorTerms=[{"tags": {"discovery": "lab"}}]),
        tagged("a", discovery="lab"),
        tagged("b", zone="us-east-1b", discovery="lab"),
        tagged("c", zone=unknown("why"), discovery="lab"),
    )
    assert [link.element.address for link in one.subnets.known() if link.element is not None] == ["b"]
    assert [link.element.address for link in one.subnets.possible() if link.element is not None] == ["b", "c"]


def test_a_class_that_is_not_here_leaves_everything_open() -> None:
    one = fleet(pool(allows(TYPE, "p5.48xlarge")))
    assert one.subnets.more is not None
    assert one.placement.state == "unknown"
    assert one.targets_reservation.undecided


def test_several_zones_are_the_pods_choice() -> None:
    several = (
        VPC,
        SUBNET,
        OTHER,
        node_class(subnetSelectorTerms=[{"id": ref("subnet")}, {"id": ref("other")}]),
    )
    assert fleet(*several, pool(allows(TYPE, "p5.48xlarge"))).spans_zones.undecided
    assert fleet(*several, pool(allows(TYPE, "p5.48xlarge"), allows(ZONE, "us-east-1a"))).spans_zones.excluded


def test_reserved_capacity_targets_a_reservation_and_may_be_a_block() -> None:
    one = fleet(node_class(), pool(allows(TYPE, "p5.48xlarge"), allows(CAPACITY, "reserved", "on-demand")))
    assert one.targets_reservation.certain
    assert one.in_capacity_block.undecided
    on_demand = fleet(node_class(), pool(allows(TYPE, "p5.48xlarge"), allows(CAPACITY, "on-demand")))
    assert on_demand.targets_reservation.excluded
    assert on_demand.in_capacity_block.excluded


def test_a_placement_group_is_selected_by_name() -> None:
    group = element("placement_group", "pg", name="train", strategy="cluster")
    one = fleet(
        group, node_class(placementGroupSelector={"name": "train"}), pool(allows(TYPE, "p5.48xlarge"))
    )
    assert one.in_cluster_group.certain


@pytest.mark.parametrize(("version", "takes"), [("1.14.0", "yes"), ("v1.9.2", "no"), (None, "unknown")])
def test_placement_groups_come_with_karpenter_1_14(version: str | None, takes: str) -> None:
    release = element(
        "helm_release", "karpenter", chart="oci://public.ecr.aws/karpenter/karpenter", version=version
    )
    one = fleet(release, node_class(), pool(allows(TYPE, "p5.48xlarge")))
    assert one.takes_placement_group.state == takes


def test_auto_mode_takes_no_placement_group() -> None:
    one = fleet(pool(allows(TYPE, "p5.48xlarge"), group="eks.amazonaws.com"))
    assert one.kind == "EKS Auto Mode pool"
    assert one.takes_placement_group.excluded


# ------------------------------------------------------------------ EFA and training


def test_efa_that_is_not_written_is_never_absent() -> None:
    one = fleet(node_class(), pool(allows(TYPE, "p5.48xlarge")))
    assert one.adds_interfaces
    assert one.asks_efa.undecided
    plain = fleet(
        node_class(networkInterfaces=[{"interfaceType": "interface"}]), pool(allows(TYPE, "p5.48xlarge"))
    )
    assert plain.asks_efa.undecided
    written = fleet(node_class(networkInterfaces=[{"interfaceType": "efa-only", "networkCardIndex": 1}]),
                    pool(allows(TYPE, "p5.48xlarge")))  # fmt: skip
    assert written.asks_efa.certain
    assert not written.adds_interfaces
    assert fleet(node_class(), pool(allows(TYPE, "g4dn.xlarge"))).asks_efa.excluded


LLM = {"team": "llm"}
P5 = allows(TYPE, "p5.48xlarge")


@pytest.mark.parametrize(
    ("select", "runs"),
    [
        (LLM, True),
        ({"karpenter.sh/nodepool": "pool"}, True),
        ({TYPE: "p5.48xlarge"}, True),
        ({**LLM, "kubernetes.io/os": "linux"}, True),
        ({}, False),
        ({"kubernetes.io/os": "linux"}, False),
        ({"team": "vision"}, False),
        ({**LLM, "tier": "gold"}, False),
        ({"team": unknown()}, False),
        ({TYPE: "p4d.24xlarge"}, False),
    ],
)
def test_a_job_runs_where_its_labels_are_carried(select: dict[str, Any], runs: bool) -> None:
    one = fleet(node_class(), pool(P5, labels=LLM), pytorch(select=select))
    assert bool(one.workloads) == runs


def test_a_type_that_two_pools_launch_says_not_which() -> None:
    stack = Stack((pool(P5), pool(P5, name="second"), pytorch(select={TYPE: "p5.48xlarge"})))
    assert [one.workloads for one in stack.fleets] == [(), ()]


@pytest.mark.parametrize(
    ("job", "limits", "trains"),
    [
        (pytorch(efa=32, select=LLM), {"nvidia.com/gpu": 64}, "yes"),
        (pytorch(efa=32, select=LLM), {"nvidia.com/gpu": 8}, "no"),
        (pytorch(efa=32, select=LLM), {}, "yes"),
        (pytorch(select=LLM), {"nvidia.com/gpu": 64}, "yes"),
        (pytorch(select=LLM), {}, "yes"),
        (pytorch(gpus=1, select=LLM), {}, "unknown"),
        (pytorch(workers=1, efa=32, select=LLM), {"nvidia.com/gpu": 64}, "unknown"),
        (pytorch(efa=32, select={"team": "vision"}), {"nvidia.com/gpu": 64}, "unknown"),
    ],
)
def test_jobs_say_whether_the_pool_trains(job: Element, limits: dict[str, Any], trains: str) -> None:
    one = fleet(node_class(), pool(P5, labels=LLM, limits=limits), job)
    assert one.trains.state == trains, (one.role.evidence, one.trains.reasons)


def test_a_fabric_class_type_alone_says_nothing_of_a_pool() -> None:
    assert fleet(node_class(), pool(P5, limits={"nvidia.com/gpu": 64})).trains.undecided


@pytest.mark.parametrize(
    ("given", "trains"),
    [
        ({"name": "llm-pretraining"}, "yes"),
        ({"labels": {"workload": "fsdp"}}, "yes"),
        ({"taints": [{"key": "deepspeed", "effect": "NoSchedule"}]}, "yes"),
        ({"labels": {"workload": "vllm"}}, "no"),
        ({"labels": {"fabriclint.dev/role": "training"}}, "yes"),
        ({"labels": {"fabriclint.dev/role": "serving"}, "name": "llm-pretraining"}, "no"),
    ],
)
def test_words_of_the_pool(given: dict[str, Any], trains: str) -> None:
    one = fleet(node_class(), pool(P5, limits={"nvidia.com/gpu": 64}, **given))
    assert one.trains.state == trains


def deployment(kind: str = "Deployment", **container: Any) -> Element:
    template = {"spec": {"nodeSelector": LLM, "containers": [{"name": "app", **container}]}}
    return manifest("app", kind, "apps/v1", {"replicas": 4, "template": template})


def test_a_serving_deployment_speaks_against() -> None:
    one = fleet(
        node_class(),
        pool(P5, labels=LLM, limits={"nvidia.com/gpu": 64}),
        deployment(image="vllm/vllm-openai"),
    )
    assert one.trains.excluded


def test_a_node_group_hears_jobs_too() -> None:
    group = element("eks_node_group", "ng", types=["g5.12xlarge"], maximum=4, desired=2, labels=LLM)
    assert fleet(group, pytorch(gpus=4, select=LLM)).trains.certain
    assert fleet(group).trains.undecided


# ------------------------------------------------------------------ workloads


GPU = {"resources": {"limits": {"nvidia.com/gpu": 8}}}
PODS = {"spec": {"containers": [GPU]}}


@pytest.mark.parametrize(
    ("kind", "spec", "workers"),
    [
        ("PyTorchJob", {"pytorchReplicaSpecs": {"Master": {"template": PODS}, "Worker": {"replicas": 3, "template": PODS}}}, 4),
        ("MPIJob", {"mpiReplicaSpecs": {"Launcher": {"replicas": 1, "template": {"spec": {"containers": [{}]}}},
                                        "Worker": {"replicas": 2, "template": PODS}}}, 2),
        ("RayCluster", {"headGroupSpec": {"template": {"spec": {"containers": [{}]}}},
                        "workerGroupSpecs": [{"replicas": 1, "maxReplicas": 8, "template": PODS}]}, 8),
        ("RayJob", {"rayClusterSpec": {"workerGroupSpecs": [{"replicas": 2, "template": PODS}]}}, 2),
        ("JobSet", {"replicatedJobs": [{"replicas": 2, "template": {"spec": {"parallelism": 4, "template": PODS}}}]}, 8),
        ("LeaderWorkerSet", {"replicas": 3, "leaderWorkerTemplate": {"size": 4, "workerTemplate": PODS}}, 4),
        ("StatefulSet", {"replicas": 5, "template": PODS}, 5),
        ("Deployment", {"template": PODS}, 1),
        ("Job", {"parallelism": 6, "completions": 6, "completionMode": "Indexed", "template": PODS}, 6),
        ("TrainJob", {"trainer": {"numNodes": 2, "resourcesPerNode": GPU["resources"]}}, 2),
        ("HyperPodPyTorchJob", {"replicaSpecs": [{"name": "pods", "replicas": 4, "template": PODS}]}, 4),
        ("StatefulSet", {"replicas": unknown(), "template": PODS}, None),
    ],
)  # fmt: skip
def test_workers(kind: str, spec: dict[str, Any], workers: int | None) -> None:
    (load,) = Stack((manifest("load", kind, "x/v1", spec),)).workloads
    assert load.workers.data == workers if workers is not None else load.workers.unknown is not None
    assert load.asks_accelerators.certain


def test_environment_and_resources_are_those_of_one_container() -> None:
    env = [{"name": "FI_PROVIDER", "value": "tcp"}, {"name": "RANK", "valueFrom": {"fieldRef": {}}}]
    limits = {"nvidia.com/gpu": 8, "vpc.amazonaws.com/efa": 32, "hugepages-2Mi": "5128Mi"}
    containers = [{"name": "side"}, {"name": "main", "env": env, "resources": {"limits": limits}}]
    (load,) = Stack((manifest("p", "Pod", "v1", {"containers": containers}),)).workloads
    (pods,) = load.pods
    side, main = pods.containers
    assert pods.environment(side) == {}
    assert {name: value.text() for name, value in pods.environment(main).items()} == {"FI_PROVIDER": "tcp"}
    assert (pods.asks_efa.state, pods.asks_hugepages.state, pods.accelerators) == ("yes", "yes", 8)


# ------------------------------------------------------------------ the device plugin


def plugin(*elements: Element) -> Truth:
    return Stack(elements).efa_device_plugin


def release(name: str, chart: Any) -> Element:
    return element("helm_release", name, chart=chart)


def test_the_device_plugin_is_a_chart_or_a_daemon_set() -> None:
    assert plugin(release("efa", "aws-efa-k8s-device-plugin")).certain
    assert plugin(release("efa", "./charts/aws-efa-k8s-device-plugin")).certain
    assert plugin(manifest("aws-efa-k8s-device-plugin-daemonset", "DaemonSet", "apps/v1", {})).certain


def test_it_is_missing_only_where_all_that_is_installed_is_shown() -> None:
    other = release("gpu", "nvidia-device-plugin")
    assert plugin(other).excluded
    assert plugin().undecided
    assert plugin(other, release("argo", "argo-cd")).undecided
    assert plugin(other, release("open", unknown())).undecided
    assert plugin(other, release("local", "./charts/platform")).undecided
    assert plugin(other, element("kubernetes_manifest", "open", manifest=unknown())).undecided
    module = element("unseen", "addons", source="aws-ia/eks-blueprints-addons/aws", inputs={})
    assert plugin(other, module).undecided
    flagged = element("unseen", "data", source="x/y/z", inputs={"enable_aws_efa_k8s_device_plugin": True})
    assert plugin(other, flagged).certain


def test_the_chart_of_pools_makes_a_pool_and_its_class() -> None:
    values = (
        "name: train\nec2NodeClass:\n  subnetSelectorTerms:\n    id: subnet-1\n"
        "nodePool:\n  labels:\n    - workload: pretraining\n  requirements:\n"
        f"    - {{key: {TYPE}, operator: In, values: [p5.48xlarge]}}\n  limits: {{cpu: 1000}}\n"
    )
    chart = element("helm_release", "pools", chart="./helm-charts/karpenter-resources", values=[values])
    one = fleet(chart)
    assert (one.size.maximum, names(one), one.trains.state) == (5, ["p5.48xlarge"], "yes")
    assert [link.value.text() for link in one.subnets.possible()] == ["subnet-1"]


def test_values_of_a_release_are_merged_in_order() -> None:
    chart = element("helm_release", "x", chart="x", values=["a: {b: 1, c: 2}\n", "a: {c: 3}\n"])
    (one,) = Stack((chart,)).kubernetes.releases
    merged: Value = one.values
    assert [merged.field("a", key).number() for key in ("b", "c")] == [1, 3]
