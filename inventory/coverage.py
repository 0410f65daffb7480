"""Shortages that stock which came in since has covered: they were short in time only."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection

from accounts.tenancy.writes import update_where
from inventory.choices import ExceptionKind
from inventory.models import StockException

# What covers shortages of an item is its stock plus what they left missing; the oldest is covered first.
COVERED = """
SELECT id FROM (
    SELECT x.id, x.kind, sum(x.quantity) OVER (PARTITION BY x.item_id ORDER BY x.opened_at, x.id) AS up_to_this,
           sum(x.quantity) OVER (PARTITION BY x.item_id) AS missing, b.on_hand
    FROM inventory_stockexception x
    JOIN (SELECT item_id, sum(on_hand) AS on_hand FROM inventory_stockbalance WHERE item_id = ANY(%s)
          GROUP BY item_id) b ON b.item_id = x.item_id
    WHERE x.resolved_at IS NULL AND x.item_id = ANY(%s)
) open WHERE kind <> 'timing' AND up_to_this <= missing + on_hand
"""


def mark_covered(item_ids: Collection[int], *, actor: Any, reason: str) -> None:
    """Mark open shortages of items that stock was added to, as far as it covers them (one query, mostly)."""
    if not item_ids or not StockException.objects.filter(resolved_at=None).exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(COVERED, [sorted(item_ids), sorted(item_ids)])
        covered = [row[0] for row in cursor.fetchall()]
    update_where(
        StockException,
        covered,
        {"kind": ExceptionKind.TIMING.value},
        actor=actor,
        reason=f"Covered: {reason}",
    )
