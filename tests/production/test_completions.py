"""Completions by the rules of section 7: keys, corrections, running totals, final ones, guards."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organization, User
from accounts.tenancy.writes import save_row
from inventory.models import Item
from production.actions.load_completions import load_completions
from production.actions.posting import advance_orders, mark_completions
from production.actions.rows import CompletionRow, LoadResult
from production.choices import OrderStatus
from production.models import Completion, Operation, WorkOrder, WorkOrderOutput
from tests.factories import NOON, make_bom, make_item, make_order, make_product, make_reason

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def load(*rows: CompletionRow, **options: Any) -> LoadResult:
    return load_completions(rows=rows, actor=None, reason="Completions file", **options)


def row(number: int, order: str, good: str, scrap: str = "0", **columns: Any) -> CompletionRow:
    columns.setdefault("completed_at", NOON)
    return CompletionRow(number, order, Decimal(good), scrap_quantity=Decimal(scrap), **columns)


def reports() -> list[tuple[str, Decimal, Decimal, bool]]:
    return list(
        Completion.objects.order_by("completed_at", "pk").values_list(
            "reference", "good_quantity", "scrap_quantity", "is_final"
        )
    )


def goods() -> list[Decimal]:
    return [good for _, good, _, _ in reports()]


@pytest.fixture
def table(bound: Organization) -> Item:
    return make_product(bound, "TABLE")


# Keys


def test_the_same_figures_are_unchanged(bound: Organization, table: Item) -> None:
    make_order(bound, table, 100, "WO1")
    first = row(2, "WO1", "30", "1", reference="R1")

    assert load(first).outcomes == {2: "created"}
    assert load(first).outcomes == {2: "unchanged"}
    assert load(first, first._replace(row=3)).outcomes == {2: "unchanged", 3: "unchanged"}
    assert goods() == [Decimal(30)]


def test_other_figures_update_what_is_not_posted(bound: Organization, table: Item) -> None:
    make_order(bound, table, 100, "WO1")
    load(row(2, "WO1", "30", reference="R1"))
    mark_completions([Completion.objects.get().pk], state="live", actor=None, reason="Drafted")

    assert load(row(9, "WO1", "40", "2", reference="R1")).outcomes == {9: "updated"}

    assert reports() == [("R1", Decimal(40), Decimal(2), False)]
    assert Completion.history.count() == 3


def test_other_figures_of_a_posted_completion_are_refused(bound: Organization, table: Item) -> None:
    make_order(bound, table, 100, "WO1")
    load(row(2, "WO1", "30", reference="R1"))
    mark_completions([Completion.objects.get().pk], state="posted", actor=None, reason="Posted")

    result = load(row(2, "WO1", "40", reference="R1"), row(3, "WO1", "-5", reference="R2"))

    assert [(issue.row, issue.code) for issue in result.errors] == [(2, "ALREADY_BACKFLUSHED")]
    assert result.outcomes[3] == "created"
    assert goods() == [Decimal(30)], "all rows go in or none"


def test_two_figures_under_one_key_in_a_file_are_refused(bound: Organization, table: Item) -> None:
    make_order(bound, table, 100, "WO1")

    result = load(row(2, "WO1", "30"), row(3, "WO1", "20"))

    assert [(issue.row, issue.column) for issue in result.errors] == [(3, "reference")]
    assert "Row 2" in result.errors[0].message


def test_what_the_file_does_not_say_stays(bound: Organization, table: Item) -> None:
    make_order(bound, table, 100, "WO1")
    reason = make_reason(bound, "BROKEN")
    load(row(2, "WO1", "30", "2", scrap_reason_id=reason.pk, output_lot_code="L7"))

    assert load(row(2, "WO1", "30", "2", completed_at=None)).outcomes == {2: "unchanged"}
    assert load(row(2, "WO1", "31", "2", completed_at=None)).outcomes == {2: "updated"}
    kept = Completion.objects.get()
    assert (kept.scrap_reason, kept.output_lot_code, kept.completed_at) == (reason, "L7", NOON)


def test_the_last_operation_named_or_not_is_one_key(bound: Organization, table: Item) -> None:
    make_bom(bound, table, [(make_item(bound), 1, {"operation_number": 20})])
    load(row(2, "WO1", "30", item_id=table.pk, order_quantity=Decimal(100)))

    assert load(row(2, "WO1", "30", operation_number=20)).outcomes == {2: "unchanged"}


# Orders


def test_an_order_that_is_not_there_is_made_in_production(bound: Organization, table: Item) -> None:
    make_bom(bound, table, [(make_item(bound, "LEG"), 4)])

    result = load(row(2, "WO1", "8", item_id=table.pk, order_quantity=Decimal(10)), import_id=5)

    order = WorkOrder.objects.get()
    assert (order.status, order.started_on, order.import_id) == (OrderStatus.PRODUCTION, NOON.date(), 5)
    output = order.outputs.get()
    assert (output.quantity, output.snapshot_date) == (Decimal(10), NOON.date())
    assert [i.component.sku for i in output.inputs.select_related("component")] == ["LEG"]
    assert result.warnings == []


def test_an_order_without_a_bill_is_made_and_the_lack_is_told(bound: Organization, table: Item) -> None:
    result = load(row(2, "WO1", "8", item_id=table.pk), row(3, "WO2", "8", item_id=table.pk))

    assert [(issue.row, issue.code) for issue in result.warnings] == [(2, "NO_BILL_OF_MATERIALS")]
    assert set(WorkOrderOutput.objects.values_list("snapshot_at", flat=True)) == {None}


def test_an_unknown_order_without_a_sku_is_refused(bound: Organization) -> None:
    result = load(row(2, "WO1", "8"))

    assert [(issue.column, issue.code) for issue in result.errors] == [("sku", "NOT_FOUND")]
    assert not WorkOrder.objects.exists()


def test_a_sku_that_the_order_does_not_make_is_refused(bound: Organization, table: Item) -> None:
    make_order(bound, table, 10, "WO1")

    result = load(row(2, "WO1", "8", item_id=make_product(bound, "CHAIR").pk))

    assert [(issue.column, issue.value) for issue in result.errors] == [("sku", "CHAIR")]
    assert "WO1 makes TABLE" in result.errors[0].message


def test_a_placed_order_moves_to_production_on_the_day_of_its_completion(
    bound: Organization, table: Item
) -> None:
    make_order(bound, table, 10, "WO1", status=OrderStatus.PLACED)

    load(row(2, "WO1", "4"))

    order = WorkOrder.objects.get()
    assert (order.status, order.started_on) == (OrderStatus.PRODUCTION, NOON.date())


@pytest.mark.parametrize("status", [OrderStatus.DRAFT, OrderStatus.ENTERED, OrderStatus.CANCELLED])
def test_orders_that_are_not_released_refuse(bound: Organization, table: Item, status: OrderStatus) -> None:
    make_order(bound, table, 10, "WO1", status=status)

    assert [issue.code for issue in load(row(2, "WO1", "4")).errors] == ["INVALID_WORK_ORDER_STATE"]


@pytest.mark.parametrize("status", [OrderStatus.IN_TRANSIT, OrderStatus.PARTIAL, OrderStatus.COMPLETED])
def test_orders_in_progress_or_complete_take_completions(
    bound: Organization, table: Item, status: OrderStatus
) -> None:
    make_order(bound, table, 10, "WO1", status=status)

    assert load(row(2, "WO1", "4")).outcomes == {2: "created"}
    assert WorkOrder.objects.get().status == status


def test_a_closed_order_takes_nothing_but_knows_what_it_has(bound: Organization, table: Item) -> None:
    make_order(bound, table, 10, "WO1")
    load(row(2, "WO1", "10"))
    mark_completions([Completion.objects.get().pk], state="posted", actor=None, reason="Posted")
    advance_orders([WorkOrder.objects.get().pk], actor=None, reason="Posted")
    assert WorkOrder.objects.get().is_closed

    assert load(row(2, "WO1", "10")).outcomes == {2: "unchanged"}
    assert [issue.code for issue in load(row(2, "WO1", "1", reference="R2")).errors] == [
        "ALREADY_BACKFLUSHED"
    ]


def test_a_row_that_reports_nothing_is_left_out(bound: Organization, table: Item) -> None:
    result = load(row(2, "WO1", "0", item_id=table.pk))

    assert (result.outcomes, [w.code for w in result.warnings]) == ({2: "unchanged"}, ["NOTHING_REPORTED"])
    assert not WorkOrder.objects.exists()


# The final one


def test_good_and_lost_together_reach_the_quantity(bound: Organization, table: Item) -> None:
    """118 good and 2 lost of 120 is complete."""
    load(row(2, "WO1", "118", "2", item_id=table.pk, order_quantity=Decimal(120)))

    assert reports() == [("", Decimal(118), Decimal(2), True)]


def test_less_than_ordered_is_not_final_unless_it_says_so(bound: Organization, table: Item) -> None:
    make_order(bound, table, 120, "WO1")
    make_order(bound, table, 120, "WO2")

    load(row(2, "WO1", "60"), row(3, "WO2", "60", is_final=True))

    assert list(Completion.objects.order_by("pk").values_list("is_final", flat=True)) == [False, True]


def test_without_reference_and_quantity_it_is_the_whole_order(bound: Organization, table: Item) -> None:
    load(row(2, "WO1", "60", item_id=table.pk), row(3, "WO2", "60", item_id=table.pk, reference="R1"))

    assert [final for *_, final in reports()] == [True, False]


def test_the_last_part_is_the_final_one_whatever_the_order_of_the_rows(
    bound: Organization, table: Item
) -> None:
    make_order(bound, table, 100, "WO1")

    load(row(2, "WO1", "60", reference="B", completed_at=NOON + DAY), row(3, "WO1", "40", reference="A"))

    assert reports() == [("A", Decimal(40), Decimal(0), False), ("B", Decimal(60), Decimal(0), True)]


def test_a_correction_takes_the_end_away_again(bound: Organization, table: Item) -> None:
    make_order(bound, table, 100, "WO1")
    load(row(2, "WO1", "100", reference="A"))

    load(row(2, "WO1", "-5", reference="B", completed_at=NOON + DAY))
    assert [final for *_, final in reports()] == [False, False]

    load(row(2, "WO1", "5", reference="C", completed_at=NOON + 2 * DAY))
    assert [final for *_, final in reports()] == [False, False, True]


def test_only_the_last_operation_finishes(bound: Organization, table: Item) -> None:
    make_order(bound, table, 10, "WO1", output={"reporting_points": [10, 20], "snapshot_at": NOON})

    load(row(2, "WO1", "10", operation_number=10), row(3, "WO1", "4", operation_number=20))

    assert list(Completion.objects.order_by("pk").values_list("operation_number", "is_final")) == [
        (10, False),
        (None, False),
    ]


# More or less than there is


def test_more_than_ordered_is_a_warning_without_a_limit(bound: Organization, table: Item) -> None:
    make_order(bound, table, 100, "WO1")

    result = load(row(2, "WO1", "150"))

    assert [(w.code, w.message) for w in result.warnings] == [
        ("OVER_COMPLETION", "Order WO1 has 150 good of 100 ordered.")
    ]


def test_more_than_the_organization_allows_is_refused(bound: Organization, table: Item) -> None:
    """An order of 100 with 30 % over-completion takes 60 and 70, and no more (erpnext#23695)."""
    bound.over_completion_percent = Decimal(30)
    save_row(bound, actor=None, reason="Policy")
    make_order(bound, table, 100, "WO1")

    result = load(row(2, "WO1", "60", reference="1"), row(3, "WO1", "70", reference="2"))
    assert (result.outcomes, [w.row for w in result.warnings]) == ({2: "created", 3: "created"}, [3])

    refused = load(row(4, "WO1", "0.5", reference="3"))
    assert [(issue.code, issue.column) for issue in refused.errors] == [("OVER_COMPLETION", "completed_qty")]


def test_a_correction_never_goes_below_zero_in_sum(bound: Organization, table: Item) -> None:
    make_order(bound, table, 100, "WO1")
    load(row(2, "WO1", "6", "1", reference="A"))

    assert load(row(2, "WO1", "-6", "-1", reference="B"), is_check=True).errors == []
    result = load(row(2, "WO1", "-7", reference="B"))
    assert [(issue.column, issue.value) for issue in result.errors] == [("completed_qty", "-7")]
    assert [issue.column for issue in load(row(2, "WO1", "0", "-2", reference="B")).errors] == ["scrap_qty"]


def test_a_correction_may_stand_before_what_it_corrects_in_the_file(bound: Organization, table: Item) -> None:
    make_order(bound, table, 100, "WO1")

    assert load(row(2, "WO1", "-2", reference="B"), row(3, "WO1", "6", reference="A")).errors == []


# Running totals


def totals(*figures: str, start: dt.datetime = NOON) -> list[CompletionRow]:
    return [row(2 + n, "WO1", figure, completed_at=start + n * DAY) for n, figure in enumerate(figures)]


def test_running_totals_become_differences(bound: Organization, table: Item) -> None:
    """30, 50, 50, 45 gives 30, 20, none, −5."""
    make_order(bound, table, 100, "WO1")

    result = load(*totals("30", "50", "50", "45"), quantities="running")

    assert result.outcomes == {2: "created", 3: "created", 4: "unchanged", 5: "created"}
    assert [(reference, good) for reference, good, _, _ in reports()] == [
        ("#1", Decimal(30)),
        ("#2", Decimal(20)),
        ("#3", Decimal(-5)),
    ]


def test_running_totals_are_read_in_time_order(bound: Organization, table: Item) -> None:
    make_order(bound, table, 100, "WO1")

    load(*reversed(totals("30", "50", "45")), quantities="running")

    assert goods() == [Decimal(30), Decimal(20), Decimal(-5)]


def test_the_same_totals_again_change_nothing(bound: Organization, table: Item) -> None:
    make_order(bound, table, 100, "WO1")
    load(*totals("30", "50", "50", "45"), quantities="running")

    assert set(load(*totals("30", "50", "50", "45"), quantities="running").outcomes.values()) == {"unchanged"}


def test_totals_go_on_from_the_file_before(bound: Organization, table: Item) -> None:
    make_order(bound, table, 100, "WO1")
    load(*totals("30"), quantities="running")

    load(*totals("50", start=NOON + DAY), quantities="running")

    assert goods() == [Decimal(30), Decimal(20)]


def test_totals_of_one_moment_follow_the_rows(bound: Organization, table: Item) -> None:
    make_order(bound, table, 100, "WO1")
    rows = [row(n, "WO1", good, completed_at=None) for n, good in ((2, "30"), (3, "50"), (4, "45"))]

    load(*rows, quantities="running")

    assert goods() == [Decimal(30), Decimal(20), Decimal(-5)]


def test_a_total_older_than_the_last_is_asked_about(bound: Organization, table: Item) -> None:
    make_order(bound, table, 100, "WO1")
    load(*totals("30", "50"), quantities="running")

    result = load(row(2, "WO1", "40", completed_at=NOON + DAY / 2), quantities="running")

    assert [(issue.code, issue.column) for issue in result.errors] == [("OLDER_THAN_LAST", "completed_at")]


def test_good_and_scrap_run_apart(bound: Organization, table: Item) -> None:
    make_order(bound, table, 100, "WO1")

    load(row(2, "WO1", "30", "2"), row(3, "WO1", "30", "3", completed_at=NOON + DAY), quantities="running")

    assert [(good, scrap) for _, good, scrap, _ in reports()] == [
        (Decimal(30), Decimal(2)),
        (Decimal(0), Decimal(1)),
    ]


# Operations


def test_a_report_at_an_operation_makes_it_a_point_of_the_order(bound: Organization, table: Item) -> None:
    """Operation 1 done for 10, operation 2 for 4 (odoo#61603): each relieves its own components."""
    lines = [(make_item(bound), 1, {"operation_number": n}) for n in (10, 20)]
    make_bom(bound, table, lines)

    load(row(2, "WO1", "10", item_id=table.pk, operation_number=10), row(3, "WO1", "4", item_id=table.pk))

    assert WorkOrderOutput.objects.get().reporting_points == [10, 20]
    assert list(Completion.objects.order_by("pk").values_list("operation_number", flat=True)) == [10, None]


def test_an_operation_behind_those_of_the_recipe_is_the_last(bound: Organization, table: Item) -> None:
    make_bom(bound, table, [(make_item(bound), 1, {"operation_number": 10})])

    load(row(2, "WO1", "10", item_id=table.pk, operation_number=40))

    assert WorkOrderOutput.objects.get().reporting_points == [40]
    assert Completion.objects.get().operation_number is None


def test_an_operation_that_the_item_does_not_have_is_refused(bound: Organization, table: Item) -> None:
    for number, is_point in ((10, True), (20, False), (30, False)):
        save_row(
            Operation(organization=bound, item=table, number=number, is_backflush_point=is_point),
            actor=None,
            reason="Route",
        )

    result = load(row(2, "WO1", "10", item_id=table.pk, operation_number=15))
    assert [(issue.column, issue.message) for issue in result.errors] == [
        ("operation", "Operation 15 is not one of the item's: 10, 20, 30.")
    ]
    load(row(2, "WO1", "10", item_id=table.pk, operation_number=20))
    assert WorkOrderOutput.objects.get().reporting_points == [10, 20, 30]


def test_a_new_point_is_refused_once_something_is_drafted(bound: Organization, table: Item) -> None:
    lines = [(make_item(bound), 1, {"operation_number": n}) for n in (10, 20)]
    make_bom(bound, table, lines)
    load(row(2, "WO1", "4", item_id=table.pk, order_quantity=Decimal(10)))
    mark_completions([Completion.objects.get().pk], state="live", actor=None, reason="Drafted")

    result = load(row(2, "WO1", "10", operation_number=10))

    assert [issue.column for issue in result.errors] == ["operation"]


def test_import_rows_and_who_recorded_are_kept(bound: Organization, table: Item, alice: User) -> None:
    make_order(bound, table, 100, "WO1")
    load(row(12, "WO1", "30", reference="A"), import_id=3)
    load_completions(
        rows=[row(1, "WO1", "10", reference="B")], actor=alice, reason="By hand", is_by_hand=True
    )

    columns = ("import_id", "import_row", "recorded_by")
    assert list(Completion.objects.order_by("pk").values_list(*columns)) == [
        (3, 12, None),
        (None, 1, alice.pk),
    ]
