"""Finished goods in, and back out when a completion is corrected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from accounts.errors import AppError
from accounts.numbers import take_numbers
from accounts.tenancy.writes import allocate_ids, insert_rows, update_where
from backflush.actions.telling import Movement
from backflush.engine.postings import Journal, PostedReceipt
from backflush.queries.basis import Basis
from backflush.queries.documents import DocumentRow
from backflush.queries.orders import receives
from backflush.queries.receipts import standing_places
from backflush.queries.rows import CompletionRow
from inventory.choices import SourceKind, StockEvent
from inventory.ledger import Key, NewEntry, post_entries
from inventory.models import Item, Lot
from production.models import Receipt, ReceiptItem


@dataclass(slots=True)
class ReceiptPlan:
    """Where the finished goods of a completion go, and what of the order's receipts still stands."""

    completion: CompletionRow
    key: Key
    standing: tuple[PostedReceipt, ...] = ()


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
    standing = standing_places([row.order_id for row in moving if row.good < 0])
    plans: dict[int, ReceiptPlan | AppError] = {}
    for row in moving:
        if row.good < 0:
            places = standing.get((row.order_id, row.item_id), [])
            if not places:
                plans[row.id] = AppError(
                    "INVALID",
                    f"{row.order_number}: nothing that was received stands, so nothing can be taken back.",
                    {"work_order": row.order_number},
                )
                continue
            plans[row.id] = ReceiptPlan(
                row,
                (row.item_id, places[0][0], places[0][1]),
                tuple(PostedReceipt(quantity, amount) for _, _, quantity, amount in places),
            )
        else:
            lot = lots.get((row.item_id, row.output_lot_code))
            plans[row.id] = ReceiptPlan(row, (row.item_id, _location(row, basis), lot))
    return plans


def post_receipts(
    receipts: Sequence[tuple[ReceiptPlan, DocumentRow, dt.date, Journal]], *, actor: Any, reason: str
) -> list[PostedGoods]:
    """Write the stock entries and the receipts, at the value that the journal gives them; answers what was booked."""
    if not receipts:
        return []
    posted = post_entries(
        [
            NewEntry(
                *plan.key,
                StockEvent.RECEIVE.value,
                plan.completion.good,
                journal.receipt_unit_cost,
                journal.receipt_minor,
                day,
                document.id,
                None,
                document.number,
                plan.completion.order_number,
                plan.completion.completed_at,
            )
            for plan, document, day, journal in receipts
        ],
        source_kind=SourceKind.BACKFLUSH,
        actor=actor,
        reason=reason,
        is_exact=True,
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
    insert_rows(
        ReceiptItem,
        ["receipt_id", "item_id", "location_id", "lot_id", "quantity", "unit_cost", "amount_minor"],
        [
            (receipt_id, *plan.key, plan.completion.good, journal.receipt_unit_cost, journal.receipt_minor)
            for receipt_id, (plan, _, _, journal) in zip(ids, receipts, strict=True)
        ],
        actor=actor,
        reason=reason,
    )
    items = {plan.key[0] for plan, _, _, _ in receipts}
    unknown = Item.objects.filter(pk__in=items, is_stock_known=False).values_list("pk", flat=True)
    update_where(Item, list(unknown), {"is_stock_known": True}, actor=actor, reason=reason)
    fresh = {
        plan.key[2]: journal.receipt_unit_cost
        for plan, _, _, journal in receipts
        if plan.key[2] and plan.completion.good > 0
    }
    costless = Lot.objects.filter(pk__in=[lot for lot in fresh if lot], unit_cost=None).values_list(
        "pk", flat=True
    )
    for lot_id in costless:
        update_where(Lot, [lot_id], {"unit_cost": fresh[lot_id]}, actor=actor, reason=reason)
    return [
        PostedGoods(
            document.id,
            receipt_id,
            number,
            Movement(entry_id, *plan.key, plan.completion.good, journal.receipt_unit_cost, amount),
        )
        for entry_id, amount, receipt_id, number, (plan, document, _, journal) in zip(
            posted.ids, posted.amounts, ids, numbers, receipts, strict=True
        )
    ]


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
