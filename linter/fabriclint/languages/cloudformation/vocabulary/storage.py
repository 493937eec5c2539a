"""File systems and buckets."""

from __future__ import annotations

from fabriclint.languages.cloudformation.vocabulary.network import TAGS
from fabriclint.model.element import At, Shape

SHAPES: dict[str, Shape] = {
    # One type serves four products: it is a Lustre file system only where `type` is LUSTRE.
    "AWS::FSx::FileSystem": Shape(
        "lustre",
        {
            "type": "FileSystemType",
            "subnets": "SubnetIds",
            "security_groups": "SecurityGroupIds",
            "deployment_type": At(("LustreConfiguration.DeploymentType",), "SCRATCH_1"),
            "import_path": "LustreConfiguration.ImportPath",
            "export_path": "LustreConfiguration.ExportPath",
            "version": "FileSystemTypeVersion",
            "efa": At(("LustreConfiguration.EfaEnabled",), False),
            "throughput": "LustreConfiguration.PerUnitStorageThroughput",
            "throughput_capacity": "LustreConfiguration.ThroughputCapacity",
            "metadata_mode": "LustreConfiguration.MetadataConfiguration.Mode",
            "metadata_iops": "LustreConfiguration.MetadataConfiguration.Iops",
            "storage_type": At(("StorageType",), "SSD"),
            "capacity": "StorageCapacity",
            "tags": TAGS,
        },
    ),
    "AWS::FSx::DataRepositoryAssociation": Shape(
        "lustre_association",
        {
            "file_system": "FileSystemId",
            "path": "FileSystemPath",
            "repository": "DataRepositoryPath",
            "auto_import": "S3.AutoImportPolicy.Events",
            "auto_export": "S3.AutoExportPolicy.Events",
        },
    ),
    "AWS::EFS::FileSystem": Shape("efs", {}),
    "AWS::EFS::MountTarget": Shape(
        "efs_mount_target",
        {"file_system": "FileSystemId", "subnet": "SubnetId", "security_groups": "SecurityGroups"},
    ),
    "AWS::S3::Bucket": Shape("bucket", {"name": "BucketName", "tags": TAGS}),
    # Its key is a list of schema elements: no template keeps Terraform's locks.
    "AWS::DynamoDB::Table": Shape("dynamodb_table", {"name": "TableName"}),
    "AWS::S3Express::DirectoryBucket": Shape(
        "directory_bucket", {"name": "BucketName", "zone": "LocationName"}
    ),
}
