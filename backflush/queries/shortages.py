"""What stock does not cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection

BLOCKED = """
SELECT l.backflush_id, i.sku, l.actual_quantity, l.actual_quantity - l.short_quantity
FROM backflush_backflushline l
JOIN inventory_item i ON i.id = l.item_id
JOIN accounts_organization g ON g.id = l.organization_id
WHERE l.backflush_id = ANY(%s) AND l.short_quantity > 0
  AND COALESCE(NULLIF(i.negative_policy, ''), g.negative_policy) = 'block'
ORDER BY l.backflush_id, l.position
"""


def blocked_shortages(backflush_ids: Sequence[int]) -> dict[int, list[dict[str, str]]]:
    """By document: every short component whose policy blocks, with required and available."""
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(BLOCKED, [list(backflush_ids)])
        for backflush_id, sku, required, available in cursor.fetchall():
            found[backflush_id].append(
                {
                    "item": sku,
                    "required": f"{required.normalize():f}",
                    "available": f"{available.normalize():f}",
                }
            )
    return found
