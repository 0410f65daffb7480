"""At posting, stock without lots that is carried at standard is picked again; everything else makes the draft stale."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.errors import AppError
from accounts.tenancy.binding import bind
from tests import factories
from tests.backflush.crowd import breaches
from tests.backflush.shop import Shop, open_shop

pytestmark = pytest.mark.django_db


def _two_places(shop: Shop, main: Any, annex: Any, **item: Any) -> None:
    """20 of M at 0.333333 each are needed; they stand in MAIN and, later in the order, in ANNEX."""
    org = shop.organization
    factories.make_location(org, "MAIN", pick_order=1)
    factories.make_location(org, "ANNEX", pick_order=2)
    material = factories.make_item(org, "M", cost="0.333333", **item)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 2)])
    factories.set_stock(org, material, main, unit_cost="0.333333")
    factories.set_stock(org, material, annex, location="ANNEX", unit_cost="0.333333")
    factories.make_completion(org, factories.make_order(org, product, 10, "WO-1"), 10)


def _take_from_main(shop: Shop, quantity: int) -> None:
    with bind(shop.organization):
        from inventory.models import Item

        material = Item.objects.get(sku="M")
    factories.set_stock(shop.organization, material, -quantity, unit_cost="0.333333")


def _taken(shop: Shop, backflush: Any) -> list[tuple[str, Decimal, int]]:
    with bind(shop.organization):
        picks = backflush.lines.get().picks.order_by("pk")
        found = list(picks.values_list("location__code", "quantity", "amount_minor"))
        entries = [
            (entry.location.code, -entry.quantity, -entry.amount_minor)
            for entry in shop.entries(backflush)
            if entry.event == "CONSUME"
        ]
    assert found == entries
    return found


def test_stock_at_standard_without_lots_is_picked_again_where_it_stands() -> None:
    shop = open_shop(is_stock_at_standard=True)
    _two_places(shop, 100, 100)
    submitted = shop.submit(shop.draft())
    _take_from_main(shop, 95)

    posted = shop.approve(submitted)

    assert _taken(shop, posted) == [("MAIN", Decimal(5), 167), ("ANNEX", Decimal(15), 500)]
    assert posted.actual_cost_minor == 667
    assert shop.balance("M")[0] == 85
    assert breaches(shop.organization) == []


def test_what_is_nowhere_enough_is_stale() -> None:
    shop = open_shop(is_stock_at_standard=True)
    _two_places(shop, 20, 5)
    submitted = shop.submit(shop.draft())
    _take_from_main(shop, 10)
    with pytest.raises(AppError) as caught:
        shop.approve(submitted)
    assert caught.value.code == "STALE_DRAFT"


@pytest.mark.parametrize(
    ("at_standard", "tracking"), [(False, "none"), (True, "lot")], ids=["at lot cost", "with lots"]
)
def test_other_stock_is_looked_at_again(at_standard: bool, tracking: str) -> None:
    shop = open_shop(is_stock_at_standard=at_standard)
    _two_places(shop, 100, 100, tracking=tracking)
    submitted = shop.submit(shop.draft())
    _take_from_main(shop, 95)
    with pytest.raises(AppError) as caught:
        shop.approve(submitted)
    assert caught.value.code == "STALE_DRAFT"


def test_two_documents_signed_together_share_what_is_left() -> None:
    from approvals.actions.signing import approve_backflushes
    from backflush.actions.drafting import draft_backflushes

    shop = open_shop(is_stock_at_standard=True)
    _two_places(shop, 40, 15)
    with bind(shop.organization):
        from inventory.models import Item

        product = Item.objects.get(sku="P")
    order = factories.make_order(shop.organization, product, 10, "WO-2")
    factories.make_completion(shop.organization, order, 10)
    ids = draft_backflushes(organization=shop.organization, actor=shop.planner).drafted
    for pk in ids:
        shop.submit(shop.again(pk))
    _take_from_main(shop, 15)

    result = approve_backflushes(organization=shop.organization, backflush_ids=ids, actor=shop.controller)

    assert sorted(result.posted) == sorted(ids)
    assert shop.balance("M")[0] == 0
    assert breaches(shop.organization) == []
