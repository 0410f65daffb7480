"""The shapes in which a file's rows come in, and what is said of each afterwards.

In a row that comes in, None means that the file says nothing: what is there stays as it is.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, NamedTuple

CREATED = "created"
UPDATED = "updated"
UNCHANGED = "unchanged"


class Change(NamedTuple):
    """One column of one row: from what it was to what it is."""

    field: str
    old: Any
    new: Any


class RowOutcome(NamedTuple):
    """What became of a row of a file, or would become of it. `target_id` is None where nothing is there yet."""

    row: int
    outcome: str
    key: str
    target_id: int | None = None
    changes: tuple[Change, ...] = ()


class RowProblem(NamedTuple):
    """Why a row cannot be taken, and what to do about it."""

    row: int
    column: str
    value: str
    code: str
    message: str


class ItemRow(NamedTuple):
    """A row of an items file. `standard_cost` 0 means that there is none."""

    row: int
    sku: str
    description: str | None = None
    kind: str | None = None
    item_class: str | None = None
    unit: str | None = None
    tracking: str | None = None
    negative_policy: str | None = None
    rounding_step: Decimal | None = None
    rounding_direction: str | None = None
    location: str | None = None
    standard_cost: Decimal | None = None


class CostRow(NamedTuple):
    """A standard cost from a day to a day, both inclusive; an empty first day is "since ever". 0 is free."""

    row: int
    sku: str
    unit_cost: Decimal
    effective_from: dt.date | None = None
    effective_to: dt.date | None = None


class LotRow(NamedTuple):
    """What a file knows of a lot."""

    row: int
    item_id: int
    code: str
    received_on: dt.date | None = None
    expires_on: dt.date | None = None
    unit_cost: Decimal | None = None


class StockRow(NamedTuple):
    """A row of a stock file. `place` holds location, shelf and bin, outermost first."""

    row: int
    sku: str
    place: tuple[str, ...]
    on_hand: Decimal
    lot: str = ""
    unit_cost: Decimal | None = None
    received_on: dt.date | None = None
    expires_on: dt.date | None = None
    counted_at: dt.datetime | None = None


def moved(found: dict[str, Any], said: dict[str, Any]) -> tuple[Change, ...]:
    """The columns in which what a row says differs from what was found."""
    return tuple(Change(name, found[name], value) for name, value in said.items() if found[name] != value)
