"""VPC plumbing, hybrid links and security groups."""

from __future__ import annotations

from fabriclint.model.element import At, Attribute, Each, Fixed, Shape

_ROUTE_TARGETS: dict[str, Attribute] = {
    "gateway": "gateway_id",
    "nat_gateway": "nat_gateway_id",
    "transit_gateway": "transit_gateway_id",
    "peering": "vpc_peering_connection_id",
    "network_interface": "network_interface_id",
    "instance": "instance_id",  # gone since provider 5; NAT instances in older sources are routed so
    "core_network": "core_network_arn",
    "endpoint": "vpc_endpoint_id",
    "egress_only_gateway": "egress_only_gateway_id",
}
_ROUTES = Each(
    "route",
    {
        "cidr_block": "cidr_block",
        "ipv6_cidr_block": "ipv6_cidr_block",
        "prefix_list": "destination_prefix_list_id",
        **_ROUTE_TARGETS,
    },
)

_RULE: dict[str, Attribute] = {
    "protocol": "protocol",
    "from_port": "from_port",
    "to_port": "to_port",
    "cidr_blocks": "cidr_blocks",
    "ipv6_cidr_blocks": "ipv6_cidr_blocks",
    "prefix_lists": "prefix_list_ids",
    "security_groups": "security_groups",
    "self": At(("self",), False),
}
_STANDALONE_RULE: dict[str, Attribute] = {
    "group": "security_group_id",
    "protocol": "ip_protocol",
    "from_port": "from_port",
    "to_port": "to_port",
    "cidr_blocks": "cidr_ipv4",
    "ipv6_cidr_blocks": "cidr_ipv6",
    "prefix_lists": "prefix_list_id",
    "security_groups": "referenced_security_group_id",
}

_VIRTUAL_INTERFACE: dict[str, Attribute] = {
    "connection": "connection_id",
    "dx_gateway": "dx_gateway_id",
    "vpn_gateway": "vpn_gateway_id",
}


def _interface(visibility: str, *words: str) -> Shape:
    return Shape(
        "dx_interface",
        {"visibility": Fixed(visibility), **{word: _VIRTUAL_INTERFACE[word] for word in words}},
    )


