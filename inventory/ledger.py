"""The stock ledger: the only writer of entries and balances."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone
from django_scopes import get_scope

from accounts.tenancy.writes import allocate_ids, insert_rows, update_rows
from inventory.coverage import mark_covered
from inventory.models import StockBalance, StockEntry

Key = tuple[int, int, int | None]
ZERO = Decimal(0)


class NewEntry(NamedTuple):
    """A movement to be written. The quantity is signed; the amount is in minor units, of the same sign."""

    item_id: int
    location_id: int
    lot_id: int | None
    event: str
    quantity: Decimal
    unit_cost: Decimal
    amount_minor: int
    effective_date: Any
    source_id: int
    source_line_id: int | None
    document_number: str
    order_number: str = ""
    completed_at: Any = None
    reason_id: int | None = None
    reversal_of_id: int | None = None

    @property
    def key(self) -> Key:
        return (self.item_id, self.location_id, self.lot_id)


@dataclass(slots=True)
class Standing:
    """A balance under lock."""

    id: int
    on_hand: Decimal
    value_minor: int


@dataclass(frozen=True, slots=True)
class PostedEntries:
    """What was written: entry ids and final amounts, in the order of the request."""

    ids: list[int]
    amounts: list[int]


def lock_balances(keys: Sequence[Key], *, actor: Any, reason: str) -> dict[Key, Standing]:
    """Lock the balances of these item × location × lot, in one order for all writers; missing ones are made."""
    wanted = sorted(set(keys), key=lambda k: (k[0], k[1], k[2] or 0))
    found = _read(wanted, lock=False)
    if missing := [key for key in wanted if key not in found]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, hashtext('balances'))",
                [get_scope()["organization"].pk % 2**31],
            )
        found = _read(missing, lock=False)
        insert_rows(
            StockBalance,
            ["item_id", "location_id", "lot_id"],
            [key for key in missing if key not in found],
            actor=actor,
            reason=reason,
        )
    return _read(wanted, lock=True)


def post_entries(
    entries: Sequence[NewEntry],
    *,
    source_kind: str,
    actor: Any,
    reason: str,
    is_exact: bool = False,
    locked: dict[Key, Standing] | None = None,
) -> PostedEntries:
    """Write entries and move their balances, under lock.

    The entry that empties a location and lot takes what is left of its value, so its amount can differ from the one
    proposed; the caller books the difference. Reversals, and everything with `is_exact`, keep their amounts. `locked`
    is what the caller got of `lock_balances` in this transaction; it is kept up to date.
    """
    keys = {entry.key for entry in entries}
    standings = locked if locked is not None and keys <= locked.keys() else None
    if standings is None:
        standings = lock_balances(list(keys), actor=actor, reason=reason)
    before = {key: (s.on_hand, s.value_minor) for key, s in standings.items()}
    amounts: list[int] = []
    for entry in entries:
        standing = standings[entry.key]
        standing.on_hand += entry.quantity
        amount = entry.amount_minor
        if not standing.on_hand and entry.quantity and entry.reversal_of_id is None and not is_exact:
            amount = -standing.value_minor
        standing.value_minor += amount
        amounts.append(amount)
    ids = allocate_ids(StockEntry, len(entries))
    insert_rows(
        StockEntry,
        ["id", *NewEntry._fields],
        (
            (entry_id, *entry[:6], amount, *entry[7:])
            for entry_id, entry, amount in zip(ids, entries, amounts, strict=True)
        ),
        constants={
            "source_kind": source_kind,
            "posted_at": timezone.now(),
            "posted_by_id": actor.pk if actor is not None else None,
        },
        actor=actor,
        reason=reason,
    )
    update_rows(
        StockBalance,
        ["on_hand", "value_minor"],
        [
            (standing.id, standing.on_hand, standing.value_minor)
            for key, standing in standings.items()
            if before[key] != (standing.on_hand, standing.value_minor)
        ],
        actor=actor,
        reason=reason,
    )
    mark_covered({entry.item_id for entry in entries if entry.quantity > 0}, actor=actor, reason=reason)
    return PostedEntries(ids, amounts)


def opposites(
    entries: Iterable[StockEntry], *, day: dt.date, source_id: int, document_number: str
) -> list[NewEntry]:
    """What takes these entries back, in their order: the same in everything, with the other sign."""
    return [
        NewEntry(
            entry.item_id,
            entry.location_id,
            entry.lot_id,
            entry.event,
            -entry.quantity,
            entry.unit_cost,
            -entry.amount_minor,
            day,
            source_id,
            entry.source_line_id,
            document_number,
            entry.order_number,
            entry.completed_at,
            entry.reason_id,
            entry.pk,
        )
        for entry in entries
    ]


def _read(keys: Sequence[Key], *, lock: bool) -> dict[Key, Standing]:
    if not keys:
        return {}
    # `lot_id IS NOT DISTINCT FROM` cannot use the unique index; reading by item and location can.
    statement = (
        "SELECT b.item_id, b.location_id, b.lot_id, b.id, b.on_hand, b.value_minor FROM inventory_stockbalance b "
        "JOIN (SELECT DISTINCT i, l FROM unnest(%s::bigint[], %s::bigint[]) AS v(i, l)) w "
        "ON b.organization_id = %s AND b.item_id = w.i AND b.location_id = w.l "
        "ORDER BY b.item_id, b.location_id, b.lot_id NULLS FIRST"
    )
    if lock:
        statement += " FOR UPDATE OF b"
    wanted = set(keys)
    with connection.cursor() as cursor:
        cursor.execute(
            statement, [[k[0] for k in keys], [k[1] for k in keys], get_scope()["organization"].pk]
        )
        rows = cursor.fetchall()
    return {
        (item, location, lot): Standing(balance, on_hand, value)
        for item, location, lot, balance, on_hand, value in rows
        if (item, location, lot) in wanted
    }
