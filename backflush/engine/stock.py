"""What is on hand, in the order in which it is taken.

A pool is the one mutable thing in the engine: what a completion picks is not offered to the next one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .enums import LotOrder
from .places import Supply
from .scale import micro


class StockRow(NamedTuple):
    """On hand of one item, location and lot, less what live drafts have picked. No unit cost: the item's standard."""

    item: int
    location: int
    lot: int | None
    quantity: Decimal
    unit_cost: Decimal | None = None
    code: str = ""
    received_on: date | None = None
    expires_on: date | None = None


class ItemStock:
    """An item's rows, and beside them what is left of each, in millionths."""

    __slots__ = ("left", "rows")

    def __init__(self, rows: list[StockRow]) -> None:
        self.rows = rows
        self.left = [micro(row.quantity) for row in rows]


class Queue:
    """Places in an item's rows, in the order for one supply. `start` skips those that are used up."""

    __slots__ = ("order", "start", "stock")

    def __init__(self, stock: ItemStock, order: list[int]) -> None:
        self.stock = stock
        self.order = order
        self.start = 0


_NO_STOCK = ItemStock([])


def _oldest_first(row: StockRow) -> tuple[date, str, int]:
    return row.received_on or date.min, row.code, row.lot or 0


def _expiring_first(row: StockRow) -> tuple[date, date, str, int]:
    return row.expires_on or date.max, row.received_on or date.min, row.code, row.lot or 0


class StockPool:
    """Rows by item. Rows of zero or less are there (the books may be negative) but nothing is taken from them."""

    __slots__ = ("_queues", "_rows", "_stocks", "lot_order")

    def __init__(self, rows: Iterable[StockRow] = (), lot_order: LotOrder = LotOrder.FIFO) -> None:
        self.lot_order = lot_order
        self._rows: dict[int, list[StockRow]] = {}
        self._stocks: dict[int, ItemStock] = {}
        self._queues: dict[tuple[int, Supply], Queue] = {}
        by_item = self._rows
        for row in rows:
            if row.item in by_item:
                by_item[row.item].append(row)
            else:
                by_item[row.item] = [row]

    def item(self, item: int) -> ItemStock:
        """All rows of an item, wherever they stand."""
        known = self._stocks.get(item)
        if known is None:
            rows = self._rows.get(item)
            if rows is None:
                return _NO_STOCK
            known = self._stocks[item] = ItemStock(rows)
        return known

    def queue(self, item: int, supply: Supply) -> Queue:
        """The item's rows that this supply reaches: by place, then oldest (or first to expire) first, then by code."""
        key = (item, supply)
        known = self._queues.get(key)
        if known is None:
            stock = self.item(item)
            rows, ranks = stock.rows, supply.ranks
            order = [at for at, row in enumerate(rows) if row.location in ranks]
            if len(order) > 1:
                age = _oldest_first if self.lot_order is LotOrder.FIFO else _expiring_first
                order.sort(key=lambda at: (ranks[rows[at].location], age(rows[at])))
            known = self._queues[key] = Queue(stock, order)
        return known
