"""When the ERP answers after a stock file was taken: what the file assumed is compared, and the difference booked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any, NamedTuple

from accounts.tenancy.writes import update_rows
from inventory.choices import ErpAnswer, SourceKind, StockEvent
from inventory.ledger import NewEntry, PostedEntries, post_entries
from inventory.models import EntryOutcome, StockBalance, StockEntry
from inventory.queries.lookup import named


class _Assumed(NamedTuple):
    entry_id: int
    id: int
    answer: str
    loaded_at: dt.datetime | None
    assumed_at: dt.datetime | None
    is_assumed_taken: bool | None


class _Place(NamedTuple):
    id: int
    item_id: int
    location_id: int
    lot_id: int | None


def recall_answers(
    entry_ids: Collection[int], *, actor: Any, reason: str = "The answer is corrected"
) -> None:
    """Note what the last stock file took for granted of entries that were answered already.

    A file relies on the answers that are there. Call it before one is replaced, so that `book_answers` can compare.
    """
    relied_on = []
    moments = _last_files(entry_ids)
    for values in named(EntryOutcome, "entry_id", set(moments), *_Assumed._fields):
        outcome = _Assumed(*values)
        is_certain = outcome.loaded_at is not None or outcome.answer in (
            ErpAnswer.REJECTED,
            ErpAnswer.WITHDRAWN,
        )
        if is_certain:
            moment = moments[outcome.entry_id]
            relied_on.append((outcome.id, moment, _is_loaded_by(outcome.loaded_at, moment)))
    if relied_on:
        update_rows(EntryOutcome, ["assumed_at", "is_assumed_taken"], relied_on, actor=actor, reason=reason)


def _last_files(entry_ids: Collection[int]) -> dict[int, dt.datetime]:
    """The moment of the last stock file that spoke of each entry's balance, where there was one."""
    places = [_Place(*row) for row in named(StockEntry, "id", set(entry_ids), *_Place._fields)]
    balances = named(
        StockBalance,
        "item_id",
        {place.item_id for place in places},
        "item_id",
        "location_id",
        "lot_id",
        "last_snapshot_at",
    )
    known = {(item, location, lot): moment for item, location, lot, moment in balances if moment}
    return {place.id: known[place[1:]] for place in places if place[1:] in known}


def _is_loaded_by(loaded_at: dt.datetime | None, moment: dt.datetime) -> bool:
    return loaded_at is not None and loaded_at <= moment


def book_answers(
    entry_ids: Collection[int], *, on: dt.date, actor: Any, reason: str = "The ERP answered"
) -> PostedEntries:
    """Compare the answers to these entries with what stock files assumed, and move the balances where they differ.

    An entry assumed taken that was rejected, withdrawn or loaded after the file's moment comes back into our balance;
    one assumed not taken that was loaded by then goes out of it. The movements are snapshots of the day `on`, never
    exported. An accepted entry without a time says nothing new. Call it after the answers are written.
    """
    columns = _Assumed._fields
    last_files = _last_files(entry_ids)
    settled: list[tuple[int, None, None]] = []
    contradicted: dict[int, bool] = {}
    for values in named(EntryOutcome, "entry_id", set(entry_ids), *columns):
        outcome = _Assumed(*values)
        if outcome.assumed_at is None or outcome.answer == ErpAnswer.NONE:
            continue
        if outcome.answer == ErpAnswer.ACCEPTED and outcome.loaded_at is None:
            continue
        # What was assumed taken at one file stays so at the later ones: the last of them is what the balance rests on.
        moment = max(outcome.assumed_at, last_files.get(outcome.entry_id, outcome.assumed_at))
        was_taken = _is_loaded_by(outcome.loaded_at, moment)
        if was_taken != outcome.is_assumed_taken:
            contradicted[outcome.entry_id] = was_taken
        settled.append((outcome.id, None, None))
    movements = []
    for entry in StockEntry.objects.filter(pk__in=list(contradicted)).order_by("pk"):
        sign = Decimal(-1) if contradicted[entry.pk] else Decimal(1)
        movements.append(
            NewEntry(
                item_id=entry.item_id,
                location_id=entry.location_id,
                lot_id=entry.lot_id,
                event=StockEvent.SNAPSHOT.value,
                quantity=sign * entry.quantity,
                unit_cost=entry.unit_cost,
                amount_minor=int(sign) * entry.amount_minor,
                effective_date=on,
                source_id=entry.source_id,
                source_line_id=entry.source_line_id,
                document_number=entry.document_number,
                order_number=entry.order_number,
            )
        )
    posted = (
        post_entries(movements, source_kind=SourceKind.STOCK_FILE.value, actor=actor, reason=reason)
        if movements
        else PostedEntries([], [])
    )
    update_rows(EntryOutcome, ["assumed_at", "is_assumed_taken"], settled, actor=actor, reason=reason)
    return posted
