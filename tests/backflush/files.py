"""Files as people bring them, loaded into a shop."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Sum

from accounts.tenancy.binding import bind
from approvals.actions.reversing import reverse
from backflush.models import Backflush
from inventory.models import StockEntry
from tests.backflush.shop import Shop
from tests.imports.loading import load


def bring(shop: Shop, kind: str, text: str, **options: Any) -> None:
    """Load a file whole; a refused row is a failure of the test."""
    with bind(shop.organization):
        loaded = load(kind, text, **options)
    assert loaded.is_loaded, [str(issue) for issue in loaded.issues]


def report(shop: Shop, *rows: str) -> None:
    """Completions: order, product, ordered, good, scrap, scrap reason, operation, reference, day of November."""
    bring(
        shop,
        "completions",
        "wo_number,sku,order_qty,completed_qty,scrap_qty,scrap_reason,operation,reference,completed_at,final\n"
        + "".join(f"{row}\n" for row in rows),
    )


def issue(shop: Shop, *rows: str) -> None:
    """Reported use: order, component, quantity, lot, stands in for, factor, reference."""
    bring(
        shop,
        "issues",
        "wo_number,component_sku,quantity,lot,stands_in_for,factor,reference\n"
        + "".join(f"{row}\n" for row in rows),
    )


def used(shop: Shop, sku: str) -> Decimal:
    """Net of everything that was posted."""
    with bind(shop.organization):
        entries = StockEntry.objects.filter(item__sku=sku, source_kind="backflush")
        return -(entries.aggregate(sum=Sum("quantity"))["sum"] or Decimal(0))


def take_back(shop: Shop, backflush: Backflush) -> Backflush:
    return reverse(
        organization=shop.organization,
        backflush_id=backflush.pk,
        actor=shop.other_controller,
        reason="Wrong order",
    )
