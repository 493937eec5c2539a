"""The kinds of element the model reads, and the attributes of each kind: the words every language's table must use.

A dotted name is an attribute inside a list of blocks or objects (`interfaces.type`). Words are chosen for the model, not for
a language; where Terraform has a good word it is taken. Rules never see these: they see the model.


Some words keep the language's own form: `tags` is a map in Terraform and mostly a list of key and value in
CloudFormation; `policy`, `node_properties`, `container_properties`, `containers`, `configurations`, `orchestrator`,
`content`, `manifest`, `values` and `init` are documents.
"""

from __future__ import annotations

_RULE = "protocol from_port to_port cidr_blocks ipv6_cidr_blocks prefix_lists security_groups self"
_ROUTE = (
    "cidr_block ipv6_cidr_block prefix_list gateway nat_gateway transit_gateway peering network_interface instance core_network "
    "endpoint egress_only_gateway"
)
_INTERFACE = "type card device security_groups subnet public_ip network_interface"
_TEMPLATE = "id name version"
_REQUIREMENTS = "allowed_types accelerator_manufacturers accelerator_names accelerator_types"


def _words(*lists: str) -> frozenset[str]:
    return frozenset(word for names in lists for word in names.split())


def _inside(attribute: str, names: str) -> str:
    return " ".join([attribute, *(f"{attribute}.{name}" for name in names.split())])


_TAGS = _inside("tags", "key value")
# Interfaces whose type is written where the resource cannot hold it.
_UNHELD = _inside("unheld", "type")

