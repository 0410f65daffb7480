"""Where a report belongs: its order (made where there is none), what of it, and the operation that it reports at."""

from __future__ import annotations

from typing import NamedTuple

from production.choices import OrderStatus

from .completion_state import Order, Output, Refused, Rules
from .rows import CompletionRow


class Place(NamedTuple):
    """Where a report belongs: None is the last operation."""

    operation: int | None
    scrap_operation: int | None


def new_order(row: CompletionRow, rules: Rules) -> Order:
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


def output_of(order: Order, row: CompletionRow, rules: Rules) -> Output:
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


def points_of(
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


def place_of(row: CompletionRow, points: list[int], output: Output) -> Place:
    """The report's operations, among the points at which its order reports."""
    return Place(
        operation=_normal(row.operation_number, points, output.is_settled),
        scrap_operation=_normal(row.scrap_operation_number, points, output.is_settled),
    )


def _normal(number: int | None, points: list[int], is_settled: bool) -> int | None:
    """None for the last operation, so that naming it and leaving it out are one key."""
    if number is None or not is_settled or not points:
        return number
    return None if number >= points[-1] else number
