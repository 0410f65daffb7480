"""In which order locations supply a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """Locations by rank (lower is taken first, equal ranks are one place), and where a shortage lands."""

    ranks: Mapping[int, int]
    first: int | None


@dataclass(frozen=True, slots=True, eq=False)
class SupplyPlan:
    """The places of one work site: `stocking` are the locations that hold stock, in their set order.

    `parents` maps a location to the one it lies in; a place includes what lies in it. Use one object for all
    orders of a site: what is worked out is kept on it.
    """

    site: int | None = None
    stocking: tuple[int, ...] = ()
    parents: Mapping[int, int] = field(default_factory=dict)
    _known: dict[tuple[int | None, int | None], Supply] = field(default_factory=dict, init=False, repr=False)

    def supply(self, line_location: int | None, item_location: int | None) -> Supply:
        """From the line's location, then the item's, then the work site, then the others in their order."""
        key = (line_location, item_location)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._worked_out(line_location, item_location)
        return known

    def _worked_out(self, line_location: int | None, item_location: int | None) -> Supply:
        ranks: dict[int, int] = {}
        for place in (line_location, item_location, self.site):
            if place is None or place in ranks:
                continue
            rank = len(ranks)
            inside = [location for location in self.stocking if self._lies_in(location, place)]
            # A store that holds stock itself comes before its shelves as the place of a shortage.
            if place in inside or not inside:
                ranks[place] = rank
            for location in inside:
                ranks.setdefault(location, rank)
        for location in self.stocking:
            ranks.setdefault(location, len(ranks))
        return Supply(ranks, next(iter(ranks), None))

    def _lies_in(self, location: int | None, place: int) -> bool:
        seen: set[int] = set()
        while location is not None and location not in seen:
            if location == place:
                return True
            seen.add(location)
            location = self.parents.get(location)
        return False
