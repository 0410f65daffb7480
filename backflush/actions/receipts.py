"""Finished goods in, and back out when a completion is corrected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from accounts.errors import AppError
from accounts.numbers import take_numbers
from accounts.tenancy.writes import allocate_ids, insert_rows, update_where
from backflush.actions.telling import Movement
from backflush.engine.postings import Journal, PostedReceipt
from backflush.queries.basis import Basis
from backflush.queries.documents import DocumentRow
from backflush.queries.orders import receives
from backflush.queries.receipts import Standing, in_order_for, standing_goods
from backflush.queries.rows import CompletionRow
from inventory.choices import SourceKind, StockEvent
from inventory.ledger import Key, NewEntry, post_entries
from inventory.ledger import Standing as Balance
from inventory.models import Item, Lot
from production.models import Receipt, ReceiptItem


class GoodsPart(NamedTuple):
    """A place and lot, what goes in (or, negative, out), and at what value; None: what the journal gives the rest."""

    key: Key
    quantity: Decimal
    amount_minor: int | None


@dataclass(slots=True)
class ReceiptPlan:
    """Where the finished goods of a completion go, and what of the order's receipts still stands."""

    completion: CompletionRow
    parts: list[GoodsPart]
    standing: tuple[PostedReceipt, ...] = ()

    def amounts(self, total: int) -> list[int]:
        """The parts' values, which add up to what the journal booked: the last part takes what is left."""
        known = [part.amount_minor or 0 for part in self.parts]
        known[-1] += total - sum(known)
        return known


class PostedGoods(NamedTuple):
    """Finished goods as they were booked."""

    document_id: int
    receipt_id: int
    number: str
    movement: Movement


def receipt_plans(completions: Sequence[CompletionRow], basis: Basis) -> dict[int, ReceiptPlan | AppError]:
    """By completion, a plan or why there is none: only good units at the last operation move finished goods."""
    moving = [row for row in completions if row.good and receives(row)]
    lots = _lots(moving)
    standing = standing_goods([row.order_id for row in moving if row.good < 0])
    plans: dict[int, ReceiptPlan | AppError] = {}
    for row in moving:
        if row.good > 0:
            lot = lots.get((row.item_id, row.output_lot_code))
            plans[row.id] = ReceiptPlan(
                row, [GoodsPart((row.item_id, _location(row, basis), lot), row.good, None)]
            )
        elif left := standing.get((row.order_id, row.item_id)):
            plans[row.id] = _taken_back(row, left)
        else:
            plans[row.id] = AppError(
                "INVALID",
                f"{row.order_number}: nothing that was received stands, so nothing can be taken back.",
                {"work_order": row.order_number},
            )
    return plans


def _taken_back(row: CompletionRow, standing: list[Standing]) -> ReceiptPlan:
    """Places and values from which a correction takes goods; what it takes is no longer in `standing`."""
    order = in_order_for(row, standing)
    plan = ReceiptPlan(row, [], tuple(PostedReceipt(one.quantity, one.amount_minor) for one in order))
    left = -row.good
    rest: dict[int, Standing] = {}
    for one in order:
        part = min(left, one.quantity)
        left -= part
        if part:
            key = (row.item_id, one.location_id, one.lot_id)
            plan.parts.append(GoodsPart(key, -part, -one.worth(part)))
        rest[id(one)] = one.without(part) if part else one
    if left:  # more than stands: the last place goes below zero, and the journal says at what value
        last = plan.parts.pop()
        plan.parts.append(GoodsPart(last.key, last.quantity - left, None))
    standing[:] = [kept for kept in (rest[id(one)] for one in standing) if kept.quantity]
    return plan


