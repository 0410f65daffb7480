"""Report a completion and backflush it at once: recorded, drafted, submitted and, by policy, posted; or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.errors import AppError
from accounts.models import Organization
from accounts.rights import demand
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import update_rows
from approvals.actions.submitting import submit_backflush
from backflush.actions.drafting import draft_completions
from backflush.models import Backflush, BackflushLine
from inventory.models import Item, ReasonCode
from production.actions.completions import record_completion
from production.actions.load_use import UseRow, load_use
from production.actions.orders import raise_first
from production.choices import BackflushState
from production.models import Completion, WorkOrder

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Used:
    """What was really used of an item, in `unit` (blank: its own). No quantity: as expected, with a reason or note.

    Several of one item with different lots or places add up. 0 says that none was used.
    """

    item_id: int
    quantity: Decimal | None = None
    unit: str = ""
    lot_code: str = ""
    location_id: int | None = None
    stands_in_for_id: int | None = None
    factor: Decimal | None = None
    operation_number: int | None = None
    reason_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reported:
    """The document that came of it."""

    backflush_id: int
    is_posted: bool


def report_completion(
    *,
    organization: Organization,
    order: WorkOrder,
    good: Decimal,
    actor: Any,
    scrap: Decimal = ZERO,
    item: Item | None = None,
    operation_number: int | None = None,
    scrap_operation_number: int | None = None,
    scrap_reason: ReasonCode | None = None,
    reference: str = "",
    output_lot_code: str | None = None,
    completed_at: dt.datetime | None = None,
    is_final: bool | None = None,
    used: Sequence[Used] = (),
    note: str = "",
    reason: str = "Reported by a program",
) -> Reported:
    """Record, draft and submit in one transaction; a standard run posts where the organization lets it.

    Raises the first thing that stands against it, and then nothing of it was written. A completion that is there
    already with the same figures and waits for its backflush is taken up.
    """
    demand(actor, organization, "draft_backflush")
    demand(actor, organization, "submit_backflush")
    with bind(organization):
        completion, _ = record_completion(
            order,
            good=good,
            actor=actor,
            scrap=scrap,
            item=item,
            scrap_reason=scrap_reason,
            scrap_operation_number=scrap_operation_number,
            operation_number=operation_number,
            reference=reference,
            completed_at=completed_at,
            output_lot_code=output_lot_code,
            is_final=is_final,
            reason=reason,
        )
        if completion.backflush_state != BackflushState.NONE:
            raise _already(order, completion)
        _load_use(order, completion, used, actor=actor, reason=reason)
        drafted = draft_completions(
            organization=organization,
            completion_ids=[completion.pk],
            actor=actor,
            reason=reason,
            are_orders_locked=True,  # recording has
        )
        for _, error in drafted.refused:
            raise error
        (backflush_id,) = drafted.drafted
        _explain(backflush_id, used, actor=actor, reason=reason)
        try:
            submitted = submit_backflush(
                organization=organization,
                backflush_id=backflush_id,
                actor=actor,
                note=note,
                drafted_from=drafted.builder,
            )
        except AppError as error:
            raise _of_the_report(error, backflush_id, order) from error
        return Reported(backflush_id, bool(submitted.posted))


def _of_the_report(error: AppError, backflush_id: int, order: WorkOrder) -> AppError:
    """What stands against a document that goes with the refusal: the next one will have its number."""
    number = Backflush.objects.get(pk=backflush_id).number
    details = error.details
    if isinstance(details, dict):
        details = {name: value for name, value in details.items() if name != "backflush"}
        if "lines" in details:
            details["lines"] = [{"item": line["item"]} for line in details["lines"]]
    return AppError(error.code, error.message.replace(number, f"The report on {order.number}"), details)


def _already(order: WorkOrder, completion: Completion) -> AppError:
    live = Backflush.objects.filter(completion=completion).order_by("-pk").first()
    name = f" ({live.number}, {live.get_status_display().lower()})" if live else ""
    return AppError(
        "ALREADY_BACKFLUSHED",
        f"This completion of order {order.number} has its backflush already{name}. To report another one, send an "
        "external_id of its own.",
        {"work_order": order.number, "backflush_id": live.pk if live else None},
    )


def _load_use(
    order: WorkOrder, completion: Completion, used: Sequence[Used], *, actor: Any, reason: str
) -> None:
    rows = [
        UseRow(
            row=place,
            number=order.number,
            item_id=one.item_id,
            quantity=one.quantity,
            unit=one.unit,
            lot_code=one.lot_code,
            location_id=one.location_id,
            stands_in_for_id=one.stands_in_for_id,
            factor=one.factor,
            operation_number=one.operation_number,
            reference=completion.reference,
        )
        for place, one in enumerate(used, start=1)
        if one.quantity is not None
    ]
    if rows:
        raise_first(load_use(rows=rows, actor=actor, reason=reason, is_by_hand=True))


def _explain(backflush_id: int, used: Sequence[Used], *, actor: Any, reason: str) -> None:
    """Put reasons and notes on the lines of the items that they were said about."""
    said = [one for one in used if one.reason_id is not None or one.note]
    if not said:
        return
    lines = list(BackflushLine.objects.filter(backflush_id=backflush_id).order_by("position"))
    rows: dict[int, tuple[int, int | None, str]] = {}
    for one in said:
        for line in lines:
            is_meant = line.item_id == one.item_id and one.stands_in_for_id in (None, line.stands_in_for_id)
            if is_meant and one.operation_number in (None, line.operation_number):
                rows[line.pk] = (line.pk, one.reason_id or line.reason_id, one.note or line.note)
    update_rows(BackflushLine, ["reason_id", "note"], list(rows.values()), actor=actor, reason=reason)
