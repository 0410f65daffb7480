"""Factors between units, as exact whole numbers."""

from __future__ import annotations

from collections import defaultdict
from math import gcd

from inventory.models import UnitConversion

Factor = tuple[int, int]
SAME: Factor = (1, 1)


def _times(first: Factor, second: Factor) -> Factor:
    numerator, denominator = first[0] * second[0], first[1] * second[1]
    common = gcd(numerator, denominator)
    return numerator // common, denominator // common


class Conversions:
    """The organization's conversions, read once.

    An item's own conversions come before the general ones, each can be read in both directions, and one unit may lie
    between (a roll of 50 m, general m to cm). Units are compared as written, then regardless of case.
    """

    def __init__(self) -> None:
        self._steps: dict[int | None, dict[str, dict[str, Factor]]] = defaultdict(lambda: defaultdict(dict))
        rows = UnitConversion.objects.order_by("id").values_list(
            "item_id", "from_unit", "to_unit", "numerator", "denominator"
        )
        for item, start, end, numerator, denominator in rows:
            steps = self._steps[item]
            steps[start.casefold()].setdefault(end.casefold(), (numerator, denominator))
        for steps in list(self._steps.values()):
            for start, ends in [(s, dict(e)) for s, e in steps.items()]:
                for end, (numerator, denominator) in ends.items():
                    steps[end].setdefault(start, (denominator, numerator))
        self._known: dict[tuple[int, str, str], Factor | None] = {}

    def factor(self, item_id: int, unit: str, stock_unit: str) -> Factor | None:
        """(numerator, denominator): 1 `unit` = numerator ÷ denominator `stock_unit`; None where nothing says it."""
        if unit == stock_unit or not unit:
            return SAME
        key = (item_id, unit, stock_unit)
        if key not in self._known:
            self._known[key] = self._find(item_id, unit.casefold(), stock_unit.casefold())
        return self._known[key]

    def _from(self, item_id: int, unit: str) -> dict[str, Factor]:
        """One step from this unit: the item's own conversions, then the general ones."""
        general = self._steps[None].get(unit, {}) if None in self._steps else {}
        own = self._steps[item_id].get(unit, {}) if item_id in self._steps else {}
        return {**general, **own}

    def _find(self, item_id: int, unit: str, stock_unit: str) -> Factor | None:
        if unit == stock_unit:
            return SAME
        first = self._from(item_id, unit)
        if stock_unit in first:
            return first[stock_unit]
        for between in sorted(first):
            second = self._from(item_id, between).get(stock_unit)
            if second is not None:
                return _times(first[between], second)
        return None
