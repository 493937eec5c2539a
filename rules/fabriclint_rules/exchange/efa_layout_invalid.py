"""The network interfaces of a launch cannot be made as they are written: the launch fails.

## Why

Each type takes a fixed number of EFA interfaces, at most one on each network card, and each card holds a fixed number of
interfaces. The primary interface (card 0, device 0) carries the addresses, so it cannot be `efa-only`; on p6-b300 and
p6e-gb200 card 0 takes no EFA at all. EC2 refuses a launch that breaks any of this.

## How to fix

Use the layout AWS recommends: card 0 device 0 `interface`, card 0 device 1 `efa-only` where card 0 takes EFA, and cards 1
and up device 0 `efa-only`. The older layout (`efa` on card 0 device 0, `efa` as device 1 of the other cards) is valid too.

```hcl
network_interfaces {
  network_card_index = 1
  device_index       = 0
  interface_type     = "efa-only"
  security_groups    = [aws_security_group.efa.id]
}
```

```yaml
NetworkInterfaces:
  - {NetworkCardIndex: 1, DeviceIndex: 0, InterfaceType: efa-only, Groups: [!GetAtt EfaGroup.GroupId]}
```

A launch template with interfaces takes security groups on each interface, never at its top level.

## Limits

A template that serves several types is judged with each. The number of interfaces a card holds comes from the EC2 API's
data; hpc6id is not judged by it, since what is published there is doubtful. Device indexes of the older layout are fine.
"""

from collections.abc import Iterator

from fabriclint.sdk import (
    NO,
    RELAUNCHES,
    Claim,
    Claims,
    Fix,
    Fleet,
    InstanceType,
    Interface,
    Span,
    Truth,
    efa_interfaces,
    rule,
)

Fault = tuple[Truth, Span, str]


@rule(
    name="efa-layout-invalid",
    subject=Fleet,
    severity="error",
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html",
    ),
)
def efa_layout_invalid(fleet: Fleet) -> Claims:
    if fleet.adds_interfaces:
        return
    nics = list(fleet.interfaces.possible())
    faults = list(_groups_beside(fleet, nics))
    faults.extend(_pairs(nics))
    for kind in fleet.known_types:
        if kind.efa_capable:
            may = fleet.launches(kind)
            faults.extend((may & when, at, message) for when, at, message in _with(fleet, kind, nics))
    first = next((kind for kind in fleet.known_types if kind.efa_capable), None)
    told = [fault for fault in faults if fault[0].certain] or [
        fault for fault in faults if fault[0].undecided
    ]
    if not told:
        open_ = fleet.asks_efa & ~(fleet.interfaces.complete & fleet.types_known)
        what = "its interfaces or types are not all known"
        told = [(open_ if open_.undecided else NO, fleet.recipe_place, what)]
    when, at, message = told[0]
    others = dict.fromkeys((place, said) for _, place, said in told[1:] if said != message)
    yield Claim(
        when=when,
        at=at,
        message=f"{fleet.label}: {message}",
        why="EC2 refuses the launch, so the fleet never starts.",
        fix=Fix(
            "Write the interfaces in the recommended layout of the type, security groups on each of them.",
            efa_interfaces(fleet, first, instead=True) if first is not None else (),
            edit="unsafe",
            warning=RELAUNCHES,
        ),
        related=(*list(others)[:6], *fleet.around),
    )


def _groups_beside(fleet: Fleet, nics: list[Interface]) -> Iterator[Fault]:
    if fleet.template is not None and nics and fleet.template is nics[0].element:
        top = fleet.template.get("security_groups")
        yield (
            ~top.members().empty,
            top.place or fleet.recipe_place,
            "security groups stand at the top of a template with interfaces",
        )


def _pairs(nics: list[Interface]) -> Iterator[Fault]:
    for n, one in enumerate(nics):
        place = one.place or one.element.place
        primary = one.type.is_("efa-only") & one.card.is_(0) & one.device.is_(0)
        yield (
            primary,
            one.type.place or place,
            "an efa-only interface cannot be the primary one (card 0, device 0)",
        )
        for two in nics[n + 1 :]:
            card = one.card.same(two.card)
            if card.excluded:
                continue
            where = two.place or two.element.place
            twice = one.efa & two.efa & card
            yield twice, where, f"two EFA interfaces on network card {two.card.show()}; a card takes one"
            if not one.device.absent and not two.device.absent:
                pair = card & one.device.same(two.device) & ~twice
                yield (
                    pair,
                    where,
                    f"card {two.card.show()} has two interfaces with device index {two.device.show()}",
                )


def _with(fleet: Fleet, kind: InstanceType, nics: list[Interface]) -> Iterator[Fault]:
    least, _ = fleet.efa_interfaces.count()
    count = f"{least} EFA interfaces; {kind.name} takes {kind.max_efa}"
    yield Truth.of(least > kind.max_efa), fleet.recipe_place, count
    for nic in nics:
        place = nic.place or nic.element.place
        number = nic.card.number()
        if number is None:
            continue
        index = int(number)
        if index >= len(kind.cards):
            last = len(kind.cards) - 1
            yield (
                nic.card.given(),
                nic.card.place or place,
                f"network card {index} of {kind.name}, whose last card is {last}",
            )
            continue
        card = kind.cards[index]
        if not card.efa:
            yield (
                nic.efa,
                nic.type.place or place,
                f"EFA on network card {index} of {kind.name}, which takes none there",
            )
        device = nic.device.number()
        if device is not None and card.max_interfaces is not None and device >= card.max_interfaces:
            limit = f"card {index} of {kind.name} holds {card.max_interfaces}"
            yield nic.device.given(), nic.device.place or place, f"device index {int(device)} where {limit}"
