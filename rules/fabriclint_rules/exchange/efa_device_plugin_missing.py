"""An EKS node group has EFA interfaces, and nothing on the cluster offers them to pods.

## Why

Pods get EFA interfaces through the EFA device plugin (`vpc.amazonaws.com/efa`) or the EFA driver for dynamic resource
allocation. Without either, pods that ask for EFA stay pending, and those that do not ask train over TCP.

## How to fix

Install the device plugin beside the other charts.

```hcl
resource "helm_release" "efa_device_plugin" {
  name       = "aws-efa-k8s-device-plugin"
  repository = "https://aws.github.io/eks-charts"
  chart      = "aws-efa-k8s-device-plugin"
  namespace  = "kube-system"
}
```

```yaml
# CloudFormation installs no charts: use the pipeline that installs yours.
# helm install aws-efa-k8s-device-plugin eks/aws-efa-k8s-device-plugin --namespace kube-system
```

## Limits

Speaks where the same sources install other charts or objects on the cluster and show all of them. Where Argo CD or Flux
installs what other repositories say, where a module is not seen, and where nothing is installed here at all, it is "not
checked". Karpenter pools, EKS Auto Mode and HyperPod are not asked.
"""

from fabriclint.sdk import Claim, Claims, Fix, Fleet, Truth, rule


@rule(
    name="efa-device-plugin-missing",
    subject=Fleet,
    severity="warning",
    precision="medium",
    sources=(
        "https://docs.aws.amazon.com/eks/latest/userguide/node-efa.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/device-management-efa.html",
    ),
)
def efa_device_plugin_missing(fleet: Fleet) -> Claims:
    if fleet.kind != "EKS node group":
        return
    installs = fleet.stack.kubernetes.releases or fleet.stack.kubernetes.objects
    missing = ~fleet.stack.efa_device_plugin
    if not installs and missing.certain:
        missing = Truth.unknown("what is installed on the cluster is not in these sources", fleet.place)
    yield Claim(
        when=fleet.writes_efa & missing,
        at=fleet.recipe_place,
        message=f"{fleet.label} has EFA interfaces, and no EFA device plugin is installed beside the other charts",
        why="Pods that ask for EFA stay pending, and those that do not ask train over TCP.",
        fix=Fix(
            "Install the chart aws-efa-k8s-device-plugin, or the EFA driver for dynamic resource allocation."
        ),
        related=fleet.around,
    )
