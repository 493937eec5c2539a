"""One fault, one finding: which rule speaks where two describe the same fault, and what counts as told once."""

from __future__ import annotations

from collections.abc import Iterable

from fabriclint.patterns import late

# Where the rule on the left finds something on a subject, the rules on the right say no more about that subject: its
# finding is the more precise one, or its fix makes theirs go away. The reason stands beside each.
COVERS: dict[str, tuple[str, ...]] = {
    # The type has to change before any interface, card or group can matter.
    "instance-type-without-efa": (
        "mixed-accelerator-types",
        "accelerators-without-efa",
        "efa-on-too-few-cards",
        "efa-security-group-closed",
    ),
    # EC2 refuses the interfaces: what lets traffic through, or counts cards, comes after.
    "efa-on-incapable-type": (
        "instance-type-without-efa",
        "accelerators-without-efa",
        "efa-on-too-few-cards",
        "efa-security-group-closed",
        "efa-software-missing",
    ),
    # What is written there is lost: first it has to stand where it is held.
    "efa-not-expressible": ("accelerators-without-efa",),
    # The type is refused in any such group, reserved or not.
    "type-outside-cluster-group": ("placement-group-misses-reservation",),
    # Without a first EFA interface there are no cards to count and no EFA traffic for a group to drop.
    "accelerators-without-efa": ("efa-on-too-few-cards", "efa-security-group-closed"),
    # A group cannot hold nodes of several zones: first the zones.
    "fleet-spans-zones": ("no-cluster-placement-group",),
    # The group has to go altogether.
    "placement-group-with-capacity-block": ("placement-strategy-not-cluster",),
    # There is a group, with the wrong strategy.
    "placement-strategy-not-cluster": ("no-cluster-placement-group",),
    # The interface endpoint is the road today, and its finding asks for the gateway endpoint too.
    "s3-through-interface-endpoint": ("s3-without-gateway-endpoint",),
    # No endpoint at all: nothing can be routed to it.
    "s3-without-gateway-endpoint": ("s3-gateway-endpoint-not-routed",),
    # The copy is made from the mount or NameNode that the other finding is about, and its fix is the same task.
    "onprem-share-mounted-by-compute": ("hand-rolled-bulk-copy",),
    "hdfs-read-over-wan": ("hand-rolled-bulk-copy",),
    # There is a Direct Connect: that its interface and the agent's endpoint do not fit says more.
    "datasync-endpoint-misses-interface": ("internet-carries-training-data",),
    # The agent has to move: its endpoint is chosen anew then.
    "datasync-agent-far-from-source": (
        "internet-carries-training-data",
        "datasync-endpoint-misses-interface",
    ),
}


def covered(found: Iterable[str]) -> frozenset[str]:
    """The rules that keep silent about a subject, given those that found something on it."""
    return frozenset(loser for winner in found for loser in COVERS.get(winner, ()))


_INDEX = late(r"\[[^\[\]]*\]")
_DIGITS = late(r"\d+(?:[.,]\d+)*")


def shape(message: str, names: Iterable[str]) -> str:
    """A message without the names of its subject and without instance keys: alike for instances with the same fault."""
    for name in sorted({name for name in names if name}, key=lambda name: (-len(name), name)):
        message = message.replace(name, "\N{WHITE SQUARE}")
    return _INDEX.sub("", message)


def lasting(text: str) -> str:
    """A message shape without its numbers, so that a fingerprint outlives a change of size."""
    return _DIGITS.sub("#", text)