KINDS: dict[str, frozenset[str]] = {
    # network
    "vpc": _words("cidr_block dns_support dns_hostnames name", _TAGS),
    "vpc_cidr": _words("vpc cidr_block"),
    "subnet": _words("vpc cidr_block zone zone_id public_ip id", _TAGS),
    "route_table": _words("vpc default_of propagating_gateways", _inside("routes", _ROUTE)),
    "route": _words("route_table", _ROUTE),
    "route_table_association": _words("route_table subnet gateway"),
    "main_route_table": _words("vpc route_table"),
    "internet_gateway": _words("vpc"),
    "gateway_attachment": _words("vpc internet_gateway vpn_gateway"),
    "nat_gateway": _words("subnet vpc availability_mode connectivity_type"),
    "vpc_endpoint": _words(
        "vpc service_name type route_tables subnets security_groups private_dns inbound_resolver_only service_region policy"
    ),
    "endpoint_route_table": _words("endpoint route_table"),
    "endpoint_subnet": _words("endpoint subnet"),
    "endpoint_security_group": _words("endpoint security_group"),
    "endpoint_private_dns": _words("endpoint enabled"),
    "peering": _words("vpc peer_vpc peer_region"),
    "transit_gateway": _words("vpn_ecmp"),
    "transit_gateway_attachment": _words("transit_gateway vpc subnets"),
    "cloud_wan_attachment": _words("vpc"),
    "resolver_rule": _words("domain_name rule_type", _inside("target_ips", "ip")),
    "resolver_endpoint": _words("direction"),
    "private_zone": _words("name vpc"),
    # hybrid links
    "customer_gateway": _words("ip_address"),
    "vpn_gateway": _words("vpc"),
    "vpn_propagation": _words("vpn_gateway route_tables"),
    "vpn_connection": _words(
        "customer_gateway vpn_gateway transit_gateway concentrator tunnel_bandwidth static_routes_only outside_address_type"
    ),
    "vpn_route": _words("vpn_connection cidr_block"),
    "dx_connection": _words("bandwidth"),
    "dx_gateway": _words("name"),
    "dx_gateway_association": _words("dx_gateway gateway allowed_prefixes"),
    "dx_interface": _words("visibility connection dx_gateway vpn_gateway"),
    # security groups
    "security_group": _words("vpc name default_of", _inside("ingress", _RULE), _inside("egress", _RULE)),
    "security_group_rule": _words("direction group", _RULE),
    # compute
    "network_interface": _words("subnet type security_groups", _inside("attachment", "instance device card")),
    "interface_attachment": _words("instance network_interface device card"),
    "instance": _words(
        "name type image subnet zone placement_group security_groups user_data user_data_base64 public_ip market_type "
        "reservation reservation_group reservation_preference init primary_interface provisioners",
        _TAGS,
        _inside("interfaces", _INTERFACE),
        _UNHELD,
        _inside("launch_template", _TEMPLATE),
    ),
    "launch_template": _words(
        "name type image security_groups placement_group placement_zone market_type reservation reservation_group "
        "reservation_preference user_data init",
        _TAGS,
        _inside("instance_tags", f"resource_type {_TAGS}"),
        _inside("requirements", _REQUIREMENTS),
        _inside("interfaces", _INTERFACE),
    ),
    "launch_configuration": _words(
        "name type image security_groups user_data user_data_base64 init", _UNHELD
    ),
    "autoscaling_group": _words(
        "name subnets zones placement_group launch_configuration maximum minimum desired reservation reservation_group "
        "reservation_preference init",
        _TAGS,
        _inside("launch_template", _TEMPLATE),
        _inside("mixed_template", _TEMPLATE),
        _inside("overrides", f"type launch_template {_inside('requirements', _REQUIREMENTS)}"),
        _inside("instance_tags", "key value"),
    ),
    "spot_fleet": _words(
        "target",
        _inside(
            "specifications", f"type subnet zone placement_group security_groups user_data image {_UNHELD}"
        ),
        _inside("templates", "id name version"),
        _inside("overrides", "type subnet zone"),
    ),
    "ec2_fleet": _words(
        "target type single_zone single_type",
        _inside("templates", "id name version"),
        _inside("overrides", "type subnet zone placement_group"),
    ),
    "placement_group": _words("name strategy partitions"),
    "capacity_reservation": _words("type count zone placement_group match"),
    "capacity_block": _words("type"),
    "batch_environment": _words(
        "name managed types subnets security_groups placement_group capacity maximum_vcpus eks",
        _TAGS,
        _inside("launch_template", _TEMPLATE),
    ),
    "batch_queue": _words("name", _inside("environments", "environment")),
    "batch_job": _words("name type node_properties container_properties", _TAGS),
    "ecs_capacity_provider": _words("name group"),
    "ecs_task": _words(
        "name containers compatibilities", _inside("volumes", "name efs efs_path driver options")
    ),
    "emr_cluster": _words(
        "name subnet subnets configurations", _inside("steps", "args"), _inside("bootstrap", "args")
    ),
    "eks_cluster": _words("name version subnets security_groups auto_mode"),
    "eks_node_group": _words(
        "name cluster subnets types image_type capacity_type maximum minimum desired labels",
        _TAGS,
        _inside("taints", "key value effect"),
        _inside("launch_template", _TEMPLATE),
    ),
    "hyperpod_cluster": _words(
        "name subnets security_groups orchestrator",
        _TAGS,
        _inside(
            "groups", "name type count subnets security_groups lifecycle_script interface_type training_plan"
        ),
    ),
    "training_job": _words(
        "name type count subnets security_groups training_plan encrypts_traffic",
        _TAGS,
        _inside("groups", "name type count"),
    ),
    "pcs_node_group": _words(
        "name cluster subnets capacity_type maximum minimum",
        _inside("instances", "type"),
        _inside("launch_template", "id version"),
    ),
    "eks_addon": _words("cluster name"),
    "helm_release": _words("name chart repository version values", _inside("set", "name value")),
    # storage
    "lustre": _words(
        "type subnets security_groups deployment_type import_path export_path version efa throughput "
        "throughput_capacity metadata_mode metadata_iops storage_type capacity name",
        _TAGS,
    ),
    "lustre_association": _words("file_system path repository auto_import auto_export"),
    "efs": _words("name"),
    "efs_mount_target": _words("file_system subnet security_groups"),
    "other_file_system": _words("type subnets"),
    "bucket": _words("name", _TAGS),
    "bucket_lookup": _words("name"),
    "directory_bucket": _words("name zone"),
    "dynamodb_table": _words("name hash_key"),
    # transfer
    "datasync_agent": _words("endpoint private_endpoint subnets name address"),
    "datasync_location": _words(
        "protocol host subdirectory agents bucket role file_system subnets security_groups"
    ),
    "datasync_task": _words(
        "source destination mode verify_mode bytes_per_second schedule name includes excludes", _TAGS
    ),
    "dms_endpoint": _words("direction engine host bucket"),
    "dms_task": _words("source target migration_type cdc_start"),
    # lookups whose answer is known by what they ask for
    "image_lookup": _words("owners name_pattern", _inside("filters", "name values")),
    "parameter_lookup": _words("name"),
    # documents that carry scripts
    "ssm_document": _words("name content"),
    "parallelcluster": _words("name configuration"),
    "kubernetes_manifest": _words("manifest"),
    "kubernetes_volume": _words("source"),
    # what the sources use and do not show: a module or nested stack that is not on disk (its inputs are read whole)
    "unseen": _words("source inputs"),
}
