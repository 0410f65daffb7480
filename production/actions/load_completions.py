"""Completions from rows: recorded, recognised or corrected, with the orders that they make."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django_scopes import get_scope

from accounts.tenancy.writes import allocate_ids, insert_rows, update_rows
from inventory.models import Item
from production.models import Completion, WorkOrder, WorkOrderOutput
from production.queries.reading import batches
from production.queries.recipes import RecipeBook

from .completion_plan import plan_completions
from .completion_state import Order, Output, Report, Rules
from .locks import lock_order_numbers
from .outputs import NewOutput, insert_outputs, warn_of_recipes
from .rows import CompletionRow, LoadResult, Quantities

REPORT_COLUMNS = (
    "operation_number",
    "reference",
    "good_quantity",
    "scrap_quantity",
    "scrap_operation_number",
    "scrap_reason_id",
    "output_lot_code",
    "is_final",
    "is_stated_final",
    "completed_at",
)


def load_completions(
    *,
    rows: Sequence[CompletionRow],
    actor: Any,
    reason: str,
    import_id: int | None = None,
    quantities: Quantities = "each",
    is_by_hand: bool = False,
    is_check: bool = False,
    is_partial: bool = False,
) -> LoadResult:
    """Record what was built, by the rules of completions (key: order + output + operation + reference).

    The same figures are unchanged; other figures update a completion until it is posted (its draft goes stale), then
    they are refused. An order that is not there is made, in Production, with its recipe on the completion's day. A
    Placed order moves to Production. With `quantities="running"` the rows hold totals and the differences are recorded,
    in time order, as completions numbered after their reference (#1, #2, …). Rows without a moment happen now.

    Error codes beyond INVALID: ALREADY_BACKFLUSHED (closed order, posted completion), INVALID_WORK_ORDER_STATE,
    OVER_COMPLETION (refused above the organization's percent, a warning below), OLDER_THAN_LAST (a running total that
    lies before the last one), NOT_FOUND (no such order and no SKU to make it with).

    `is_by_hand` keeps the actor as who recorded it. Runs in the caller's transaction. With any refused row nothing is
    written, unless `is_partial`; with `is_check` nothing is written at all. `made_ids` are the completions made.
    """
    result = LoadResult()
    organization = get_scope()["organization"]
    orders = _present({row.number for row in rows})
    # The orders that are there have their recipes; of what they make only the routes are asked.
    made_before = {item for order in orders.values() for item in order.outputs}
    book = RecipeBook(_new_items(rows, orders), routes_of=made_before)
    _settle_routes(orders.values(), book)
    rules = Rules(
        moment=timezone.now(),
        zone=ZoneInfo(organization.time_zone),
        over_completion_percent=organization.over_completion_percent,
        is_running=quantities == "running",
        skus=_skus(rows, orders),
        book=book,
    )
    plan_completions(rows, orders, rules, result)
    made = _new_outputs(orders.values(), rules)
    warn_of_recipes(made.values(), book, result)
    if result.may_write(is_check=is_check, is_partial=is_partial):
        who = {"actor": actor, "reason": reason}
        _write_orders(orders.values(), made, book, import_id, who)
        recorded_by = actor.pk if is_by_hand and actor is not None else None
        result.made_ids = _write_reports(orders.values(), rules, import_id, recorded_by, who)
        result.is_written = True
    return result


def _present(numbers: set[str]) -> dict[str, Order]:
    """The orders of these numbers, locked, with their outputs and everything reported on them."""
    ids = lock_order_numbers(numbers)
    orders: dict[str, Order] = {}
    by_id: dict[int, Order] = {}
    outputs: dict[int, Output] = {}
    for batch in batches(sorted(ids)):
        found = WorkOrder.objects.filter(pk__in=batch).order_by("pk")
        for values in found.values_list("pk", "number", "status", "is_closed", "started_on"):
            order = Order(*values)
            orders[order.number] = by_id[order.id] = order
        lines = WorkOrderOutput.objects.filter(work_order_id__in=batch).order_by("pk")
        columns = ("work_order_id", "pk", "item_id", "quantity", "reporting_points", "snapshot_at")
        for order_id, pk, item, quantity, points, snapshot_at in lines.values_list(*columns):
            outputs[pk] = Output(pk, item, quantity, list(points), [], is_settled=snapshot_at is not None)
            by_id[order_id].outputs[item] = outputs[pk]
    read_reports(outputs)
    return orders


def read_reports(outputs: dict[int, Output]) -> None:
    """Put on each output (by id) everything that was reported on it, in the order of time."""
    for batch in batches(sorted(outputs)):
        reports = Completion.objects.filter(output_id__in=batch).order_by("completed_at", "pk")
        for output, pk, state, *values in reports.values_list(
            "output_id", "pk", "backflush_state", *REPORT_COLUMNS
        ):
            report = Report(pk, *values)
            report.state = state
            outputs[output].add(report)


def _new_items(rows: Iterable[CompletionRow], orders: dict[str, Order]) -> set[int]:
    """The items that orders may be made for."""
    return {row.item_id for row in rows if row.item_id is not None and row.number not in orders}


def _settle_routes(orders: Iterable[Order], book: RecipeBook) -> None:
    for order in orders:
        for output in order.outputs.values():
            output.route = book.route(output.item_id)
            output.is_settled |= bool(output.route)
            if not output.points:
                output.points = book.points(output.item_id, None)


def _skus(rows: Iterable[CompletionRow], orders: dict[str, Order]) -> dict[int, str]:
    """SKUs for messages, of rows whose item the order does not make and of what those orders make."""
    needed: set[int] = set()
    for row in rows:
        order = orders.get(row.number)
        if order is not None and row.item_id is not None and row.item_id not in order.outputs:
            needed |= {row.item_id, *order.outputs}
    skus: dict[int, str] = {}
    for batch in batches(sorted(needed)):
        skus.update(Item.objects.filter(pk__in=batch).values_list("pk", "sku"))
    return skus


def _new_outputs(orders: Iterable[Order], rules: Rules) -> dict[str, NewOutput]:
    made: dict[str, NewOutput] = {}
    for order in orders:
        if order.is_new:
            output = next(iter(order.outputs.values()))
            first = min(report.completed_at for report in output.reports.values())
            made[order.number] = NewOutput(
                order.row, output.item_id, output.quantity, rules.day(first), points=output.points
            )
    return made


def _write_orders(
    orders: Iterable[Order],
    made: dict[str, NewOutput],
    book: RecipeBook,
    import_id: int | None,
    who: dict[str, Any],
) -> None:
    new = [order for order in orders if order.is_new]
    for order, pk in zip(new, allocate_ids(WorkOrder, len(new)), strict=True):
        order.id = made[order.number].work_order_id = pk
    insert_rows(
        WorkOrder,
        ["id", "number", "status", "started_on", "due_on", "work_site_id"],
        ((o.id, o.number, o.status, o.started_on, o.due_on, o.work_site_id) for o in new),
        constants={"import_id": import_id},
        **who,
    )
    insert_outputs(list(made.values()), book, **who)
    for order in new:
        next(iter(order.outputs.values())).id = made[order.number].id
    moved = [(o.id, o.status, o.started_on) for o in orders if o.is_changed and not o.is_new]
    update_rows(WorkOrder, ["status", "started_on"], moved, **who)
    changed = [
        (output.id, output.quantity, output.points)
        for order in orders
        if not order.is_new
        for output in order.outputs.values()
        if output.is_changed
    ]
    update_rows(WorkOrderOutput, ["quantity", "reporting_points"], changed, **who)


def _write_reports(
    orders: Iterable[Order], rules: Rules, import_id: int | None, recorded_by: int | None, who: dict[str, Any]
) -> list[int]:
    """New completions, changed ones, and those whose being final changed with the others of their order."""
    touched = [
        (output.id, report)
        for order in orders
        for output in order.outputs.values()
        if output.is_touched
        for report in output.reports.values()
        if report.is_changed
    ]
    new = [(output_id, report) for output_id, report in touched if not report.id]
    ids = allocate_ids(Completion, len(new))
    source = ("completed_on", "recorded_by_id", "import_id", "import_row")
    rows = (
        (pk, output_id, *_values(report, rules), recorded_by, import_id, report.import_row)
        for pk, (output_id, report) in zip(ids, new, strict=True)
    )
    insert_rows(Completion, ["id", "output_id", *REPORT_COLUMNS, *source], rows, **who)
    reported = [report for _, report in touched if report.id and report.is_reported]
    update_rows(
        Completion,
        [*REPORT_COLUMNS, *source],
        [(r.id, *_values(r, rules), recorded_by, import_id, r.import_row) for r in reported],
        **who,
    )
    finals = [report for _, report in touched if report.id and not report.is_reported]
    update_rows(Completion, ["is_final"], [(report.id, report.is_final) for report in finals], **who)
    return ids


def _values(report: Report, rules: Rules) -> tuple[dt.date | Any, ...]:
    return (
        report.operation,
        report.reference,
        report.good,
        report.scrap,
        report.scrap_operation,
        report.scrap_reason_id,
        report.lot,
        report.is_final,
        report.is_stated_final,
        report.completed_at,
        rules.day(report.completed_at),
    )
