"""Shortages in a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, QuerySet, Sum

from accounts.models import Organization
from inventory.models import StockBalance, StockException
from ui import formats


@dataclass(frozen=True, slots=True)
class ShortageRow:
    """A shortage, printed."""

    id: int
    sku: str
    description: str
    item_id: int
    document: str
    order: str
    quantity: str
    value: str
    age: str
    owner: str
    is_timing: bool
    resolution: str
    note: str


def shortages(*, is_open: bool = True) -> QuerySet[StockException]:
    """Open shortages oldest first, or those that are resolved, latest first."""
    found = StockException.objects.select_related("item", "entry", "owner", "resolved_by")
    if is_open:
        return found.filter(resolved_at=None).order_by("opened_at", "pk")
    return found.exclude(resolved_at=None).order_by("-resolved_at", "pk")


def shortage_rows(
    found: Iterable[StockException], organization: Organization, now: dt.datetime
) -> list[ShortageRow]:
    """Rows of plain strings (one more query): a shortage that stock has covered since is one of timing only."""
    found = list(found)
    on_hand = dict(
        StockBalance.objects.filter(item_id__in={row.item_id for row in found})
        .values_list("item_id")
        .annotate(total=Sum(F("on_hand")))
    )
    return [
        ShortageRow(
            id=row.pk,
            sku=row.item.sku,
            description=row.item.description,
            item_id=row.item_id,
            document=row.document_number,
            order=row.entry.order_number,
            quantity=f"{formats.quantity(row.quantity)} {row.item.unit}",
            value=formats.money(
                int(abs(row.entry.unit_cost * row.quantity).scaleb(organization.currency_decimals)),
                organization.currency_code,
                organization.currency_decimals,
            ),
            age=formats.count((now - row.opened_at).days, "day"),
            owner=str(row.owner) if row.owner else "",
            is_timing=(on_hand.get(row.item_id) or 0) >= 0,
            resolution=row.resolution,
            note=row.note,
        )
        for row in found
    ]
