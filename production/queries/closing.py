"""When an order is done: the final completion of each of its outputs is posted, and so are all others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

STANDINGS = """
SELECT w.id, w.number, w.status, w.is_closed, w.started_on, w.finished_on, COALESCE(c.is_done, false),
       EXISTS (SELECT 1 FROM production_receipt r WHERE r.work_order_id = w.id AND NOT r.is_reversed),
       EXISTS (SELECT 1 FROM production_receipt r JOIN production_completion f ON f.id = r.completion_id
               WHERE r.work_order_id = w.id AND NOT r.is_reversed AND f.is_final),
       c.first_on, c.final_on
FROM production_workorder w
LEFT JOIN LATERAL (
    SELECT bool_and(o.is_done) AS is_done, min(o.first_on) AS first_on, max(o.final_on) AS final_on FROM (
        SELECT COALESCE(bool_and(c.id = ANY(%s) OR c.backflush_state = 'posted') AND bool_or(c.is_final), false)
                   AS is_done,
               min(c.completed_on) AS first_on, max(c.completed_on) FILTER (WHERE c.is_final) AS final_on
        FROM production_workorderoutput o LEFT JOIN production_completion c ON c.output_id = o.id
        WHERE o.work_order_id = w.id GROUP BY o.id
    ) o
) c ON true
WHERE w.id = ANY(%s) ORDER BY w.id
"""


class Standing(NamedTuple):
    """An order as it stands and what is reported, posted and received of it."""

    order_id: int
    number: str
    status: str
    is_closed: bool
    started_on: dt.date | None
    finished_on: dt.date | None
    is_done: bool
    has_receipt: bool
    has_final_receipt: bool
    first_on: dt.date | None
    final_on: dt.date | None


def standings(order_ids: Sequence[int], *, as_if_posted: Sequence[int] = ()) -> list[Standing]:
    """The facts of these orders; completions in `as_if_posted` count as posted."""
    with connection.cursor() as cursor:
        cursor.execute(STANDINGS, [list(as_if_posted), list(order_ids)])
        return [Standing(*row) for row in cursor.fetchall()]


def closing_orders(postings: Sequence[tuple[int, int]]) -> set[int]:
    """Orders that are done once these (order, completion) are posted."""
    found = standings(sorted({order for order, _ in postings}), as_if_posted=[c for _, c in postings])
    return {facts.order_id for facts in found if facts.is_done}
