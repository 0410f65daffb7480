"""An import that nothing has used yet can be taken back whole."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.errors import AppError
from accounts.models import Organization, User
from imports.actions.take_back import take_back_import
from inventory.models import Item, ItemCost, StockBalance, StockEntry
from production.models import BillOfMaterials, Completion, WorkOrder
from tests.factories import make_item, make_product
from tests.imports.loading import load

pytestmark = pytest.mark.django_db


def test_made_rows_go_and_changed_ones_come_back(bound: Organization, alice: User) -> None:
    make_item(bound, "M-1", description="Bolt", cost="5")
    loaded = load("items", "sku,description,standard_cost\nM-1,Screw,6\nM-2,Nut,1\n")

    taken = take_back_import(batch=loaded.batch, actor=alice)

    assert taken.status == "taken_back"
    assert list(Item.objects.values_list("sku", "description")) == [("M-1", "Bolt")]
    assert list(ItemCost.objects.values_list("standard_cost", "effective_to")) == [(Decimal(5), None)]
    assert load("items", "sku,description,standard_cost\nM-1,Screw,6\nM-2,Nut,1\n").is_loaded


def test_used_import_stays(bound: Organization, alice: User) -> None:
    items = load("items", "sku\nP-1\nM-1\n")
    load("boms", "parent_sku,component_sku,usage\nP-1,M-1,1\n")

    with pytest.raises(AppError, match="can no longer"):
        take_back_import(batch=items.batch, actor=alice)

    assert Item.objects.count() == 2


def test_bill_before_the_edit_is_active_again(bound: Organization, alice: User) -> None:
    make_item(bound, "P-1")
    make_item(bound, "M-1")
    first = load("boms", "parent_sku,component_sku,usage\nP-1,M-1,1\n")
    edited = load("boms", "parent_sku,component_sku,usage\nP-1,M-1,2\n")

    take_back_import(batch=edited.batch, actor=alice)

    assert list(BillOfMaterials.objects.values_list("import_id", "is_active")) == [(first.batch.pk, True)]


def test_completions_go_with_the_orders_they_made(bound: Organization, alice: User) -> None:
    make_product(bound, "P-1")
    loaded = load("completions", "wo_number,sku,completed_qty\nWO-1,P-1,8\n")

    take_back_import(batch=loaded.batch, actor=alice)

    assert not Completion.objects.exists()
    assert not WorkOrder.objects.exists()


def test_stock_is_moved_back_by_opposite_entries(bound: Organization, alice: User) -> None:
    make_item(bound, "M-1")
    load("stock", "sku,location,on_hand,counted_at\nM-1,MAIN,4,2025-11-18 09:00\n")
    second = load("stock", "sku,location,on_hand,counted_at\nM-1,MAIN,9,2025-11-19 09:00\n")

    take_back_import(batch=second.batch, actor=alice)

    balance = StockBalance.objects.get()
    assert (balance.on_hand, balance.last_snapshot_at.day) == (Decimal(4), 18)
    assert list(StockEntry.objects.order_by("pk").values_list("quantity", flat=True)) == [4, 5, -5]


def test_stock_that_moved_since_stays(bound: Organization, alice: User) -> None:
    make_item(bound, "M-1")
    first = load("stock", "sku,location,on_hand,counted_at\nM-1,MAIN,4,2025-11-18 09:00\n")
    load("stock", "sku,location,on_hand,counted_at\nM-1,MAIN,9,2025-11-19 09:00\n")

    with pytest.raises(AppError, match="Stock has moved since"):
        take_back_import(batch=first.batch, actor=alice)
