"""Whether a document still stands as it was computed, its lots and what was missing included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from accounts.errors import AppError
from accounts.models import Organization
from backflush.actions.editing import preview
from backflush.models import Backflush, BackflushLine
from backflush.queries.documents import documents_of
from backflush.queries.shortages import blocked_shortages, uncovered_ids
from backflush.queries.staleness import builder_for, stale_ids

# Each document is computed again, unwritten; of a whole file's worth the refusals stand as they are.
MOST = 20


def is_stale(organization: Organization, backflush: Backflush) -> bool:
    """Whether an open document must be computed again before it goes on."""
    rows = documents_of([backflush.pk])
    if stale_ids(builder_for(organization, rows), rows) or uncovered_ids([backflush.pk]):
        return True
    return bool(backflush.short_count and eased_shortages(organization, blocked_shortages([backflush.pk])))


def eased_shortages(organization: Organization, blocked_ids: Collection[int]) -> set[int]:
    """Which of these documents, blocked by a shortage, stock covers better now than when they were computed.

    Their remedy is to compute them again, not to wait for stock that has come.
    """
    if len(blocked_ids) > MOST:
        return set()
    eased = set()
    for backflush in Backflush.objects.filter(pk__in=blocked_ids):
        was: dict[int, Decimal] = defaultdict(Decimal)
        stored = BackflushLine.objects.filter(backflush=backflush, short_quantity__gt=0)
        for item_id, quantity in stored.values_list("item_id", "short_quantity"):
            was[item_id] += quantity
        try:
            computed, *_ = preview(organization=organization, backflush=backflush, changes=())
        except AppError:  # it cannot be computed as it was: computing it again says why
            eased.add(backflush.pk)
            continue
        now: dict[int, Decimal] = defaultdict(Decimal)
        for line in computed.lines:
            now[line.item] += line.short_quantity
        if any(now[item_id] < quantity for item_id, quantity in was.items()):
            eased.add(backflush.pk)
    return eased
