"""Work orders from rows: made or brought up to date, for one and for a hundred thousand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django_scopes import get_scope

from accounts.tenancy.writes import allocate_ids, insert_rows, update_rows
from production.choices import OrderKind, OrderStatus
from production.models import Completion, WorkOrder, WorkOrderOutput
from production.queries.clock import today_in
from production.queries.reading import batches
from production.queries.recipes import RecipeBook
from production.states import is_reachable, status_of

from .locks import lock_order_numbers
from .outputs import NewOutput, insert_outputs, warn_of_recipes
from .rows import ZERO, LoadResult, OrderRow, Outcome, wrong_number

HEADER = ("kind", "status", "work_site_id", "ordered_on", "started_on", "due_on")
FIGURES = ("quantity", "conversion_cost", "scrap_allowance_percent")
COLUMN_OF = {
    "quantity": "quantity",
    "conversion_cost": "conversion_cost",
    "scrap_allowance_percent": "scrap_allowance",
}


@dataclass(slots=True)
class _Output:
    id: int
    figures: dict[str, Any]
    row: int | None = None
    is_changed: bool = False


@dataclass(slots=True)
class _Order:
    """An order as it is there, or as the file makes it."""

    id: int
    number: str
    header: dict[str, Any]
    is_closed: bool = False
    is_new: bool = False
    is_changed: bool = False
    is_worked_on: bool = False
    is_backflushed: bool = False
    outputs: dict[int, _Output] = field(default_factory=dict)
    row: int | None = None


def load_orders(
    *,
    rows: Sequence[OrderRow],
    actor: Any,
    reason: str,
    import_id: int | None = None,
    is_check: bool = False,
    is_partial: bool = False,
) -> LoadResult:
    """Load work orders: several rows of one number are several outputs of one order.

    A new order is Entered unless the row says otherwise, and takes its recipe on its day (ordered, started, else
    today). Of an order that is there, what the row states is brought up to date; snapshots stay. A status is taken when
    it lies ahead; one that lies behind is a warning, because an ERP's file is often older than our books. Figures of a
    closed order, cancelling what has a backflush, and taking up a cancelled order are refused.

    Runs in the caller's transaction. With any refused row nothing is written, unless `is_partial`; with `is_check`
    nothing is written at all. `made_ids` are the orders made.
    """
    result = LoadResult()
    orders = _present({row.number for row in rows})
    made: dict[tuple[str, int], NewOutput] = {}
    today = today_in(get_scope()["organization"])
    for row in rows:
        header = _checked(row, result)
        if header is None:
            continue
        order = orders.get(row.number)
        if order is None:
            order = orders[row.number] = _Order(0, row.number, _first(header), is_new=True, row=row.row)
            outcome: Outcome | None = "created"
        else:
            outcome = _merge_header(order, row, header, result)
        if outcome is not None:
            outcome = _merge_output(order, row, made, today, outcome, result)
        if outcome is not None:
            result.outcomes[row.row] = outcome
        elif order.is_new and not order.outputs:
            del orders[row.number]
    book = RecipeBook({output.item_id for output in made.values()})
    for output in made.values():
        recipe = book.recipe(output.item_id, output.on)
        output.points = book.points(output.item_id, recipe)
    warn_of_recipes(made.values(), book, result)
    if result.may_write(is_check=is_check, is_partial=is_partial):
        _write(orders, made, book, result, import_id=import_id, actor=actor, reason=reason)
    return result


def _present(numbers: set[str]) -> dict[str, _Order]:
    """The orders of these numbers, locked, with their outputs and what was reported on them."""
    ids = lock_order_numbers(numbers)
    orders: dict[str, _Order] = {}
    by_id: dict[int, _Order] = {}
    for some in batches(sorted(ids)):
        found = WorkOrder.objects.filter(pk__in=some)
        for pk, number, is_closed, *values in found.values_list("pk", "number", "is_closed", *HEADER):
            order = _Order(pk, number, dict(zip(HEADER, values, strict=True)), bool(is_closed))
            orders[number] = by_id[pk] = order
        outputs = WorkOrderOutput.objects.filter(work_order_id__in=some)
        for pk, order_id, item, *values in outputs.values_list("pk", "work_order_id", "item_id", *FIGURES):
            by_id[order_id].outputs[item] = _Output(pk, dict(zip(FIGURES, values, strict=True)))
    _see_reports(by_id.values())
    return orders


def _see_reports(orders: Iterable[_Order]) -> None:
    order_of = {output.id: order for order in orders for output in order.outputs.values()}
    for batch in batches(sorted(order_of)):
        reports = Completion.objects.filter(output_id__in=batch)
        for output, state in reports.values_list("output_id", "backflush_state").distinct():
            order_of[output].is_worked_on = True
            order_of[output].is_backflushed |= bool(state)


def _checked(row: OrderRow, result: LoadResult) -> dict[str, Any] | None:
    """The header values that the row states, or None where the row cannot stand."""
    known = len(result.errors)
    if not row.number.strip() or len(row.number) > 80:
        result.refuse(
            row.row, "wo_number", row.number, "INVALID", "Give the order's number, of at most 80 characters."
        )
    for name in FIGURES:
        value: Decimal | None = getattr(row, name)
        wrong = "" if value is None else wrong_number(value)
        if value is not None and not wrong and (value < 0 or (name == "quantity" and not value)):
            wrong = "is not above zero" if name == "quantity" else "is below zero"
        if wrong:
            result.refuse(row.row, COLUMN_OF[name], value, "INVALID", f"This number {wrong}: correct it.")
    header = {name: getattr(row, name) for name in HEADER if getattr(row, name) is not None}
    if row.status is not None:
        status = status_of(row.status)
        if status is None:
            words = ", ".join(s.label for s in OrderStatus)
            result.refuse(
                row.row,
                "status",
                row.status,
                "INVALID",
                f"This status is not known. Say which it is: {words}.",
            )
        else:
            header["status"] = status.value
    if row.kind is not None and row.kind not in OrderKind.values:
        result.refuse(row.row, "kind", row.kind, "INVALID", "The kind is production or kit.")
    return header if len(result.errors) == known else None


def _first(header: dict[str, Any]) -> dict[str, Any]:
    start = dict.fromkeys(HEADER)
    return {**start, "kind": OrderKind.PRODUCTION.value, "status": OrderStatus.ENTERED.value, **header}


def _merge_header(order: _Order, row: OrderRow, header: dict[str, Any], result: LoadResult) -> Outcome | None:
    """Bring the order's own fields up to date; None when the row was refused."""
    wanted = {name: value for name, value in header.items() if order.header[name] != value}
    if order.row is not None and wanted:
        for name, value in wanted.items():
            result.refuse(
                row.row,
                name.removesuffix("_id"),
                value,
                "INVALID",
                f"Row {order.row} says something else of order {order.number}: one order has one {name}.",
            )
        return None
    if "status" in wanted and not _takes_status(order, row, wanted, result):
        return None
    if "kind" in wanted and order.is_worked_on:
        result.refuse(
            row.row,
            "kind",
            row.kind,
            "INVALID_STATE",
            f"Order {order.number} has completions: its kind stays what it is.",
        )
        return None
    order.row = row.row
    order.header.update(wanted)
    order.is_changed |= bool(wanted)
    return "updated" if wanted else "unchanged"


