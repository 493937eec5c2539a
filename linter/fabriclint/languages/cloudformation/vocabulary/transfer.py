"""DataSync and DMS: what moves data into the Region."""

from __future__ import annotations

from fabriclint.languages.cloudformation.vocabulary.network import TAGS
from fabriclint.model.element import At, Attribute, Each, Fixed, Shape


def _location(protocol: str, attributes: dict[str, Attribute]) -> Shape:
    return Shape(
        "datasync_location", {"protocol": Fixed(protocol), "subdirectory": "Subdirectory", **attributes}
    )


SHAPES: dict[str, Shape] = {
    "AWS::DataSync::Agent": Shape(
        "datasync_agent", {"name": "AgentName", "endpoint": "VpcEndpointId", "subnets": "SubnetArns"}
    ),
    "AWS::DataSync::LocationNFS": _location(
        "nfs", {"host": "ServerHostname", "agents": "OnPremConfig.AgentArns"}
    ),
    "AWS::DataSync::LocationSMB": _location("smb", {"host": "ServerHostname", "agents": "AgentArns"}),
    "AWS::DataSync::LocationHDFS": _location("hdfs", {"host": "NameNodes.Hostname", "agents": "AgentArns"}),
    "AWS::DataSync::LocationObjectStorage": _location(
        "object-storage", {"host": "ServerHostname", "bucket": "BucketName", "agents": "AgentArns"}
    ),
    "AWS::DataSync::LocationAzureBlob": _location(
        "azure-blob", {"host": "AzureBlobContainerUrl", "agents": "AgentArns"}
    ),
    "AWS::DataSync::LocationS3": _location(
        "s3", {"bucket": "S3BucketArn", "role": "S3Config.BucketAccessRoleArn"}
    ),
    "AWS::DataSync::LocationEFS": _location(
        "efs",
        {
            "file_system": "EfsFilesystemArn",
            "subnets": "Ec2Config.SubnetArn",
            "security_groups": "Ec2Config.SecurityGroupArns",
        },
    ),
    "AWS::DataSync::LocationFSxLustre": _location(
        "fsx-lustre", {"file_system": "FsxFilesystemArn", "security_groups": "SecurityGroupArns"}
    ),
    "AWS::DataSync::LocationFSxONTAP": _location(
        "fsx-ontap", {"file_system": "StorageVirtualMachineArn", "security_groups": "SecurityGroupArns"}
    ),
    "AWS::DataSync::LocationFSxOpenZFS": _location(
        "fsx-openzfs", {"file_system": "FsxFilesystemArn", "security_groups": "SecurityGroupArns"}
    ),
    "AWS::DataSync::LocationFSxWindows": _location(
        "fsx-windows", {"file_system": "FsxFilesystemArn", "security_groups": "SecurityGroupArns"}
    ),
    "AWS::DataSync::Task": Shape(
        "datasync_task",
        {
            "name": "Name",
            "source": "SourceLocationArn",
            "destination": "DestinationLocationArn",
            "mode": At(("TaskMode",), "BASIC"),
            "verify_mode": "Options.VerifyMode",
            "bytes_per_second": "Options.BytesPerSecond",
            "schedule": "Schedule.ScheduleExpression",
            "includes": Each("Includes"),
            "excludes": Each("Excludes"),
            "tags": TAGS,
        },
    ),
    "AWS::DMS::Endpoint": Shape(
        "dms_endpoint",
        {
            "direction": "EndpointType",
            "engine": "EngineName",
            "host": "ServerName",
            "bucket": "S3Settings.BucketName",
        },
    ),
    "AWS::DMS::ReplicationTask": Shape(
        "dms_task",
        {
            "source": "SourceEndpointArn",
            "target": "TargetEndpointArn",
            "migration_type": "MigrationType",
            "cdc_start": At(("CdcStartPosition", "CdcStartTime")),
        },
    ),
    "AWS::DMS::ReplicationConfig": Shape(
        "dms_task",
        {
            "source": "SourceEndpointArn",
            "target": "TargetEndpointArn",
            "migration_type": "ReplicationType",
        },
    ),
}
