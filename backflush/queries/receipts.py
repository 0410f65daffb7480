"""Finished goods of orders that came in and still stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection

from backflush.engine.postings import PostedReceipt
from backflush.queries.rows import CompletionRow

STANDING = """
SELECT r.work_order_id, i.item_id, i.location_id, i.lot_id, i.quantity, i.amount_minor
FROM production_receiptitem i JOIN production_receipt r ON r.id = i.receipt_id
WHERE r.work_order_id = ANY(%s) AND NOT r.is_reversed ORDER BY r.id DESC, i.id DESC
"""


def standing_places(
    order_ids: Sequence[int],
) -> dict[tuple[int, int], list[tuple[int, int | None, Decimal, int]]]:
    """By order and item: location, lot, quantity and amount of each receipt, latest first."""
    found: dict[tuple[int, int], list[tuple[int, int | None, Decimal, int]]] = defaultdict(list)
    if order_ids:
        with connection.cursor() as cursor:
            cursor.execute(STANDING, [list(order_ids)])
            for order_id, item_id, *rest in cursor.fetchall():
                found[(order_id, item_id)].append(tuple(rest))
    return found


def standing_receipts(completion: CompletionRow) -> tuple[PostedReceipt, ...]:
    """What a correction of this completion's order would take back first; nothing for a completion that adds."""
    if completion.good >= 0:
        return ()
    places = standing_places([completion.order_id]).get((completion.order_id, completion.item_id), [])
    return tuple(PostedReceipt(quantity, amount) for _, _, quantity, amount in places)
