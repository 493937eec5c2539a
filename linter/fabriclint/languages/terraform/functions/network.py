"""Address ranges: IPv4 and IPv6 prefixes and the subnets and hosts inside them."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeAlias

from fabriclint.languages.terraform.functions.calling import Call, function
from fabriclint.values import Data, Seq, Value

_Network: TypeAlias = IPv4Network | IPv6Network


def _network(call: Call, value: Value) -> _Network:
    text = call.text(value)
    address, slash, length = text.partition("/")
    if slash and length.isascii() and length.isdigit():
        if ":" not in address:  # Terraform reads leading zeros as decimal
            address = ".".join(part.lstrip("0") or "0" if part else "" for part in address.split("."))
        try:
            network = ip_network(f"{address}/{length}", strict=False)
        except ValueError:
            pass
        else:
            # An IPv4 address in IPv6 clothes changes its family on the way.
            if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None:
                raise call.declined(f"{call.name}() of an IPv4 address in IPv6 notation")
            return network
    raise call.refused(f'{call.name}() does not take the address range "{text[:60]}"')


def _subnet(call: Call, network: _Network, bits: int, number: int) -> _Network:
    length = network.prefixlen + bits
    if bits < 0 or number < 0:
        raise call.declined(f"{call.name}() with a negative number")
    if length > network.max_prefixlen:
        raise call.refused(f"{call.name}() has no room for {bits} more bits in {network}")
    if number >= 1 << bits:
        raise call.refused(f"{call.name}() has no subnet {number} of {bits} bits")
    start = int(network.network_address) + (number << (network.max_prefixlen - length))
    return type(network)((start, length))


@function("cidrsubnet", least=3)
def cidrsubnet(call: Call) -> Data:
    """The range of a subnet with a number of bits more than its network."""
    network = _network(call, call.args[0])
    return str(_subnet(call, network, call.whole(call.args[1]), call.whole(call.args[2])))


@function("cidrsubnets", most=None)
def cidrsubnets(call: Call) -> Data:
    """The ranges of subnets one after the other, each of its own size."""
    network = _network(call, call.args[0])
    at = int(network.network_address)
    end = at + network.num_addresses
    found: list[Value] = []
    for arg in call.args[1:]:
        bits = call.whole(arg)
        length = network.prefixlen + bits
        if bits < 1 or length > network.max_prefixlen:
            raise call.refused(f"cidrsubnets() has no room for {bits} more bits in {network}")
        size = 1 << (network.max_prefixlen - length)
        at = -(-at // size) * size
        if at + size > end:
            raise call.refused(f"cidrsubnets() has no room left in {network}")
        found.append(call.value(str(type(network)((at, length)))))
        at += size
    return Seq(tuple(found), None, "list")


@function("cidrhost", least=2)
def cidrhost(call: Call) -> Data:
    """The address of a host number in a range; from its end where the number is negative."""
    network = _network(call, call.args[0])
    number = call.whole(call.args[1])
    if not -network.num_addresses <= number < network.num_addresses:
        raise call.refused(f"cidrhost() has no host {number} in {network}")
    return str(network[number])


@function("cidrnetmask")
def cidrnetmask(call: Call) -> Data:
    """The netmask of an IPv4 range."""
    network = _network(call, call.args[0])
    if isinstance(network, IPv6Network):
        raise call.refused("cidrnetmask() takes IPv4 ranges only")
    return str(network.netmask)
