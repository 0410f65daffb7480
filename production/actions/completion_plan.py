"""What a list of reports does to orders, decided in memory before anything is written (rules, section 7)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from production.choices import OrderStatus

from .completion_checks import check_numbers, check_sums, guard
from .completion_places import Place, new_order, output_of, place_of, points_of
from .completion_state import POSTED, Order, Output, Refused, Report, Rules
from .rows import ZERO, CompletionRow, LoadResult, Outcome, shown


def plan_completions(
    rows: Iterable[CompletionRow], orders: dict[str, Order], rules: Rules, result: LoadResult
) -> None:
    """Apply the rows to the orders; each row gets its outcome or its refusal. Totals are taken in time order."""
    moment = rules.moment
    if rules.is_running:
        ordered = sorted(rows, key=lambda r: r.completed_at or moment)
    else:
        # What takes back comes after what it takes back, whatever the order of the rows.
        ordered = sorted(rows, key=lambda r: r.good_quantity < 0 or r.scrap_quantity < 0)
    named: dict[tuple[str, int | None], set[int]] = defaultdict(set)
    for row in ordered:
        if row.operation_number is not None:
            named[(row.number, row.item_id)].add(row.operation_number)
    for row in ordered:
        try:
            result.outcomes[row.row] = _apply(row, orders, rules, named, result)
        except Refused as refusal:
            result.refuse(row.row, refusal.column, refusal.value, refusal.code, refusal.message)
    for order in orders.values():
        for output in order.outputs.values():
            if output.is_touched:
                output.settle_finals()


def _apply(
    row: CompletionRow,
    orders: dict[str, Order],
    rules: Rules,
    named: dict[tuple[str, int | None], set[int]],
    result: LoadResult,
) -> Outcome:
    check_numbers(row, rules)
    if not rules.is_running and not row.good_quantity and not row.scrap_quantity and not row.is_final:
        result.warn(
            row.row,
            "completed_qty",
            "0",
            "NOTHING_REPORTED",
            "Nothing was completed or scrapped: the row was left out.",
        )
        return "unchanged"
    order = orders.get(row.number)
    if order is None:
        order = new_order(row, rules)
    output = output_of(order, row, rules)
    points = points_of(order, output, row, named)
    at = place_of(row, points, output)
    apply = _apply_total if rules.is_running else _apply_each
    outcome = apply(row, order, output, at, rules, result)
    if outcome != "unchanged":
        orders[row.number] = order
        output.is_changed |= points != output.points
        output.points = points
    if output.quantity is None and row.order_quantity is not None and not order.is_closed:
        output.quantity = row.order_quantity
        output.is_changed = output.is_touched = True
    elif row.order_quantity is not None and output.quantity != row.order_quantity:
        result.warn(
            row.row,
            "order_qty",
            row.order_quantity,
            "OTHER_QUANTITY",
            f"Order {order.number} is for {shown(output.quantity)}, which stays: change it with a file of work orders.",
        )
    return outcome


def _apply_each(
    row: CompletionRow, order: Order, output: Output, at: Place, rules: Rules, result: LoadResult
) -> Outcome:
    found = output.reports.get((at.operation, row.reference))
    good, scrap = row.good_quantity, row.scrap_quantity
    if found is None:
        guard(order, row)
        return _add(row, order, output, at, row.reference, (good, scrap), rules, result)
    if not found.differs_from(row, good, scrap, at.scrap_operation):
        return "unchanged"
    if found.row is not None:
        raise Refused(
            "reference",
            row.reference,
            "INVALID",
            f"Row {found.row} reports the same order, operation and reference with other figures: give each report "
            "its own reference, or say that the file holds running totals.",
        )
    guard(order, row)
    if found.state == POSTED:
        raise Refused(
            "completed_qty",
            good,
            "ALREADY_BACKFLUSHED",
            f"This completion of order {order.number} is posted with {shown(found.good)} good and "
            f"{shown(found.scrap)} scrap: have it reversed, or send the difference as a correction with a reference "
            "of its own.",
        )
    change = (good - found.good, scrap - found.scrap)
    check_sums(row, order, output, at.operation, change, rules, result)
    output.count(at.operation, *change)
    found.good, found.scrap, found.row, found.import_row = good, scrap, row.row, row.row
    if row.scrap_operation_number is not None:
        found.scrap_operation = at.scrap_operation
    if row.scrap_reason_id is not None:
        found.scrap_reason_id = row.scrap_reason_id
    if row.output_lot_code is not None:
        found.lot = row.output_lot_code
    if row.completed_at is not None:
        found.completed_at = row.completed_at
    if row.is_final is not None:
        found.is_stated_final = row.is_final
    found.is_changed = found.is_reported = output.is_touched = True
    _start(order, rules.day(found.completed_at))
    return "updated"


def _apply_total(
    row: CompletionRow, order: Order, output: Output, at: Place, rules: Rules, result: LoadResult
) -> Outcome:
    """Record the difference between a running total and what its series holds at that moment."""
    moment = row.completed_at or rules.moment
    series = output.series(at.operation, row.reference)
    before = [report for report in series if report.completed_at <= moment]
    good = row.good_quantity - sum((r.good for r in before), ZERO)
    scrap = row.scrap_quantity - sum((r.scrap for r in before), ZERO)
    ends_it = bool(row.is_final) and not any(r.is_final for r in series)
    if not good and not scrap and not ends_it:
        return "unchanged"
    if len(before) < len(series):
        latest = max(report.completed_at for report in series)
        raise Refused(
            "completed_at",
            moment.isoformat(),
            "OLDER_THAN_LAST",
            f"Order {order.number} has a later total, of {rules.day(latest)}: is this file an old one? "
            "Remove the row, or report the difference by itself.",
        )
    guard(order, row)
    taken = {report.reference for report in series}
    number = len(series) + 1
    while f"{row.reference}#{number}" in taken:
        number += 1
    reference = f"{row.reference}#{number}"
    return _add(row, order, output, at, reference, (good, scrap), rules, result)


def _add(
    row: CompletionRow,
    order: Order,
    output: Output,
    at: Place,
    reference: str,
    figures: tuple[Decimal, Decimal],
    rules: Rules,
    result: LoadResult,
) -> Outcome:
    check_sums(row, order, output, at.operation, figures, rules, result)
    moment = row.completed_at or rules.moment
    report = Report(
        id=0,
        operation=at.operation,
        reference=reference,
        good=figures[0],
        scrap=figures[1],
        scrap_operation=at.scrap_operation,
        scrap_reason_id=row.scrap_reason_id,
        lot=row.output_lot_code or "",
        is_final=False,
        is_stated_final=bool(row.is_final),
        completed_at=moment,
        row=row.row,
        import_row=row.row,
        is_changed=True,
        is_reported=True,
    )
    output.add(report)
    output.is_touched = True
    _start(order, rules.day(moment))
    return "created"


def _start(order: Order, day: dt.date) -> None:
    if order.status == OrderStatus.PLACED.value:
        order.status = OrderStatus.PRODUCTION.value
        order.started_on = order.started_on or day
        order.is_changed = True
