"""Which fleets may mount which file system: found from the mounts, so that not every pair of the two has to be asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from fabriclint.model.stack import mentioned

if TYPE_CHECKING:
    from fabriclint.model.compute import Fleet
    from fabriclint.model.stack import Stack
    from fabriclint.model.storage import FileSystem
    from fabriclint.values import Truth, Value

_VOLUMES: Final = ("PersistentVolume", "StorageClass")


def volumes(stack: Stack) -> Iterator[tuple[Truth, Value]]:
    """Through what pods mount file systems, volumes and storage classes: whether each exists, and what names its source."""
    for one in stack.kubernetes.of(*_VOLUMES):
        yield one.exists, one.manifest.body
    for element in stack.of("kubernetes_volume"):
        yield element.exists, element.get("source")


class Mounters:
    """The fleets of a stack by the file systems they may mount. Of a pair that is not named, the fleet certainly does not."""

    def __init__(self, stack: Stack) -> None:
        self._fleets = stack.fleets
        self._volumes = frozenset(address for _, source in volumes(stack) for address in mentioned(source))
        self._systems: tuple[FileSystem, ...] = (*stack.lustres, *stack.efs)
        self._numbers = {system.address: number for number, system in enumerate(self._systems)}
        self._by_system: dict[str, list[int]] = {}
        self._anything: list[int] = []
        self._mute: list[int] = []
        for number, fleet in enumerate(self._fleets):
            if not fleet.scripts and not (fleet.trains | fleet.accelerated).excluded:
                self._mute.append(number)
            if _may_mount_anything(fleet):
                self._anything.append(number)
            else:
                for address in self._targets(fleet):
                    self._by_system.setdefault(address, []).append(number)

    def fleets_of(self, system: FileSystem, *, mute: bool = False) -> tuple[Fleet, ...]:
        """The fleets that may mount a file system, in order.

        With `mute` also all that have accelerators, or may train, and have no script to tell.
        """
        numbers = {*self._by_system.get(system.address, ()), *self._anything, *(self._mute if mute else ())}
        return tuple(self._fleets[number] for number in sorted(numbers))

    def systems_of(self, fleet: Fleet) -> tuple[FileSystem, ...]:
        """The file systems that a fleet may mount, in order."""
        if _may_mount_anything(fleet):
            return self._systems
        numbers = sorted(
            self._numbers[address] for address in self._targets(fleet) if address in self._numbers
        )
        return tuple(self._systems[number] for number in numbers)

    def _targets(self, fleet: Fleet) -> set[str]:
        scripted = {address for _, targets in fleet.mounted for address in targets}
        own = {address for source in fleet.launch.volumes for address in mentioned(source)}
        return scripted | own | self._volumes if fleet.in_kubernetes else scripted | own


def _may_mount_anything(fleet: Fleet) -> bool:
    """Whether its scripts or the source of a mount are not known to their end."""
    return fleet.unseen_scripts is not None or any(
        value is not None and value.unknown is not None
        for mount, targets in fleet.mounted
        if targets.isdisjoint(fleet.stack.file_systems)
        for value in (mount.host, mount.export)
    )
