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

Speaks where a start-up script, or a step, bootstrap action or `fs.defaultFS` of an EMR cluster, names a NameNode (`hdfs://`,
distcp) that is certainly outside AWS, by the same signs as `onprem-share-mounted-by-compute`. A NameNode of the same stack
or VPC, and an EMR cluster's own, are fine. What a step writes to (`--dest`) is not read. A name that no link or resolver
rule of these sources places is "not checked".
"""

from fabriclint.sdk import Claim, Claims, Fix, HdfsReader, copy_in, rule


@rule(
    name="hdfs-read-over-wan",
    subject=HdfsReader,
    severity="error",
    sources=(
        "https://docs.aws.amazon.com/datasync/latest/userguide/create-hdfs-location.html",
        "https://aws.amazon.com/blogs/networking-and-content-delivery/networking-best-practices-for-generative-ai-on-aws/",
    ),
)
def hdfs_read_over_wan(reader: HdfsReader) -> Claims:
    for use in reader.uses:
        outside, how, places = reader.stack.hybrid.outside(use.host, reader.vpc)
        host = use.host.show()
        yield Claim(
            when=reader.exists & outside,
            at=use.place or reader.recipe_place,
            message=f"{reader.label} reads HDFS at {host} from outside AWS ({how or 'where it is is not known'})",
            why="HDFS asks the NameNode for each block and is not made for a wide-area network.",
            fix=Fix(
                "Copy the data into the Region with a DataSync HDFS location (the agent beside the cluster), and read it from S3 "
                "or FSx for Lustre.",
                copy_in(reader.stack, "hdfs", host, "/datasets"),
            ),
            related=(*places, *reader.around),
        )
