"""One completion, recorded by hand or by a program."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.errors import AppError
from accounts.rights import demand_any
from inventory.codes import refuse_odd_code
from inventory.models import Item, ReasonCode
from production.models import Completion, WorkOrder

from .load_completions import load_completions
from .locks import lock_orders
from .orders import raise_first
from .rows import ZERO, CompletionRow, LoadResult

AHEAD = dt.timedelta(days=1)  # whoever is ahead of us by a time zone, or by a clock that goes wrong


def record_completion(
    order: WorkOrder,
    *,
    good: Decimal,
    actor: Any,
    scrap: Decimal = ZERO,
    item: Item | None = None,
    scrap_reason: ReasonCode | None = None,
    scrap_operation_number: int | None = None,
    operation_number: int | None = None,
    reference: str = "",
    completed_at: dt.datetime | None = None,
    output_lot_code: str | None = None,
    is_final: bool | None = None,
    is_change_allowed: bool = False,
    reason: str = "Recorded by hand",
) -> tuple[Completion, LoadResult]:
    """Record what was built on an order; the actor stands as who recorded it. Raises what load_completions refuses.

    Who may load a file of completions may also send a single one.

    The same key with the same figures answers the completion that is there. With other figures it is EDIT_CONFLICT,
    unless `is_change_allowed`. The result carries the warnings, such as more than ordered.
    """
    demand_any(actor, order.organization, "record_completions", "import_files")
    row = CompletionRow(
        row=1,
        number=order.number,
        item_id=item.pk if item else None,
        good_quantity=good,
        scrap_quantity=scrap,
        scrap_reason_id=scrap_reason.pk if scrap_reason else None,
        scrap_operation_number=scrap_operation_number,
        operation_number=operation_number,
        reference=reference,
        completed_at=completed_at,
        output_lot_code=output_lot_code,
        is_final=is_final,
    )
    if not good and not scrap and not is_final:
        raise AppError("INVALID", "Say how many were completed or scrapped.", {"column": "completed_qty"})
    refuse_odd_code(output_lot_code or "", column="lot")
    if completed_at is not None and completed_at > timezone.now() + AHEAD:
        raise AppError(
            "INVALID",
            f"{completed_at.isoformat()} lies in the future: check day and time zone.",
            {"column": "completed_at", "value": completed_at.isoformat()},
        )
    lock_orders([order.pk])
    if not Completion.objects.filter(output__work_order=order, reference=reference).exists():
        return _recorded(order, row, actor, reason)
    planned = load_completions(rows=[row], actor=actor, reason=reason, is_by_hand=True, is_check=True)
    raise_first(planned)
    if planned.outcomes[1] == "updated" and not is_change_allowed:
        raise AppError(
            "EDIT_CONFLICT",
            f"Order {order.number} has a completion with this operation and reference already: give this one a "
            "reference of its own, or change that one.",
            {"column": "reference", "value": reference},
        )
    if planned.outcomes[1] == "unchanged":
        return _found(order, row), planned
    return _recorded(order, row, actor, reason)


def _recorded(order: WorkOrder, row: CompletionRow, actor: Any, reason: str) -> tuple[Completion, LoadResult]:
    result = load_completions(rows=[row], actor=actor, reason=reason, is_by_hand=True)
    raise_first(result)
    if result.made_ids:
        return Completion.objects.get(pk=result.made_ids[0]), result
    return _found(order, row), result


def _found(order: WorkOrder, row: CompletionRow) -> Completion:
    """The completion that stands under the row's key."""
    reports = Completion.objects.filter(output__work_order=order, reference=row.reference)
    if row.item_id is not None:
        reports = reports.filter(output__item_id=row.item_id)
    for report in reports.select_related("output"):
        points = report.output.reporting_points
        given, stored = (
            None if number is None or (points and number >= points[-1]) else number
            for number in (row.operation_number, report.operation_number)
        )
        if given == stored:
            return report
    raise AppError("NOT_FOUND", f"Order {order.number} has no such completion.")
