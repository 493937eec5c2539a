"""EFA is on fewer network cards than the type has, so part of the fabric is idle.

## Why

A type with several network cards spreads its bandwidth over them, and takes one EFA interface on each. A p4d.24xlarge with
one EFA interface of four has 100 of its 400 Gbps.

## How to fix

Give every card that takes one an EFA interface (`efa` or `efa-only`).

```hcl
dynamic "network_interfaces" {
  for_each = range(1, 4) # cards 1 to 3 of a p4d.24xlarge
  content {
    network_card_index = network_interfaces.value
    device_index       = 0
    interface_type     = "efa-only"
    security_groups    = [aws_security_group.efa.id]
  }
}
```

```yaml
NetworkInterfaces:
  - {NetworkCardIndex: 1, DeviceIndex: 0, InterfaceType: efa-only, Groups: [!GetAtt EfaGroup.GroupId]}
  - {NetworkCardIndex: 2, DeviceIndex: 0, InterfaceType: efa-only, Groups: [!GetAtt EfaGroup.GroupId]}
  - {NetworkCardIndex: 3, DeviceIndex: 0, InterfaceType: efa-only, Groups: [!GetAtt EfaGroup.GroupId]}
```

## Limits

The number wanted is the type's own maximum of EFA interfaces, not its number of cards: p6-b300 has 17 cards and takes 16,
p6e-gb200 reaches its fabric with 4. Interfaces made over something unknown are "not checked".
"""

from fabriclint.sdk import (
    NO,
    RELAUNCHES,
    YES,
    Claim,
    Claims,
    Fix,
    Fleet,
    Reason,
    Truth,
    gbps,
    missing_efa_interfaces,
    rule,
)


@rule(
    name="efa-on-too-few-cards",
    subject=Fleet,
    severity="warning",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html",
    ),
)
def efa_on_too_few_cards(fleet: Fleet) -> Claims:
    if fleet.managed_fabric or fleet.adds_interfaces:
        return
    interfaces = fleet.efa_interfaces
    least, most = interfaces.count()
    at = next((nic.place for nic in interfaces.possible() if nic.place), fleet.recipe_place)
    for kind in fleet.known_types:
        wanted = len(kind.recommended_efa_cards)
        if most is not None and most < wanted:
            too_few = YES
        elif least >= wanted:
            too_few = NO
        else:
            too_few = ~interfaces.complete | Truth.unknown(
                Reason("how many EFA interfaces there are is not known", at)
            )
        share = (
            f"{gbps(kind.gbps * least / wanted)} of {gbps(kind.gbps)}"
            if kind.gbps and wanted
            else "part of the fabric"
        )
        yield Claim(
            when=fleet.trains & fleet.asks_efa & fleet.launches(kind) & too_few,
            at=at,
            message=f"{fleet.label} has EFA on {least} of the {wanted} cards of {kind.name} that take it: {share}",
            why="Each network card adds its share of the bandwidth only when it has an EFA interface of its own.",
            fix=Fix(
                f"Add EFA interfaces until {kind.name} has {wanted}.",
                missing_efa_interfaces(fleet, kind),
                edit="unsafe",
                warning=RELAUNCHES,
            ),
            related=fleet.around,
            evidence=fleet.role.evidence,
        )
        if too_few.certain:
            return
    if not fleet.types_known.certain:
        yield Claim(
            when=fleet.trains & fleet.asks_efa & ~fleet.types_known,
            at=at,
            message=f"{fleet.label} may have EFA on fewer cards than its type takes",
            why="Each network card adds its share of the bandwidth only when it has an EFA interface of its own.",
            fix=Fix("Add EFA interfaces until every card of the type that takes one has one."),
        )
