"""Reversing a posting whose finished goods are used already: the item's rule decides, and what is missing is listed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.choices import EventName
from accounts.errors import AppError
from accounts.events import events_after
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from approvals.actions.reversing import reverse
from approvals.actions.shortages import sign_settlement
from backflush.models import Backflush
from inventory.actions.settlements import propose_settlement
from inventory.actions.shortage_moves import Settlement, Source
from inventory.choices import Resolution
from inventory.models import Item, JournalEntry, JournalLine, Location, StockEntry, StockException
from inventory.queries.exceptions import open_value, shortage_rows, shortages
from tests import factories
from tests.backflush.crowd import breaches
from tests.backflush.shop import Shop, open_shop, simple_order

pytestmark = pytest.mark.django_db


def _used(**policies: Any) -> tuple[Shop, Backflush]:
    """10 of P are made (2 × 5.00 each) and 7 of them go into Q: 3 are left."""
    shop = open_shop(**policies)
    org = shop.organization
    material = factories.make_item(org, "M", cost=5)
    product = factories.make_product(org, "P", cost=10)
    box = factories.make_product(org, "Q")
    factories.make_bom(org, product, [(material, 2)])
    factories.make_bom(org, box, [(product, 1)])
    factories.set_stock(org, material, 1_000, unit_cost=5)
    factories.make_completion(org, factories.make_order(org, product, 10, "WO-1"), 10)
    made = shop.post(shop.draft(order_numbers=["WO-1"]))
    factories.make_completion(org, factories.make_order(org, box, 7, "WO-2"), 7)
    shop.post(shop.draft(order_numbers=["WO-2"]))
    assert shop.balance("P") == (3, 3_000)
    return shop, made


def _reverse(shop: Shop, backflush: Backflush) -> None:
    reverse(
        organization=shop.organization,
        backflush_id=backflush.pk,
        actor=shop.other_controller,
        reason="Wrong order",
    )


def _settle(shop: Shop, exception_id: int, source: Source) -> None:
    propose_settlement(
        organization=shop.organization,
        exception_id=exception_id,
        settlement=Settlement(Resolution.PICKED, (source,), "In the annex"),
        actor=shop.planner,
    )
    sign_settlement(organization=shop.organization, exception_id=exception_id, actor=shop.controller)


def test_warned_goods_go_below_zero_and_what_is_missing_is_listed() -> None:
    shop, made = _used(negative_policy="warn")
    _reverse(shop, made)

    assert shop.balance("P") == (-7, -7_000)
    assert shop.balance("M") == (1_000, 500_000)
    with bind(shop.organization):
        row = StockException.objects.select_related("entry", "item").get()
        assert (row.item.sku, row.quantity, row.document_number, row.kind) == ("P", 7, made.number, "short")
        assert (row.entry.event, row.entry.quantity, row.entry.reversal_of is None) == ("RECEIVE", -10, False)
        (shown,) = shortage_rows(list(shortages()), shop.organization, row.opened_at)
        assert (shown.quantity, shown.value, shown.order) == ("7 EA", "$70.00", "WO-1")
        assert open_value(shop.organization) == "$70.00"
        told = StockException.history.get()
        assert (told.history_user, told.history_change_reason) == (shop.other_controller, "Wrong order")
    assert breaches(shop.organization) == []


def test_warned_goods_are_told_as_short() -> None:
    shop, made = _used(negative_policy="warn")
    _reverse(shop, made)

    with bind(shop.organization):
        told = [event for event in events_after(0, limit=100) if event.name == EventName.STOCK_SHORT]
        row = StockException.objects.get()
    assert [(event.work_order, event.data) for event in told] == [
        ("WO-1", {"item": "P", "location": "MAIN", "lot": None, "quantity": "7"})
    ]
    assert told[0].subjects == {
        "backflush_id": made.pk,
        "backflush": made.number,
        "completion_id": made.completion_id,
        "shortage_id": row.pk,
        "entry_id": row.entry_id,
    }


def test_allowed_goods_go_below_zero_and_nothing_is_listed() -> None:
    shop, made = _used(negative_policy="allow")
    _reverse(shop, made)
    assert shop.balance("P") == (-7, -7_000)
    with bind(shop.organization):
        assert not StockException.objects.exists()


def test_blocked_goods_refuse_the_reversal() -> None:
    shop, made = _used(negative_policy="block")
    with pytest.raises(AppError) as caught:
        _reverse(shop, made)
    assert caught.value.code == "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH"
    assert caught.value.details == [{"item": "P", "required": "10", "available": "3"}]
    assert shop.balance("P") == (3, 3_000)


def test_items_own_rule_goes_before_the_organizations() -> None:
    shop, made = _used(negative_policy="block")
    with bind(shop.organization):
        item = Item.objects.get(sku="P")
        item.negative_policy = "warn"
        save_row(item, actor=None, reason="test", fields=["negative_policy"])
    _reverse(shop, made)
    with bind(shop.organization):
        assert StockException.objects.get().quantity == 7


def test_goods_that_are_all_there_are_not_listed() -> None:
    shop = open_shop(negative_policy="warn")
    simple_order(shop)
    _reverse(shop, shop.post(shop.draft()))
    with bind(shop.organization):
        assert not StockException.objects.exists()


def test_missing_goods_are_settled_from_where_they_stand() -> None:
    """Of 10 reversed 7 are missing: they come back at their share of the reversal's value, not at all of it."""
    shop, made = _used(negative_policy="warn")
    org = shop.organization
    _reverse(shop, made)
    with bind(org):
        row = StockException.objects.select_related("item").get()
        item = row.item
    factories.set_stock(org, item, 9, location="ANNEX", unit_cost=10)
    with bind(org):
        annex = Location.objects.get(code="ANNEX").pk
    _settle(shop, row.pk, Source(annex, None, Decimal(7)))

    with bind(org):
        moved = StockEntry.objects.filter(source_kind="exception").order_by("pk")
        assert [(e.location.code, e.quantity, e.amount_minor) for e in moved] == [
            ("MAIN", 7, 7_000),
            ("ANNEX", -7, -7_000),
        ]
        assert not JournalEntry.objects.filter(source_kind="exception").exists()
    assert breaches(org) == []


def test_difference_in_cost_of_settled_goods_is_booked_against_finished_goods() -> None:
    shop, made = _used(negative_policy="warn")
    org = shop.organization
    _reverse(shop, made)
    with bind(org):
        row = StockException.objects.select_related("item").get()
    lot = factories.make_lot(org, row.item, "L9", unit_cost=Decimal(12))
    factories.set_stock(org, row.item, 9, lot=lot, location="ANNEX", unit_cost=12)
    with bind(org):
        annex = Location.objects.get(code="ANNEX").pk
    _settle(shop, row.pk, Source(annex, lot.pk, Decimal(7)))

    with bind(org):
        lines = JournalLine.objects.filter(entry__source_kind="exception").order_by("position")
        assert list(lines.values_list("role", "amount_minor")) == [
            ("finished_goods", -1_400),
            ("inventory_adjustment", 1_400),
        ]
    assert breaches(org) == []
