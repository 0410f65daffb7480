"""What a report may not do: numbers that are none, orders that take nothing, sums below nothing or far over."""

from __future__ import annotations

from decimal import Decimal

from production.choices import OrderStatus
from production.states import BACKFLUSHABLE

from .completion_state import Order, Output, Refused, Rules
from .rows import ZERO, CompletionRow, LoadResult, shown, wrong_number

TAKES_COMPLETIONS = BACKFLUSHABLE | {OrderStatus.PLACED}


def check_numbers(row: CompletionRow, rules: Rules) -> None:
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


def guard(order: Order, row: CompletionRow) -> None:
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


def check_sums(
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
