"""Machines in AWS mount a file share that is outside AWS and read it over the WAN.

## Why

NFS and SMB are made for a local network: every small read waits for a round trip, so over a VPN, Direct Connect or the
internet the throughput collapses with the distance. Accelerators that read their data this way stand idle. The guidance
rules the path out: copy the data into the Region first.

## How to fix

Copy with DataSync, its agent beside the storage, to S3 or FSx for Lustre, and read it there.

```hcl
resource "aws_datasync_location_nfs" "source" {
  server_hostname = "10.20.0.15"
  subdirectory    = "/datasets"
  on_prem_config { agent_arns = [aws_datasync_agent.site.arn] }
}
```

```yaml
SourceLocation:
  Type: AWS::DataSync::LocationNFS
  Properties:
    ServerHostname: 10.20.0.15
    Subdirectory: /datasets
    OnPremConfig: {AgentArns: [!GetAtt SiteAgent.AgentArn]}
```

On the nodes, mount the FSx for Lustre file system that the bucket is linked to:

```sh
mount -t lustre -o relatime,flock fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com@tcp:/abcdefgh /data
```

## Limits

Speaks only where the host is certainly outside AWS: a public address, an address behind a VPN or Direct Connect route of
these sources, an address outside every range of a VPC that reaches nothing else, or a name under a domain that these sources
forward on-premises. Other private addresses and names are "not checked". EFS, FSx and servers of the same stack are fine.
Volumes of ECS tasks (Docker's local driver) and Kubernetes persistent volumes of NFS count where these sources leave one
fleet that mounts them: the one accelerated group behind an ECS capacity provider, the one accelerated group of nodes.
"""

from fabriclint.sdk import Claim, Claims, Fix, Fleet, Shell, Truth, Unknown, copy_in, rule


@rule(
    name="onprem-share-mounted-by-compute",
    subject=Fleet,
    severity="error",
    sources=(
        "https://aws.amazon.com/blogs/networking-and-content-delivery/networking-best-practices-for-generative-ai-on-aws/",
        "https://docs.aws.amazon.com/datasync/latest/userguide/create-nfs-location.html",
    ),
)
def onprem_share_mounted_by_compute(fleet: Fleet) -> Claims:
    for mount in fleet.mounts:
        if mount.kind not in ("nfs", "cifs") or mount.host is None:
            continue
        outside, how, places = fleet.stack.hybrid.outside(mount.host, fleet.vpc)
        host, path = mount.host.show(), mount.export.show() if mount.export is not None else "/"
        protocol = "NFS" if mount.kind == "nfs" else "SMB"
        target = mount.target.show() if mount.target is not None else "/data"
        yield Claim(
            when=fleet.exists & outside,
            at=mount.place or fleet.recipe_place,
            message=f"{fleet.label} mounts {host}:{path} by {protocol} from outside AWS ({how or 'where it is is not known'})",
            why=f"{protocol} is not made for a wide-area network: each read waits for a round trip, and so do the accelerators.",
            fix=Fix(
                "Copy the share into the Region with DataSync (the agent beside the storage), to S3 linked with FSx for "
                "Lustre, and mount that file system instead.",
                (
                    *copy_in(fleet.stack, mount.kind.replace("cifs", "smb"), host, path),
                    Shell(
                        (f"mount -t lustre -o relatime,flock FILE_SYSTEM_DNS_NAME@tcp:/MOUNT_NAME {target}",)
                    ),
                ),
            ),
            related=(*places, *fleet.around),
        )
    unseen = fleet.unseen_scripts
    if unseen is not None:
        yield _not_seen(fleet, unseen)


def _not_seen(fleet: Fleet, unseen: Unknown) -> Claim:
    return Claim(
        when=(fleet.accelerated | fleet.trains) & Truth.unknown(unseen),
        at=fleet.recipe_place,
        message=f"what {fleet.label} mounts at start-up is not all seen",
        why="A part of its start-up scripts is not in these sources.",
        fix=Fix("Keep the start-up scripts beside the sources that name them."),
    )
