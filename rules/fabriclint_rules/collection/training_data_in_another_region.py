"""A file system or training fleet reads its data from a bucket in another Region.

## Why

Between Regions every byte is paid for and takes the long way, and a gateway endpoint does not help, because it serves the
buckets of its own Region only. A training run reads its data many times. The first step of the guidance is to bring the data
into the Region of the training.

## How to fix

Replicate the bucket into the Region of the training, and read the replica.

```hcl
resource "aws_s3_bucket_replication_configuration" "corpus" {
  bucket = aws_s3_bucket.corpus.id
  role   = aws_iam_role.replication.arn

  rule {
    id     = "to-the-training-region"
    status = "Enabled"

    destination {
      bucket = aws_s3_bucket.training.arn
    }
  }
}
```

```yaml
Association:
  Type: AWS::FSx::DataRepositoryAssociation
  Properties:
    FileSystemId: !Ref Scratch
    FileSystemPath: /corpus
    DataRepositoryPath: s3://corpus-us-east-1/shards # the replica
```

## Limits

Looks at what FSx for Lustre is linked to, and at what the scripts of a training fleet copy recursively from S3 or mount with
Mountpoint; single files, and AWS's own driver buckets, are no training data. The Region of a bucket is that of its provider
or `region` argument, of the data source that looks it up, of the `--region` of the command, the one in its name, or what
`given.buckets` says; the Region of the reader is that of its provider, or of the zones that a template writes out. Where
either is not known: "not checked"; a bucket in a script of which nothing says where it is, is not looked at.
"""

from fabriclint.sdk import Claim, Claims, DatasetRead, Fix, rule


@rule(
    name="training-data-in-another-region",
    subject=DatasetRead,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html",
    ),
)
def training_data_in_another_region(read: DatasetRead) -> Claims:
    here, there = read.region.show(), read.bucket_region.show()
    yield Claim(
        when=read.element.exists & read.wanted & read.crosses,
        at=read.place,
        message=f"{read.label} {read.how} {read.name} in {there} and runs in {here}",
        why="Every read between Regions is slow and paid by the byte, and a gateway endpoint does not serve it.",
        fix=Fix(
            f"Replicate {read.name} into {here} with S3 Cross-Region Replication (Batch Replication for what is there), and "
            "read the replica."
        ),
    )
