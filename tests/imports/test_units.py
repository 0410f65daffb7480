"""Quantities in other units than the items', beside the number or in a column, end up in stock units."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.models import Organization
from inventory.models import Item, StockBalance
from production.models import BomLine, Completion, ReportedUse, WorkOrderOutput
from tests.factories import make_item, make_order, make_product
from tests.imports.loading import counts, load, told


@pytest.fixture
def stocked(bound: Organization) -> Organization:
    """M-1 is stocked in grams, P-1 in pieces, and what they are counted in is stated."""
    load("items", "sku,unit\nM-1,g\nP-1,EA\n")
    load("units", "from_unit,to_unit,factor\nkg,g,1000\ndozen,EA,12\n")
    return bound


def on_hand() -> dict[str, Decimal]:
    return dict(StockBalance.objects.values_list("item__sku", "on_hand"))


@pytest.mark.parametrize("text", ["sku,on_hand\nM-1,2.5 kg\n", "sku,on_hand,UoM\nM-1,2.5,KG\n"])
def test_stock_is_converted_to_the_items_unit(stocked: Organization, text: str) -> None:
    assert counts(load("stock", text)) == (1, 0, 0, 0)

    assert on_hand() == {"M-1": Decimal(2500)}


def test_stock_in_a_unit_that_nothing_converts_is_refused(stocked: Organization) -> None:
    loaded = load("stock", "sku,on_hand\nM-1,2 BOX\nP-1,3 EA\n")

    assert told(loaded) == [(2, "unit", "no_conversion")]
    assert on_hand() == {}


def test_cost_beside_a_converted_quantity_is_refused(stocked: Organization) -> None:
    loaded = load("stock", "sku,on_hand,unit,unit_cost\nM-1,2,kg,5.00\nM-1,300,g,0.005\n")

    assert told(loaded) == [(2, "unit_cost", "cost_of_which_unit"), (3, "on_hand", "part_refused")]


def test_unit_column_can_be_left_out_by_the_mapping(stocked: Organization) -> None:
    text = "sku,on_hand,unit\nM-1,2,BOX\n"

    assert load("stock", text, mapping={"columns": {"unit": None}}).is_loaded
    assert on_hand() == {"M-1": Decimal(2)}


def test_item_whose_unit_was_assumed_takes_the_one_of_the_stock_file(bound: Organization) -> None:
    load("items", "sku\nM-1\nM-2\n")

    loaded = load("stock", "sku,location,on_hand\nM-1,A,2 kg\nM-1,B,3 kg\nM-2,A,4 kg\nM-2,B,5 g\n")

    assert told(loaded) == [(4, "unit", "no_conversion"), (5, "unit", "no_conversion")]
    load("stock", "sku,location,on_hand\nM-1,A,2 kg\nM-1,B,3 kg\n")
    assert list(Item.objects.order_by("sku").values_list("sku", "unit", "is_unit_stated")) == [
        ("M-1", "kg", True),
        ("M-2", "EA", False),
    ]


def test_check_settles_no_unit(bound: Organization) -> None:
    load("items", "sku\nM-1\n")

    load("stock", "sku,on_hand\nM-1,2 kg\n", is_check=True)

    assert Item.objects.get().is_unit_stated is False


@pytest.mark.parametrize("quantity", ["999999999999 kg", "0.0000001 kg"])
def test_quantity_that_does_not_fit_in_stock_units_is_refused(stocked: Organization, quantity: str) -> None:
    loaded = load("stock", f"sku,on_hand\nM-1,{quantity}\n")

    assert [column for _, column, _ in told(loaded)] == ["on_hand"]


def test_orders_and_completions_count_in_stock_units(stocked: Organization) -> None:
    orders = load("work_orders", "wo_number,sku,quantity,status\nW-1,P-1,10 dozen,Placed\n")
    assert counts(orders) == (1, 0, 0, 0)
    assert WorkOrderOutput.objects.get().quantity == Decimal(120)

    loaded = load(
        "completions",
        "wo_number,completed_qty,scrap_qty,order_qty,reference,unit\nW-1,4,1,10,C-1,dozen\nW-1,12 EA,,,C-2,\n",
    )

    assert counts(loaded) == (2, 0, 0, 0)
    assert list(Completion.objects.order_by("reference").values_list("good_quantity", "scrap_quantity")) == [
        (Decimal(48), Decimal(12)),
        (Decimal(12), Decimal(0)),
    ]


def test_completion_names_its_product_once_for_the_unit_of_all_its_rows(stocked: Organization) -> None:
    load("completions", "wo_number,sku,completed_qty,reference\nW-9,P-1,1 dozen,C-1\nW-9,,2 dozen,C-2\n")

    assert sorted(Completion.objects.values_list("good_quantity", flat=True)) == [Decimal(12), Decimal(24)]


def test_usages_and_use_keep_the_unit_beside_the_number(stocked: Organization) -> None:
    load("boms", "parent_sku,component_sku,usage\nP-1,M-1,1.25 kg\n")
    assert list(BomLine.objects.values_list("usage", "unit")) == [(Decimal("1.25"), "kg")]

    make_order(stocked, Item.objects.get(sku="P-1"), 10, "W-1")
    load("issues", "wo_number,component_sku,quantity\nW-1,M-1,12.5 kg\n")
    assert ReportedUse.objects.get().quantity == Decimal(12500)


def test_use_that_does_not_fit_in_stock_units_is_refused(stocked: Organization) -> None:
    make_order(stocked, make_product(stocked, "P-2"), 10, "W-1")
    make_item(stocked, "M-2")

    loaded = load("issues", "wo_number,component_sku,quantity,unit\nW-1,M-1,999999999999,kg\n")

    assert told(loaded) == [(2, "quantity", "INVALID")]


def test_organizations_own_units_are_known(stocked: Organization) -> None:
    load("units", "from_unit,to_unit,factor,sku\nKanister,g,20000,M-1\n")

    assert load("stock", "sku,on_hand\nM-1,3 Kanister\n").is_loaded
    assert on_hand() == {"M-1": Decimal(60000)}
