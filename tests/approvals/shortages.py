"""A posting that went short, and what becomes of its shortage."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.tenancy.binding import bind
from approvals.actions.shortages import sign_settlement
from backflush.models import Backflush
from inventory.actions.settlements import propose_settlement
from inventory.actions.shortage_moves import Settlement, Source
from inventory.choices import Resolution
from inventory.models import JournalLine, Location, Lot, StockBalance, StockException
from tests import factories
from tests.backflush.shop import Shop


def short_posting(shop: Shop, **item: Any) -> Backflush:
    """10 of M (5.00) are used and 4 are there: posted 6 short. A lot at 5.50 stands in a locked annex."""
    org = shop.organization
    factories.make_location(org, "ANNEX", is_stocking=False)
    material = factories.make_item(org, "M", cost=5, **item)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 1)])
    factories.set_stock(org, material, 4, unit_cost=5)
    lot = factories.make_lot(org, material, "L9", received_on=dt.date(2025, 1, 9), unit_cost=Decimal("5.50"))
    factories.set_stock(org, material, 8, lot=lot, location="ANNEX", unit_cost="5.50")
    factories.make_completion(org, factories.make_order(org, product, 10, "WO-1"), 10)
    return shop.post(shop.draft(order_numbers=["WO-1"]))


def only(shop: Shop) -> StockException:
    with bind(shop.organization):
        return StockException.objects.select_related("entry").get()


def source(shop: Shop, sku: str, place: str, lot: str | None, quantity: Any) -> Source:
    with bind(shop.organization):
        return Source(
            Location.objects.get(code=place).pk,
            Lot.objects.get(item__sku=sku, code=lot).pk if lot else None,
            Decimal(quantity),
        )


def propose(
    shop: Shop, resolution: Resolution, *sources: Source, by: User | None = None, **values: Any
) -> StockException:
    return propose_settlement(
        organization=shop.organization,
        exception_id=only(shop).pk,
        settlement=Settlement(resolution, sources, "Found on the floor", **values),
        actor=by or shop.planner,
    )


def sign(shop: Shop, by: User | None = None) -> StockException:
    return sign_settlement(
        organization=shop.organization, exception_id=only(shop).pk, actor=by or shop.controller
    )


def settle(shop: Shop, resolution: Resolution, *sources: Source, **values: Any) -> StockException:
    propose(shop, resolution, *sources, **values)
    return sign(shop)


def standing(shop: Shop, sku: str) -> dict[tuple[str, str], tuple[Decimal, int]]:
    with bind(shop.organization):
        rows = StockBalance.objects.filter(item__sku=sku).exclude(on_hand=0)
        return {
            (place, lot or ""): (on_hand, value)
            for place, lot, on_hand, value in rows.values_list(
                "location__code", "lot__code", "on_hand", "value_minor"
            )
        }


def booked(shop: Shop) -> dict[str, int]:
    with bind(shop.organization):
        return dict(
            JournalLine.objects.filter(entry__source_kind="exception").values_list("role", "amount_minor")
        )


def lot_of(shop: Shop, balance: StockBalance) -> Lot:
    with bind(shop.organization):
        return Lot.objects.get(pk=balance.lot_id)
