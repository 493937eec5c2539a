"""A multi-node Batch job has no compute environment in which it can run and reach its peers.

## Why

Multi-node parallel jobs are not supported on Spot, Fargate or unmanaged compute environments: such a job stays in RUNNABLE. Its
containers get a network interface of their own without a public address, so in a public subnet they reach neither the image
registry nor S3. And they carry the security groups of the compute environment: groups that only the launch template names are
not theirs, the VPC's default group is, and where that has been emptied (Security Hub asks for it: EC2.2) they find no peer.

## How to fix

Give the jobs a managed On-Demand environment in private subnets with its own security groups.

```hcl
resource "aws_batch_compute_environment" "train" {
  type = "MANAGED"

  compute_resources {
    type               = "EC2"
    subnets            = [aws_subnet.private.id]
    security_group_ids = [aws_security_group.efa.id]
  }
}
```

```yaml
TrainEnvironment:
  Type: AWS::Batch::ComputeEnvironment
  Properties:
    Type: MANAGED
    ComputeResources:
      Type: EC2
      Subnets: [!Ref PrivateSubnet]
      SecurityGroupIds: [!GetAtt EfaGroup.GroupId]
```

## Limits

A job definition names no queue: the finding is made only where no compute environment of the same sources fits. Environments of
another stack are "not checked". A public subnet counts as a dead end only where the VPC has no interface endpoints for ECR and
CloudWatch Logs. Groups that only the launch template names are advice: the job runs as long as the VPC's default group lets its
members talk.
"""

from fabriclint.sdk import BatchEnvironment, BatchJob, Claim, Claims, Fix, Truth, rule

_FAULTS = (
    ("on_spot", "buys Spot Instances, which multi-node jobs cannot use"),
    ("fargate", "runs on Fargate, which has no multi-node jobs"),
    ("unmanaged", "is unmanaged, which has no multi-node jobs"),
    ("no_way_out", "is in public subnets, where the job's containers have no address to get out with"),
)


@rule(
    name="multinode-job-cannot-run",
    subject=BatchJob,
    severity="error",
    sources=(
        "https://docs.aws.amazon.com/batch/latest/userguide/mnp-ce.html",
        "https://docs.aws.amazon.com/batch/latest/userguide/create-multi-node-job-def.html",
    ),
)
def multinode_job_cannot_run(job: BatchJob) -> Claims:
    if job.multinode.excluded:
        return
    environments = list(job.environments.possible())
    told = [(one, what) for one in environments if (what := _fault(one)) is not None]
    what = f"{told[0][0].label} {told[0][1]}" if told else "which environment it runs in is not known"
    yield Claim(
        when=job.multinode & ~job.environments.empty & job.environments.all(_unfit),
        at=job.element.get("type").place or job.place,
        message=f"{job.label} is a multi-node job with no environment to run in: {what}",
        why="Batch leaves the job in RUNNABLE, or its containers start without the network they need.",
        fix=Fix(
            "Give multi-node jobs a managed On-Demand environment in private subnets (NAT gateway or endpoints),"
            " with security groups of its own."
        ),
        related=tuple((one.place, f"{one.label} {said}") for one, said in told[:4]),
    )
    bare = next((one for one in environments if one.groups_only_in_template.certain), None)
    if bare is not None:
        yield Claim(
            when=job.multinode
            & job.environments.all(lambda one: one.groups_only_in_template)
            & ~job.environments.all(_unfit),
            at=job.element.get("type").place or job.place,
            message=f"{job.label} gets the VPC's default group: {bare.label} names security groups in its template only",
            why="The containers of a multi-node job take the groups of the compute environment and not those of the template.",
            fix=Fix("Name the security groups at the compute environment, open to themselves."),
            related=((bare.place, f"{bare.label} here"),),
            severity="advice",
        )


def _unfit(environment: BatchEnvironment) -> Truth:
    return environment.on_spot | environment.fargate | environment.unmanaged | environment.no_way_out


def _fault(environment: BatchEnvironment) -> str | None:
    return next((what for word, what in _FAULTS if getattr(environment, word).certain), None)
