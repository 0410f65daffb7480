"""What posting and reversing do to completions and orders, set at a time. Called by the room above."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from accounts.choices import EventName
from accounts.errors import AppError
from accounts.events import NewEvent, record_events
from accounts.tenancy.writes import update_rows, update_where
from production.choices import OrderStatus
from production.models import Completion, WorkOrder, WorkOrderOutput
from production.queries.closing import Standing, standings
from production.states import SYSTEM_MOVES

from .completion_state import Output
from .load_completions import read_reports

RANK = {
    OrderStatus.PRODUCTION: 0,
    OrderStatus.IN_TRANSIT: 1,
    OrderStatus.PARTIAL: 2,
    OrderStatus.RECEIVED: 3,
    OrderStatus.COMPLETED: 4,
}
FINISHED = {OrderStatus.RECEIVED, OrderStatus.COMPLETED}
Decide = Callable[[OrderStatus, OrderStatus], OrderStatus]


def mark_completions(completion_ids: Sequence[int], *, state: str, actor: Any, reason: str) -> None:
    """Say what stands on these completions: "" nothing, "live" an open document, "posted" a posted one.

    Called with every draft, posting, reversal and discard, in the same transaction: what was built is edited, cancelled
    or given a new recipe only as far as this allows.
    """
    update_where(Completion, list(completion_ids), {"backflush_state": state}, actor=actor, reason=reason)


def advance_orders(order_ids: Sequence[int], *, actor: Any, reason: str) -> None:
    """After postings: a receipt makes an order Partial, its final one Received; with nothing left it is Completed and
    closed. Never moves an order back: one that its ERP has completed stays so while its parts are posted.

    Completions are marked and receipts written before. The caller holds the orders' locks.
    """
    _follow(order_ids, _ahead, actor=actor, reason=reason)


def retreat_orders(completion_ids: Sequence[int], *, actor: Any, reason: str) -> None:
    """After reversals of these completions: their orders go back to what is still received, Partial or Production, and
    are open again; which completion is the final one is worked out anew. Otherwise as advance_orders.
    """
    found = Completion.objects.filter(pk__in=list(completion_ids))
    orders = sorted(set(found.values_list("output__work_order_id", flat=True)))
    settle_finals(orders, actor=actor, reason=reason)
    _follow(orders, _back, actor=actor, reason=reason)


def settle_finals(order_ids: Sequence[int], *, actor: Any, reason: str) -> None:
    """Work out anew which completion of these orders is the final one; posted ones stay what they are."""
    lines = WorkOrderOutput.objects.filter(work_order_id__in=order_ids)
    outputs = {
        pk: Output(pk, item, quantity, list(points), [])
        for pk, item, quantity, points in lines.values_list("pk", "item_id", "quantity", "reporting_points")
    }
    read_reports(outputs)
    for output in outputs.values():
        output.settle_finals()
    changed = [(r.id, r.is_final) for o in outputs.values() for r in o.reports.values() if r.is_changed]
    update_rows(Completion, ["is_final"], changed, actor=actor, reason=reason)


def _by_facts(facts: Standing) -> OrderStatus:
    if facts.is_done:
        return OrderStatus.COMPLETED
    if facts.has_final_receipt:
        return OrderStatus.RECEIVED
    return OrderStatus.PARTIAL if facts.has_receipt else OrderStatus.PRODUCTION


def _ahead(now: OrderStatus, facts: OrderStatus) -> OrderStatus:
    return facts if RANK[facts] > RANK.get(now, 0) else now


def _back(now: OrderStatus, facts: OrderStatus) -> OrderStatus:
    is_past = RANK.get(now, 0) >= RANK[OrderStatus.PARTIAL]
    return facts if is_past and RANK[facts] < RANK[now] else now


def _follow(order_ids: Sequence[int], decide: Decide, *, actor: Any, reason: str) -> None:
    rows: list[tuple[int, str, bool, dt.date | None, dt.date | None]] = []
    turned: list[TurnedOrder] = []
    for facts in standings(order_ids):
        now = OrderStatus(facts.status)
        after = decide(now, _by_facts(facts))
        if after is not now and after not in SYSTEM_MOVES.get(now, frozenset()):
            raise AppError(
                "INVALID_WORK_ORDER_STATE",
                f"An order that is {now.label} cannot become {after.label} by a posting.",
                {"work_order": facts.order_id, "status": now.label},
            )
        started_on = facts.started_on or facts.first_on
        finished_on = (facts.finished_on or facts.final_on) if after in FINISHED else None
        wanted = (after.value, facts.is_done, started_on, finished_on)
        if facts.is_done != facts.is_closed:
            event = EventName.WORK_ORDER_CLOSED if facts.is_done else EventName.WORK_ORDER_REOPENED
            turned.append(TurnedOrder(event, facts.order_id, facts.number, after))
        if wanted != (facts.status, facts.is_closed, facts.started_on, facts.finished_on):
            rows.append((facts.order_id, *wanted))
    update_rows(
        WorkOrder, ["status", "is_closed", "started_on", "finished_on"], rows, actor=actor, reason=reason
    )
    tell_of_orders(turned, actor=actor, reason=reason)


class TurnedOrder(NamedTuple):
    """An order that was closed or reopened, and the status it then has."""

    event: EventName
    order_id: int
    number: str
    status: OrderStatus


def tell_of_orders(turned: Sequence[TurnedOrder], *, actor: Any, reason: str) -> None:
    """One event for each order that was closed or reopened, in the transaction that did it."""
    record_events(
        [
            NewEvent(
                order.event,
                {"work_order_id": order.order_id},
                {"status": order.status.label, "reason": reason},
                work_order=order.number,
            )
            for order in turned
        ],
        actor=actor,
    )
