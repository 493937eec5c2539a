"""Instances, templates, fleets, and the services that launch them."""

from __future__ import annotations

from fabriclint.model.element import At, Attribute, Each, Fixed, Shape

_TEMPLATE: dict[str, Attribute] = {"id": "id", "name": "name", "version": "version"}
_LONG_TEMPLATE: dict[str, Attribute] = {
    "id": "launch_template_id",
    "name": "launch_template_name",
    "version": "version",
}
_REQUIREMENTS = Each(
    "instance_requirements",
    {
        "allowed_types": "allowed_instance_types",
        "accelerator_manufacturers": "accelerator_manufacturers",
        "accelerator_names": "accelerator_names",
        "accelerator_types": "accelerator_types",
    },
)
_RESERVATION: dict[str, Attribute] = {
    "reservation": "capacity_reservation_specification.capacity_reservation_target.capacity_reservation_id",
    "reservation_group": (
        "capacity_reservation_specification.capacity_reservation_target.capacity_reservation_resource_group_arn"
    ),
    "reservation_preference": "capacity_reservation_specification.capacity_reservation_preference",
}
_MARKET: dict[str, Attribute] = {"market_type": "instance_market_options.market_type"}

_INSTANCE: dict[str, Attribute] = {
    "name": "tags.Name",
    "type": "instance_type",
    "image": "ami",
    "subnet": "subnet_id",
    "zone": "availability_zone",
    "placement_group": At(("placement_group", "placement_group_id")),
    "security_groups": At(("vpc_security_group_ids", "security_groups")),
    "user_data": "user_data",
    "user_data_base64": "user_data_base64",
    "public_ip": "associate_public_ip_address",
    **_RESERVATION,
    "tags": "tags",
    "launch_template": Each("launch_template", _TEMPLATE),
}
_ATTACHED: dict[str, Attribute] = {"network_interface": "network_interface_id", "device": "device_index"}

