"""What each kind of file checks against the database, and what it loads."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organization
from imports.models import ImportBatch
from imports.results import Results
from inventory.models import Item, ItemCost, Location, ReasonCode, StockBalance, UnitConversion
from inventory.stock_files.shapes import Doubt, Scope
from production.models import BillOfMaterials, BomLine, Completion, Operation, ReportedUse, WorkOrder
from tests.factories import make_completion, make_item, make_order, make_product
from tests.imports.loading import counts, load, told

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2025, 11, 19, 9, tzinfo=dt.UTC)


def test_items_file_makes_items_with_costs_and_locations(bound: Organization) -> None:
    loaded = load(
        "items",
        "sku,description,kind,unit,standard_cost,location\nP-1,Pump,sku,EA,15.20,FG\nM-1,Bolt,material,kg,0,RAW\n",
    )

    assert counts(loaded) == (2, 0, 0, 0)
    assert list(Item.objects.order_by("sku").values_list("sku", "kind", "unit", "supply_location__code")) == [
        ("M-1", "material", "kg", "RAW"),
        ("P-1", "sku", "EA", "FG"),
    ]
    assert dict(ItemCost.objects.values_list("item__sku", "standard_cost")) == {"P-1": Decimal("15.2")}


def test_unknown_items_are_named_row_by_row(bound: Organization) -> None:
    make_product(bound, "P-1")
    make_item(bound, "M-1")

    refused = load("boms", "parent_sku,component_sku,usage\nP-1,M-1,1\nP-1,M-9,1\nP-9,m-1,1\n")

    assert told(refused) == [
        (3, "component_sku", "unknown_item"),
        (4, "parent_sku", "unknown_item"),
        (4, "component_sku", "unknown_item"),
    ]
    assert "There is M-1: write it the same way." in refused.issues[-1].message
    assert not BillOfMaterials.objects.exists()


def test_circular_bill_is_refused_with_its_path(bound: Organization) -> None:
    for sku in ("A", "B"):
        make_item(bound, sku)

    refused = load("boms", "parent_sku,component_sku,usage\nA,B,1\nB,A,1\n")

    assert [issue.message.split(". ")[0] for issue in refused.issues if issue.row] == [
        "This closes a circle: B → A → B"
    ]


def test_absurd_usage_is_a_warning_about_units(bound: Organization) -> None:
    make_item(bound, "GLUE")
    rows = ""
    for number, usage in enumerate(("2.5", "2.4", "2500", "2.6")):
        make_item(bound, f"P-{number}")
        rows += f"P-{number},GLUE,{usage}\n"

    loaded = load("boms", f"parent_sku,component_sku,usage\n{rows}")

    assert loaded.is_loaded
    assert told(loaded, "warning") == [(4, "usage", "absurd_usage")]


def test_bill_settles_a_unit_that_nobody_stated(bound: Organization) -> None:
    load("items", "sku,unit\nP-1,EA\nPAINT,\n")

    loaded = load("boms", "parent_sku,component_sku,usage,unit\nP-1,PAINT,3,OZ\n")

    assert told(loaded, "warning") == []
    assert Item.objects.get(sku="PAINT").unit == "OZ"
    assert BomLine.objects.get().unit == "OZ"


def test_edited_bill_is_a_new_revision(bound: Organization) -> None:
    make_item(bound, "P-1")
    make_item(bound, "M-1")
    load("boms", "parent_sku,component_sku,usage\nP-1,M-1,1\n")

    edited = load("boms", "parent_sku,component_sku,usage\nP-1,M-1,2\n")

    assert counts(edited) == (0, 1, 0, 0)
    assert BillOfMaterials.objects.count() == 2


def test_good_rows_of_bills_go_in_when_asked(bound: Organization) -> None:
    make_item(bound, "P-1")
    make_item(bound, "M-1")
    make_item(bound, "M-2")

    loaded = load(
        "boms", "parent_sku,component_sku,usage\nP-1,M-1,1\nP-1,M-2,x\nP-1,M-3,1\n", is_partial=True
    )

    assert loaded.is_loaded
    assert counts(loaded) == (1, 0, 0, 2)
    assert [line.component.sku for line in BomLine.objects.select_related("component")] == ["M-1"]


def test_completions_make_their_orders_and_reasons(bound: Organization) -> None:
    make_product(bound, "P-1")

    loaded = load(
        "completions",
        "wo_number,sku,order_qty,completed_qty,scrap_qty,scrap_reason,completed_at\n"
        "WO-1,P-1,120,118,2,Gouge in metal,2025-11-19 16:20\n",
    )

    completion = Completion.objects.get()
    assert (completion.good_quantity, completion.scrap_quantity, completion.is_final) == (118, 2, True)
    assert completion.scrap_reason == ReasonCode.objects.get(name="Gouge in metal")
    assert completion.completed_at == dt.datetime(2025, 11, 19, 16, 20, tzinfo=dt.UTC)
    assert loaded.batch.totals["completed_qty"]["file"] == "118"


def test_check_of_completions_makes_nothing(bound: Organization) -> None:
    make_product(bound, "P-1")
    reasons = ReasonCode.objects.count()

    checked = load(
        "completions",
        "wo_number,sku,completed_qty,scrap_qty,scrap_reason\nWO-1,P-1,8,2,Gouge in metal\n",
        is_check=True,
    )

    assert counts(checked) == (1, 0, 0, 0)
    assert (ReasonCode.objects.count(), WorkOrder.objects.count()) == (reasons, 0)
    assert checked.batch.status == "checked"


def test_completion_of_what_the_order_does_not_build_is_refused(bound: Organization) -> None:
    product = make_product(bound, "P-1")
    make_product(bound, "P-2")
    make_order(bound, product, 10, "WO-1")

    refused = load("completions", "wo_number,sku,completed_qty\nWO-1,P-2,8\n")

    assert [row for row, _, _ in told(refused)] == [2]
    assert not Completion.objects.exists()


def test_refused_completions_leave_no_reason_behind(bound: Organization) -> None:
    make_product(bound, "P-1")
    reasons = ReasonCode.objects.count()

    refused = load(
        "completions",
        "wo_number,sku,completed_qty,scrap_qty,scrap_reason\nWO-1,P-1,8,2,Gouge\nWO-1,P-9,8,2,Gouge\n",
    )

    assert not refused.is_loaded
    assert ReasonCode.objects.count() == reasons


def test_running_totals_are_turned_into_differences(bound: Organization) -> None:
    product = make_product(bound, "P-1")
    make_order(bound, product, 100, "WO-1")
    text = "wo_number,completed_qty,completed_at\n" + "".join(
        f"WO-1,{total},2025-11-{day} 12:00\n" for day, total in ((17, 30), (18, 50), (19, 45))
    )

    load("completions", text, mapping={"quantities": "running"})

    assert list(Completion.objects.order_by("completed_at").values_list("good_quantity", flat=True)) == [
        30,
        20,
        -5,
    ]


def test_work_orders_come_with_sites_and_words_of_other_systems(bound: Organization) -> None:
    make_product(bound, "P-1")

    load("work_orders", "wo_number,sku,quantity,status,site,due\nWO-1,P-1,120,Released,PLANT 1,2025-12-01\n")

    order = WorkOrder.objects.get()
    assert (order.status, order.work_site, order.due_on) == (
        "PLACED",
        Location.objects.get(code="PLANT 1"),
        dt.date(2025, 12, 1),
    )


def test_stock_file_nests_places_and_adds_rows_of_one_key(bound: Organization) -> None:
    make_item(bound, "M-1")

    loaded = load("stock", "sku,location,shelf,bin,on_hand\nM-1,CRIB,A,1,5\nM-1,CRIB,A,1,7\nM-1,CRIB,B,1,2\n")

    assert counts(loaded) == (3, 0, 0, 0)
    assert dict(StockBalance.objects.values_list("location__code", "on_hand")) == {
        "CRIB/A/1": Decimal(12),
        "CRIB/B/1": Decimal(2),
    }


def test_blank_count_is_not_zero(bound: Organization) -> None:
    make_item(bound, "M-1")
    make_item(bound, "M-2")
    text = "sku,location,on_hand\nM-1,MAIN,\nM-2,MAIN,4\n"

    assert told(load("stock", text)) == [(2, "on_hand", "blank_required")]
    kept = load("stock", text, mapping={"blank": "keep"})

    assert counts(kept)[0] == 1
    assert not Item.objects.get(sku="M-1").is_stock_known


def test_negative_stock_is_an_issue_unless_the_mapping_allows_it(bound: Organization) -> None:
    make_item(bound, "M-1")
    text = "sku,location,on_hand\nM-1,MAIN,-4\n"

    assert told(load("stock", text)) == [(2, "on_hand", "negative_stock")]
    load("stock", text, mapping={"negative_stock": True})

    assert StockBalance.objects.get().on_hand == Decimal(-4)


def test_part_of_a_sum_refused_refuses_the_sum(bound: Organization) -> None:
    make_item(bound, "M-1")
    make_item(bound, "M-2")

    loaded = load(
        "stock",
        "sku,location,on_hand,counted_at\nM-1,MAIN,4,2025-11-19 09:00\nM-1,MAIN,3,2025-11-19 10:00\nM-2,MAIN,1,"
        "2025-11-19 09:00\n",
        is_partial=True,
    )

    assert told(loaded) == [(2, "on_hand", "part_refused"), (3, "counted_at", "two_moments")]
    assert list(StockBalance.objects.values_list("item__sku", "on_hand")) == [("M-2", Decimal(1))]


def test_whole_file_goes_in_whole_or_not_at_all(bound: Organization) -> None:
    make_item(bound, "M-1")
    text = "sku,location,on_hand\nM-1,MAIN,4\nM-9,MAIN,3\n"

    refused = load("stock", text, is_partial=True, scope=Scope.WHOLE, counted_at=MOMENT)

    assert not refused.is_loaded
    assert (None, "", "scope_needs_all_rows") in told(refused)


def test_older_stock_file_is_refused(bound: Organization) -> None:
    make_item(bound, "M-1")
    load("stock", "sku,location,on_hand,counted_at\nM-1,MAIN,4,2025-11-18 09:00\n")

    refused = load("stock", "sku,location,on_hand,counted_at\nM-1,MAIN,9,2025-11-17 09:00\n")

    assert told(refused) == [(2, "counted_at", "older")]
    assert StockBalance.objects.get().on_hand == Decimal(4)


def test_stock_of_another_moment_may_be_the_same_file(bound: Organization) -> None:
    make_item(bound, "M-1")
    text = "sku,location,on_hand\nM-1,MAIN,4\n"
    load("stock", text, counted_at=MOMENT)

    again = load("stock", text, counted_at=MOMENT)
    later = load("stock", text, counted_at=MOMENT + dt.timedelta(days=1), doubt=Doubt.ASK)

    assert again.earlier is not None
    assert later.is_loaded


def test_same_file_twice_answers_with_its_import(bound: Organization) -> None:
    first = load("items", "sku\nM-1\n")

    again = load("items", "sku\nM-1\n", name="other name.csv")

    assert again.earlier == first.batch
    assert ImportBatch.objects.count() == 1


def test_reported_use_is_kept_in_stock_units(bound: Organization) -> None:
    product = make_product(bound, "P-1")
    make_item(bound, "M-1")
    make_item(bound, "M-2")
    order = make_order(bound, product, 10, "WO-1")
    completion = make_completion(bound, order, 10, reference="C-1")

    loaded = load(
        "issues",
        "wo_number,component_sku,quantity,stands_in_for,factor,reference\nWO-1,M-2,21,M-1,1.5,C-1\nWO-1,M-1,0,,,C-1\n",
    )

    assert counts(loaded) == (2, 0, 0, 0)
    rows = ReportedUse.objects.order_by("import_row")
    assert list(
        rows.values_list("item__sku", "quantity", "stands_in_for__sku", "factor", "completion_id")
    ) == [
        ("M-2", Decimal(21), "M-1", Decimal("1.5"), completion.pk),
        ("M-1", Decimal(0), None, None, completion.pk),
    ]
    again = load("issues", "wo_number,component_sku,quantity,reference\nWO-1,M-1,0,C-1\nWO-1,M-2,20,C-1\n")
    assert counts(again) == (0, 1, 1, 0)


def test_use_of_an_order_that_is_not_there_is_refused(bound: Organization) -> None:
    make_item(bound, "M-1")

    refused = load("issues", "wo_number,component_sku,quantity\nWO-9,M-1,1\n")

    assert told(refused) == [(2, "wo_number", "NOT_FOUND")]


def test_import_keeps_what_became_of_each_row(bound: Organization) -> None:
    load("items", "sku,description\nM-1,Bolt\n")
    load("items", "sku,description\nM-1,Screw\nM-2,Nut\n")

    batch = ImportBatch.objects.latest("pk")
    rows = Results(batch.results).rows()
    assert [(row.row, row.outcome, row.key, list(map(tuple, row.changes))) for row in rows] == [
        (2, "updated", "M-1", [("description", "Bolt", "Screw")]),
        (3, "created", "M-2", []),
    ]


def test_conversions_of_all_items_and_of_one(bound: Organization) -> None:
    make_item(bound, "M-1")

    loaded = load(
        "units", "from_unit,to_unit,factor,rule,sku\nROLL,m,50,M,M-1\nEA,BOX,15,D,*\nkg,g,1000,M,*\n"
    )

    assert counts(loaded) == (2, 0, 1, 0)
    entered = UnitConversion.objects.filter(from_unit__in=["ROLL", "EA"]).order_by("from_unit")
    assert list(entered.values_list("item__sku", "to_unit", "numerator", "denominator")) == [
        (None, "BOX", 1, 15),
        ("M-1", "m", 50, 1),
    ]


def test_conversion_of_an_unknown_item_is_refused(bound: Organization) -> None:
    refused = load("units", "from_unit,to_unit,factor,sku\nROLL,m,50,M-9\n")

    assert told(refused) == [(2, "sku", "unknown_item")]


def test_operations_come_once_per_item_and_number(bound: Organization) -> None:
    make_product(bound, "P-1")

    loaded = load(
        "operations",
        "wo_number,sku,operation,name,backflush_point\nWO-1,P-1,10,Weld,no\nWO-2,P-1,10,Weld,no\nWO-1,P-1,20,Paint,yes\n",
    )

    assert counts(loaded) == (2, 0, 1, 0)
    assert list(Operation.objects.order_by("number").values_list("number", "name", "is_backflush_point")) == [
        (10, "Weld", False),
        (20, "Paint", True),
    ]


@pytest.mark.parametrize(
    ("kind", "before", "after", "changes"),
    [
        (
            "boms",
            "parent_sku,component_sku,usage\nP-1,M-1,1\n",
            "parent_sku,component_sku,usage\nP-1,M-1,2\nP-1,M-2,1\n",
            [[("usage", "1.000000", "2")], [("line", None, "new")]],
        ),
        (
            "work_orders",
            "wo_number,sku,quantity\nWO-1,P-1,10\n",
            "wo_number,sku,quantity\nWO-1,P-1,12\n",
            [[("quantity", "10.000000", "12")]],
        ),
        (
            "completions",
            "wo_number,sku,order_qty,completed_qty\nWO-1,P-1,20,10\n",
            "wo_number,sku,order_qty,completed_qty\nWO-1,P-1,20,9\n",
            [[("good_quantity", "10.000000", "9")]],
        ),
    ],
)
def test_preview_shows_from_what_to_what(
    bound: Organization, kind: str, before: str, after: str, changes: list[list[tuple[str, Any, Any]]]
) -> None:
    make_product(bound, "P-1")
    make_item(bound, "M-1")
    make_item(bound, "M-2")
    load(kind, before)

    checked = load(kind, after, is_check=True)

    rows = Results(checked.batch.results).rows()
    assert [[tuple(change) for change in row.changes] for row in rows] == changes


def test_cost_in_another_currency_than_the_books_is_refused(bound: Organization) -> None:
    for sku in ("M-1", "M-2"):
        make_item(bound, sku)

    loaded = load("costs", "sku,unit_cost\nM-1,$5.00\nM-2,5.00 EUR\n")

    assert bound.currency_code == "USD"
    assert told(loaded) == [(3, "unit_cost", "other_currency")]
