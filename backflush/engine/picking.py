"""Where a line's quantity comes from: lots from stock, what comes back, and what is short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .enums import Flag, Tracking
from .places import Supply
from .scale import MICRO, micro
from .stock import ItemStock, StockPool, StockRow
from .types import ChosenLot, ItemFacts, PostedUse

# A NamedTuple's own constructor takes three times as long, and there is one call per pick.
_make = tuple.__new__


class Part(NamedTuple):
    """Part of a line in millionths, in its sign; `cost` in millionths, None where the lot has none."""

    location: int | None
    lot: int | None
    size: int
    cost: int | None
    is_short: bool = False


def merged(parts: list[Part]) -> list[Part]:
    """Parts of one location, lot and cost as one, in the order of their first."""
    sums: dict[tuple[int | None, int | None, int | None, bool], int] = {}
    for location, lot, size, cost, is_short in parts:
        key = (location, lot, cost, is_short)
        sums[key] = sums.get(key, 0) + size
    return [Part(key[0], key[1], size, key[2], key[3]) for key, size in sums.items()]


class Picked(NamedTuple):
    parts: list[Part]
    short: int
    flags: tuple[Flag, ...]


def pick(
    count: int, facts: ItemFacts, pool: StockPool, supply: Supply, chosen: Sequence[ChosenLot]
) -> Picked:
    """Take `count` > 0 millionths: named lots first, then the rest in the pool's order.

    What is missing is a shortage at the first supply location, on no lot. An item of unknown stock is never short.
    """
    parts: list[Part] = []
    flags: tuple[Flag, ...] = ()
    left = count
    queue = pool.queue(facts.key, supply)
    stock, order = queue.stock, queue.order
    if chosen:
        elsewhere = [at for at, row in enumerate(stock.rows) if row.location not in supply.ranks]
        left, parts, flags = _named(
            count, stock, [*order, *elsewhere], chosen, facts.tracking is Tracking.SERIAL
        )
    if facts.tracking is Tracking.SERIAL:
        if left:
            parts.append(Part(supply.first, None, left, None))
            flags = (*flags, Flag.SERIAL_MISSING)
        return Picked(parts, 0, flags)
    left_of, end = stock.left, len(order)
    start = queue.start
    while start < end and left_of[order[start]] <= 0:
        start += 1
    queue.start = start
    for at in range(start, end):
        if not left:
            break
        if left_of[order[at]] > 0:
            part = _take(stock, order[at], left)
            assert part is not None
            parts.append(part)
            left -= part.size
    if not left:
        return Picked(parts, 0, flags)
    if not facts.is_stock_known:
        parts.append(Part(supply.first, None, left, None))
        return Picked(parts, 0, (*flags, Flag.STOCK_UNKNOWN))
    parts.append(Part(supply.first, None, left, None, True))
    return Picked(parts, left, (*flags, Flag.SHORT))


def _named(
    count: int, stock: ItemStock, order: Sequence[int], chosen: Sequence[ChosenLot], is_serial: bool
) -> tuple[int, list[Part], tuple[Flag, ...]]:
    """Take what reports and people named, as far as it is there. A serial is one piece."""
    parts: list[Part] = []
    flags: tuple[Flag, ...] = ()
    left = count
    for name in chosen:
        wanted = left if name.quantity is None else min(left, micro(name.quantity))
        if is_serial:
            wanted = min(wanted, MICRO)
        for place in order:
            part = _take(stock, place, wanted) if wanted and is_named(stock.rows[place], name) else None
            if part is not None:
                wanted -= part.size
                left -= part.size
                parts.append(part)
        if wanted and name.lot is not None:
            flags = (Flag.LOT_SHORT,)
    return left, parts, flags


def _take(stock: ItemStock, place: int, wanted: int) -> Part | None:
    """As much of a row as is there, at most `wanted`."""
    held = stock.left[place]
    if held <= 0:
        return None
    size = min(held, wanted)
    stock.left[place] = held - size
    row = stock.rows[place]
    cost = None if row.unit_cost is None else micro(row.unit_cost)
    return _make(Part, (row.location, row.lot, size, cost, False))


def is_named(row: StockRow, name: ChosenLot) -> bool:
    """Whether a row is the lot, or without a lot the location, that was named."""
    if name.lot is not None and row.lot != name.lot:
        return False
    return name.location is None or row.location == name.location


def bring_back(
    count: int, item: int, supply: Supply, chosen: Sequence[ChosenLot], posted: Sequence[PostedUse]
) -> Picked:
    """Put back `count` millionths (in the line's sign): where it was posted last, at the cost it went out at.

    A lot that was named takes it although it was posted from another, but never more than was posted in all.
    """
    parts: list[Part] = []
    sign = -1 if count < 0 else 1
    left = abs(count)
    standing = [[use, -sign * micro(use.quantity)] for use in posted if use.item == item]
    wanted = [(name, None if name.quantity is None else micro(name.quantity)) for name in chosen]
    is_posted = left <= sum(-sign * micro(use.quantity) for use in posted if use.item == item)
    for name, most in [*wanted, (ChosenLot(None), None)]:
        limit = left if most is None else min(left, most)
        for entry in standing:
            use, held = entry
            assert isinstance(use, PostedUse)
            assert isinstance(held, int)
            fits = (name.lot is None or use.lot == name.lot) and name.location in (None, use.location)
            part = min(limit, held) if fits else 0
            if part > 0:
                entry[1] = held - part
                limit -= part
                left -= part
                parts.append(Part(use.location, use.lot, sign * part, micro(use.unit_cost)))
        if limit and name.lot is not None:
            parts.append(Part(name.location or supply.first, name.lot, sign * limit, None))
            left -= limit
    if left:
        parts.append(Part(supply.first, None, sign * left, None))
    return Picked(parts, 0, (Flag.RETURN,) if is_posted else (Flag.RETURN, Flag.RETURN_UNPOSTED))


def receive(count: int, facts: ItemFacts, supply: Supply, chosen: Sequence[ChosenLot]) -> Picked:
    """A by-product's receipt (`count` < 0): the named lot and location, else the first supply location.

    What has lots or serials is received without one only with a flag: nobody can guess the number of a new lot.
    """
    parts: list[Part] = []
    left = count
    for name in chosen:
        part = left if name.quantity is None else max(left, -micro(name.quantity))
        if part:
            parts.append(Part(name.location or supply.first, name.lot, part, None))
            left -= part
    if not left:
        return Picked(parts, 0, ())
    parts.append(Part(supply.first, None, left, None))
    missing = {Tracking.LOT: (Flag.LOT_MISSING,), Tracking.SERIAL: (Flag.SERIAL_MISSING,)}
    return Picked(parts, 0, missing.get(facts.tracking, ()))
