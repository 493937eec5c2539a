"""Machines in AWS read a Hadoop cluster that is outside AWS over the WAN.

## Why

HDFS is made for the racks of one data centre: a client asks the NameNode for every block and reads it from the DataNodes,
each at the distance of the wide-area network. The throughput is low and the accelerators wait. The guidance rules the path
out.

## How to fix

Copy the data with a DataSync HDFS location, its agent beside the cluster, to S3 or FSx for Lustre, and read it there.

```hcl
resource "aws_datasync_location_hdfs" "cluster" {
  agent_arns          = [aws_datasync_agent.site.arn]
  authentication_type = "SIMPLE"
  simple_user         = "hdfs"
  subdirectory        = "/datasets"

  name_node {
    hostname = "namenode.corp.example.com"
    port     = 8020
  }
}
```

```yaml
ClusterLocation:
  Type: AWS::DataSync::LocationHDFS
  Properties:
    AgentArns: [!GetAtt SiteAgent.AgentArn]
    AuthenticationType: SIMPLE
    SimpleUser: hdfs
    Subdirectory: /datasets
    NameNodes:
      - {Hostname: namenode.corp.example.com, Port: 8020}
```

## Limits

Speaks where a start-up script names a NameNode (`hdfs://`, `fs.defaultFS`, distcp) that is certainly outside AWS, by the same
signs as `onprem-share-mounted-by-compute`. A NameNode of the same stack or VPC, and an EMR cluster's own, are fine. A name
that no link or resolver rule of these sources places is "not checked".
"""

from fabriclint.sdk import Claim, Claims, Fix, Fleet, copy_in, rule


@rule(
    name="hdfs-read-over-wan",
    subject=Fleet,
    severity="error",
    sources=(
        "https://docs.aws.amazon.com/datasync/latest/userguide/create-hdfs-location.html",
        "https://aws.amazon.com/blogs/networking-and-content-delivery/networking-best-practices-for-generative-ai-on-aws/",
    ),
)
def hdfs_read_over_wan(fleet: Fleet) -> Claims:
    for use in (use for script in fleet.scripts for use in script.hdfs):
        outside, how, places = fleet.stack.hybrid.outside(use.host, fleet.vpc)
        host = use.host.show()
        yield Claim(
            when=fleet.exists & outside,
            at=use.place or fleet.recipe_place,
            message=f"{fleet.label} reads HDFS at {host} from outside AWS ({how or 'where it is is not known'})",
            why="HDFS asks the NameNode for each block and is not made for a wide-area network.",
            fix=Fix(
                "Copy the data into the Region with a DataSync HDFS location (the agent beside the cluster), and read it from S3 "
                "or FSx for Lustre.",
                copy_in(fleet.stack, "hdfs", host, "/datasets"),
            ),
            related=(*places, *fleet.around),
        )
