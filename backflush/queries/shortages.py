"""What stock does not cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import connection
from django.db.models import Sum

from backflush.choices import BackflushStatus
from backflush.models import Backflush, LotPick

BLOCKED = """
SELECT l.backflush_id, i.sku, l.actual_quantity, l.actual_quantity - l.short_quantity
FROM backflush_backflushline l
JOIN inventory_item i ON i.id = l.item_id
JOIN accounts_organization g ON g.id = l.organization_id
WHERE l.backflush_id = ANY(%s) AND l.short_quantity > 0
  AND COALESCE(NULLIF(i.negative_policy, ''), g.negative_policy) = 'block'
ORDER BY l.backflush_id, l.position
"""

# The same test that posting makes under lock, without what posting picks again by itself and serials nobody named.
UNCOVERED = """
SELECT DISTINCT l.backflush_id
FROM backflush_lotpick p
JOIN backflush_backflushline l ON l.id = p.line_id
JOIN inventory_item i ON i.id = l.item_id
JOIN accounts_organization g ON g.id = l.organization_id
LEFT JOIN inventory_stockbalance s ON s.organization_id = l.organization_id AND s.item_id = l.item_id
  AND s.location_id = p.location_id AND s.lot_id IS NOT DISTINCT FROM p.lot_id
WHERE l.backflush_id = ANY(%s) AND NOT p.is_short AND i.is_stock_known
  AND (NOT l.flags ? 'stock_unknown' OR COALESCE(NULLIF(i.negative_policy, ''), g.negative_policy) = 'block')
  AND NOT (g.is_stock_at_standard AND i.tracking = 'none') AND NOT (i.tracking = 'serial' AND p.lot_id IS NULL)
GROUP BY l.backflush_id, l.item_id, p.location_id, p.lot_id
HAVING SUM(p.quantity) > GREATEST(COALESCE(MAX(s.on_hand), 0), 0)
"""


def uncovered_ids(backflush_ids: Sequence[int]) -> set[int]:
    """Documents of which a lot no longer holds what was picked from it."""
    with connection.cursor() as cursor:
        cursor.execute(UNCOVERED, [list(backflush_ids)])
        return {row[0] for row in cursor.fetchall()}


def blocked_shortages(backflush_ids: Sequence[int]) -> dict[int, list[dict[str, str]]]:
    """By document: every short component whose policy blocks, with required and available (no query without ids)."""
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    if not backflush_ids:
        return found
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


def held_elsewhere(backflush: Backflush, item_ids: Iterable[int]) -> dict[int, Decimal]:
    """By item, in its unit: what other drafts have picked of what is there (one query, none without items).

    Stock that another draft holds is not offered to this one, so a line can be short while stock is on hand.
    """
    wanted = set(item_ids)
    if not wanted:
        return {}
    open_ones = (BackflushStatus.DRAFT, BackflushStatus.SUBMITTED, BackflushStatus.RETURNED)
    picks = LotPick.objects.filter(
        line__item_id__in=wanted, line__backflush__status__in=open_ones, is_short=False
    )
    others = picks.exclude(line__backflush=backflush).values_list("line__item_id")
    return {item: held for item, held in others.annotate(held=Sum("quantity")) if held}
