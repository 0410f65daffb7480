"""An import that nothing has used yet can be taken back whole."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.errors import AppError
from accounts.models import Organization, User
from imports.actions.take_back import LEFT_THERE, take_back_import
from imports.queries.touched import WRITTEN
from inventory.models import Item, ItemCost, StockBalance, StockEntry
from production.models import BillOfMaterials, Completion, WorkOrder
from tests.factories import make_item, make_order, make_product
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


def rows_there() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in WRITTEN if model not in LEFT_THERE}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("items", "sku,unit,standard_cost,location\nM-8,kg,2,RAW\nM-9,EA,3,RAW\n"),
        ("boms", "parent_sku,component_sku,usage,unit,substitute_skus\nP-1,M-1,2,g,M-2=1.5\n"),
        ("costs", "sku,unit_cost,effective_from\nM-1,7,2026-01-01\nM-2,1,\n"),
        ("units", "from_unit,to_unit,factor,sku\nROLL,m,50,M-1\n"),
        ("operations", "sku,operation,name,backflush_point\nP-1,10,Weld,no\nP-1,20,Paint,yes\n"),
        ("work_orders", "wo_number,sku,quantity,status,site\nWO-1,P-1,12,,\nWO-2,P-1,5,Released,PLANT\n"),
        (
            "completions",
            "wo_number,sku,completed_qty,scrap_qty,scrap_reason\nWO-1,P-1,4,1,Gouge\nWO-3,P-1,5,,\n",
        ),
        ("issues", "wo_number,component_sku,quantity,lot\nWO-1,M-1,3,L1\nWO-1,M-2,4,\n"),
    ],
)
def test_every_kind_goes_back_whole(bound: Organization, alice: User, kind: str, text: str) -> None:
    product = make_product(bound, "P-1")
    make_item(bound, "M-1", cost="5")
    make_item(bound, "M-2")
    make_order(bound, product, 10, "WO-1")
    before = rows_there()
    loaded = load(kind, text)
    assert loaded.is_loaded, loaded.issues
    assert rows_there() != before

    take_back_import(batch=loaded.batch, actor=alice)

    assert rows_there() == before
    assert WorkOrder.objects.get(number="WO-1").outputs.get().quantity == 10
    assert load(kind, text).is_loaded
