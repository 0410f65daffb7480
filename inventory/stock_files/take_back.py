"""Taking a stock file back before anything was built on its balances."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from accounts.errors import AppError
from accounts.tenancy.writes import update_rows
from inventory.choices import SourceKind, StockEvent
from inventory.ledger import NewEntry, lock_balances, post_entries
from inventory.models import StockBalance, StockEntry


def take_back_stock(*, source_id: int, on: dt.date, actor: Any, reason: str, written_with: str) -> int:
    """Answer the file's snapshot entries with opposite ones; returns how many.

    Refused with INVALID_STATE where a balance has later entries. `written_with` is the reason the file was loaded
    with: by it the moments of the balances before the file are found.
    """
    entries = list(
        StockEntry.objects.filter(
            source_kind=SourceKind.STOCK_FILE, source_id=source_id, event=StockEvent.SNAPSHOT
        ).order_by("pk")
    )
    keys = [(entry.item_id, entry.location_id, entry.lot_id) for entry in entries]
    lock_balances(keys, actor=actor, reason=reason)
    ours = {entry.pk for entry in entries}
    last: dict[tuple[int, int, int | None], int] = {}
    later = StockEntry.objects.filter(item_id__in={key[0] for key in keys}, pk__gte=min(ours, default=0))
    for pk, *key in later.values_list("pk", "item_id", "location_id", "lot_id"):
        spot = (key[0], key[1], key[2])
        last[spot] = max(last.get(spot, 0), pk)
    if any(last[key] not in ours for key in keys):
        raise AppError("INVALID_STATE", "Stock has moved since at places that this file stated: it stays.")
    post_entries(
        [
            NewEntry(
                item_id=entry.item_id,
                location_id=entry.location_id,
                lot_id=entry.lot_id,
                event=StockEvent.SNAPSHOT.value,
                quantity=-entry.quantity,
                unit_cost=entry.unit_cost,
                amount_minor=-entry.amount_minor,
                effective_date=on,
                source_id=source_id,
                source_line_id=entry.source_line_id,
                document_number=entry.document_number,
                reversal_of_id=entry.pk,
            )
            for entry in entries
        ],
        source_kind=SourceKind.STOCK_FILE.value,
        actor=actor,
        reason=reason,
    )
    _restore_moments(written_with, actor, reason)
    return len(entries)


def _restore_moments(written_with: str, actor: Any, reason: str) -> None:
    """Balances are known again as of the moment before the file."""
    table = connection.ops.quote_name(StockBalance.history.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH own AS (SELECT id, min(history_id) AS first FROM {table} "
            "WHERE history_change_reason = %s GROUP BY id) "
            f"SELECT own.id, (SELECT b.last_snapshot_at FROM {table} b "
            "WHERE b.id = own.id AND b.history_id < own.first ORDER BY b.history_id DESC LIMIT 1) FROM own",
            [written_with],
        )
        rows = cursor.fetchall()
    update_rows(StockBalance, ["last_snapshot_at"], rows, actor=actor, reason=reason)
