"""A DataSync agent sends on-premises data to AWS over the internet.

## Why

An agent that is activated on a public endpoint, with no Direct Connect public virtual interface beside it, copies over the
internet: the throughput depends on everybody's traffic in between, and a training set takes as long as it takes. Direct
Connect is a port of one's own, from 1 to 400 Gbps.

## How to fix

Activate the agent on a VPC endpoint that is reached through a private or transit virtual interface, or keep the public
endpoint and add a public virtual interface (the cheaper way: no VPC endpoint is needed).

```hcl
resource "aws_datasync_agent" "site" {
  activation_key      = var.activation_key
  vpc_endpoint_id     = aws_vpc_endpoint.datasync.id
  subnet_arns         = [aws_subnet.data.arn]
  security_group_arns = [aws_security_group.datasync.arn]
}
```

```yaml
SiteAgent:
  Type: AWS::DataSync::Agent
  Properties:
    ActivationKey: !Ref ActivationKey
    VpcEndpointId: !Ref DataSyncEndpoint
    SubnetArns: [!Sub "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:subnet/${DataSubnet}"]
    SecurityGroupArns: [!Sub "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:security-group/${DataSyncGroup}"]
```

The endpoint of an agent cannot be changed: a new activation is needed.

## Limits

Speaks where the agent reads an NFS, SMB or HDFS server that is certainly outside AWS, or where these sources build the link
to a site. That there is no Direct Connect is decided only where these sources make the hybrid side (customer gateway, virtual
private gateway, Direct Connect) and take no gateway by id; else it is "not checked". An agent on an instance in AWS, or one
that reads a file system of AWS, sends nothing over the internet. Only control traffic is charged by PrivateLink, the data is
not.
"""

from fabriclint.sdk import Agent, Claim, Claims, Fix, any_of, offers, rule


@rule(
    name="internet-carries-training-data",
    subject=Agent,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/datasync/latest/userguide/choose-service-endpoint.html",
        "https://aws.amazon.com/blogs/networking-and-content-delivery/networking-best-practices-for-generative-ai-on-aws/",
    ),
)
def internet_carries_training_data(agent: Agent) -> Claims:
    outside = [location for location in agent.locations if not location.on_premises.excluded]
    reads = any_of(location.on_premises for location in agent.locations)
    yield Claim(
        when=agent.exists & ~agent.private & ~agent.in_aws & reads & ~offers(agent.stack, "public"),
        at=agent.place,
        message=f"{agent.label} is activated on a public endpoint, and no public virtual interface leads there",
        why="The data crosses the internet, whose throughput nobody promises.",
        fix=Fix(
            "Activate the agent on a VPC endpoint that is reached through a private or transit virtual interface, or add a "
            "public virtual interface for the public endpoint.",
        ),
        related=tuple((location.place, f"it reads {location.host.show()}") for location in outside[:4]),
    )
