"""Placement groups and reserved capacity."""

from __future__ import annotations

from functools import cached_property

from fabriclint.model.stack import View
from fabriclint.values import Truth, Value


class PlacementGroup(View):
    """A placement group these sources make."""

    @cached_property
    def strategy(self) -> Value:
        """Its strategy: cluster, spread, partition or precision-time."""
        return self.element.get("strategy")

    @property
    def cluster(self) -> Truth:
        """Whether it packs its instances close together."""
        return self.strategy.is_("cluster")
