"""A SageMaker training job encrypts the traffic between its containers, which slows the collectives.

## Why

With inter-container traffic encryption every message between the nodes is encrypted and decrypted on the way. The SageMaker
guide says that this can increase training time, most of all for distributed deep learning, where the nodes exchange gradients
all the time.

## How to fix

Where no rule asks for it, take the setting out: the nodes talk inside a private network of their own.

```hcl
resource "aws_sagemaker_training_job" "train" {
  enable_inter_container_traffic_encryption = false
}
```

```yaml
# AWS::SageMaker::TrainingJob is not in the registry schemas that fabriclint knows.
```

## Limits

Advice: rules for health-care or financial data may ask for the encryption, and then it is right; suppress the finding with that
reason. Jobs on a single instance are not affected. Security Hub and checkov ask for this encryption on every job; where you
follow them, suppress this rule instead.
"""

from fabriclint.sdk import Claim, Claims, Fix, Fleet, Set, rule


@rule(
    name="training-traffic-encrypted",
    subject=Fleet,
    severity="advice",
    sources=("https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html",),
)
def training_traffic_encrypted(fleet: Fleet) -> Claims:
    if fleet.kind != "SageMaker training job":
        return
    written = fleet.element.get("encrypts_traffic")
    yield Claim(
        when=written.on() & fleet.size.above(1),
        at=written.place or fleet.place,
        message=f"{fleet.label} encrypts the traffic between its {fleet.size.maximum or 'several'} nodes",
        why="Each message of the collectives is encrypted on the way, which can increase training time.",
        fix=Fix(
            "Take the encryption out where no rule asks for it; keep it, with a reason, where one does.",
            (Set(fleet.element, "encrypts_traffic", False),),
            edit="unsafe",
            warning="What the nodes exchange is no longer encrypted: make sure that no rule of yours asks for it.",
        ),
    )
