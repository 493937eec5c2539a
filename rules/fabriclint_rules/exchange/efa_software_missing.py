"""Nodes have EFA interfaces and start from an image without the software that uses them.

## Why

A plain system image holds no libfabric with the EFA provider and no OFI plugin for NCCL. Without them NCCL finds the Ethernet
interface only and trains over TCP: the EFA interfaces are there and idle.

## How to fix

Start from the Deep Learning AMI, which is ready to use with EFA, or run the EFA installer at start-up.

```hcl
data "aws_ssm_parameter" "dlami" {
  name = "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id"
}

resource "aws_launch_template" "train" {
  image_id = data.aws_ssm_parameter.dlami.value
}
```

```yaml
ImageId: "{{resolve:ssm:/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id}}"
```

```shell
curl -O https://efa-installer.amazonaws.com/aws-efa-installer-latest.tar.gz
tar -xf aws-efa-installer-latest.tar.gz && cd aws-efa-installer && ./efa_installer.sh -y
```

## Limits

Speaks where the image is looked up by a name or a public parameter of plain Ubuntu, RHEL or Amazon Linux. Deep Learning AMIs,
the accelerated EKS images, Bottlerocket with NVIDIA and ParallelCluster's images bring the software. An image by its id, work
in containers, a provisioner, an SSM document or a script that is not seen leave it open: "not checked".
"""

from fabriclint.sdk import Claim, Claims, Fix, Fleet, Truth, image_of, installs_efa, rule, runs_containers


@rule(
    name="efa-software-missing",
    subject=Fleet,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start-nccl.html",
        "https://docs.aws.amazon.com/dlami/latest/devguide/gpu-efa.html",
        "https://aws.amazon.com/blogs/networking-and-content-delivery/networking-best-practices-for-generative-ai-on-aws/",
    ),
)
def efa_software_missing(fleet: Fleet) -> Claims:
    if fleet.managed_fabric or fleet.by_parallelcluster or not fleet.efa_interfaces.members:
        return
    image = image_of(fleet)
    missing = ~image.brings_efa & ~installs_efa(fleet)
    if runs_containers(fleet).certain:
        missing = missing & Truth.unknown(
            "the work runs in containers that bring libraries of their own", image.place
        )
    yield Claim(
        when=fleet.efa_interfaces.any(lambda nic: nic.efa) & missing,
        at=image.place or fleet.recipe_place,
        message=f"{fleet.label} has EFA interfaces and starts from {image.what}, and no script installs the EFA software",
        why="Without libfabric and the OFI plugin NCCL finds Ethernet only, and the EFA interfaces are idle.",
        fix=Fix("Start from the Deep Learning AMI, or run the EFA installer in the start-up script."),
        related=fleet.around,
    )
