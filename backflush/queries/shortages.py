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


def held_elsewhere(backflush: Backflush, item_ids: Iterable[int]) -> dict[int, Decimal]:
    """By item, in its unit: what other documents that are not posted have picked (one query, none without items).

    Stock that another draft holds is not offered to this one, so a line can be short while stock is on hand.
    """
    wanted = set(item_ids)
    if not wanted:
        return {}
    open_ones = (BackflushStatus.DRAFT, BackflushStatus.SUBMITTED, BackflushStatus.RETURNED)
    picks = LotPick.objects.filter(line__item_id__in=wanted, line__backflush__status__in=open_ones)
    others = picks.exclude(line__backflush=backflush).values_list("line__item_id")
    return {item: held for item, held in others.annotate(held=Sum("quantity")) if held}
