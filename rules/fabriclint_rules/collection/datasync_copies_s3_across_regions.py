"""A DataSync task copies from one S3 bucket to another in a different Region.

## Why

S3 Cross-Region Replication does this by itself: it carries each new object when it is written, scales with the bucket, and
needs no task, no schedule and no listing of both buckets. A DataSync task lists and compares everything on every run, and
carries at most 5 Gbps without an agent. The guidance names replication as the preferred method between buckets.

## How to fix

Replicate the bucket; S3 Batch Replication carries what is there already.

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

  depends_on = [aws_s3_bucket_versioning.corpus, aws_s3_bucket_versioning.training]
}
```

```yaml
Corpus:
  Type: AWS::S3::Bucket
  Properties:
    VersioningConfiguration: {Status: Enabled}
    ReplicationConfiguration:
      Role: !GetAtt ReplicationRole.Arn
      Rules:
        - Status: Enabled
          Destination: {Bucket: arn:aws:s3:::corpus-us-west-2}
```

Both buckets need versioning.

## Limits

A task with a filter, or without a schedule, is advice only: a single copy, or one of selected files, may be simpler as a
task. The Region of a bucket is that of its provider, of its `region` argument, of the data source that looks it up, the one
its name ends or begins with, or what `given.buckets` in the configuration says. Buckets in two accounts and one Region are
fine. A bucket that is named by ARN alone is "not checked".
"""

from fabriclint.sdk import Claim, Claims, DataSyncTask, Fix, rule


@rule(
    name="datasync-copies-s3-across-regions",
    subject=DataSyncTask,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html",
        "https://aws.amazon.com/blogs/networking-and-content-delivery/networking-best-practices-for-generative-ai-on-aws/",
    ),
)
def datasync_copies_s3_across_regions(task: DataSyncTask) -> Claims:
    one, two = task.source, task.destination
    here = one.region.show() if one is not None and one.region.unknown is None else "one Region"
    there = two.region.show() if two is not None and two.region.unknown is None else "another"
    once = ~task.scheduled | task.selects
    yield Claim(
        when=task.exists & task.between_regions,
        at=task.place,
        message=f"{task.label} copies a bucket from {here} to {there}"
        f"{'' if task.scheduled.certain else ', whenever somebody starts it'}",
        why="Each run lists and compares both buckets; S3 replication carries every new object by itself.",
        fix=Fix(
            "Replicate the bucket with S3 Cross-Region Replication, and what is there already with S3 Batch Replication; "
            "keep a task only for a filtered or single copy.",
        ),
        related=tuple(
            (end.place, f"{end.label} is in {end.region.show()}") for end in (one, two) if end is not None
        ),
        severity=None if once.excluded else "advice",
    )
