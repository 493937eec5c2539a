"""VPC plumbing, hybrid links and security groups."""

from __future__ import annotations

from fabriclint.model.element import At, Attribute, Each, Fixed, Shape

TAGS = Each("Tags", {"key": "Key", "value": "Value"})


def _rule(peer: str) -> dict[str, Attribute]:
    """A rule's properties; `peer` is Source or Destination."""
    groups: Attribute = f"{peer}SecurityGroupId"
    if peer == "Source":
        groups = At(("SourceSecurityGroupId", "SourceSecurityGroupName"))
    return {
        "protocol": "IpProtocol",
        "from_port": "FromPort",
        "to_port": "ToPort",
        "cidr_blocks": "CidrIp",
        "ipv6_cidr_blocks": "CidrIpv6",
        "prefix_lists": f"{peer}PrefixListId",
        "security_groups": groups,
    }


def _interface(visibility: str, *gateways: str) -> Shape:
    words = {"dx_gateway": "DirectConnectGatewayId", "vpn_gateway": "VirtualGatewayId"}
    return Shape(
        "dx_interface",
        {
            "visibility": Fixed(visibility),
            "connection": "ConnectionId",
            **{word: words[word] for word in gateways},
        },
    )


SHAPES: dict[str, Shape] = {
    "AWS::EC2::VPC": Shape(
        "vpc",
        {
            "cidr_block": "CidrBlock",
            "dns_support": At(("EnableDnsSupport",), True),
            "dns_hostnames": At(("EnableDnsHostnames",), False),
            "tags": TAGS,
        },
    ),
    "AWS::EC2::VPCCidrBlock": Shape("vpc_cidr", {"vpc": "VpcId", "cidr_block": "CidrBlock"}),
    "AWS::EC2::Subnet": Shape(
        "subnet",
        {
            "vpc": "VpcId",
            "cidr_block": "CidrBlock",
            "zone": "AvailabilityZone",
            "zone_id": "AvailabilityZoneId",
            "public_ip": At(("MapPublicIpOnLaunch",), False),
            "tags": TAGS,
        },
    ),
    "AWS::EC2::RouteTable": Shape("route_table", {"vpc": "VpcId"}),
    "AWS::EC2::Route": Shape(
        "route",
        {
            "route_table": "RouteTableId",
            "cidr_block": "DestinationCidrBlock",
            "ipv6_cidr_block": "DestinationIpv6CidrBlock",
            "prefix_list": "DestinationPrefixListId",
            "gateway": "GatewayId",
            "nat_gateway": "NatGatewayId",
            "transit_gateway": "TransitGatewayId",
            "peering": "VpcPeeringConnectionId",
            "network_interface": "NetworkInterfaceId",
            "instance": "InstanceId",
            "core_network": "CoreNetworkArn",
            "endpoint": "VpcEndpointId",
            "egress_only_gateway": "EgressOnlyInternetGatewayId",
        },
    ),
    "AWS::EC2::SubnetRouteTableAssociation": Shape(
        "route_table_association", {"route_table": "RouteTableId", "subnet": "SubnetId"}
    ),
    "AWS::EC2::GatewayRouteTableAssociation": Shape(
        "route_table_association", {"route_table": "RouteTableId", "gateway": "GatewayId"}
    ),
    "AWS::EC2::InternetGateway": Shape("internet_gateway", {}),
    "AWS::EC2::VPCGatewayAttachment": Shape(
        "gateway_attachment",
        {"vpc": "VpcId", "internet_gateway": "InternetGatewayId", "vpn_gateway": "VpnGatewayId"},
    ),
    "AWS::EC2::NatGateway": Shape(
        "nat_gateway",
        {
            "subnet": "SubnetId",
            "vpc": "VpcId",
            "availability_mode": At(("AvailabilityMode",), "zonal"),
            "connectivity_type": At(("ConnectivityType",), "public"),
        },
    ),
    "AWS::EC2::VPCEndpoint": Shape(
        "vpc_endpoint",
        {
            "vpc": "VpcId",
            "service_name": "ServiceName",
            "type": At(("VpcEndpointType",), "Gateway"),
            "route_tables": "RouteTableIds",
            "subnets": "SubnetIds",
            "security_groups": "SecurityGroupIds",
            "private_dns": "PrivateDnsEnabled",
            "inbound_resolver_only": "DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint",
            "service_region": "ServiceRegion",
            "policy": "PolicyDocument",
        },
    ),
    "AWS::EC2::VPCPeeringConnection": Shape(
        "peering", {"vpc": "VpcId", "peer_vpc": "PeerVpcId", "peer_region": "PeerRegion"}
    ),
    "AWS::EC2::TransitGateway": Shape("transit_gateway", {"vpn_ecmp": At(("VpnEcmpSupport",), "enable")}),
    "AWS::EC2::TransitGatewayAttachment": Shape(
        "transit_gateway_attachment",
        {"transit_gateway": "TransitGatewayId", "vpc": "VpcId", "subnets": "SubnetIds"},
    ),
    "AWS::EC2::TransitGatewayVpcAttachment": Shape(
        "transit_gateway_attachment",
        {"transit_gateway": "TransitGatewayId", "vpc": "VpcId", "subnets": "SubnetIds"},
    ),
    "AWS::NetworkManager::VpcAttachment": Shape("cloud_wan_attachment", {"vpc": "VpcArn"}),
    "AWS::Route53Resolver::ResolverRule": Shape(
        "resolver_rule",
        {
            "domain_name": "DomainName",
            "rule_type": "RuleType",
            "target_ips": Each("TargetIps", {"ip": "Ip"}),
        },
    ),
    "AWS::Route53Resolver::ResolverEndpoint": Shape("resolver_endpoint", {"direction": "Direction"}),
    "AWS::Route53::HostedZone": Shape("private_zone", {"name": "Name", "vpc": "VPCs.VPCId"}),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": Shape("private_zone", {"name": "Name", "vpc": "Vpc"}),
    # hybrid links
    "AWS::EC2::CustomerGateway": Shape("customer_gateway", {"ip_address": "IpAddress"}),
    "AWS::EC2::VPNGateway": Shape("vpn_gateway", {}),
    "AWS::EC2::VPNGatewayRoutePropagation": Shape(
        "vpn_propagation", {"vpn_gateway": "VpnGatewayId", "route_tables": "RouteTableIds"}
    ),
    "AWS::EC2::VPNConnection": Shape(
        "vpn_connection",
        {
            "customer_gateway": "CustomerGatewayId",
            "vpn_gateway": "VpnGatewayId",
            "transit_gateway": "TransitGatewayId",
            "concentrator": "VpnConcentratorId",
            "tunnel_bandwidth": At(("TunnelBandwidth",), "standard"),
            "static_routes_only": At(("StaticRoutesOnly",), False),
            "outside_address_type": At(("OutsideIpAddressType",), "PublicIpv4"),
        },
    ),
    "AWS::EC2::VPNConnectionRoute": Shape(
        "vpn_route", {"vpn_connection": "VpnConnectionId", "cidr_block": "DestinationCidrBlock"}
    ),
    "AWS::DirectConnect::Connection": Shape("dx_connection", {"bandwidth": "Bandwidth"}),
    "AWS::DirectConnect::Lag": Shape("dx_connection", {}),  # its bandwidth is that of all its members
    "AWS::DirectConnect::DirectConnectGateway": Shape("dx_gateway", {"name": "DirectConnectGatewayName"}),
    "AWS::DirectConnect::DirectConnectGatewayAssociation": Shape(
        "dx_gateway_association",
        {
            "dx_gateway": "DirectConnectGatewayId",
            "gateway": "AssociatedGatewayId",
            "allowed_prefixes": "AllowedPrefixesToDirectConnectGateway",
        },
    ),
    "AWS::DirectConnect::PrivateVirtualInterface": _interface("private", "dx_gateway", "vpn_gateway"),
    "AWS::DirectConnect::TransitVirtualInterface": _interface("transit", "dx_gateway"),
    "AWS::DirectConnect::PublicVirtualInterface": _interface("public"),
    # security groups
    "AWS::EC2::SecurityGroup": Shape(
        "security_group",
        {
            "vpc": "VpcId",
            "name": "GroupName",
            "ingress": Each("SecurityGroupIngress", _rule("Source")),
            "egress": Each("SecurityGroupEgress", _rule("Destination")),
        },
    ),
    "AWS::EC2::SecurityGroupIngress": Shape(
        "security_group_rule",
        {"direction": Fixed("ingress"), "group": At(("GroupId", "GroupName")), **_rule("Source")},
    ),
    "AWS::EC2::SecurityGroupEgress": Shape(
        "security_group_rule", {"direction": Fixed("egress"), "group": "GroupId", **_rule("Destination")}
    ),
}
