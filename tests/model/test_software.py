"""What nodes and pods are set up with, whoever says it."""

from __future__ import annotations

from typing import Any

from .conftest import element, ref

NODES = {"nodeRangeProperties": [{"container": {"environment": [{"name": "FI_PROVIDER", "value": "tcp"}]}}]}


def settings(stack: Any, *elements: Any) -> list[tuple[str, str | None, str]]:
    return [
        (one.name, one.value.text(), one.surely.state)
        for software in stack(*elements).software
        for one in software.settings
    ]


def test_a_script_and_a_branch_of_it(stack: Any) -> None:
    script = "#!/bin/bash\nexport FI_PROVIDER=tcp\nif [ -f /x ]; then\n  export NCCL_NET=Socket\nfi\n"
    found = settings(stack, element("instance", "i", type="g5.48xlarge", user_data=script))
    assert found == [("FI_PROVIDER", "tcp", "yes"), ("NCCL_NET", "Socket", "unknown")]


def test_a_batch_environment_has_the_settings_of_the_jobs_whose_nodes_talk(stack: Any) -> None:
    environment = element("batch_environment", "ce", types=["g5.48xlarge"], maximum_vcpus=768)
    several = element("batch_job", "job", type="multinode", node_properties=NODES)
    assert settings(stack, environment, several) == [("FI_PROVIDER", "tcp", "yes")]
    single = element("batch_job", "job", type="container", node_properties=NODES)
    assert settings(stack, environment, single) == []


def test_the_container_that_asks_for_efa_and_the_commands_of_all(stack: Any) -> None:
    def container(name: str, **words: Any) -> dict[str, Any]:
        return {"name": name, "env": [{"name": "NCCL_NET", "value": name}], **words}

    manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {
            "containers": [
                container("worker", resources={"limits": {"vpc.amazonaws.com/efa": 1}}),
                container("launcher", command=["mpirun", "-x", "FI_PROVIDER=sockets", "all_reduce_perf"]),
            ]
        },
    }
    found = settings(stack, element("kubernetes_manifest", "kubectl_manifest.p", manifest=manifest))
    assert found == [("NCCL_NET", "worker", "yes"), ("FI_PROVIDER", "sockets", "yes")]


def test_software_has_the_address_of_what_it_is_set_up_on(stack: Any) -> None:
    template = element("launch_template", "lt", type="g5.48xlarge")
    group = element("autoscaling_group", "asg", maximum=2, launch_template=[{"id": ref("lt")}])
    (one,) = stack(template, group).software
    assert (one.address, one.label) == ("asg", "asg")


def test_what_a_script_takes_away(stack: Any) -> None:
    script = "#!/bin/bash\napt-get remove -y aws-ofi-nccl\n"
    (one,) = stack(element("instance", "i", type="g5.48xlarge", user_data=script)).software
    assert [removed.what for removed in one.removed] in (["the OFI plugin"], [])
