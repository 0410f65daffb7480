"""Rows of a stock file that say together what stands somewhere, and those of them that are refused."""

from __future__ import annotations

from imports.kinds.shapes import Rows, records
from inventory.actions.places import MAIN
from inventory.models import Location
from inventory.rows import StockRow

Place = tuple[str, ...]


class Parts:
    """The unread rows, by what they are a part of.

    A row without lot states what all lots at its place hold together, so that any unread row there concerns it. Where
    an unread row does not tell its place, it may be any place of its item.
    """

    def __init__(self, unread: Rows) -> None:
        self._items: dict[str, int] = {}
        self._corners: dict[tuple[str, Place], int] = {}
        self._lots: dict[tuple[str, Place, str], int] = {}
        default = only_place()
        for number, sku, location, shelf, place, lot in records(
            unread, "sku", "location", "shelf", "bin", "lot"
        ):
            if sku is None:
                continue
            if location is None and default is None:
                self._items.setdefault(sku, number)
                continue
            nested = tuple(part for part in (location or default or MAIN, shelf, place) if part)
            self.add(number, sku, nested, lot or "")

    def add(self, number: int, sku: str, place: Place, lot: str) -> None:
        """One more row that is refused."""
        self._corners.setdefault((sku, place), number)
        self._lots.setdefault((sku, place, lot), number)

    def __bool__(self) -> bool:
        return bool(self._items or self._corners)

    def of(self, row: StockRow) -> int | None:
        """The unread row that states a part of this one's stock."""
        corner = (row.sku, row.place)
        found = self._items.get(row.sku) or self._lots.get((*corner, row.lot))
        return found or (None if row.lot else self._corners.get(corner))


def only_place() -> str | None:
    """Where stock stands that names no location: the organization's only one, or MAIN where there is none yet."""
    codes = list(Location.objects.filter(is_stocking=True).values_list("code", flat=True)[:2])
    if not codes:
        return MAIN
    if len(codes) == 1:
        return codes[0]
    return None
