"""Real files, read in place: they load whole and unedited, and what must be refused is refused with its reasons."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import Sum

from accounts.models import Organization
from accounts.tenancy.binding import bind
from imports.models import ImportBatch, ImportIssue
from inventory.models import Item, ItemCost, StockBalance
from production.models import BillOfMaterials, BomLine, Completion, WorkOrder, WorkOrderInput
from tests.factories import make_organization
from tests.imports.loading import run_command

DATA = Path(settings.BASE_DIR).parent / "shared" / "data" / "adventureworks"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"the real data is not in {DATA}"),
]


@pytest.fixture
def company(db: None) -> Organization:
    """A bicycle maker with its items and bills."""
    organization = make_organization("bikes")
    for kind, name in (("items", "items.csv"), ("boms", "bom.csv")):
        assert run_command(organization, kind, DATA / name)[0] == 0
    return organization


def test_items_and_bills_load_whole(company: Organization) -> None:
    with bind(company):
        assert Item.objects.count() == 504
        assert (BillOfMaterials.objects.count(), BomLine.objects.count()) == (238, 2576)
        assert BomLine.objects.values("component").distinct().count() == 228
        # Eight components are used in ounces or inches, and the items file names no unit.
        assert Item.objects.exclude(unit="EA").count() == 8
        assert not ImportIssue.objects.filter(severity="warning", code="NO_CONVERSION").exists()


def test_stock_and_costs_load_whole(company: Organization) -> None:
    assert run_command(company, "stock", DATA / "stock.csv")[0] == 0
    assert run_command(company, "costs", DATA / "costs.csv")[0] == 0

    with bind(company):
        assert StockBalance.objects.count() == 1069
        assert StockBalance.objects.aggregate(sum=Sum("on_hand"))["sum"] == Decimal(335_974)
        assert Item.objects.filter(is_stock_known=True).count() == 432
        stated = ItemCost.objects.exclude(effective_from=None)
        assert stated.count() == 395


def test_rows_without_a_parent_are_refused(company: Organization) -> None:
    status, out, err = run_command(company, "boms", DATA / "bom_all_rows.csv")

    assert status == 1
    assert "rows 2679 · accepted 2576 · refused 103" in out
    assert sum(1 for line in err.splitlines() if "parent_sku is blank" in line) == 103
    with bind(company):
        batch = ImportBatch.objects.get(file_name="bom_all_rows.csv")
        assert batch.status == "refused"
        assert ImportIssue.objects.filter(batch=batch, severity="error").count() == 103
        assert BomLine.objects.count() == 2576


@pytest.mark.skipif(
    os.environ.get("BACKFLUSH_FULL") != "1",
    reason="72,591 completions take some minutes: set BACKFLUSH_FULL=1",
)
def test_all_completions_load_with_their_orders_and_recipes(company: Organization) -> None:
    status, out, _ = run_command(company, "completions", DATA / "work_orders.csv")

    assert status == 0
    assert "rows 72591 · accepted 72591 · refused 0 · created 72591" in out
    assert "order_qty: file 4507721" in out
    with bind(company):
        sums = Completion.objects.aggregate(good=Sum("good_quantity"), scrap=Sum("scrap_quantity"))
        assert sums == {"good": Decimal(4_497_070), "scrap": Decimal(10_651)}
        assert WorkOrder.objects.count() == 72_591
        assert Completion.objects.filter(scrap_quantity__gt=0, scrap_reason=None).count() == 0
        assert Completion.objects.filter(is_final=True).count() == 72_591
        assert WorkOrderInput.objects.exists()
