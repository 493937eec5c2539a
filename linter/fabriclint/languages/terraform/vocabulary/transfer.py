"""DataSync and DMS: what moves data into the Region."""

from __future__ import annotations

from fabriclint.model.element import At, Attribute, Each, Fixed, Shape


def _location(protocol: str, attributes: dict[str, Attribute]) -> Shape:
    return Shape(
        "datasync_location", {"protocol": Fixed(protocol), "subdirectory": "subdirectory", **attributes}
    )


SHAPES: dict[str, Shape] = {
    "aws_datasync_agent": Shape(
        "datasync_agent",
        {
            "name": "name",
            "address": "ip_address",
            "endpoint": "vpc_endpoint_id",
            "private_endpoint": "private_link_endpoint",
            "subnets": "subnet_arns",
        },
    ),
    "aws_datasync_location_nfs": _location(
        "nfs", {"host": "server_hostname", "agents": "on_prem_config.agent_arns"}
    ),
    "aws_datasync_location_smb": _location("smb", {"host": "server_hostname", "agents": "agent_arns"}),
    "aws_datasync_location_hdfs": _location("hdfs", {"host": "name_node.hostname", "agents": "agent_arns"}),
    "aws_datasync_location_object_storage": _location(
        "object-storage", {"host": "server_hostname", "bucket": "bucket_name", "agents": "agent_arns"}
    ),
    "aws_datasync_location_azure_blob": _location(
        "azure-blob", {"host": "container_url", "agents": "agent_arns"}
    ),
    "aws_datasync_location_s3": _location(
        "s3",
        {"bucket": "s3_bucket_arn", "role": "s3_config.bucket_access_role_arn", "agents": "agent_arns"},
    ),
    "aws_datasync_location_efs": _location(
        "efs",
        {
            "file_system": "efs_file_system_arn",
            "subnets": "ec2_config.subnet_arn",
            "security_groups": "ec2_config.security_group_arns",
        },
    ),
    "aws_datasync_location_fsx_lustre_file_system": _location(
        "fsx-lustre", {"file_system": "fsx_filesystem_arn", "security_groups": "security_group_arns"}
    ),
    "aws_datasync_location_fsx_ontap_file_system": _location(
        "fsx-ontap", {"file_system": "storage_virtual_machine_arn", "security_groups": "security_group_arns"}
    ),
    "aws_datasync_location_fsx_openzfs_file_system": _location(
        "fsx-openzfs", {"file_system": "fsx_filesystem_arn", "security_groups": "security_group_arns"}
    ),
    "aws_datasync_location_fsx_windows_file_system": _location(
        "fsx-windows", {"file_system": "fsx_filesystem_arn", "security_groups": "security_group_arns"}
    ),
    "aws_datasync_task": Shape(
        "datasync_task",
        {
            "name": "name",
            "source": "source_location_arn",
            "destination": "destination_location_arn",
            "mode": At(("task_mode",), "BASIC"),
            "verify_mode": "options.verify_mode",
            "bytes_per_second": "options.bytes_per_second",
            "schedule": "schedule.schedule_expression",
            "includes": Each("includes"),
            "excludes": Each("excludes"),
            "tags": "tags",
        },
    ),
    "aws_dms_endpoint": Shape(
        "dms_endpoint", {"direction": "endpoint_type", "engine": "engine_name", "host": "server_name"}
    ),
    "aws_dms_s3_endpoint": Shape(
        "dms_endpoint", {"direction": "endpoint_type", "engine": Fixed("s3"), "bucket": "bucket_name"}
    ),
    "aws_dms_replication_task": Shape(
        "dms_task",
        {
            "source": "source_endpoint_arn",
            "target": "target_endpoint_arn",
            "migration_type": "migration_type",
            "cdc_start": At(("cdc_start_position", "cdc_start_time")),
        },
    ),
    "aws_dms_replication_config": Shape(
        "dms_task",
        {
            "source": "source_endpoint_arn",
            "target": "target_endpoint_arn",
            "migration_type": "replication_type",
        },
    ),
}
