"""A training job on nodes with EFA does not ask for EFA, so its pods have none.

## Why

Kubernetes hands a device to the pods that ask for it. Pods that ask for GPUs and not for `vpc.amazonaws.com/efa` see the
Ethernet interface only, whatever the node has: NCCL trains over TCP and the fabric is idle. With Karpenter and EKS Auto Mode
the node is not even made with EFA interfaces.

## How to fix

Ask for EFA beside the GPUs, for as many as the type has, and for the huge pages that EFA uses.

```hcl
resource "kubernetes_manifest" "train" {
  manifest = {
    # in the container:
    resources = {
      limits = {
        "nvidia.com/gpu"        = 8
        "vpc.amazonaws.com/efa" = 32
        "hugepages-2Mi"         = "5120Mi"
      }
    }
  }
}
```

```yaml
# Kubernetes objects are not written in CloudFormation; in the job itself:
resources:
  limits:
    nvidia.com/gpu: 8
    vpc.amazonaws.com/efa: 32
    hugepages-2Mi: 5120Mi
```

## Limits

Speaks of jobs of several workers that take more accelerators than one node has, and whose selector certainly leads to nodes
with EFA of the same sources. Serving, single pods and jobs that fit one node are left alone. Pods that ask for EFA and for no
huge pages are advice. Manifests outside the sources are not seen.
"""

from fabriclint.sdk import NO, Claim, Claims, Fix, Fleet, Truth, Workload, any_of, rule


@rule(
    name="pods-without-efa",
    subject=Workload,
    severity="warning",
    sources=("https://docs.aws.amazon.com/eks/latest/userguide/node-efa.html",),
)
def pods_without_efa(load: Workload) -> Claims:
    if not load.training or load.serving:
        return
    works = load.several & load.asks_accelerators
    fleets = [fleet for fleet in load.stack.fleets if not fleet.launch.labels.absent]
    on_efa = any_of(load.runs_on(fleet) & _offers(fleet) & load.spans_nodes(fleet) for fleet in fleets)
    if not fleets:
        on_efa = Truth.unknown("the nodes it runs on are not in these sources", load.place)
    nodes = next((fleet for fleet in fleets if load.runs_on(fleet).certain), None)
    most = max((kind.max_efa for kind in nodes.known_types), default=0) if nodes else 0
    many = f" (vpc.amazonaws.com/efa: {most})" if most else ""
    yield Claim(
        when=works & ~load.asks_efa & on_efa,
        at=load.place,
        message=f"{load.label} trains with several workers on nodes with EFA and does not ask for vpc.amazonaws.com/efa",
        why="A pod gets the EFA interfaces it asks for; without them NCCL trains over TCP.",
        fix=Fix(f"Ask for EFA beside the accelerators{many}, and for hugepages-2Mi."),
        related=((nodes.place, f"{nodes.label} has EFA"),) if nodes else (),
        evidence=tuple(load.training[:4]),
    )
    pages = any_of(pods.asks_hugepages for pods in load.pods if not pods.asks_efa.excluded)
    yield Claim(
        when=works & load.asks_efa & ~pages,
        at=load.place,
        message=f"{load.label} asks for EFA and for no huge pages",
        why="EFA takes huge pages for its buffers where there are any, and starts slower or not at all without them.",
        fix=Fix("Ask for hugepages-2Mi (5120Mi) beside EFA."),
        severity="advice",
    )


def _offers(fleet: Fleet) -> Truth:
    """Whether its nodes have EFA, or get it as soon as pods ask."""
    if fleet.adds_interfaces:
        return fleet.every_type(lambda t: t.efa_capable)
    return fleet.writes_efa if not fleet.managed_fabric else NO
