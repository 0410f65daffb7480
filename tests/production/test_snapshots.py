"""The recipe snapshot: what holds on the day, level by level, and never changed by what comes later."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from accounts.errors import AppError
from accounts.models import Organization, User
from accounts.tenancy.writes import save_row
from inventory.models import Item, UnitConversion
from production.actions.bills import load_bills
from production.actions.posting import mark_completions
from production.actions.rows import BillRow, SubstituteRow
from production.actions.snapshots import (
    Snapshots,
    SnapshotTarget,
    ensure_snapshots,
    retake_snapshot,
    take_snapshots,
)
from production.models import BomLine, Operation, ReportedUse, WorkOrder, WorkOrderInput, WorkOrderOutput
from production.queries.conversions import Conversions
from tests.factories import (
    NOON,
    make_bom,
    make_completion,
    make_item,
    make_location,
    make_order,
    make_product,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TODAY = NOON.date()


def take(order: WorkOrder, on: dt.date = TODAY) -> Snapshots:
    output = order.outputs.get()
    return take_snapshots([SnapshotTarget(output.pk, output.item_id, on)], actor=None, reason="Snapshot")


def lines(order: WorkOrder) -> list[tuple[str, Decimal]]:
    inputs = WorkOrderInput.objects.filter(output__work_order=order, is_current=True).order_by("position")
    return list(inputs.values_list("component__sku", "usage"))


def convert(
    organization: Organization, item: Item | None, start: str, end: str, up: int, down: int = 1
) -> None:
    save_row(
        UnitConversion(
            organization=organization, item=item, from_unit=start, to_unit=end, numerator=up, denominator=down
        ),
        actor=None,
        reason="Units",
    )


@pytest.fixture
def table(bound: Organization) -> Item:
    return make_product(bound, "TABLE")


def test_a_snapshot_keeps_the_row_of_the_bill(bound: Organization, table: Item) -> None:
    bound.scrap_policy = "all"
    save_row(bound, actor=None, reason="Policy")
    paint = make_item(bound, "PAINT", unit="KG", rounding_step=Decimal("0.001"))
    other = make_item(bound, "PAINT-2", unit="KG")
    convert(bound, None, "G", "KG", 1, 1000)
    load_bills(
        lines=[
            BillRow(
                2,
                table.pk,
                paint.pk,
                Decimal("2.5"),
                unit="G",
                usage_per=Decimal(10),
                basis="per_n",
                loss_percent=Decimal(4),
                operation_number=10,
                planned_loss_percent=Decimal(3),
                output_quantity=Decimal(10),
                substitutes=(SubstituteRow(other.pk, Decimal("1.2")),),
            )
        ],
        actor=None,
        reason="Bills",
    )
    order = make_order(bound, table)

    assert take(order).taken == 1

    output = WorkOrderOutput.objects.get()
    assert (output.scrap_policy, output.planned_loss_percent, output.bom_output_quantity) == (
        "all",
        Decimal(3),
        Decimal(10),
    )
    assert (output.reporting_points, output.snapshot_date) == ([10], TODAY)
    line = output.inputs.get()
    assert (line.basis, line.usage, line.usage_per, line.unit) == ("per_n", Decimal("2.5"), Decimal(10), "G")
    assert (line.factor_numerator, line.factor_denominator) == (1, 1000)
    assert (line.rounding_step, line.rounding_direction) == (Decimal("0.001"), "up")
    assert line.substitutes == [{"item_id": other.pk, "factor": "1.200000"}]
    assert line.bom_line_id == BomLine.objects.get().pk
    assert line.history.count() == 1


@pytest.mark.parametrize(
    ("on", "usage"),
    [
        (TODAY - 2 * DAY, None),
        (TODAY - DAY, 1),
        (TODAY, 1),
        (TODAY + DAY, 2),
        (TODAY + 5 * DAY, 2),
        (TODAY + 6 * DAY, None),
    ],
)
def test_both_ends_of_a_period_belong_to_it(
    bound: Organization, table: Item, on: dt.date, usage: int | None
) -> None:
    leg = make_item(bound, "LEG")
    make_bom(
        bound,
        table,
        [
            (leg, 1, {"effective_from": TODAY - DAY, "effective_to": TODAY}),
            (leg, 2, {"effective_from": TODAY + DAY, "effective_to": TODAY + 5 * DAY}),
        ],
    )
    order = make_order(bound, table)

    taken = take(order, on)

    if usage is None:
        assert (taken.taken, taken.without_bill) == (0, [order.outputs.get().pk])
        assert WorkOrderOutput.objects.get().snapshot_at is None
    else:
        assert lines(order) == [("LEG", Decimal(usage))]


def test_the_latest_of_several_bills_that_hold_counts(bound: Organization, table: Item) -> None:
    leg = make_item(bound, "LEG")
    make_bom(bound, table, [(leg, 1)], revision="A")
    make_bom(bound, table, [(leg, 2)], revision="B", effective_from=TODAY)
    make_bom(bound, table, [(leg, 3)], revision="C", is_active=False)
    old, new = make_order(bound, table), make_order(bound, table)

    take(old, TODAY - DAY)
    take(new, TODAY)

    assert (lines(old), lines(new)) == ([("LEG", Decimal(1))], [("LEG", Decimal(2))])


def test_a_later_edit_of_the_bill_does_not_reach_the_snapshot(bound: Organization, table: Item) -> None:
    leg = make_item(bound, "LEG")
    row = BillRow(2, table.pk, leg.pk, Decimal(4))
    load_bills(lines=[row], actor=None, reason="Bills")
    order, later = make_order(bound, table), make_order(bound, table)
    take(order)

    load_bills(lines=[row._replace(usage=Decimal(3))], actor=None, reason="Bills")
    take(later)

    assert (lines(order), lines(later)) == ([("LEG", Decimal(4))], [("LEG", Decimal(3))])


def test_phantoms_are_kept_with_their_lines(bound: Organization, table: Item) -> None:
    frame, corner, screw, top = (make_item(bound, sku) for sku in ("FRAME", "CORNER", "SCREW", "TOP"))
    make_bom(bound, table, [(frame, 1, {"is_phantom": True, "operation_number": 20}), (top, 1)])
    make_bom(bound, frame, [(corner, 4, {"is_phantom": True, "operation_number": 90}), (screw, 2)],
             planned_loss_percent=Decimal(5))  # fmt: skip
    make_bom(bound, corner, [(screw, 3)])
    order = make_order(bound, table)

    take(order)

    rows = WorkOrderInput.objects.order_by("position").values_list(
        "position",
        "component__sku",
        "usage",
        "is_phantom",
        "phantom_parent__component__sku",
        "operation_number",
        "planned_loss_percent",
    )
    assert list(rows) == [
        (10, "FRAME", Decimal(1), True, None, 20, Decimal(5)),
        (20, "TOP", Decimal(1), False, None, None, Decimal(0)),
        (21, "CORNER", Decimal(4), True, "FRAME", 20, Decimal(0)),
        (22, "SCREW", Decimal(2), False, "FRAME", 20, Decimal(0)),
        (23, "SCREW", Decimal(3), False, "CORNER", 20, Decimal(0)),
    ]


def test_a_phantoms_lines_take_its_supply_and_its_place(bound: Organization, table: Item) -> None:
    frame, screw, glue = (make_item(bound, sku) for sku in ("FRAME", "SCREW", "GLUE"))
    rack, shelf = make_location(bound, "RACK"), make_location(bound, "SHELF")
    make_bom(bound, table, [(frame, 1, {"is_phantom": True, "supply": "hand", "supply_location": rack})])
    make_bom(bound, frame, [(screw, 1), (glue, 1, {"supply_location": shelf})])
    take(make_order(bound, table))

    rows = WorkOrderInput.objects.filter(is_phantom=False).order_by("position")
    assert list(rows.values_list("component__sku", "supply", "supply_location__code")) == [
        ("SCREW", "hand", "RACK"),
        ("GLUE", "hand", "SHELF"),
    ]


def test_a_phantom_without_a_bill_is_a_problem(bound: Organization, table: Item) -> None:
    make_bom(bound, table, [(make_item(bound, "FRAME"), 1, {"is_phantom": True})])
    order = make_order(bound, table)

    assert list(take(order).problems.values()) == [
        f"FRAME is a phantom without a bill of materials on {TODAY}: load one."
    ]
    assert lines(order) == []


def test_a_circle_of_phantoms_is_told_with_its_path(bound: Organization, table: Item) -> None:
    frame = make_item(bound, "FRAME")
    make_bom(bound, table, [(frame, 1, {"is_phantom": True})])
    make_bom(bound, frame, [(table, 1, {"is_phantom": True})])

    assert list(take(make_order(bound, table)).problems.values()) == [
        "The recipe runs in a circle: TABLE → FRAME → TABLE."
    ]


def test_a_unit_without_a_conversion_is_a_problem_of_that_output_only(
    bound: Organization, table: Item
) -> None:
    chair, leg = make_product(bound), make_item(bound, "LEG")
    make_bom(bound, table, [(leg, 1, {"unit": "BOX"})])
    make_bom(bound, chair, [(leg, 1)])
    bad, good = (make_order(bound, item).outputs.get() for item in (table, chair))

    answer = take_snapshots(
        [SnapshotTarget(o.pk, o.item_id, TODAY) for o in (bad, good)], actor=None, reason="Snapshot"
    )

    assert answer.taken == 1
    assert answer.problems == {
        bad.pk: "Nothing says how many EA one BOX of LEG is: add a unit conversion to the item."
    }


def test_an_items_own_conversion_comes_before_the_general_one(bound: Organization) -> None:
    wire, rope = make_item(bound, unit="CM"), make_item(bound, unit="CM")
    convert(bound, None, "ROLL", "M", 100)
    convert(bound, wire, "ROLL", "M", 50)
    convert(bound, None, "M", "CM", 100)
    factors = Conversions()

    assert factors.factor(wire.pk, "M", "CM") == (100, 1)
    assert factors.factor(wire.pk, "ROLL", "CM") == (5000, 1)
    assert factors.factor(rope.pk, "ROLL", "CM") == (10000, 1)
    assert factors.factor(rope.pk, "CM", "M") == (1, 100)
    assert factors.factor(rope.pk, "cm", "CM") == (1, 1)
    assert factors.factor(rope.pk, "KG", "CM") is None


def test_rounding_goes_up_for_what_is_used_and_down_for_what_comes_out(
    bound: Organization, table: Item
) -> None:
    step = {"rounding_step": Decimal(1)}
    used, made = make_item(bound, **step), make_item(bound, **step)
    chosen = make_item(bound, rounding_direction="nearest", **step)
    free = make_item(bound, rounding_direction="down")
    make_bom(bound, table, [(used, 1), (made, 1, {"line_type": "byproduct"}), (chosen, 1), (free, 1)])

    take(make_order(bound, table))

    directions = WorkOrderInput.objects.order_by("position").values_list("rounding_direction", flat=True)
    assert list(directions) == ["up", "down", "nearest", ""]


def test_reporting_points_are_backflush_operations_and_the_last(bound: Organization, table: Item) -> None:
    make_bom(bound, table, [(make_item(bound), 1)])
    for number, is_point in ((10, False), (20, True), (30, False)):
        save_row(
            Operation(organization=bound, item=table, number=number, is_backflush_point=is_point),
            actor=None,
            reason="Route",
        )
    take(make_order(bound, table))

    assert WorkOrderOutput.objects.get().reporting_points == [20, 30]


def test_missing_snapshots_are_taken_on_the_orders_day(bound: Organization, table: Item) -> None:
    leg, past = make_item(bound, "LEG"), dt.date(2020, 1, 1)
    ordered = make_order(bound, table, ordered_on=past)
    reported = make_order(bound, table, ordered_on=None)
    make_completion(bound, reported)
    make_bom(bound, table, [(leg, 1, {"effective_to": past}), (leg, 2, {"effective_from": past + DAY})])
    outputs = list(WorkOrderOutput.objects.values_list("pk", flat=True))

    assert ensure_snapshots(outputs, actor=None, reason="Draft").taken == 2
    assert ensure_snapshots(outputs, actor=None, reason="Draft").taken == 0

    assert (lines(ordered), lines(reported)) == ([("LEG", Decimal(1))], [("LEG", Decimal(2))])


def test_a_snapshot_is_taken_anew_with_a_reason_and_without_a_live_backflush(
    bound: Organization, table: Item, alice: User
) -> None:
    leg = make_item(bound, "LEG")
    make_bom(bound, table, [(leg, 4)])
    order = make_order(bound, table)
    take(order)
    output, old = order.outputs.get(), WorkOrderInput.objects.get()
    use = save_row(
        ReportedUse(organization=bound, work_order=order, input=old, item=leg, quantity=Decimal(1)),
        actor=None,
        reason="Use",
    )
    make_bom(bound, table, [(leg, 3)])

    refuse: Any = pytest.raises(AppError)
    with refuse as error:
        retake_snapshot(output, actor=alice, reason=" ")
    assert error.value.code == "REASON_REQUIRED"
    completion = make_completion(bound, order)
    mark_completions([completion.pk], state="live", actor=None, reason="Drafted")
    with pytest.raises(AppError) as error:
        retake_snapshot(output, actor=alice, reason="Wrong bill")
    assert error.value.code == "INVALID_STATE"
    mark_completions([completion.pk], state="", actor=None, reason="Discarded")

    retake_snapshot(output, actor=alice, reason="Wrong bill", on=TODAY)

    assert lines(order) == [("LEG", Decimal(3))]
    assert list(WorkOrderInput.objects.order_by("pk").values_list("usage", "is_current")) == [
        (Decimal(4), False),
        (Decimal(3), True),
    ]
    use.refresh_from_db()
    assert use.input_id is None
    assert output.history.latest().history_change_reason == "Wrong bill"
