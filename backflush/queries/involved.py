"""Who made a document what it is, and therefore may not sign it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection

INVOLVED = """
SELECT b.id, u.user_id
FROM backflush_backflush b
JOIN production_completion c ON c.id = b.completion_id
CROSS JOIN LATERAL (
    SELECT v::bigint AS user_id FROM jsonb_array_elements_text(b.involved_user_ids) v
    UNION SELECT c.recorded_by_id WHERE c.import_id IS NULL
    UNION SELECT r.recorded_by_id FROM backflush_helduse h JOIN production_reporteduse r ON r.id = h.reported_use_id
          WHERE h.backflush_id = b.id AND h.is_live AND r.import_id IS NULL
) u
WHERE b.id = ANY(%s) AND u.user_id IS NOT NULL
"""


def with_person(people: Sequence[int], actor: Any) -> list[int]:
    """The people who made a document, with this one."""
    return sorted({*people, actor.pk})


def involved_people(backflush_ids: Sequence[int]) -> dict[int, set[int]]:
    """By document: who recorded its completion or use by hand, drafted, edited or submitted it."""
    found: dict[int, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(INVOLVED, [list(backflush_ids)])
        for backflush_id, user_id in cursor.fetchall():
            found[backflush_id].add(user_id)
    return found
