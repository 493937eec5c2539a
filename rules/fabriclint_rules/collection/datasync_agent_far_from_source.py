"""A DataSync agent runs in AWS and reads storage that is outside AWS.

## Why

The agent speaks NFS, SMB or HDFS with the storage, and its own protocol with AWS. The file protocols wait for a round trip at
every step, the agent's own is made for long distances. With the agent in AWS it is the slow one that crosses the wide-area
network.

## How to fix

Run the agent as a virtual machine beside the storage, and register that one.

```hcl
resource "aws_datasync_agent" "site" {
  activation_key = var.activation_key # of the agent beside the storage
}
```

```yaml
SiteAgent:
  Type: AWS::DataSync::Agent
  Properties:
    ActivationKey: !Ref ActivationKey # of the agent beside the storage
```

## Limits

Speaks where the agent's address is that of an instance, network interface or elastic address of these sources, and the server
it reads is certainly outside AWS. CloudFormation registers agents by activation key only, which does not say where they run.
An agent in AWS that reads EFS, FSx or a server in a VPC is where it belongs.
"""

from fabriclint.sdk import Agent, Claim, Claims, Fix, rule


@rule(
    name="datasync-agent-far-from-source",
    subject=Agent,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/datasync/latest/userguide/deploy-agents.html",
        "https://aws.amazon.com/blogs/networking-and-content-delivery/networking-best-practices-for-generative-ai-on-aws/",
    ),
)
def datasync_agent_far_from_source(agent: Agent) -> Claims:
    for location in agent.locations:
        outside, how, places = location.beyond(agent.vpc)
        machine = agent.machine.label if agent.machine is not None else "a machine in AWS"
        yield Claim(
            when=agent.exists & location.exists & agent.in_aws & outside,
            at=agent.place,
            message=f"{agent.label} runs on {machine} and reads {location.host.show()} by {location.protocol.upper()} "
            f"from outside AWS{f' ({how})' if how else ''}",
            why=f"{location.protocol.upper()} crosses the wide-area network, and waits there for every round trip.",
            fix=Fix(
                "Run the agent beside the storage; then its own protocol crosses the network, which is made for that."
            ),
            related=((location.place, "the storage it reads"), *places),
        )
