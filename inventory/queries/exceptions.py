"""Shortages in a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import DecimalField, ExpressionWrapper, F, QuerySet, Sum
from django.db.models.functions import Round

from accounts.models import Organization
from inventory.choices import ExceptionKind, Resolution
from inventory.models import StockException
from inventory.money import share_of
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
    reason: str
    is_timing: bool
    is_awaited: bool
    proposed_by: str
    proposed_by_id: int | None
    resolution: str
    resolved_by: str
    note: str


def shortages(*, is_open: bool = True) -> QuerySet[StockException]:
    """Open shortages oldest first, or those that are resolved, latest first."""
    found = StockException.objects.select_related(
        "item", "entry", "owner", "reason", "resolved_by", "proposed_by"
    )
    if is_open:
        return found.filter(resolved_at=None).order_by("opened_at", "pk")
    return found.exclude(resolved_at=None).order_by("-resolved_at", "pk")


def shortage_rows(
    found: Iterable[StockException], organization: Organization, now: dt.datetime
) -> list[ShortageRow]:
    """Rows of plain strings: what is short, since when, what it cost, whose it is."""
    code, decimals = organization.currency_code, organization.currency_decimals
    return [
        ShortageRow(
            id=row.pk,
            sku=row.item.sku,
            description=row.item.description,
            item_id=row.item_id,
            document=row.document_number,
            order=row.entry.order_number,
            quantity=f"{formats.quantity(row.quantity)} {row.item.unit}",
            value=formats.money(_worth(row), code, decimals),
            age=formats.count((now - row.opened_at).days, "day"),
            owner=str(row.owner) if row.owner else "",
            reason=row.reason.name if row.reason else "",
            is_timing=row.kind == ExceptionKind.TIMING,
            is_awaited=row.kind == ExceptionKind.LATER,
            proposed_by=str(row.proposed_by) if row.proposed_by else "",
            proposed_by_id=row.proposed_by_id,
            resolution=str(Resolution(row.resolution).label) if row.resolution else "",
            resolved_by=str(row.resolved_by) if row.resolved_by else "",
            note=row.note,
        )
        for row in found
    ]


def open_value(organization: Organization) -> str:
    """What the open shortages are worth together; blank where none is open."""
    share = F("entry__amount_minor") * F("quantity") / F("entry__quantity")
    rounded = Round(ExpressionWrapper(share, DecimalField(max_digits=40, decimal_places=6)))
    total = StockException.objects.filter(resolved_at=None).aggregate(sum=Sum(rounded))["sum"]
    if total is None:
        return ""
    return formats.money(int(total), organization.currency_code, organization.currency_decimals)


def _worth(row: StockException) -> int:
    """What is missing has its share of its entry's amount: all of it, but where goods that were there went out too."""
    return share_of(row.entry.amount_minor, row.quantity, row.entry.quantity)
