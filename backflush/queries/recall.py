"""Both ways along a lot: what went into it, and what was made from it. Read from the ledger, reversals left out."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from inventory.models import Lot

# What documents of an output took, net of what came back, and of how shortages were settled since; and which lots its
# receipts stand in. A document at an earlier point brings no goods: what it took went into all lots of its output.
MOVES = """
WITH used AS (
    SELECT b.id AS backflush_id, e.item_id, e.lot_id, -e.quantity AS quantity
    FROM inventory_stockentry e
    JOIN backflush_backflush b ON b.id = e.source_id AND b.status = 'POSTED'
    WHERE e.source_kind = 'backflush' AND e.event = 'CONSUME'
    UNION ALL
    SELECT b.id, e.item_id, e.lot_id, -e.quantity
    FROM inventory_stockentry e
    JOIN inventory_stockexception x ON x.id = e.source_id
    JOIN inventory_stockentry s ON s.id = x.entry_id
    JOIN backflush_backflush b ON b.id = s.source_id AND b.status = 'POSTED'
    WHERE e.source_kind = 'exception'
), made AS (
    SELECT b.id AS backflush_id, e.item_id, e.lot_id, e.quantity
    FROM inventory_stockentry e
    JOIN backflush_backflush b ON b.id = e.source_id AND b.status = 'POSTED'
    WHERE e.source_kind = 'backflush' AND e.event = 'RECEIVE'
), fed AS (
    SELECT b.id AS used_by, m.backflush_id AS made_by, m.item_id, m.lot_id, m.quantity
    FROM made m
    JOIN backflush_backflush mb ON mb.id = m.backflush_id
    JOIN production_completion mc ON mc.id = mb.completion_id
    JOIN production_completion c ON c.output_id = mc.output_id
    JOIN backflush_backflush b ON b.completion_id = c.id AND b.status = 'POSTED'
    WHERE b.id = m.backflush_id OR NOT EXISTS (SELECT 1 FROM made o WHERE o.backflush_id = b.id)
)
"""

MADE_OF = (
    MOVES
    + """
SELECT i.sku, COALESCE(t.code, ''), t.id, sum(u.quantity), i.unit, string_agg(DISTINCT d.number, ', ' ORDER BY d.number)
FROM (SELECT DISTINCT used_by FROM fed WHERE lot_id = %s) f
JOIN used u ON u.backflush_id = f.used_by
JOIN backflush_backflush d ON d.id = u.backflush_id
JOIN inventory_item i ON i.id = u.item_id LEFT JOIN inventory_lot t ON t.id = u.lot_id
GROUP BY i.sku, i.unit, t.code, t.id HAVING sum(u.quantity) <> 0 ORDER BY i.sku, t.code NULLS FIRST
"""
)

MADE_FROM = (
    MOVES
    + """
, taken AS (SELECT backflush_id, sum(quantity) AS quantity FROM used WHERE lot_id = %s GROUP BY 1
            HAVING sum(quantity) <> 0)
SELECT i.sku, COALESCE(t.code, ''), t.id, sum(k.quantity), s.unit, string_agg(DISTINCT d.number, ', ' ORDER BY d.number)
FROM taken k
JOIN (SELECT DISTINCT used_by, made_by, item_id, lot_id FROM fed) f ON f.used_by = k.backflush_id
JOIN backflush_backflush d ON d.id = f.made_by
JOIN inventory_item i ON i.id = f.item_id LEFT JOIN inventory_lot t ON t.id = f.lot_id
JOIN inventory_lot o ON o.id = %s JOIN inventory_item s ON s.id = o.item_id
GROUP BY i.sku, s.unit, t.code, t.id ORDER BY i.sku, t.code NULLS FIRST
"""
)


class Traced(NamedTuple):
    """An item and lot on the other side, how much of the component went there in its unit, and by which documents."""

    sku: str
    lot: str
    lot_id: int | None
    quantity: Decimal
    unit: str
    documents: str


def made_of(lot: Lot) -> list[Traced]:
    """The components, by lot, that went into what was received in this lot."""
    return _traced(MADE_OF, [lot.pk])


def made_from(lot: Lot) -> list[Traced]:
    """The products, by lot, into which this lot went; the quantity is that of this lot."""
    return _traced(MADE_FROM, [lot.pk, lot.pk])


def _traced(statement: str, lot_ids: list[int]) -> list[Traced]:
    with connection.cursor() as cursor:
        cursor.execute(statement, lot_ids)
        return [Traced(*row) for row in cursor.fetchall()]
