"""Which of our own entries the ERP had taken at a moment, and which it had not.

An entry is taken when its export line was accepted and loaded by then. Where nobody answers, it is taken when it was
exported before the moment less the organization's loading delay, where one is set. What the ERP books itself it has
taken when the completion is not later than the moment. What was assumed taken at an earlier moment stays so. Entries
exported before the moment and not answered, or answered without a time, are in doubt. Snapshots are the ERP's own and
never count.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django_scopes import get_scope

from inventory.choices import ErpAnswer, StockEvent
from inventory.models import EntryOutcome

Corner = tuple[int, int]  # item and location


class Unanswered(NamedTuple):
    entry_id: int
    lot_id: int | None
    document_number: str
    quantity: Decimal
    exported_at: dt.datetime


@dataclass(slots=True)
class OwnEntries:
    """Sums of the entries not taken, by lot; and one by one those that nobody answered: in doubt, taken by the loading
    delay, or too fresh for it (these are in the sums too). Without `has_delay` the clock proves nothing: `by_delay`
    then holds whatever was exported before the moment, for the file to agree with or a person to decide."""

    not_taken: dict[Corner, list[tuple[int | None, Decimal]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    in_doubt: dict[Corner, list[Unanswered]] = field(default_factory=lambda: defaultdict(list))
    by_delay: dict[Corner, list[Unanswered]] = field(default_factory=lambda: defaultdict(list))
    too_fresh: dict[Corner, list[Unanswered]] = field(default_factory=lambda: defaultdict(list))
    corners: set[Corner] = field(default_factory=set)
    has_delay: bool = False


# The order of the cases is the order of what is certain.
_JUDGED = """
SELECT e.id, e.item_id, e.location_id, e.lot_id, e.quantity, e.document_number, o.exported_at,
  CASE
    WHEN %(erp_books_receipts)s AND e.event = %(receive)s
      THEN CASE WHEN coalesce(e.completed_at, e.posted_at) <= w.t THEN 'taken' ELSE 'not' END
    WHEN o.id IS NULL OR o.answer IN (%(rejected)s, %(withdrawn)s) THEN 'not'
    WHEN o.answer = %(accepted)s AND o.loaded_at IS NOT NULL
      THEN CASE WHEN o.loaded_at <= w.t THEN 'taken' ELSE 'not' END
    WHEN o.exported_at > w.t THEN 'not'
    WHEN o.is_assumed_taken AND o.assumed_at <= w.t THEN 'taken'
    WHEN o.answer = '' AND NOT %(answers)s
      THEN CASE WHEN o.exported_at <= w.t - %(delay)s THEN 'delay' ELSE 'fresh' END
    ELSE 'doubt'
  END AS judgement
FROM unnest(%(items)s::bigint[], %(locations)s::bigint[], %(moments)s::timestamptz[]) AS w(i, l, t)
JOIN inventory_stockentry e ON e.organization_id = %(organization)s AND e.item_id = w.i AND e.location_id = w.l
LEFT JOIN inventory_entryoutcome o ON o.organization_id = e.organization_id AND o.entry_id = e.id
WHERE e.event <> %(snapshot)s
"""


def own_entries(corners: Sequence[tuple[int, int, dt.datetime]]) -> OwnEntries:
    """Judge every own entry at these items and locations at the moment given for each."""
    found = OwnEntries()
    if not corners:
        return found
    organization = get_scope()["organization"]
    found.has_delay = organization.loading_delay_minutes > 0
    parameters = {
        "organization": organization.pk,
        "items": [corner[0] for corner in corners],
        "locations": [corner[1] for corner in corners],
        "moments": [corner[2] for corner in corners],
        "erp_books_receipts": organization.is_receipt_booked_by_erp,
        "delay": dt.timedelta(minutes=organization.loading_delay_minutes),
        "answers": EntryOutcome.objects.filter(answer__in=[ErpAnswer.ACCEPTED, ErpAnswer.REJECTED]).exists(),
        "receive": StockEvent.RECEIVE.value,
        "snapshot": StockEvent.SNAPSHOT.value,
        "rejected": ErpAnswer.REJECTED.value,
        "withdrawn": ErpAnswer.WITHDRAWN.value,
        "accepted": ErpAnswer.ACCEPTED.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH judged AS MATERIALIZED ({_JUDGED}) "
            "SELECT item_id, location_id, lot_id, sum(quantity) FILTER (WHERE judgement IN ('not', 'fresh')) "
            "FROM judged GROUP BY 1, 2, 3",
            parameters,
        )
        for item, location, lot, quantity in cursor.fetchall():
            found.corners.add((item, location))
            if quantity is not None:
                found.not_taken[item, location].append((lot, quantity))
        if not found.corners:
            return found
        cursor.execute(
            f"SELECT id, item_id, location_id, lot_id, quantity, document_number, exported_at, judgement "
            f"FROM ({_JUDGED}) judged WHERE judgement IN ('doubt', 'delay', 'fresh') ORDER BY id",
            parameters,
        )
        for pk, item, location, lot, quantity, document, exported_at, judgement in cursor.fetchall():
            kept = {"doubt": found.in_doubt, "delay": found.by_delay, "fresh": found.too_fresh}[judgement]
            kept[item, location].append(Unanswered(pk, lot, document, quantity, exported_at))
    return found