SHAPES: dict[str, Shape] = {
    "aws_network_interface": Shape(
        "network_interface",
        {
            "subnet": "subnet_id",
            "type": At(("interface_type",), "interface"),
            "security_groups": "security_groups",
            "attachment": Each(
                "attachment",
                {
                    "instance": "instance",
                    "device": "device_index",
                    "card": At(("network_card_index",), 0),
                },
            ),
        },
    ),
    "aws_network_interface_attachment": Shape(
        "interface_attachment",
        {
            "instance": "instance_id",
            "network_interface": "network_interface_id",
            "device": "device_index",
            "card": At(("network_card_index",), 0),
        },
    ),
    "aws_instance": Shape(
        "instance",
        {
            **_INSTANCE,
            **_MARKET,
            "interfaces": Each("network_interface", {**_ATTACHED, "card": At(("network_card_index",), 0)}),
            "unheld": Each("network_interface", {"type": "interface_type"}),
            "provisioners": "provisioner",
            "primary_interface": "primary_network_interface.network_interface_id",
        },
    ),
    "aws_spot_instance_request": Shape(
        "instance",
        {
            **_INSTANCE,
            "market_type": Fixed("spot"),
            "interfaces": Each("network_interface", _ATTACHED),
        },
    ),
    "aws_launch_template": Shape(
        "launch_template",
        {
            "name": At(("name", "name_prefix")),
            "type": "instance_type",
            "image": "image_id",
            "security_groups": At(("vpc_security_group_ids", "security_group_names")),
            "placement_group": At(("placement.group_name", "placement.group_id")),
            "placement_zone": "placement.availability_zone",
            **_MARKET,
            **_RESERVATION,
            "user_data": "user_data",
            "requirements": _REQUIREMENTS,
            "tags": "tags",
            "instance_tags": Each("tag_specifications", {"resource_type": "resource_type", "tags": "tags"}),
            "interfaces": Each(
                "network_interfaces",
                {
                    "card": At(("network_card_index",), 0),
                    "device": At(("device_index",), 0),
                    "type": At(("interface_type",), "interface"),
                    "security_groups": "security_groups",
                    "subnet": "subnet_id",
                    "public_ip": "associate_public_ip_address",
                    "network_interface": "network_interface_id",
                },
            ),
        },
    ),
    "aws_launch_configuration": Shape(
        "launch_configuration",
        {
            "name": At(("name", "name_prefix")),
            "type": "instance_type",
            "image": "image_id",
            "security_groups": "security_groups",
            "user_data": "user_data",
            "user_data_base64": "user_data_base64",
            "unheld": Each("network_interfaces", {"type": "interface_type"}),
        },
    ),
    "aws_autoscaling_group": Shape(
        "autoscaling_group",
        {
            "name": At(("name", "name_prefix")),
            "subnets": "vpc_zone_identifier",
            "zones": "availability_zones",
            "placement_group": "placement_group",
            "launch_configuration": "launch_configuration",
            "maximum": "max_size",
            "minimum": "min_size",
            "desired": "desired_capacity",
            "reservation": "capacity_reservation_specification.capacity_reservation_target.capacity_reservation_ids",
            "reservation_group": (
                "capacity_reservation_specification.capacity_reservation_target."
                "capacity_reservation_resource_group_arns"
            ),
            "reservation_preference": "capacity_reservation_specification.capacity_reservation_preference",
            "launch_template": Each("launch_template", _TEMPLATE),
            "mixed_template": Each(
                "mixed_instances_policy.launch_template.launch_template_specification", _LONG_TEMPLATE
            ),
            "overrides": Each(
                "mixed_instances_policy.launch_template.override",
                {
                    "type": "instance_type",
                    "launch_template": At(
                        (
                            "launch_template_specification.launch_template_id",
                            "launch_template_specification.launch_template_name",
                        )
                    ),
                    "requirements": _REQUIREMENTS,
                },
            ),
            "instance_tags": Each("tag", {"key": "key", "value": "value"}),
            "tags": Each("tags", {"key": "key", "value": "value"}),  # gone since provider 5
        },
    ),
    "aws_spot_fleet_request": Shape(
        "spot_fleet",
        {
            "target": "target_capacity",
            "specifications": Each(
                "launch_specification",
                {
                    "type": "instance_type",
                    "subnet": "subnet_id",
                    "zone": "availability_zone",
                    "placement_group": "placement_group",
                    "security_groups": "vpc_security_group_ids",
                    "user_data": "user_data",
                    "image": "ami",
                    "unheld": Each("network_interface", {"type": "interface_type"}),
                },
            ),
            "templates": Each(
                "launch_template_config",
                {
                    "id": "launch_template_specification.id",
                    "name": "launch_template_specification.name",
                    "version": "launch_template_specification.version",
                },
            ),
            "overrides": Each(
                "launch_template_config.overrides",
                {"type": "instance_type", "subnet": "subnet_id", "zone": "availability_zone"},
            ),
        },
    ),
    "aws_ec2_fleet": Shape(
        "ec2_fleet",
        {
            "target": "target_capacity_specification.total_target_capacity",
            "type": At(("type",), "maintain"),
            "single_zone": At(
                ("on_demand_options.single_availability_zone", "spot_options.single_availability_zone")
            ),
            "single_type": At(
                ("on_demand_options.single_instance_type", "spot_options.single_instance_type")
            ),
            "templates": Each(
                "launch_template_config",
                {
                    "id": "launch_template_specification.launch_template_id",
                    "name": "launch_template_specification.launch_template_name",
                    "version": "launch_template_specification.version",
                },
            ),
            "overrides": Each(
                "launch_template_config.override",
                {"type": "instance_type", "subnet": "subnet_id", "zone": "availability_zone"},
            ),
        },
    ),
    "aws_placement_group": Shape(
        "placement_group", {"name": "name", "strategy": "strategy", "partitions": "partition_count"}
    ),
    "aws_ec2_capacity_reservation": Shape(
        "capacity_reservation",
        {
            "type": "instance_type",
            "count": "instance_count",
            "zone": "availability_zone",
            "placement_group": "placement_group_arn",
            "match": At(("instance_match_criteria",), "open"),
        },
    ),
    "aws_ec2_capacity_block_reservation": Shape("capacity_block", {}),  # the offering decides the type
    "aws_batch_compute_environment": Shape(
        "batch_environment",
        {
            "name": At(
                ("name", "name_prefix", "compute_environment_name", "compute_environment_name_prefix")
            ),
            "managed": "type",
            "capacity": "compute_resources.type",
            "types": "compute_resources.instance_type",
            "subnets": "compute_resources.subnets",
            "security_groups": "compute_resources.security_group_ids",
            "placement_group": "compute_resources.placement_group",
            "maximum_vcpus": "compute_resources.max_vcpus",
            "tags": At(("compute_resources.tags", "tags")),
            "eks": "eks_configuration.eks_cluster_arn",
            "launch_template": Each("compute_resources.launch_template", _LONG_TEMPLATE),
        },
    ),
    "aws_batch_job_queue": Shape(
        "batch_queue",
        {
            "name": "name",
            "environments": Each("compute_environment_order", {"environment": "compute_environment"}),
        },
    ),
    "aws_batch_job_definition": Shape(
        "batch_job",
        {
            "name": "name",
            "type": "type",
            "node_properties": "node_properties",
            "container_properties": "container_properties",
            "tags": "tags",
        },
    ),
    "aws_ecs_capacity_provider": Shape(
        "ecs_capacity_provider",
        {"name": "name", "group": "auto_scaling_group_provider.auto_scaling_group_arn"},
    ),
    "aws_ecs_task_definition": Shape(
        "ecs_task",
        {
            "name": "family",
            "containers": "container_definitions",
            "compatibilities": "requires_compatibilities",
            "volumes": Each(
                "volume",
                {
                    "name": "name",
                    "efs": "efs_volume_configuration.file_system_id",
                    "efs_path": "efs_volume_configuration.root_directory",
                    "driver": "docker_volume_configuration.driver",
                    "options": "docker_volume_configuration.driver_opts",
                },
            ),
        },
    ),
    "aws_emr_cluster": Shape(
        "emr_cluster",
        {
            "name": "name",
            "subnet": "ec2_attributes.subnet_id",
            "subnets": "ec2_attributes.subnet_ids",
            "configurations": At(("configurations_json", "configurations")),
            "steps": Each("step", {"args": "hadoop_jar_step.args"}),
            "bootstrap": Each("bootstrap_action", {"args": "args"}),
        },
    ),
    "aws_eks_cluster": Shape(
        "eks_cluster",
        {
            "name": "name",
            "version": "version",
            "subnets": "vpc_config.subnet_ids",
            "security_groups": "vpc_config.security_group_ids",
            "auto_mode": At(("compute_config.enabled",), False),
        },
    ),
    "aws_eks_node_group": Shape(
        "eks_node_group",
        {
            "name": At(("node_group_name", "node_group_name_prefix")),
            "cluster": "cluster_name",
            "subnets": "subnet_ids",
            "types": "instance_types",
            "image_type": "ami_type",
            "capacity_type": At(("capacity_type",), "ON_DEMAND"),
            "maximum": "scaling_config.max_size",
            "minimum": "scaling_config.min_size",
            "desired": "scaling_config.desired_size",
            "labels": "labels",
            "taints": Each("taint", {"key": "key", "value": "value", "effect": "effect"}),
            "tags": "tags",
            "launch_template": Each("launch_template", _TEMPLATE),
        },
    ),
    "aws_eks_addon": Shape("eks_addon", {"cluster": "cluster_name", "name": "addon_name"}),
    "awscc_sagemaker_cluster": Shape(
        "hyperpod_cluster",
        {
            "name": "cluster_name",
            "subnets": "vpc_config.subnets",
            "security_groups": "vpc_config.security_group_ids",
            "orchestrator": "orchestrator",
            "tags": Each("tags", {"key": "key", "value": "value"}),
            "groups": Each(
                "instance_groups",
                {
                    "name": "instance_group_name",
                    "type": "instance_type",
                    "count": "instance_count",
                    "subnets": "override_vpc_config.subnets",
                    "security_groups": "override_vpc_config.security_group_ids",
                    "lifecycle_script": "life_cycle_config.on_create",
                    "interface_type": "network_interface.interface_type",
                    "training_plan": "training_plan_arn",
                },
            ),
        },
    ),
    "aws_sagemaker_training_job": Shape(
        "training_job",
        {
            "name": "training_job_name",
            "type": "resource_config.instance_type",
            "count": "resource_config.instance_count",
            "groups": Each(
                "resource_config.instance_groups",
                {"name": "instance_group_name", "type": "instance_type", "count": "instance_count"},
            ),
            "training_plan": "resource_config.training_plan_arn",
            "subnets": "vpc_config.subnets",
            "security_groups": "vpc_config.security_group_ids",
            "encrypts_traffic": At(("enable_inter_container_traffic_encryption",), False),
            "tags": "tags",
        },
    ),
    "data.aws_ami": Shape(
        "image_lookup",
        {
            "owners": "owners",
            "name_pattern": "name_regex",
            "filters": Each("filter", {"name": "name", "values": "values"}),
        },
    ),
    "data.aws_ssm_parameter": Shape("parameter_lookup", {"name": "name"}),
    "awscc_pcs_compute_node_group": Shape(
        "pcs_node_group",
        {
            "name": "name",
            "cluster": "cluster_id",
            "subnets": "subnet_ids",
            "capacity_type": At(("purchase_option",), "ONDEMAND"),
            "maximum": "scaling_configuration.max_instance_count",
            "minimum": "scaling_configuration.min_instance_count",
            "instances": Each("instance_configs", {"type": "instance_type"}),
            "launch_template": Each("custom_launch_template", {"id": "template_id", "version": "version"}),
        },
    ),
    "kubectl_manifest": Shape("kubernetes_manifest", {"manifest": "yaml_body"}),
    "kubernetes_manifest": Shape("kubernetes_manifest", {"manifest": "manifest"}),
    **dict.fromkeys(
        ("kubernetes_persistent_volume", "kubernetes_persistent_volume_v1"),
        Shape("kubernetes_volume", {"source": "spec.persistent_volume_source"}),
    ),
    **dict.fromkeys(
        ("kubernetes_storage_class", "kubernetes_storage_class_v1"),
        Shape("kubernetes_volume", {"source": "parameters"}),
    ),
    "helm_release": Shape(
        "helm_release",
        {
            "name": "name",
            "chart": "chart",
            "repository": "repository",
            "version": "version",
            "values": "values",
            "set": Each("set", {"name": "name", "value": "value"}),
        },
    ),
    "aws_ssm_document": Shape("ssm_document", {"name": "name", "content": "content"}),
}
