"""When the ERP answers after a stock file was taken: what the file assumed is compared, and the difference booked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any, NamedTuple

from accounts.tenancy.writes import update_rows
from inventory.choices import ErpAnswer, SourceKind, StockEvent
from inventory.ledger import NewEntry, PostedEntries, post_entries
from inventory.models import EntryOutcome, StockEntry
from inventory.queries.lookup import named


class _Assumed(NamedTuple):
    entry_id: int
    id: int
    answer: str
    loaded_at: dt.datetime | None
    assumed_at: dt.datetime | None
    is_assumed_taken: bool | None


def book_answers(
    entry_ids: Collection[int], *, on: dt.date, actor: Any, reason: str = "The ERP answered"
) -> PostedEntries:
    """Compare the answers to these entries with what stock files assumed, and move the balances where they differ.

    An entry assumed taken that was rejected, withdrawn or loaded after the file's moment comes back into our balance;
    one assumed not taken that was loaded by then goes out of it. The movements are snapshots of the day `on`, never
    exported. An accepted entry without a time says nothing new. Call it after the answers are written.
    """
    columns = _Assumed._fields
    settled: list[tuple[int, None, None]] = []
    contradicted: dict[int, bool] = {}
    for values in named(EntryOutcome, "entry_id", set(entry_ids), *columns):
        outcome = _Assumed(*values)
        if outcome.assumed_at is None or outcome.answer == ErpAnswer.NONE:
            continue
        if outcome.answer == ErpAnswer.ACCEPTED and outcome.loaded_at is None:
            continue
        was_taken = outcome.loaded_at is not None and outcome.loaded_at <= outcome.assumed_at
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
