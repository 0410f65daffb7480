"""Which documents are standard runs: what the engine judges of a computed document, asked of stored ones."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from backflush.engine.tolerance import NOT_STANDARD

STANDARD = """
SELECT b.id FROM backflush_backflush b JOIN production_completion c ON c.id = b.completion_id
WHERE b.id = ANY(%s) AND b.beyond_count = 0 AND b.short_count = 0 AND b.unknown_cost_count = 0
  AND b.weight_minor <= %s AND b.value_minor <= %s
  AND NOT EXISTS (SELECT 1 FROM backflush_backflushline l WHERE l.backflush_id = b.id AND l.flags ?| %s)
  AND (c.good_quantity <= 0 OR EXISTS (
      SELECT 1 FROM backflush_backflushline l JOIN backflush_lotpick p ON p.line_id = l.id
      WHERE l.backflush_id = b.id))
"""


def standard_runs(backflush_ids: Sequence[int], *, limit_minor: int) -> set[int]:
    """Those whose every line is within tolerance, with nothing short, unknown or asked, and within the limit."""
    if not backflush_ids:
        return set()
    flags = sorted(flag.value for flag in NOT_STANDARD)
    with connection.cursor() as cursor:
        cursor.execute(STANDARD, [list(backflush_ids), limit_minor, limit_minor, flags])
        return {row[0] for row in cursor.fetchall()}
