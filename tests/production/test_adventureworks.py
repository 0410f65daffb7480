"""A real manufacturer's bills and orders, read in place."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import Organization
from accounts.tenancy.writes import insert_rows
from inventory.models import Item
from production.actions.bills import load_bills
from production.actions.load_completions import load_completions
from production.actions.rows import BillRow, CompletionRow
from production.models import Completion, WorkOrder, WorkOrderInput, WorkOrderOutput

DATA = Path(settings.BASE_DIR).parent / "shared" / "data" / "adventureworks"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"the data is not there: {DATA}"),
]
MONTH = "2013-06"


def read(name: str) -> Iterator[tuple[int, dict[str, str]]]:
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        yield from enumerate(csv.DictReader(file), start=2)


def day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def load_everything(month: str) -> tuple[dict[str, int], list[dict[str, str]]]:
    insert_rows(Item, ["sku"], [(row["sku"],) for _, row in read("items.csv")], actor=None, reason="Items")
    items = dict(Item.objects.values_list("sku", "pk"))
    bills = load_bills(
        lines=[
            BillRow(
                number,
                items[row["parent_sku"]],
                items[row["component_sku"]],
                Decimal(row["usage_per_unit"]),
                effective_from=day(row["effective_from"]),
                effective_to=day(row["effective_to"]),
            )
            for number, row in read("bom.csv")
        ],
        actor=None,
        reason="Bills",
    )
    assert (bills.created, bills.refused, len(bills.made_ids)) == (2576, 0, 238)
    orders = [row for _, row in read("work_orders.csv") if row["end"].startswith(month)]
    loaded = load_completions(rows=completions(orders, items), actor=None, reason="Completions")
    assert (loaded.created, loaded.refused) == (len(orders), 0)
    return items, orders


def completions(orders: list[dict[str, str]], items: dict[str, int]) -> list[CompletionRow]:
    return [
        CompletionRow(
            number,
            row["wo_number"],
            Decimal(row["completed_qty"]),
            item_id=items[row["sku"]],
            scrap_quantity=Decimal(row["scrap_qty"]),
            order_quantity=Decimal(row["order_qty"]),
            completed_at=dt.datetime.fromisoformat(f"{row['end']}T12:00:00+00:00") if row["end"] else None,
            due_on=day(row["due"]),
        )
        for number, row in enumerate(orders, start=2)
    ]


def recipe_on(bom: list[dict[str, str]], sku: str, on: str) -> Counter[tuple[str, str]]:
    """Worked out from the file alone: lines of the parent whose period holds on the day, both ends inclusive."""
    return Counter(
        (row["component_sku"], row["usage_per_unit"])
        for row in bom
        if row["parent_sku"] == sku and row["effective_from"] <= on and (row["effective_to"] or "9999") >= on
    )


def test_a_month_of_orders_has_the_recipes_that_held_on_its_days(bound: Organization) -> None:
    _, orders = load_everything(MONTH)

    bom = [row for _, row in read("bom.csv")]
    stored: dict[str, Counter[tuple[str, str]]] = {}
    for number, sku, usage in WorkOrderInput.objects.values_list(
        "output__work_order__number", "component__sku", "usage"
    ):
        stored.setdefault(number, Counter())[(sku, str(usage.quantize(Decimal(1))))] += 1
    known: dict[tuple[str, str], Counter[tuple[str, str]]] = {}
    for row in orders:
        key = (row["sku"], row["end"])
        if key not in known:
            known[key] = recipe_on(bom, *key)
        assert stored.get(row["wo_number"], Counter()) == known[key], row

    assert WorkOrder.objects.count() == WorkOrderOutput.objects.count() == len(orders)
    assert set(WorkOrder.objects.values_list("status", flat=True)) == {"PRODUCTION"}
    assert set(Completion.objects.values_list("is_final", flat=True)) == {True}
    for model in (WorkOrder, WorkOrderOutput, WorkOrderInput, Completion):
        assert model.history.count() == model.objects.count(), model


def test_the_same_month_again_changes_nothing(bound: Organization) -> None:
    items, orders = load_everything(MONTH)
    versions = WorkOrderOutput.history.count()

    again: Any = load_completions(rows=completions(orders, items), actor=None, reason="Completions")

    assert again.unchanged == len(orders)
    assert WorkOrderOutput.history.count() == versions
