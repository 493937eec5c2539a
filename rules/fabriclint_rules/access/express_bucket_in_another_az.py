"""A directory bucket (S3 Express One Zone) lies in another Availability Zone than the fleet that reads it.

## Why

S3 Express One Zone keeps data in one zone, for single-digit milliseconds from machines in that zone. From another zone it works,
and gives away the latency it is paid for.

## How to fix

Create the bucket in the fleet's zone (its zone cannot be changed later), by the zone's id.

```hcl
resource "aws_s3_directory_bucket" "shards" {
  bucket = "shards--usw2-az1--x-s3"

  location {
    name = "usw2-az1"
  }
}
```

```yaml
Shards:
  Type: AWS::S3Express::DirectoryBucket
  Properties:
    LocationName: usw2-az1
    DataRedundancy: SingleAvailabilityZone
```

## Limits

Buckets name zones by id (`usw2-az1`), subnets mostly by name (`us-west-2a`), and which is which differs for each account: the two
are comparable only where the subnet says `availability_zone_id`, or both read one data source. Else "not checked".
"""

from fabriclint.sdk import Claim, Claims, DirectoryBucket, Fix, Set, any_of, rule


@rule(
    name="express-bucket-in-another-az",
    subject=DirectoryBucket,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/directory-bucket-az-networking.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/directory-bucket-naming-rules.html",
    ),
)
def express_bucket_in_another_az(bucket: DirectoryBucket) -> Claims:
    readers = [fleet for fleet in bucket.readers if not (fleet.accelerated | fleet.trains).excluded]
    if not readers:
        return
    first = readers[0]
    where = next((subnet for subnet in first.known_subnets), None)
    zone = where.zone.show() if where is not None else "another zone"
    yield Claim(
        when=any_of(fleet.exists & (fleet.accelerated | fleet.trains) for fleet in readers)
        & ~any_of(fleet.zones.any(bucket.zone.same) for fleet in readers),
        at=bucket.zone.value.place or bucket.place,
        message=f"{bucket.label} lies in {bucket.zone.show()}, and {first.label} runs in {zone}",
        why="S3 Express One Zone is fast from its own zone; from another one its latency is given away.",
        fix=Fix(
            f"Create the bucket in the zone of {first.label}; a directory bucket cannot move.",
            (Set(bucket.element, "zone", zone),) if where is not None and where.zone.by_id else (),
        ),
        related=tuple((fleet.place, f"{fleet.label} runs in {zone}") for fleet in readers[:1]),
    )