def post_receipts(
    receipts: Sequence[tuple[ReceiptPlan, DocumentRow, dt.date, Journal]],
    *,
    locked: dict[Key, Balance],
    actor: Any,
    reason: str,
) -> list[PostedGoods]:
    """Write the stock entries and the receipts, at the value that the journal gives them; answers what was booked."""
    if not receipts:
        return []
    entries = [
        NewEntry(
            *part.key,
            StockEvent.RECEIVE.value,
            part.quantity,
            journal.receipt_unit_cost,
            amount,
            day,
            document.id,
            None,
            document.number,
            plan.completion.order_number,
            plan.completion.completed_at,
        )
        for plan, document, day, journal in receipts
        for part, amount in zip(plan.parts, plan.amounts(journal.receipt_minor), strict=True)
    ]
    posted = post_entries(
        entries,
        source_kind=SourceKind.BACKFLUSH,
        actor=actor,
        reason=reason,
        is_exact=True,
        locked=locked,
    )
    ids = allocate_ids(Receipt, len(receipts))
    numbers = [f"RC-{number:06}" for number in take_numbers("receipt", len(receipts))]
    insert_rows(
        Receipt,
        ["id", "number", "work_order_id", "completion_id", "received_on"],
        [
            (receipt_id, number, plan.completion.order_id, plan.completion.id, day)
            for receipt_id, number, (plan, _, day, _) in zip(ids, numbers, receipts, strict=True)
        ],
        actor=actor,
        reason=reason,
    )
    made = {
        document.id: pair
        for pair, (_, document, _, _) in zip(zip(ids, numbers, strict=True), receipts, strict=True)
    }
    insert_rows(
        ReceiptItem,
        ["receipt_id", "item_id", "location_id", "lot_id", "quantity", "unit_cost", "amount_minor"],
        [
            (made[entry.source_id][0], *entry.key, entry.quantity, entry.unit_cost, entry.amount_minor)
            for entry in entries
        ],
        actor=actor,
        reason=reason,
    )
    _know(entries, actor=actor, reason=reason)
    return [
        PostedGoods(
            entry.source_id,
            *made[entry.source_id],
            Movement(entry_id, *entry.key, entry.quantity, entry.unit_cost, amount),
        )
        for entry_id, amount, entry in zip(posted.ids, posted.amounts, entries, strict=True)
    ]


def _know(entries: Sequence[NewEntry], *, actor: Any, reason: str) -> None:
    """Stock that came in is known stock, and a new lot costs what it came in at."""
    items = {entry.item_id for entry in entries}
    unknown = Item.objects.filter(pk__in=items, is_stock_known=False).values_list("pk", flat=True)
    update_where(Item, list(unknown), {"is_stock_known": True}, actor=actor, reason=reason)
    fresh = {entry.lot_id: entry.unit_cost for entry in entries if entry.lot_id and entry.quantity > 0}
    costless = Lot.objects.filter(pk__in=fresh, unit_cost=None).values_list("pk", flat=True)
    for lot_id in costless:
        update_where(Lot, [lot_id], {"unit_cost": fresh[lot_id]}, actor=actor, reason=reason)


def ensure_output_lots(completions: Sequence[CompletionRow], *, actor: Any, reason: str) -> None:
    """Make the lots that completions name for what they built, where there is none yet."""
    named = {
        (row.item_id, row.output_lot_code): row.completed_on
        for row in completions
        if row.output_lot_code and row.good > 0
    }
    known = set(_lots(completions))
    insert_rows(
        Lot,
        ["item_id", "code", "received_on"],
        sorted((*key, day) for key, day in named.items() if key not in known),
        actor=actor,
        reason=reason,
    )


def _lots(completions: Sequence[CompletionRow]) -> dict[tuple[int, str], int]:
    wanted = {(row.item_id, row.output_lot_code) for row in completions if row.output_lot_code}
    if not wanted:
        return {}
    found = Lot.objects.filter(item_id__in={i for i, _ in wanted}, code__in={c for _, c in wanted})
    return {(lot.item_id, lot.code): lot.pk for lot in found}


def _location(row: CompletionRow, basis: Basis) -> int:
    stocking = basis.stocking_locations
    own = basis.items[row.item_id].supply_location_id
    if own in stocking:
        return int(own)
    if row.work_site_id in stocking:
        return int(row.work_site_id)
    return stocking[0]
