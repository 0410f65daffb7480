"""Finished goods of orders that came in and still stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from backflush.engine.postings import PostedReceipt
from backflush.engine.scale import half_away, micro
from backflush.queries.rows import CompletionRow

RECEIVED = """
SELECT r.work_order_id, i.item_id, i.location_id, i.lot_id, COALESCE(t.code, ''), i.quantity, i.amount_minor
FROM production_receiptitem i JOIN production_receipt r ON r.id = i.receipt_id
LEFT JOIN inventory_lot t ON t.id = i.lot_id
WHERE r.work_order_id = ANY(%s) AND NOT r.is_reversed ORDER BY r.id, i.id
"""


class Standing(NamedTuple):
    """What is left of a receipt, in its place and lot, and at the value it came in at."""

    location_id: int
    lot_id: int | None
    lot_code: str
    quantity: Decimal
    amount_minor: int

    def worth(self, quantity: Decimal) -> int:
        """The value of so much of it."""
        if quantity == self.quantity:
            return self.amount_minor
        return half_away(self.amount_minor * micro(quantity), micro(self.quantity))

    def without(self, quantity: Decimal) -> Standing:
        return self._replace(
            quantity=self.quantity - quantity, amount_minor=self.amount_minor - self.worth(quantity)
        )


def standing_goods(order_ids: Sequence[int]) -> dict[tuple[int, int], list[Standing]]:
    """By order and item, latest first: what corrections have taken back is off the latest receipts of its place."""
    stacks: dict[tuple[int, int], list[Standing]] = defaultdict(list)
    if order_ids:
        with connection.cursor() as cursor:
            cursor.execute(RECEIVED, [list(order_ids)])
            for order_id, item_id, *rest in cursor.fetchall():
                row = Standing(*rest)
                stack = stacks[(order_id, item_id)]
                if row.quantity > 0:
                    stack.append(row)
                else:
                    _take_off(stack, row)
    return {key: list(reversed(stack)) for key, stack in stacks.items()}


def _take_off(stack: list[Standing], back: Standing) -> None:
    left = -back.quantity
    for at in range(len(stack) - 1, -1, -1):
        row = stack[at]
        if (row.location_id, row.lot_id) == (back.location_id, back.lot_id) and left > 0:
            part = min(left, row.quantity)
            left -= part
            stack[at] = row.without(part)
    stack[:] = [row for row in stack if row.quantity]


def in_order_for(completion: CompletionRow, standing: Sequence[Standing]) -> list[Standing]:
    """What a correction takes back first: the lot that it names, then the latest."""
    named = completion.output_lot_code
    return sorted(standing, key=lambda row: not named or row.lot_code != named)


def standing_receipts(completion: CompletionRow) -> tuple[PostedReceipt, ...]:
    """What a correction of this completion's order would take back first; nothing for a completion that adds."""
    if completion.good >= 0:
        return ()
    found = standing_goods([completion.order_id]).get((completion.order_id, completion.item_id), [])
    return tuple(PostedReceipt(row.quantity, row.amount_minor) for row in in_order_for(completion, found))
