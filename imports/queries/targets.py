"""Where what a row became can be looked at: the item, its bill, or the order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.urls import reverse

from imports.choices import FileKind
from imports.models import ImportBatch
from inventory.queries.lookup import item_ids
from inventory.rows import RowOutcome
from production.models import WorkOrder

PAGES = {
    FileKind.ITEMS: "inventory:item",
    FileKind.COSTS: "inventory:item",
    FileKind.STOCK: "inventory:item",
    FileKind.BOMS: "production:bill",
    FileKind.OPERATIONS: "production:bill",
}
ORDERS = {FileKind.WORK_ORDERS, FileKind.COMPLETIONS, FileKind.ISSUES}
_SINCE = re.compile(r" from \d{4}-\d{2}-\d{2}$")


def targets(batch: ImportBatch, rows: Sequence[RowOutcome]) -> dict[int, str]:
    """By row number the address of what it concerns, as far as that is there."""
    slug = batch.organization.slug
    subjects = {row.row: _SINCE.sub("", row.key).split(" · ")[0] for row in rows}
    names = set(subjects.values())
    kind = FileKind(batch.kind)
    if kind in ORDERS:
        there = WorkOrder.objects.filter(number__in=names).values_list("number", flat=True)
        addresses = {number: reverse("production:order", args=[slug, number]) for number in there}
    elif kind in PAGES:
        addresses = {sku: reverse(PAGES[kind], args=[slug, pk]) for sku, pk in item_ids(names).items()}
    else:
        return {}
    return {row: addresses[subject] for row, subject in subjects.items() if subject in addresses}
