"""Instances, templates, fleets, and the services that launch them."""

from __future__ import annotations

from fabriclint.languages.cloudformation.vocabulary.network import TAGS
from fabriclint.model.element import At, Attribute, Each, Shape

_INIT = "/Metadata.AWS::CloudFormation::Init"
_TEMPLATE: dict[str, Attribute] = {
    "id": "LaunchTemplateId",
    "name": "LaunchTemplateName",
    "version": "Version",
}
_INNER_TEMPLATE: dict[str, Attribute] = {
    "id": "LaunchTemplateSpecification.LaunchTemplateId",
    "name": "LaunchTemplateSpecification.LaunchTemplateName",
    "version": "LaunchTemplateSpecification.Version",
}
_REQUIREMENTS: dict[str, Attribute] = {
    "allowed_types": "AllowedInstanceTypes",
    "accelerator_manufacturers": "AcceleratorManufacturers",
    "accelerator_names": "AcceleratorNames",
    "accelerator_types": "AcceleratorTypes",
}
_RESERVATION = "LaunchTemplateData.CapacityReservationSpecification"
_MIXED = "MixedInstancesPolicy.LaunchTemplate"
_SPOT = "SpotFleetRequestConfigData"

SHAPES: dict[str, Shape] = {
    "AWS::EC2::NetworkInterface": Shape(
        "network_interface",
        {
            "subnet": "SubnetId",
            "type": At(("InterfaceType",), "interface"),
            "security_groups": "GroupSet",
        },
    ),
    "AWS::EC2::NetworkInterfaceAttachment": Shape(
        "interface_attachment",
        {"instance": "InstanceId", "network_interface": "NetworkInterfaceId", "device": "DeviceIndex"},
    ),
    "AWS::EC2::Instance": Shape(
        "instance",
        {
            "type": "InstanceType",
            "image": "ImageId",
            "subnet": "SubnetId",
            "zone": "AvailabilityZone",
            "placement_group": "PlacementGroupName",
            "security_groups": At(("SecurityGroupIds", "SecurityGroups")),
            "user_data": "UserData",
            "tags": TAGS,
            "init": _INIT,
            "launch_template": Each("LaunchTemplate", _TEMPLATE),
            "unheld": Each("NetworkInterfaces", {"type": "InterfaceType"}),
            "interfaces": Each(
                "NetworkInterfaces",
                {
                    "device": "DeviceIndex",
                    "security_groups": "GroupSet",
                    "subnet": "SubnetId",
                    "public_ip": "AssociatePublicIpAddress",
                    "network_interface": "NetworkInterfaceId",
                },
            ),
        },
    ),
    "AWS::EC2::LaunchTemplate": Shape(
        "launch_template",
        {
            "name": "LaunchTemplateName",
            "type": "LaunchTemplateData.InstanceType",
            "image": "LaunchTemplateData.ImageId",
            "security_groups": At(
                ("LaunchTemplateData.SecurityGroupIds", "LaunchTemplateData.SecurityGroups")
            ),
            "placement_group": At(
                ("LaunchTemplateData.Placement.GroupName", "LaunchTemplateData.Placement.GroupId")
            ),
            "placement_zone": "LaunchTemplateData.Placement.AvailabilityZone",
            "market_type": "LaunchTemplateData.InstanceMarketOptions.MarketType",
            "reservation": f"{_RESERVATION}.CapacityReservationTarget.CapacityReservationId",
            "reservation_group": f"{_RESERVATION}.CapacityReservationTarget.CapacityReservationResourceGroupArn",
            "reservation_preference": f"{_RESERVATION}.CapacityReservationPreference",
            "user_data": "LaunchTemplateData.UserData",
            "requirements": Each("LaunchTemplateData.InstanceRequirements", _REQUIREMENTS),
            "tags": Each("TagSpecifications.Tags", {"key": "Key", "value": "Value"}),
            "instance_tags": Each(
                "LaunchTemplateData.TagSpecifications", {"resource_type": "ResourceType", "tags": TAGS}
            ),
            "init": _INIT,
            "interfaces": Each(
                "LaunchTemplateData.NetworkInterfaces",
                {
                    "card": At(("NetworkCardIndex",), 0),
                    "device": "DeviceIndex",
                    "type": At(("InterfaceType",), "interface"),
                    "security_groups": "Groups",
                    "subnet": "SubnetId",
                    "public_ip": "AssociatePublicIpAddress",
                    "network_interface": "NetworkInterfaceId",
                },
            ),
        },
    ),
    "AWS::AutoScaling::LaunchConfiguration": Shape(
        "launch_configuration",
        {
            "name": "LaunchConfigurationName",
            "type": "InstanceType",
            "image": "ImageId",
            "security_groups": "SecurityGroups",
            "user_data": "UserData",
            "unheld": Each("NetworkInterfaces", {"type": "InterfaceType"}),
            "init": _INIT,
        },
    ),
    "AWS::AutoScaling::AutoScalingGroup": Shape(
        "autoscaling_group",
        {
            "name": "AutoScalingGroupName",
            "subnets": "VPCZoneIdentifier",
            "zones": "AvailabilityZones",
            "placement_group": "PlacementGroup",
            "launch_configuration": "LaunchConfigurationName",
            "maximum": "MaxSize",
            "minimum": "MinSize",
            "desired": "DesiredCapacity",
            "reservation": "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationIds",
            "reservation_group": (
                "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationResourceGroupArns"
            ),
            "reservation_preference": "CapacityReservationSpecification.CapacityReservationPreference",
            "init": _INIT,
            "launch_template": Each("LaunchTemplate", _TEMPLATE),
            "mixed_template": Each(f"{_MIXED}.LaunchTemplateSpecification", _TEMPLATE),
            "overrides": Each(
                f"{_MIXED}.Overrides",
                {
                    "type": "InstanceType",
                    "launch_template": At(
                        (
                            "LaunchTemplateSpecification.LaunchTemplateId",
                            "LaunchTemplateSpecification.LaunchTemplateName",
                        )
                    ),
                    "requirements": Each("InstanceRequirements", _REQUIREMENTS),
                },
            ),
            "instance_tags": TAGS,
        },
    ),
    "AWS::EC2::SpotFleet": Shape(
        "spot_fleet",
        {
            "target": f"{_SPOT}.TargetCapacity",
            "specifications": Each(
                f"{_SPOT}.LaunchSpecifications",
                {
                    "type": "InstanceType",
                    "subnet": "SubnetId",
                    "zone": "Placement.AvailabilityZone",
                    "placement_group": "Placement.GroupName",
                    "security_groups": "SecurityGroups.GroupId",
                    "user_data": "UserData",
                    "unheld": Each("NetworkInterfaces", {"type": "InterfaceType"}),
                    "image": "ImageId",
                },
            ),
            "templates": Each(f"{_SPOT}.LaunchTemplateConfigs", _INNER_TEMPLATE),
            "overrides": Each(
                f"{_SPOT}.LaunchTemplateConfigs.Overrides",
                {"type": "InstanceType", "subnet": "SubnetId", "zone": "AvailabilityZone"},
            ),
        },
    ),
    "AWS::EC2::EC2Fleet": Shape(
        "ec2_fleet",
        {
            "target": "TargetCapacitySpecification.TotalTargetCapacity",
            "type": At(("Type",), "maintain"),
            "single_zone": At(
                ("OnDemandOptions.SingleAvailabilityZone", "SpotOptions.SingleAvailabilityZone")
            ),
            "single_type": At(("OnDemandOptions.SingleInstanceType", "SpotOptions.SingleInstanceType")),
            "templates": Each("LaunchTemplateConfigs", _INNER_TEMPLATE),
            "overrides": Each(
                "LaunchTemplateConfigs.Overrides",
                {
                    "type": "InstanceType",
                    "subnet": "SubnetId",
                    "zone": "AvailabilityZone",
                    "placement_group": "Placement.GroupName",
                },
            ),
        },
    ),
    "AWS::EC2::PlacementGroup": Shape(
        "placement_group", {"strategy": "Strategy", "partitions": "PartitionCount"}
    ),
    "AWS::EC2::CapacityReservation": Shape(
        "capacity_reservation",
        {
            "type": "InstanceType",
            "count": "InstanceCount",
            "zone": At(("AvailabilityZone", "AvailabilityZoneId")),
            "placement_group": "PlacementGroupArn",
            "match": At(("InstanceMatchCriteria",), "open"),
        },
    ),
    "AWS::Batch::ComputeEnvironment": Shape(
        "batch_environment",
        {
            "name": "ComputeEnvironmentName",
            "managed": "Type",
            "capacity": "ComputeResources.Type",
            "types": "ComputeResources.InstanceTypes",
            "subnets": "ComputeResources.Subnets",
            "security_groups": "ComputeResources.SecurityGroupIds",
            "placement_group": "ComputeResources.PlacementGroup",
            "maximum_vcpus": "ComputeResources.MaxvCpus",
            "tags": At(("ComputeResources.Tags", "Tags")),
            "eks": "EksConfiguration.EksClusterArn",
            "launch_template": Each("ComputeResources.LaunchTemplate", _TEMPLATE),
        },
    ),
    "AWS::Batch::JobQueue": Shape(
        "batch_queue",
        {
            "name": "JobQueueName",
            "environments": Each("ComputeEnvironmentOrder", {"environment": "ComputeEnvironment"}),
        },
    ),
    "AWS::Batch::JobDefinition": Shape(
        "batch_job",
        {
            "name": "JobDefinitionName",
            "type": "Type",
            "node_properties": "NodeProperties",
            "container_properties": "ContainerProperties",
            "tags": "Tags",
        },
    ),
    "AWS::ECS::CapacityProvider": Shape(
        "ecs_capacity_provider",
        {"name": "Name", "group": "AutoScalingGroupProvider.AutoScalingGroupArn"},
    ),
    "AWS::ECS::TaskDefinition": Shape(
        "ecs_task",
        {
            "name": "Family",
            "containers": "ContainerDefinitions",
            "compatibilities": "RequiresCompatibilities",
            "volumes": Each(
                "Volumes",
                {
                    "name": "Name",
                    "efs": "EFSVolumeConfiguration.FilesystemId",
                    "efs_path": "EFSVolumeConfiguration.RootDirectory",
                    "driver": "DockerVolumeConfiguration.Driver",
                    "options": "DockerVolumeConfiguration.DriverOpts",
                },
            ),
        },
    ),
    "AWS::EMR::Cluster": Shape(
        "emr_cluster",
        {
            "name": "Name",
            "subnet": "Instances.Ec2SubnetId",
            "subnets": "Instances.Ec2SubnetIds",
            "configurations": "Configurations",
            "steps": Each("Steps", {"args": "HadoopJarStep.Args"}),
            "bootstrap": Each("BootstrapActions", {"args": "ScriptBootstrapAction.Args"}),
        },
    ),
    "AWS::EKS::Cluster": Shape(
        "eks_cluster",
        {
            "name": "Name",
            "version": "Version",
            "subnets": "ResourcesVpcConfig.SubnetIds",
            "security_groups": "ResourcesVpcConfig.SecurityGroupIds",
            "auto_mode": At(("ComputeConfig.Enabled",), False),
        },
    ),
    "AWS::EKS::Nodegroup": Shape(
        "eks_node_group",
        {
            "name": "NodegroupName",
            "cluster": "ClusterName",
            "subnets": "Subnets",
            "types": "InstanceTypes",
            "image_type": "AmiType",
            "capacity_type": At(("CapacityType",), "ON_DEMAND"),
            "maximum": "ScalingConfig.MaxSize",
            "minimum": "ScalingConfig.MinSize",
            "desired": "ScalingConfig.DesiredSize",
            "labels": "Labels",
            "taints": Each("Taints", {"key": "Key", "value": "Value", "effect": "Effect"}),
            "tags": "Tags",
            "launch_template": Each("LaunchTemplate", {"id": "Id", "name": "Name", "version": "Version"}),
        },
    ),
    "AWS::EKS::Addon": Shape("eks_addon", {"cluster": "ClusterName", "name": "AddonName"}),
    "Custom::PclusterCluster": Shape(
        "parallelcluster", {"name": "ClusterName", "configuration": "ClusterConfiguration"}
    ),
    "AWS::SageMaker::Cluster": Shape(
        "hyperpod_cluster",
        {
            "name": "ClusterName",
            "subnets": "VpcConfig.Subnets",
            "security_groups": "VpcConfig.SecurityGroupIds",
            "orchestrator": "Orchestrator",
            "tags": TAGS,
            "groups": Each(
                "InstanceGroups",
                {
                    "name": "InstanceGroupName",
                    "type": "InstanceType",
                    "count": "InstanceCount",
                    "subnets": "OverrideVpcConfig.Subnets",
                    "security_groups": "OverrideVpcConfig.SecurityGroupIds",
                    "lifecycle_script": "LifeCycleConfig.OnCreate",
                    "interface_type": "NetworkInterface.InterfaceType",
                    "training_plan": "TrainingPlanArn",
                },
            ),
        },
    ),
    "AWS::PCS::ComputeNodeGroup": Shape(
        "pcs_node_group",
        {
            "name": "Name",
            "cluster": "ClusterId",
            "subnets": "SubnetIds",
            "capacity_type": At(("PurchaseOption",), "ONDEMAND"),
            "maximum": "ScalingConfiguration.MaxInstanceCount",
            "minimum": "ScalingConfiguration.MinInstanceCount",
            "instances": Each("InstanceConfigs", {"type": "InstanceType"}),
            "launch_template": Each("CustomLaunchTemplate", {"id": "TemplateId", "version": "Version"}),
        },
    ),
    "AWS::SSM::Document": Shape("ssm_document", {"name": "Name", "content": "Content"}),
}
