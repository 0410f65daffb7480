"""Shortages settled with stock: what each way books, and what a reversal takes back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.errors import AppError
from accounts.tenancy.binding import bind
from approvals.actions.reversing import reverse
from exports.queries.due import entries_due
from inventory.actions.exceptions import expect_receipt, resolve_exception
from inventory.choices import Resolution
from inventory.models import Item, JournalLine, StockBalance, StockEntry, StockException
from tests import factories
from tests.approvals.shortages import (
    booked,
    lot_of,
    only,
    settle,
    short_posting,
    source,
    standing,
)
from tests.backflush.crowd import breaches
from tests.backflush.shop import Shop, open_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop()


@pytest.mark.parametrize("resolution", [Resolution.PICKED, Resolution.MOVED])
def test_shortage_taken_from_another_lot_leaves_it_at_its_cost(shop: Shop, resolution: Resolution) -> None:
    """6 at 5.00 come back at MAIN, 6 of L9 leave the annex at 5.50: 3.00 are inventory adjustment."""
    short_posting(shop)
    assert standing(shop, "M") == {("MAIN", ""): (-6, -3_000), ("ANNEX", "L9"): (8, 4_400)}

    settled = settle(shop, resolution, source(shop, "M", "ANNEX", "L9", 6))

    assert (settled.resolution, settled.resolved_by, settled.note) == (
        resolution.value,
        shop.controller,
        "Found on the floor",
    )
    assert standing(shop, "M") == {("ANNEX", "L9"): (2, 1_100)}
    assert booked(shop) == {"component_inventory": -300, "inventory_adjustment": 300}
    assert breaches(shop.organization) == []


def test_both_movements_are_due_for_the_erp(shop: Shop) -> None:
    short_posting(shop)
    settle(shop, Resolution.PICKED, source(shop, "M", "ANNEX", "L9", 6))
    with bind(shop.organization):
        due = entries_due().filter(source_kind="exception").order_by("pk")
        assert list(due.values_list("event", "location__code", "lot__code", "quantity")) == [
            ("ADJUST", "MAIN", None, 6),
            ("ADJUST", "ANNEX", "L9", -6),
        ]


def test_shortage_met_by_another_item_relieves_that_item(shop: Shop) -> None:
    """6 of M were 3 of ALT (12.00 each, f 0.5): 30.00 come back, 36.00 go, 6.00 are inventory adjustment."""
    short_posting(shop)
    other = factories.make_item(shop.organization, "ALT", cost=12, item_class="alternates")
    factories.set_stock(shop.organization, other, 10, unit_cost=12)

    settle(
        shop,
        Resolution.SUBSTITUTED,
        source(shop, "ALT", "MAIN", None, 3),
        item_used_id=other.pk,
        factor=Decimal("0.5"),
    )

    assert standing(shop, "M") == {("ANNEX", "L9"): (8, 4_400)}
    assert standing(shop, "ALT") == {("MAIN", ""): (7, 8_400)}
    with bind(shop.organization):
        lines = JournalLine.objects.filter(entry__source_kind="exception")
        assert sorted(lines.values_list("role", "amount_minor")) == [
            ("component_inventory", -3_600),
            ("component_inventory", 3_000),
            ("inventory_adjustment", 600),
        ]
    assert breaches(shop.organization) == []


def test_stock_at_standard_settles_without_a_difference() -> None:
    shop = open_shop(is_stock_at_standard=True)
    short_posting(shop)
    settle(shop, Resolution.PICKED, source(shop, "M", "ANNEX", "L9", 6))
    assert booked(shop) == {}
    assert breaches(shop.organization) == []


def test_what_is_named_adds_up_and_is_there(shop: Shop) -> None:
    short_posting(shop)
    with pytest.raises(AppError, match="add up to 5 EA; 6 EA of M"):
        settle(shop, Resolution.PICKED, source(shop, "M", "ANNEX", "L9", 5))
    with pytest.raises(AppError) as same_place:
        settle(shop, Resolution.PICKED, source(shop, "M", "MAIN", None, 6))
    assert "the place that was short" in same_place.value.message
    with bind(shop.organization):
        material = Item.objects.get(sku="M")
    factories.set_stock(shop.organization, material, 2, location="RACK", unit_cost=5)
    with pytest.raises(AppError) as not_there:
        settle(shop, Resolution.PICKED, source(shop, "M", "RACK", None, 6))
    assert not_there.value.code == "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH"
    assert not_there.value.details == [{"item": "M", "required": "6", "available": "2"}]
    with bind(shop.organization):
        assert not StockEntry.objects.filter(source_kind="exception").exists()


def test_finding_that_moves_stock_is_not_noted_without_it(shop: Shop) -> None:
    short_posting(shop)
    with pytest.raises(AppError, match="moves stock"):
        resolve_exception(
            organization=shop.organization,
            exception_id=only(shop).pk,
            resolution=Resolution.PICKED,
            note="From the annex",
            actor=shop.planner,
        )


def test_reversal_takes_back_what_settled_the_shortage(shop: Shop) -> None:
    posted = short_posting(shop)
    settle(shop, Resolution.PICKED, source(shop, "M", "ANNEX", "L9", 6))
    reverse(
        organization=shop.organization,
        backflush_id=posted.pk,
        actor=shop.other_controller,
        reason="Wrong order",
    )
    assert standing(shop, "M") == {("MAIN", ""): (4, 2_000), ("ANNEX", "L9"): (8, 4_400)}
    assert only(shop).resolution == "picked"
    assert breaches(shop.organization) == []


def test_reversal_ends_a_shortage_that_is_open(shop: Shop) -> None:
    posted = short_posting(shop)
    reverse(
        organization=shop.organization,
        backflush_id=posted.pk,
        actor=shop.other_controller,
        reason="Wrong order",
    )
    ended = only(shop)
    assert (ended.resolution, ended.resolved_by, ended.note) == (
        "reversed",
        shop.other_controller,
        "Wrong order",
    )


def test_consume_later_stays_open_until_its_receipt_makes_it_timing(shop: Shop) -> None:
    """6 short; 4 come in and are not enough, 2 more are: short in time only."""
    short_posting(shop)
    waiting = expect_receipt(
        organization=shop.organization,
        exception_id=only(shop).pk,
        note="On the truck",
        actor=shop.planner,
    )
    assert (waiting.kind, waiting.owner, waiting.resolved_at) == ("later", shop.planner, None)
    with bind(shop.organization):
        material = Item.objects.get(sku="M")
        annex = StockBalance.objects.get(item=material, location__code="ANNEX")
    factories.set_stock(
        shop.organization, material, -8, location="ANNEX", lot=lot_of(shop, annex), unit_cost="5.50"
    )
    factories.set_stock(shop.organization, material, 4, unit_cost=5)
    assert only(shop).kind == "later"
    factories.set_stock(shop.organization, material, 2, unit_cost=5)
    assert only(shop).kind == "timing"


def test_oldest_of_several_shortages_is_covered_first(shop: Shop) -> None:
    org = shop.organization
    material = factories.make_item(org, "M", cost=5)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 1)])
    factories.set_stock(org, material, 0, unit_cost=5)
    for number, good in (("WO-1", 3), ("WO-2", 4)):
        factories.make_completion(org, factories.make_order(org, product, good, number), good)
        shop.post(shop.draft(order_numbers=[number]))
    factories.set_stock(org, material, 5, unit_cost=5)
    with bind(org):
        kinds = StockException.objects.order_by("pk").values_list("quantity", "kind")
        assert list(kinds) == [(3, "timing"), (4, "short")]


def test_page_notes_a_finding_and_what_waits_for_its_receipt(shop: Shop) -> None:
    short_posting(shop)
    slug, pk = shop.organization.slug, only(shop).pk
    url = f"/o/{slug}/stock/shortages/{pk}/resolve/"
    client = factories.client_of(shop.planner)
    assert client.post(url, {"finding": "later", "note": "On the truck"}).status_code == 302
    listed = client.get(f"/o/{slug}/stock/shortages/").content.decode()
    assert "Consume later" in listed
    assert "On the truck" in listed
    assert client.post(url, {"finding": "accepted", "note": "Nobody knows"}).status_code == 302
    assert only(shop).resolution == "accepted"