SHAPES: dict[str, Shape] = {
    "aws_vpc": Shape(
        "vpc",
        {
            "cidr_block": "cidr_block",
            "dns_support": At(("enable_dns_support",), True),
            "dns_hostnames": At(("enable_dns_hostnames",), False),
            "name": "tags.Name",
            "tags": "tags",
        },
    ),
    "aws_default_vpc": Shape(
        "vpc",
        {
            "cidr_block": Fixed("172.31.0.0/16"),  # AWS makes every default VPC with this range
            "dns_support": At(("enable_dns_support",), True),
            "dns_hostnames": At(("enable_dns_hostnames",), True),
            "name": "tags.Name",
            "tags": "tags",
        },
    ),
    "aws_vpc_ipv4_cidr_block_association": Shape("vpc_cidr", {"vpc": "vpc_id", "cidr_block": "cidr_block"}),
    "aws_subnet": Shape(
        "subnet",
        {
            "vpc": "vpc_id",
            "cidr_block": "cidr_block",
            "zone": "availability_zone",
            "zone_id": "availability_zone_id",
            "public_ip": At(("map_public_ip_on_launch",), False),
            "tags": "tags",
        },
    ),
    "aws_default_subnet": Shape(
        "subnet",
        {
            "zone": "availability_zone",
            "public_ip": At(("map_public_ip_on_launch",), True),
            "tags": "tags",
        },
    ),
    "aws_route_table": Shape(
        "route_table", {"vpc": "vpc_id", "routes": _ROUTES, "propagating_gateways": "propagating_vgws"}
    ),
    "aws_default_route_table": Shape(
        "route_table",
        {
            "default_of": "default_route_table_id",
            "routes": _ROUTES,
            "propagating_gateways": "propagating_vgws",
        },
    ),
    "aws_route": Shape(
        "route",
        {
            "route_table": "route_table_id",
            "cidr_block": "destination_cidr_block",
            "ipv6_cidr_block": "destination_ipv6_cidr_block",
            "prefix_list": "destination_prefix_list_id",
            **_ROUTE_TARGETS,
        },
    ),
    "aws_route_table_association": Shape(
        "route_table_association",
        {"route_table": "route_table_id", "subnet": "subnet_id", "gateway": "gateway_id"},
    ),
    "aws_main_route_table_association": Shape(
        "main_route_table", {"vpc": "vpc_id", "route_table": "route_table_id"}
    ),
    "aws_internet_gateway": Shape("internet_gateway", {"vpc": "vpc_id"}),
    "aws_internet_gateway_attachment": Shape(
        "gateway_attachment", {"vpc": "vpc_id", "internet_gateway": "internet_gateway_id"}
    ),
    "aws_vpn_gateway_attachment": Shape(
        "gateway_attachment", {"vpc": "vpc_id", "vpn_gateway": "vpn_gateway_id"}
    ),
    "aws_nat_gateway": Shape(
        "nat_gateway",
        {
            "subnet": "subnet_id",
            "vpc": "vpc_id",
            "availability_mode": At(("availability_mode",), "zonal"),
            "connectivity_type": At(("connectivity_type",), "public"),
        },
    ),
    "aws_vpc_endpoint": Shape(
        "vpc_endpoint",
        {
            "vpc": "vpc_id",
            "service_name": "service_name",
            "type": At(("vpc_endpoint_type",), "Gateway"),
            "route_tables": "route_table_ids",
            "subnets": At(("subnet_ids", "subnet_configuration.subnet_id")),
            "security_groups": "security_group_ids",
            "private_dns": At(("private_dns_enabled",), False),
            "inbound_resolver_only": "dns_options.private_dns_only_for_inbound_resolver_endpoint",
            "service_region": "service_region",
            "policy": "policy",
        },
    ),
    "aws_vpc_endpoint_route_table_association": Shape(
        "endpoint_route_table", {"endpoint": "vpc_endpoint_id", "route_table": "route_table_id"}
    ),
    "aws_vpc_endpoint_subnet_association": Shape(
        "endpoint_subnet", {"endpoint": "vpc_endpoint_id", "subnet": "subnet_id"}
    ),
    "aws_vpc_endpoint_security_group_association": Shape(
        "endpoint_security_group", {"endpoint": "vpc_endpoint_id", "security_group": "security_group_id"}
    ),
    "aws_vpc_endpoint_private_dns": Shape(
        "endpoint_private_dns", {"endpoint": "vpc_endpoint_id", "enabled": "private_dns_enabled"}
    ),
    "aws_vpc_peering_connection": Shape(
        "peering", {"vpc": "vpc_id", "peer_vpc": "peer_vpc_id", "peer_region": "peer_region"}
    ),
    "aws_ec2_transit_gateway": Shape("transit_gateway", {"vpn_ecmp": At(("vpn_ecmp_support",), "enable")}),
    "aws_ec2_transit_gateway_vpc_attachment": Shape(
        "transit_gateway_attachment",
        {"transit_gateway": "transit_gateway_id", "vpc": "vpc_id", "subnets": "subnet_ids"},
    ),
    "aws_networkmanager_vpc_attachment": Shape("cloud_wan_attachment", {"vpc": "vpc_arn"}),
    "aws_route53_resolver_rule": Shape(
        "resolver_rule",
        {
            "domain_name": "domain_name",
            "rule_type": "rule_type",
            "target_ips": Each("target_ip", {"ip": "ip"}),
        },
    ),
    "aws_route53_resolver_endpoint": Shape("resolver_endpoint", {"direction": "direction"}),
    "aws_route53_zone": Shape("private_zone", {"name": "name", "vpc": "vpc.vpc_id"}),
    "aws_service_discovery_private_dns_namespace": Shape("private_zone", {"name": "name", "vpc": "vpc"}),
    # hybrid links
    "aws_customer_gateway": Shape("customer_gateway", {"ip_address": "ip_address"}),
    "aws_vpn_gateway": Shape("vpn_gateway", {"vpc": "vpc_id"}),
    "aws_vpn_gateway_route_propagation": Shape(
        "vpn_propagation", {"vpn_gateway": "vpn_gateway_id", "route_tables": "route_table_id"}
    ),
    "aws_vpn_connection": Shape(
        "vpn_connection",
        {
            "customer_gateway": "customer_gateway_id",
            "vpn_gateway": "vpn_gateway_id",
            "transit_gateway": "transit_gateway_id",
            "concentrator": "vpn_concentrator_id",
            "tunnel_bandwidth": At(("tunnel_bandwidth",), "standard"),
            "static_routes_only": At(("static_routes_only",), False),
            "outside_address_type": At(("outside_ip_address_type",), "PublicIpv4"),
        },
    ),
    "aws_vpn_connection_route": Shape(
        "vpn_route", {"vpn_connection": "vpn_connection_id", "cidr_block": "destination_cidr_block"}
    ),
    "aws_dx_connection": Shape("dx_connection", {"bandwidth": "bandwidth"}),
    "aws_dx_hosted_connection": Shape("dx_connection", {"bandwidth": "bandwidth"}),
    "aws_dx_lag": Shape("dx_connection", {}),  # its bandwidth is that of all its members
    "aws_dx_gateway": Shape("dx_gateway", {"name": "name"}),
    "aws_dx_gateway_association": Shape(
        "dx_gateway_association",
        {
            "dx_gateway": "dx_gateway_id",
            "gateway": "associated_gateway_id",
            "allowed_prefixes": "allowed_prefixes",
        },
    ),
    "aws_dx_private_virtual_interface": _interface("private", "connection", "dx_gateway", "vpn_gateway"),
    "aws_dx_hosted_private_virtual_interface": _interface("private", "connection"),
    "aws_dx_hosted_private_virtual_interface_accepter": _interface("private", "dx_gateway", "vpn_gateway"),
    "aws_dx_transit_virtual_interface": _interface("transit", "connection", "dx_gateway"),
    "aws_dx_hosted_transit_virtual_interface": _interface("transit", "connection"),
    "aws_dx_hosted_transit_virtual_interface_accepter": _interface("transit", "dx_gateway"),
    "aws_dx_public_virtual_interface": _interface("public", "connection"),
    "aws_dx_hosted_public_virtual_interface": _interface("public", "connection"),
    "aws_dx_hosted_public_virtual_interface_accepter": _interface("public"),
    # security groups
    "aws_security_group": Shape(
        "security_group",
        {
            "vpc": "vpc_id",
            "name": At(("name", "name_prefix")),
            "ingress": Each("ingress", _RULE),
            "egress": Each("egress", _RULE),
        },
    ),
    "aws_default_security_group": Shape(
        "security_group",
        {
            "vpc": "vpc_id",
            "default_of": "vpc_id",
            "ingress": Each("ingress", _RULE),
            "egress": Each("egress", _RULE),
        },
    ),
    "aws_vpc_security_group_ingress_rule": Shape(
        "security_group_rule", {"direction": Fixed("ingress"), **_STANDALONE_RULE}
    ),
    "aws_vpc_security_group_egress_rule": Shape(
        "security_group_rule", {"direction": Fixed("egress"), **_STANDALONE_RULE}
    ),
    "aws_security_group_rule": Shape(
        "security_group_rule",
        {
            "direction": "type",
            "group": "security_group_id",
            **_RULE,
            "security_groups": "source_security_group_id",
        },
    ),
}
