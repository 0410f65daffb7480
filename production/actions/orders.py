"""What a person does with one work order: make it, move it, end it, reopen it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from accounts.choices import EventName
from accounts.errors import STATUS_BY_CODE, AppError
from accounts.rights import demand
from accounts.tenancy.writes import save_row, update_where
from inventory.codes import refuse_odd_code
from inventory.models import Item, Location
from production.choices import BackflushState, OrderKind, OrderStatus
from production.models import Completion, Receipt, WorkOrder
from production.queries.clock import today_in
from production.states import MOVES

from .load_orders import load_orders
from .locks import lock_room
from .posting import TurnedOrder, advance_orders, tell_of_orders
from .rows import LoadResult, OrderRow


def create_work_order(
    *,
    number: str,
    item: Item,
    quantity: Decimal | None,
    actor: Any,
    reason: str = "Made by hand",
    kind: str = OrderKind.PRODUCTION.value,
    status: str = OrderStatus.ENTERED.value,
    work_site: Location | None = None,
    ordered_on: dt.date | None = None,
    due_on: dt.date | None = None,
    conversion_cost: Decimal | None = None,
    scrap_allowance_percent: Decimal | None = None,
) -> WorkOrder:
    """Make an order with its recipe snapshot. A number that is taken answers INVALID."""
    demand(actor, item.organization, "release_orders")
    refuse_odd_code(number, column="wo_number")
    lock_room("orders")  # whoever makes the same number at this moment is seen
    if WorkOrder.objects.filter(number=number).exists():
        raise AppError("INVALID", f"There is a work order {number} already: choose another number.")
    row = OrderRow(
        row=1,
        number=number,
        item_id=item.pk,
        quantity=quantity,
        kind=kind,
        status=status,
        work_site_id=work_site.pk if work_site else None,
        ordered_on=ordered_on or today_in(item.organization),
        due_on=due_on,
        conversion_cost=conversion_cost,
        scrap_allowance_percent=scrap_allowance_percent,
    )
    result = load_orders(rows=[row], actor=actor, reason=reason)
    raise_first(result)
    return WorkOrder.objects.get(pk=result.made_ids[0])


def move_work_order(order: WorkOrder, *, to: str, actor: Any, reason: str = "") -> WorkOrder:
    """Move an order as the table of moves allows (INVALID_WORK_ORDER_STATE otherwise). Cancelling needs a reason."""
    order = locked_order(order)
    demand(actor, order.organization, "release_orders")
    now, then = OrderStatus(order.status), OrderStatus(to)
    if then not in MOVES[now]:
        ways = ", ".join(s.label for s in OrderStatus if s in MOVES[now]) or "nowhere by hand"
        raise AppError(
            "INVALID_WORK_ORDER_STATE",
            f"Order {order.number} is {now.label}: it goes from there to {ways}, not to {then.label}.",
            {"status": now.label, "allowed": [s.label for s in OrderStatus if s in MOVES[now]]},
        )
    if then is OrderStatus.CANCELLED:
        if not reason.strip():
            raise AppError("REASON_REQUIRED", "Say why the order is cancelled.")
        states = Completion.objects.filter(output__work_order=order).exclude(
            backflush_state=BackflushState.NONE.value
        )
        if states.exists():
            raise AppError(
                "INVALID_WORK_ORDER_STATE",
                f"Order {order.number} has a backflush: discard or reverse it, then cancel the order.",
            )
    order.status = then.value
    today = today_in(order.organization)
    if then is OrderStatus.PRODUCTION and order.started_on is None:
        order.started_on = today
    if then in {OrderStatus.RECEIVED, OrderStatus.COMPLETED} and order.finished_on is None:
        order.finished_on = today
    return save_row(
        order,
        actor=actor,
        reason=reason.strip() or f"Moved to {then.label}",
        fields=["status", "started_on", "finished_on"],
    )


def finish_order(order: WorkOrder, *, actor: Any, reason: str) -> WorkOrder:
    """Say that nothing more will be completed: each output's last completion becomes the final one.

    The order closes at once when all its completions are posted, else with the last of them.
    """
    order = locked_order(order)
    demand(actor, order.organization, "release_orders")
    if not reason.strip():
        raise AppError("REASON_REQUIRED", "Say why nothing more is to come.")
    if order.is_closed:
        raise AppError("ALREADY_BACKFLUSHED", f"Order {order.number} is closed already.")
    last: dict[int, int] = {}
    reports = Completion.objects.filter(output__work_order=order).order_by("completed_at", "pk")
    for output, points, operation, pk in reports.values_list(
        "output_id", "output__reporting_points", "operation_number", "pk"
    ):
        if operation is None or not points or operation >= points[-1]:
            last[output] = pk
    if set(order.outputs.values_list("pk", flat=True)) - set(last):
        raise AppError(
            "INVALID_WORK_ORDER_STATE",
            f"Order {order.number} has an output without any completion: cancel the order, or record what was built.",
        )
    values = {"is_final": True, "is_stated_final": True}
    update_where(Completion, sorted(last.values()), values, actor=actor, reason=reason)
    advance_orders([order.pk], actor=actor, reason=reason)
    order.refresh_from_db()
    return order


def reopen_order(order: WorkOrder, *, actor: Any, reason: str) -> WorkOrder:
    """Open a closed order again: Partial, or Production where nothing is received. What is posted stays posted.

    No completion is the final one any more; the order closes with the next one that is.
    """
    order = locked_order(order)
    demand(actor, order.organization, "reopen_orders")
    if not reason.strip():
        raise AppError("REASON_REQUIRED", "Say why the order is reopened.")
    if not order.is_closed:
        raise AppError("INVALID_STATE", f"Order {order.number} is open already.")
    finals = Completion.objects.filter(output__work_order=order, is_final=True).values_list("pk", flat=True)
    update_where(Completion, list(finals), {"is_final": False}, actor=actor, reason=reason)
    has_receipt = Receipt.objects.filter(work_order=order, is_reversed=False).exists()
    order.status = (OrderStatus.PARTIAL if has_receipt else OrderStatus.PRODUCTION).value
    order.is_closed = False
    order.finished_on = None
    save_row(order, actor=actor, reason=reason, fields=["status", "is_closed", "finished_on"])
    turned = TurnedOrder(EventName.WORK_ORDER_REOPENED, order.pk, order.number, OrderStatus(order.status))
    tell_of_orders([turned], actor=actor, reason=reason)
    return order


def raise_first(result: LoadResult) -> None:
    """One row's refusal as the application's error, its column and value as details."""
    if not result.errors:
        return
    issue = result.errors[0]
    code = issue.code if issue.code in STATUS_BY_CODE else "INVALID"
    raise AppError(code, issue.message, {"column": issue.column, "value": issue.value})


def locked_order(order: WorkOrder) -> WorkOrder:
    """The order as it is now; nobody else changes it before this transaction ends."""
    return WorkOrder.objects.select_for_update(of=("self",)).select_related("organization").get(pk=order.pk)