def _takes_status(order: _Order, row: OrderRow, wanted: dict[str, Any], result: LoadResult) -> bool:
    """Decide on a stated status: taken, left out with a warning, or the row refused."""
    now, then = OrderStatus(order.header["status"]), OrderStatus(wanted["status"])
    if now is OrderStatus.CANCELLED:
        problem = f"Order {order.number} is cancelled and stays so: use a new number."
    elif then is OrderStatus.CANCELLED and (order.is_backflushed or order.is_closed):
        problem = (
            f"Order {order.number} has a backflush: discard or reverse it before the order is cancelled."
        )
    elif is_reachable(now, then):
        return True
    elif then is OrderStatus.CANCELLED:
        problem = f"Order {order.number} is {now.label}, too late to be cancelled."
    else:
        result.warn(
            row.row,
            "status",
            row.status,
            "STATUS_BEHIND",
            f"Order {order.number} is {now.label} here already; the file's {then.label} lies behind and was not taken.",
        )
        del wanted["status"]
        return True
    result.refuse(row.row, "status", row.status, "INVALID_WORK_ORDER_STATE", problem)
    return False


def _merge_output(
    order: _Order,
    row: OrderRow,
    made: dict[tuple[str, int], NewOutput],
    today: dt.date,
    outcome: Outcome,
    result: LoadResult,
) -> Outcome | None:
    stated = {name: getattr(row, name) for name in FIGURES if getattr(row, name) is not None}
    output = order.outputs.get(row.item_id)
    if output is None:
        if not order.is_new and (order.is_worked_on or order.is_closed):
            result.refuse(
                row.row,
                "sku",
                None,
                "INVALID",
                f"Order {order.number} makes something else and has completions: correct the SKU or the number.",
            )
            return None
        figures = {"quantity": None, "conversion_cost": ZERO, "scrap_allowance_percent": ZERO, **stated}
        order.outputs[row.item_id] = _Output(0, figures, row.row)
        day = order.header["ordered_on"] or order.header["started_on"] or today
        made[(order.number, row.item_id)] = NewOutput(row.row, row.item_id, on=day, **figures)
        return "created" if order.is_new else "updated"
    changes = {name: value for name, value in stated.items() if output.figures[name] != value}
    if changes and output.row is not None:
        result.refuse(
            row.row,
            COLUMN_OF[next(iter(changes))],
            next(iter(changes.values())),
            "INVALID",
            f"Row {output.row} gives other figures for the same order and item: remove one of them.",
        )
        return None
    if changes and order.is_closed:
        result.refuse(
            row.row,
            COLUMN_OF[next(iter(changes))],
            next(iter(changes.values())),
            "ALREADY_BACKFLUSHED",
            f"Order {order.number} is closed: a controller must reopen it before its figures change.",
        )
        return None
    is_repeated = output.row is not None
    output.row = row.row
    output.figures.update(changes)
    output.is_changed |= bool(changes)
    if changes:
        return "updated"
    return "unchanged" if is_repeated and outcome != "updated" else outcome


def _write(
    orders: dict[str, _Order],
    made: dict[tuple[str, int], NewOutput],
    book: RecipeBook,
    result: LoadResult,
    *,
    import_id: int | None,
    actor: Any,
    reason: str,
) -> None:
    who = {"actor": actor, "reason": reason}
    new = [order for order in orders.values() if order.is_new]
    for order, pk in zip(new, allocate_ids(WorkOrder, len(new)), strict=True):
        order.id = pk
    insert_rows(
        WorkOrder,
        ["id", "number", *HEADER],
        ((order.id, order.number, *order.header.values()) for order in new),
        constants={"import_id": import_id},
        **who,
    )
    update_rows(
        WorkOrder,
        HEADER,
        [(o.id, *o.header.values()) for o in orders.values() if o.is_changed and not o.is_new],
        **who,
    )
    for (number, _), output in made.items():
        output.work_order_id = orders[number].id
    insert_outputs(list(made.values()), book, **who)
    changed = [
        (output.id, *output.figures.values())
        for order in orders.values()
        for output in order.outputs.values()
        if output.is_changed and output.id
    ]
    update_rows(WorkOrderOutput, FIGURES, changed, **who)
    result.made_ids = [order.id for order in new]
    result.is_written = True
