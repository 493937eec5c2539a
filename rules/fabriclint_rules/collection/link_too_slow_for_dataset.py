"""The link is too slow for the dataset that has to cross it.

## Why

Bytes take time: 1 PB over 1 Gbps takes about 116 days at 80 % utilisation, 500 TB over 10 Gbps about 5.8 days. A link that
needs months delays the first training run by months: better known before it is ordered.

## How to fix

Order the port that does it, or bring the bulk on media and only the changes over the link.

```hcl
resource "aws_dx_connection" "site" {
  bandwidth = "10Gbps"
}
```

```yaml
SiteConnection:
  Type: AWS::DirectConnect::Connection
  Properties:
    Bandwidth: 10Gbps
```

Snow Family devices are not offered to new customers any more. AWS Data Transfer Terminal and partners take their place.

## Limits

Somebody has to say the size: the tag `fabriclint:dataset-size` (`500TB`) on a DataSync task, bucket or file system, or
`datasets` in the configuration, which can also name the link and the days. Without that there is nothing to check. The path
is that of these sources: all Direct Connect connections added up, else the VPN's tunnels; a LAG or a gateway by id is "not
checked". Decimal bytes, 80 % utilisation (setting `utilisation`), 14 days where nobody says otherwise. `fabriclint transfer`
computes the same for any size and link.
"""

from fabriclint.sdk import SIZE_TAG, Claim, Claims, Dataset, Fix, gbps, rule, transfer_time


@rule(
    name="link-too-slow-for-dataset",
    subject=Dataset,
    severity="warning",
    precision="very-high",
    sources=(
        "https://docs.aws.amazon.com/datasync/latest/userguide/datasync-network.html",
        "https://docs.aws.amazon.com/snowball/latest/developer-guide/snowball-edge-availability-change.html",
    ),
)
def link_too_slow_for_dataset(dataset: Dataset) -> Claims:
    message = f"how long {dataset.name} takes to reach AWS is not known"
    words = f"Write the size as 500TB (tag {SIZE_TAG}), and the link under `datasets` in the configuration."
    transfer = dataset.transfer
    if transfer is not None:
        size = transfer_time.told_size(transfer.size)
        message = (
            f"{dataset.name} ({size}) takes {transfer_time.told_days(transfer.days)} over {gbps(transfer.gbps)} "
            f"({dataset.path.words}); {transfer.allowed_days:g} are allowed"
        )
        words = transfer_time.advice(transfer)
    said = dataset.given.place if dataset.given is not None else None
    yield Claim(
        when=dataset.exists & dataset.too_slow,
        at=dataset.place,
        message=message,
        why="The first training run waits until the data is there.",
        fix=Fix(words),
        related=(
            *(((said, "the dataset"),) if said is not None else ()),
            *((part.place, f"{part.label} is on its path") for part in dataset.path.parts[:4]),
        ),
    )
