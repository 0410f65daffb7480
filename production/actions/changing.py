"""A person changes an order's quantity, due day or site."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum

from accounts.errors import AppError
from accounts.rights import demand
from accounts.tenancy.writes import save_row, update_rows
from inventory.models import Location
from production.choices import OrderStatus
from production.models import Completion, WorkOrder, WorkOrderOutput

from .orders import locked_order
from .posting import advance_orders, settle_finals
from .rows import ZERO, shown, wrong_number


def change_work_order(
    order: WorkOrder,
    *,
    quantities: Mapping[int, Decimal | None],
    due_on: dt.date | None,
    work_site: Location | None,
    actor: Any,
    reason: str,
) -> WorkOrder:
    """Change what is ordered, by output id, and the order's due day and site. What is equal is left alone.

    The recipe stays. Which completion is the final one follows the new quantity, and an order whose last one is posted
    closes. Refused: a closed order (ALREADY_BACKFLUSHED), a cancelled one (INVALID_WORK_ORDER_STATE), less than is
    reported by more than the organization allows (INVALID).
    """
    order = locked_order(order)
    demand(actor, order.organization, "release_orders")
    if not reason.strip():
        raise AppError("REASON_REQUIRED", "Say why the order changes: the history shows it.")
    if order.is_closed:
        raise AppError(
            "ALREADY_BACKFLUSHED",
            f"Order {order.number} is closed: a controller must reopen it before it changes.",
        )
    if order.status == OrderStatus.CANCELLED:
        raise AppError(
            "INVALID_WORK_ORDER_STATE", f"Order {order.number} is cancelled and stays so: use a new number."
        )
    outputs = WorkOrderOutput.objects.filter(work_order=order, pk__in=quantities).select_related("item")
    changed = [
        (output.pk, _possible(output, quantities[output.pk], order.organization.over_completion_percent))
        for output in outputs.order_by("pk")
        if output.quantity != quantities[output.pk]
    ]
    wanted: dict[str, Any] = {"due_on": due_on, "work_site": work_site}
    fields = [name for name, value in wanted.items() if getattr(order, name) != value]
    for name in fields:
        setattr(order, name, wanted[name])
    who = {"actor": actor, "reason": reason.strip()}
    with transaction.atomic():
        if fields:
            save_row(order, fields=fields, **who)
        if changed:
            update_rows(WorkOrderOutput, ["quantity"], changed, **who)
            settle_finals([order.pk], **who)
            advance_orders([order.pk], **who)
            order.refresh_from_db()
    return order


def _possible(output: WorkOrderOutput, quantity: Decimal | None, percent: Decimal | None) -> Decimal | None:
    """The quantity, unless more is reported as good already than it allows."""
    if quantity is None:
        return None
    if wrong := wrong_number(quantity) or ("" if quantity > 0 else "is not above zero"):
        raise AppError("INVALID", f"The quantity {wrong}: correct it.", {"field": "quantity"})
    last = Completion.objects.filter(output=output)
    if points := output.reporting_points:
        last = last.filter(Q(operation_number=None) | Q(operation_number__gte=points[-1]))
    good = last.aggregate(good=Sum("good_quantity"))["good"] or ZERO
    if percent is not None and good > quantity * (100 + percent) / 100:
        raise AppError(
            "INVALID",
            f"{shown(good)} of {output.item.sku} are reported as good already, which is more than {shown(percent)} % "
            f"above {shown(quantity)}. Correct the completions first, or order as many.",
            {"field": "quantity"},
        )
    return quantity
