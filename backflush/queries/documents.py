"""Documents with their lines and picks, as posting and reversing need them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection


class DocumentRow(NamedTuple):
    """A document under lock."""

    id: int
    number: str
    status: str
    completion_id: int
    fingerprint: str
    computed_against: list[int]
    is_posted_by_policy: bool
    posted_on: dt.date | None
    posted_by_id: int | None
    edited_item_ids: list[int]
    involved_user_ids: list[int]
    weight_minor: int
    value_minor: int


class LineRow(NamedTuple):
    """A line's amounts, as the journal needs them."""

    backflush_id: int
    id: int
    item_id: int
    line_type: str
    actual_quantity: Decimal
    standard_cost_minor: int
    actual_cost_minor: int
    substitution_minor: int
    scrap_minor: int
    usage_minor: int
    price_minor: int
    reason_id: int | None
    short_quantity: Decimal
    is_beyond_tolerance: bool
    is_stock_unknown: bool
    is_serial_missing: bool
    input_id: int | None


class PickRow(NamedTuple):
    """Where a line takes its stock."""

    line_id: int
    location_id: int
    lot_id: int | None
    quantity: Decimal
    unit_cost: Decimal
    amount_minor: int
    is_short: bool


class SubjectRow(NamedTuple):
    """Whose consumption a document tells."""

    id: int
    number: str
    completion_id: int
    work_order: str
    weight_minor: int
    value_minor: int


DOCUMENTS = """
SELECT id, number, status, completion_id, fingerprint,
       ARRAY(SELECT jsonb_array_elements_text(computed_against)::bigint), is_posted_by_policy, posted_on, posted_by_id,
       ARRAY(SELECT DISTINCT v.id FROM jsonb_array_elements(NULLIF(edits, '[]')) e,
             unnest(ARRAY[(e->>'item_id')::bigint, (e->>'item_used_id')::bigint]) AS v(id)
             WHERE v.id IS NOT NULL ORDER BY 1),
       ARRAY(SELECT jsonb_array_elements_text(involved_user_ids)::bigint), weight_minor, value_minor
FROM backflush_backflush WHERE id = ANY(%s) ORDER BY id
"""

LINES = """
SELECT backflush_id, id, item_id, line_type, actual_quantity, standard_cost_minor, actual_cost_minor,
       substitution_minor, scrap_minor, usage_minor, price_minor, reason_id, short_quantity, is_beyond_tolerance,
       flags ? 'stock_unknown', flags ? 'serial_missing', input_id
FROM backflush_backflushline WHERE backflush_id = ANY(%s) ORDER BY backflush_id, position
"""

PICKS = """
SELECT p.line_id, p.location_id, p.lot_id, p.quantity, p.unit_cost, p.amount_minor, p.is_short
FROM backflush_lotpick p JOIN backflush_backflushline l ON l.id = p.line_id
WHERE l.backflush_id = ANY(%s) ORDER BY p.line_id, p.id
"""


SUBJECTS = """
SELECT b.id, b.number, b.completion_id, w.number, b.weight_minor, b.value_minor
FROM backflush_backflush b JOIN production_completion c ON c.id = b.completion_id
JOIN production_workorderoutput o ON o.id = c.output_id JOIN production_workorder w ON w.id = o.work_order_id
WHERE b.id = ANY(%s) ORDER BY b.id
"""


def documents_of(ids: Sequence[int], *, lock: bool = False) -> list[DocumentRow]:
    """These documents by id, locked when asked."""
    return [DocumentRow._make(row) for row in _rows(DOCUMENTS + (" FOR UPDATE" if lock else ""), ids)]


def lines_of(ids: Sequence[int]) -> dict[int, list[LineRow]]:
    """Lines by document."""
    found: dict[int, list[LineRow]] = defaultdict(list)
    for row in _rows(LINES, ids):
        found[row[0]].append(LineRow._make(row))
    return found


def short_ids(lines: Mapping[int, Sequence[LineRow]]) -> list[int]:
    """The documents of which stock does not cover a line."""
    return [document for document, rows in lines.items() if any(row.short_quantity > 0 for row in rows)]


def picks_of(ids: Sequence[int]) -> dict[int, list[PickRow]]:
    """Picks by line, of all lines of these documents."""
    found: dict[int, list[PickRow]] = defaultdict(list)
    for row in _rows(PICKS, ids):
        found[row[0]].append(PickRow._make(row))
    return found


def subjects_of(ids: Sequence[int]) -> list[SubjectRow]:
    """What these documents are about, by id (no query without ids)."""
    if not ids:
        return []
    return [SubjectRow._make(row) for row in _rows(SUBJECTS, ids)]


def held_use_of(ids: Sequence[int]) -> dict[int, set[int]]:
    """Reports of use that these documents hold, by document."""
    found: dict[int, set[int]] = defaultdict(set)
    for backflush_id, use_id in _rows(
        "SELECT backflush_id, reported_use_id FROM backflush_helduse WHERE is_live AND backflush_id = ANY(%s)",
        ids,
    ):
        found[backflush_id].add(use_id)
    return found


def _rows(statement: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(ids)])
        return list(cursor.fetchall())
