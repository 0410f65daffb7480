"""What a list of reports does to orders, decided in memory before anything is written (rules, section 7)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from production.choices import OrderStatus
from production.states import BACKFLUSHABLE

from .completion_state import POSTED, Order, Output, Refused, Report, Rules
from .rows import ZERO, CompletionRow, LoadResult, Outcome, shown, wrong_number

TAKES_COMPLETIONS = BACKFLUSHABLE | {OrderStatus.PLACED}


class _Place(NamedTuple):
    """Where a report belongs: None is the last operation."""

    operation: int | None
    scrap_operation: int | None


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
    _check_numbers(row, rules)
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
        order = _new_order(row, rules)
    output = _output(order, row, rules)
    points = _points(order, output, row, named)
    at = _Place(
        operation=_normal(row.operation_number, points, output.is_settled),
        scrap_operation=_normal(row.scrap_operation_number, points, output.is_settled),
    )
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


def _check_numbers(row: CompletionRow, rules: Rules) -> None:
    if not row.number.strip() or len(row.number) > 80:
        raise Refused(
            "wo_number", row.number, "INVALID", "Give the order's number, of at most 80 characters."
        )
    for column, value in (
        ("completed_qty", row.good_quantity),
        ("scrap_qty", row.scrap_quantity),
        ("order_qty", row.order_quantity),
    ):
        if value is not None and (wrong := wrong_number(value)):
            raise Refused(column, value, "INVALID", f"This number {wrong}: correct it.")
        if value is not None and value < 0 and rules.is_running:
            raise Refused(column, value, "INVALID", "A running total is never below zero: correct it.")
    if row.order_quantity is not None and row.order_quantity <= 0:
        raise Refused(
            "order_qty", row.order_quantity, "INVALID", "An order is for more than zero, or says nothing."
        )


def _new_order(row: CompletionRow, rules: Rules) -> Order:
    if row.item_id is None:
        raise Refused(
            "sku",
            None,
            "NOT_FOUND",
            f"There is no order {row.number}: give the SKU that it makes, so that the order can be made too.",
        )
    day = rules.day(row.completed_at or rules.moment)
    recipe = rules.book.recipe(row.item_id, day)
    return Order(
        id=0,
        number=row.number,
        status=OrderStatus.PRODUCTION.value,
        is_closed=False,
        started_on=row.started_on or day,
        is_new=True,
        due_on=row.due_on,
        work_site_id=row.work_site_id,
        row=row.row,
        outputs={
            row.item_id: Output(
                id=0,
                item_id=row.item_id,
                quantity=row.order_quantity,
                points=rules.book.points(row.item_id, recipe),
                route=rules.book.route(row.item_id),
                is_settled=recipe is not None or bool(rules.book.route(row.item_id)),
            )
        },
    )


def _output(order: Order, row: CompletionRow, rules: Rules) -> Output:
    if row.item_id is None:
        if len(order.outputs) != 1:
            raise Refused(
                "sku",
                None,
                "INVALID",
                f"Order {order.number} makes {len(order.outputs)} items: say which by its SKU.",
            )
        return next(iter(order.outputs.values()))
    output = order.outputs.get(row.item_id)
    if output is None:
        makes = ", ".join(rules.skus.get(item, "") for item in order.outputs) or "nothing"
        raise Refused(
            "sku",
            rules.skus.get(row.item_id, ""),
            "INVALID",
            f"Order {order.number} makes {makes}: correct the SKU or the order's number.",
        )
    return output


def _points(
    order: Order, output: Output, row: CompletionRow, named: dict[tuple[str, int | None], set[int]]
) -> list[int]:
    """Where the order reports, with this row. A first report at an operation makes it a point of this order."""
    for column, number in (
        ("operation", row.operation_number),
        ("scrap_operation", row.scrap_operation_number),
    ):
        if number is not None and output.route and number not in output.route:
            raise Refused(
                column,
                number,
                "INVALID",
                f"Operation {number} is not one of the item's: {', '.join(map(str, output.route))}.",
            )
    number = row.operation_number
    if number is None or number in output.points:
        return output.points
    if output.is_backflushed:
        raise Refused(
            "operation",
            number,
            "INVALID",
            f"Order {order.number} has a backflush and relieves its components at "
            f"{', '.join(map(str, output.points)) or 'the last operation'}: report there.",
        )
    reported = named[(row.number, row.item_id)]
    last = max([*output.points, *output.route, *reported])
    if (
        output.points
        and last > output.points[-1]
        and any(r.operation is None for r in output.reports.values())
    ):
        raise Refused(
            "operation",
            number,
            "INVALID",
            f"Earlier reports of order {order.number} took operation {output.points[-1]} for the last one: "
            "enter the item's operations, then load the row again.",
        )
    # Without a route, the last operation that the recipe names is a point only as long as nothing lies behind it.
    is_kept = bool(output.route) or not output.points or last in output.points
    return sorted({*(output.points if is_kept else output.points[:-1]), *reported, last})


def _normal(number: int | None, points: list[int], is_settled: bool) -> int | None:
    """None for the last operation, so that naming it and leaving it out are one key."""
    if number is None or not is_settled or not points:
        return number
    return None if number >= points[-1] else number


def _apply_each(
    row: CompletionRow, order: Order, output: Output, at: _Place, rules: Rules, result: LoadResult
) -> Outcome:
    found = output.reports.get((at.operation, row.reference))
    good, scrap = row.good_quantity, row.scrap_quantity
    if found is None:
        _guard(order, row)
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
    _guard(order, row)
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
    _check_sums(row, order, output, at.operation, change, rules, result)
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
    row: CompletionRow, order: Order, output: Output, at: _Place, rules: Rules, result: LoadResult
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
    _guard(order, row)
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
    at: _Place,
    reference: str,
    figures: tuple[Decimal, Decimal],
    rules: Rules,
    result: LoadResult,
) -> Outcome:
    _check_sums(row, order, output, at.operation, figures, rules, result)
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


def _guard(order: Order, row: CompletionRow) -> None:
    """Closed orders take nothing; orders that are not released, or are cancelled, neither."""
    if order.is_closed:
        raise Refused(
            "wo_number",
            row.number,
            "ALREADY_BACKFLUSHED",
            f"Order {order.number} is backflushed and closed: a controller must reopen it with a reason first.",
        )
    if order.status not in TAKES_COMPLETIONS:
        label = OrderStatus(order.status).label
        remedy = "use another order" if order.status == OrderStatus.CANCELLED.value else "release it first"
        raise Refused(
            "wo_number",
            row.number,
            "INVALID_WORK_ORDER_STATE",
            f"Order {order.number} is {label} and takes no completions: {remedy}.",
        )


def _check_sums(
    row: CompletionRow,
    order: Order,
    output: Output,
    operation: int | None,
    change: tuple[Decimal, Decimal],
    rules: Rules,
    result: LoadResult,
) -> None:
    """A correction takes back at most what was reported, and more than ordered only as far as the policy goes."""
    before = output.sums.get(operation, (ZERO, ZERO))
    for column, word, was, more in zip(
        ("completed_qty", "scrap_qty"), ("good", "scrap"), before, change, strict=True
    ):
        if more < 0 and was + more < 0:
            raise Refused(
                column,
                more,
                "INVALID",
                f"Order {order.number} has {shown(was)} {word} reported: a correction of {shown(more)} would leave "
                "less than nothing. Correct no more than was reported.",
            )
    ordered = output.quantity if output.quantity is not None else row.order_quantity
    total = before[0] + change[0]
    if ordered is None or change[0] <= 0 or total <= ordered:
        return
    percent = rules.over_completion_percent
    over = f"{shown(total)} good of {shown(ordered)} ordered"
    if percent is not None and total * 100 > ordered * (100 + percent):
        raise Refused(
            "completed_qty",
            row.good_quantity,
            "OVER_COMPLETION",
            f"Order {order.number} would have {over}, more than {shown(percent)} % over: "
            "correct the quantity, or raise the order's.",
        )
    result.warn(
        row.row, "completed_qty", row.good_quantity, "OVER_COMPLETION", f"Order {order.number} has {over}."
    )


def _start(order: Order, day: dt.date) -> None:
    if order.status == OrderStatus.PLACED.value:
        order.status = OrderStatus.PRODUCTION.value
        order.started_on = order.started_on or day
        order.is_changed = True
