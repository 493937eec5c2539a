"""Machines in AWS copy bulk data from outside AWS with a script of their own.

## Why

One rsync or scp is one stream over a wide-area network, in a start-up script that starts again with every machine: no
parallel streams, no verification of the whole, no resumption, no schedule, and accelerators that wait for it. DataSync does
this work beside the machines, in parallel, encrypted and verified.

## How to fix

Copy once with DataSync, its agent beside the storage, into S3 or FSx for Lustre, and let the machines read it there.

```hcl
resource "aws_datasync_task" "corpus" {
  source_location_arn      = aws_datasync_location_nfs.site.arn
  destination_location_arn = aws_datasync_location_s3.datasets.arn
}
```

```yaml
CorpusTask:
  Type: AWS::DataSync::Task
  Properties:
    SourceLocationArn: !GetAtt SiteLocation.LocationArn
    DestinationLocationArn: !GetAtt DatasetsLocation.LocationArn
```

## Limits

Looks at rsync, recursive scp, sftp, distcp and copies to S3 from a mounted share, where the other machine is certainly
outside AWS. Scripts, keys, packages, licences and configuration are no bulk data, and what curl, wget, git or pip fetch is
none of this rule's. Copies between S3 and local disks, and among machines of the VPC, are fine. A host that cannot be told is
"not checked".
"""

from fabriclint.sdk import Claim, Claims, Fix, Fleet, copy_in, pulls, rule


@rule(
    name="hand-rolled-bulk-copy",
    subject=Fleet,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/datasync/latest/userguide/what-is-datasync.html",
        "https://aws.amazon.com/blogs/networking-and-content-delivery/networking-best-practices-for-generative-ai-on-aws/",
    ),
)
def hand_rolled_bulk_copy(fleet: Fleet) -> Claims:
    for pull in pulls(fleet):
        host = pull.host.show()
        yield Claim(
            when=fleet.exists & pull.outside,
            at=pull.copy.place or fleet.recipe_place,
            message=f"{fleet.label} copies {pull.path} from {host} with {pull.tool}, from outside AWS"
            f" ({pull.how or 'where it is is not known'})",
            why="A script copies in one stream, unverified, and again with every machine that starts.",
            fix=Fix(
                "Copy the data once with a DataSync task, its agent beside the storage, and read it from S3 or FSx for Lustre.",
                copy_in(fleet.stack, pull.protocol, host, pull.path),
            ),
            related=(*pull.places, *fleet.around),
        )
