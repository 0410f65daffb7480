"""Items and costs in bulk: what is there is found, what differs is changed, what overlaps is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Organization
from inventory.actions.costs import load_costs, plan_costs
from inventory.actions.items import load_items, plan_items, settle_units
from inventory.actions.places import load_locations, load_reasons
from inventory.models import Item, ItemCost, Location, ReasonCode
from inventory.queries.costs import standard_costs
from inventory.rows import Change, CostRow, ItemRow
from tests.factories import make_item

pytestmark = pytest.mark.django_db
TODAY = dt.date(2025, 11, 19)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def load(*rows: ItemRow) -> list[tuple[int, str]]:
    outcomes = load_items(rows, actor=None, reason="Items file", on=TODAY)
    return [(outcome.row, outcome.outcome) for outcome in outcomes]


def cost(*rows: CostRow) -> list[tuple[int, str]]:
    outcomes = load_costs(rows, actor=None, reason="Costs file", on=TODAY)
    return [(outcome.row, outcome.outcome) for outcome in outcomes]


def periods(sku: str = "M1") -> list[tuple[Decimal, dt.date | None, dt.date | None]]:
    return sorted(
        ItemCost.objects.filter(item__sku=sku).values_list("standard_cost", "effective_from", "effective_to"),
        key=lambda row: row[1] or dt.date.min,
    )


def test_items_are_made_changed_and_left_alone(bound: Organization) -> None:
    first = ItemRow(2, "M1", description="Bolt", standard_cost=Decimal("1.25"))
    assert load(first, ItemRow(3, "M2", unit="KG")) == [(2, "created"), (3, "created")]
    assert load(first, ItemRow(3, "M2", unit="G")) == [(2, "unchanged"), (3, "updated")]

    assert list(Item.objects.order_by("sku").values_list("sku", "description", "unit", "is_unit_stated")) == [
        ("M1", "Bolt", "EA", False),
        ("M2", "", "G", True),
    ]
    assert periods() == [(Decimal("1.25"), None, None)]
    assert Item.history.filter(sku="M2").count() == 2


def test_what_the_file_does_not_say_stays(bound: Organization) -> None:
    make_item(bound, "M1", description="Bolt", unit="KG")

    [outcome] = plan_items([ItemRow(2, "M1", item_class="A")], on=TODAY).outcomes

    assert outcome.changes == (Change("item_class", "", "A"),)


def test_zero_in_an_items_file_is_no_cost(bound: Organization) -> None:
    load(ItemRow(2, "M1", standard_cost=Decimal(0)))

    assert periods() == []


def test_zero_in_a_costs_file_is_free(bound: Organization) -> None:
    make_item(bound, "M1")

    cost(CostRow(2, "M1", Decimal(0)))

    assert standard_costs([Item.objects.get().pk], TODAY) == {Item.objects.get().pk: Decimal(0)}


def test_same_item_twice_with_the_same_words_is_taken_once(bound: Organization) -> None:
    assert load(ItemRow(2, "M1", description="Bolt"), ItemRow(3, "M1", description="Bolt")) == [
        (2, "created"),
        (3, "unchanged"),
    ]


def test_same_item_twice_with_other_words_names_both_rows(bound: Organization) -> None:
    plan = plan_items([ItemRow(2, "M1", description="Bolt"), ItemRow(9, "M1", description="Nut")], on=TODAY)

    [problem] = plan.problems
    assert (problem.row, problem.column, problem.code) == (9, "description", "duplicate")
    assert "row 2" in problem.message


def test_supply_location_is_made_when_missing(bound: Organization) -> None:
    load(ItemRow(2, "M1", location="STORES"))

    assert Item.objects.get().supply_location == Location.objects.get(code="STORES")


def test_new_cost_in_an_items_file_holds_from_today(bound: Organization) -> None:
    make_item(bound, "M1", cost="5")

    assert load(ItemRow(2, "M1", standard_cost=Decimal("5.50"))) == [(2, "updated")]

    assert periods() == [(Decimal(5), None, day("2025-11-18")), (Decimal("5.50"), day("2025-11-19"), None)]
    assert load(ItemRow(2, "M1", standard_cost=Decimal("5.50"))) == [(2, "unchanged")]


def test_open_cost_ends_the_day_before_the_next(bound: Organization) -> None:
    make_item(bound, "M1", cost="5")

    cost(
        CostRow(2, "M1", Decimal("5.20"), day("2025-07-01")),
        CostRow(3, "M1", Decimal("5.10"), day("2025-01-01")),
    )

    assert periods() == [
        (Decimal(5), None, day("2024-12-31")),
        (Decimal("5.10"), day("2025-01-01"), day("2025-06-30")),
        (Decimal("5.20"), day("2025-07-01"), None),
    ]


def test_same_costs_again_are_unchanged(bound: Organization) -> None:
    make_item(bound, "M1")
    rows = [CostRow(2, "M1", Decimal(5), day("2025-01-01")), CostRow(3, "M1", Decimal(6), day("2025-07-01"))]

    assert cost(*rows) == [(2, "created"), (3, "created")]
    assert cost(*rows) == [(2, "unchanged"), (3, "unchanged")]


def test_overlapping_costs_are_refused_with_both_rows_named(bound: Organization) -> None:
    make_item(bound, "M1")

    plan = plan_costs(
        [
            CostRow(2, "M1", Decimal(5), day("2025-01-01"), day("2025-07-31")),
            CostRow(3, "M1", Decimal(6), day("2025-07-01")),
        ],
        since=TODAY,
    )

    [problem] = plan.problems
    assert (problem.row, problem.code) == (3, "overlap")
    assert problem.message == (
        "M1: 6 from 2025-07-01 overlaps 5 from 2025-01-01 to 2025-07-31 (row 2). "
        "End the earlier one the day before the later begins."
    )


def test_cost_that_overlaps_one_that_is_there_is_refused(bound: Organization) -> None:
    make_item(bound, "M1")
    cost(CostRow(2, "M1", Decimal(5), day("2025-01-01"), day("2025-07-31")))

    plan = plan_costs([CostRow(4, "M1", Decimal(6), day("2025-07-01"))], since=TODAY)

    assert [(p.row, "there already" in p.message) for p in plan.problems] == [(4, True)]


def test_correction_of_a_cost_keeps_its_period(bound: Organization) -> None:
    make_item(bound, "M1")
    cost(CostRow(2, "M1", Decimal(5), day("2025-01-01")))

    assert cost(CostRow(2, "M1", Decimal("5.05"), day("2025-01-01"))) == [(2, "updated")]
    assert periods() == [(Decimal("5.05"), day("2025-01-01"), None)]


def test_places_are_nested_and_only_the_named_ones_hold_stock(bound: Organization) -> None:
    load_locations({("Tool Crib", "A", "1")}, actor=None, reason="Stock file")

    assert list(Location.objects.order_by("code").values_list("code", "kind", "is_stocking")) == [
        ("Tool Crib", "store", False),
        ("Tool Crib/A", "shelf", False),
        ("Tool Crib/A/1", "bin", True),
    ]
    load_locations({("Tool Crib",)}, actor=None, reason="Stock file")
    assert Location.objects.get(code="Tool Crib").is_stocking


def test_reasons_are_found_by_code_or_name_and_made_once(bound: Organization) -> None:
    before = ReasonCode.objects.count()

    first = load_reasons(["Gouge in metal", "gouge in METAL"], actor=None, reason="Completions file")
    again = load_reasons(["Gouge in metal"], actor=None, reason="Completions file")

    assert ReasonCode.objects.count() == before + 1
    assert first["gouge in metal"] == again["gouge in metal"]


def test_assumed_unit_is_settled_by_a_bill_and_a_stated_one_is_not(bound: Organization) -> None:
    load(ItemRow(2, "M1"), ItemRow(3, "M2", unit="EA"))
    ids = dict(Item.objects.values_list("sku", "pk"))

    settle_units({ids["M1"]: "OZ", ids["M2"]: "OZ"}, actor=None, reason="Bills file")

    assert dict(Item.objects.values_list("sku", "unit")) == {"M1": "OZ", "M2": "EA"}
