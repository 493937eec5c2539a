"""File systems and buckets."""

from __future__ import annotations

from fabriclint.model.element import At, Fixed, Shape

SHAPES: dict[str, Shape] = {
    "aws_fsx_lustre_file_system": Shape(
        "lustre",
        {
            "type": Fixed("LUSTRE"),
            "subnets": "subnet_ids",
            "security_groups": "security_group_ids",
            "deployment_type": At(("deployment_type",), "SCRATCH_1"),
            "import_path": "import_path",
            "export_path": "export_path",
            "version": "file_system_type_version",
            "efa": At(("efa_enabled",), False),
            "throughput": "per_unit_storage_throughput",
            "throughput_capacity": "throughput_capacity",
            "metadata_mode": "metadata_configuration.mode",
            "metadata_iops": "metadata_configuration.iops",
            "storage_type": At(("storage_type",), "SSD"),
            "capacity": "storage_capacity",
            "name": "tags.Name",
            "tags": "tags",
        },
    ),
    "aws_fsx_data_repository_association": Shape(
        "lustre_association",
        {
            "file_system": "file_system_id",
            "path": "file_system_path",
            "repository": "data_repository_path",
            "auto_import": "s3.auto_import_policy.events",
            "auto_export": "s3.auto_export_policy.events",
        },
    ),
    "aws_fsx_ontap_file_system": Shape(
        "other_file_system", {"type": Fixed("ONTAP"), "subnets": "subnet_ids"}
    ),
    "aws_fsx_openzfs_file_system": Shape(
        "other_file_system", {"type": Fixed("OPENZFS"), "subnets": "subnet_ids"}
    ),
    "aws_fsx_windows_file_system": Shape(
        "other_file_system", {"type": Fixed("WINDOWS"), "subnets": "subnet_ids"}
    ),
    "aws_efs_file_system": Shape("efs", {"name": At(("tags.Name", "creation_token"))}),
    "aws_efs_mount_target": Shape(
        "efs_mount_target",
        {"file_system": "file_system_id", "subnet": "subnet_id", "security_groups": "security_groups"},
    ),
    "aws_s3_bucket": Shape("bucket", {"name": At(("bucket", "bucket_prefix")), "tags": "tags"}),
    "aws_dynamodb_table": Shape("dynamodb_table", {"name": "name", "hash_key": "hash_key"}),
    "data.aws_s3_bucket": Shape("bucket_lookup", {"name": "bucket"}),
    "aws_s3_directory_bucket": Shape("directory_bucket", {"name": "bucket", "zone": "location.name"}),
}
