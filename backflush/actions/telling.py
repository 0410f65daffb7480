"""Events about documents. Actions call these in their own transaction, a chunk of documents at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from accounts.choices import EventName
from accounts.events import NewEvent, decimal, record_events
from backflush.queries.documents import SubjectRow
from inventory.models import Location, Lot

Names = Mapping[int, str]


class Movement(NamedTuple):
    """A stock entry as it was written. The quantity is negative where stock went out; the amount has its sign."""

    entry_id: int
    item_id: int
    location_id: int
    lot_id: int | None
    quantity: Decimal
    unit_cost: Decimal
    amount_minor: int


class Places:
    """The codes of the locations and lots that some movements name: read, but for those of `lots` (two queries)."""

    def __init__(self, movements: Iterable[Movement], skus: Names, lots: Names | None = None) -> None:
        kept = list(movements)
        self._skus = skus
        self._locations = _codes(Location, {movement.location_id for movement in kept})
        known = lots or {}
        unknown = {movement.lot_id for movement in kept if movement.lot_id} - known.keys()
        self._lots = {**known, **_codes(Lot, unknown)}

    def entry(self, movement: Movement) -> dict[str, Any]:
        """The movement as events carry it."""
        return {
            "entry_id": movement.entry_id,
            "item": self._skus[movement.item_id],
            "location": self._locations[movement.location_id],
            "lot": self._lots[movement.lot_id] if movement.lot_id else None,
            "quantity": decimal(movement.quantity),
            "unit_cost": decimal(movement.unit_cost),
            "amount_minor": movement.amount_minor,
        }


def short_event(
    about: Mapping[str, Any],
    movement: Movement,
    shortage_id: int,
    quantity: Decimal,
    places: Places,
    *,
    work_order: str,
) -> NewEvent:
    """That a movement took this much more than was there."""
    entry = places.entry(movement)
    return NewEvent(
        EventName.STOCK_SHORT,
        {**about, "shortage_id": shortage_id, "entry_id": movement.entry_id},
        {**{name: entry[name] for name in ("item", "location", "lot")}, "quantity": decimal(quantity)},
        work_order=work_order,
    )


def _codes(model: type[Location] | type[Lot], ids: set[int]) -> dict[int, str]:
    return dict(model.objects.filter(pk__in=ids).values_list("pk", "code")) if ids else {}


def subjects(backflush_id: int, number: str, completion_id: int) -> dict[str, Any]:
    """How every event names its document."""
    return {"backflush_id": backflush_id, "backflush": number, "completion_id": completion_id}


def tell_of_documents(
    name: EventName,
    documents: Sequence[SubjectRow],
    data: Callable[[SubjectRow], dict[str, Any]],
    *,
    actor: Any,
) -> None:
    """One event of this name for each document; `data` says what became of it."""
    record_events(
        [
            NewEvent(
                name, subjects(row.id, row.number, row.completion_id), data(row), work_order=row.work_order
            )
            for row in documents
        ],
        actor=actor,
    )


def made(item: str, good: Decimal, scrap: Decimal, completed_on: dt.date) -> dict[str, Any]:
    """What the completion built."""
    return {
        "item": item,
        "good_quantity": decimal(good),
        "scrap_quantity": decimal(scrap),
        "completed_on": completed_on.isoformat(),
    }
