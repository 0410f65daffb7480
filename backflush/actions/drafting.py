"""Draft what completed orders consumed: one completion or ten thousand, set at a time."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.choices import EventName
from accounts.errors import AppError
from accounts.events import NewEvent, record_events
from accounts.models import Organization
from accounts.numbers import take_numbers
from accounts.rights import demand
from accounts.tenancy.binding import bind
from accounts.tenancy.plans import is_doubling, refresh_statistics
from accounts.tenancy.writes import allocate_ids, insert_rows
from backflush.actions.lines import TOTALS, Document, as_held, insert_lines, totals_of
from backflush.actions.sizes import refuse_too_large
from backflush.actions.telling import made, subjects
from backflush.engine.compute import compute_completion
from backflush.engine.errors import EngineError
from backflush.models import Backflush, BackflushLine, HeldUse, LotPick
from backflush.queries.basis import Basis, basis_of
from backflush.queries.inputs import InputsBuilder
from backflush.queries.rows import CompletionRow, UseRow
from backflush.queries.waiting import (
    IdleOrder,
    idle_orders,
    lock_orders_of,
    outputs_without_snapshot,
    waiting_completion_ids,
)
from backflush.states import is_backflushable
from production.actions.posting import mark_completions
from production.actions.snapshots import ensure_snapshots
from production.choices import OrderStatus
from production.models import Completion, WorkOrder, WorkOrderInput, WorkOrderOutput

CHUNK = 2_000
MANY = 500  # from here on fresh statistics pay


@dataclass(slots=True)
class DraftResult:
    """What became of the completions that were to be drafted."""

    drafted: list[int] = field(default_factory=list)
    refused: list[tuple[int, AppError]] = field(default_factory=list)
    idle: list[AppError] = field(default_factory=list)  # named orders of which nothing waits, and why
    # What the last chunk was computed from, for whoever goes on in the same transaction.
    builder: InputsBuilder | None = field(default=None, repr=False)

    def add(self, other: DraftResult) -> None:
        self.drafted.extend(other.drafted)
        self.refused.extend(other.refused)
        self.idle.extend(other.idle)

    @property
    def problems(self) -> list[AppError]:
        """Everything that was asked for and not drafted."""
        return [*self.idle, *(error for _, error in self.refused)]


def draft_backflushes(
    *,
    organization: Organization,
    actor: Any,
    order_numbers: Sequence[str] | None = None,
    completion_ids: Sequence[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
    reason: str = "Drafted",
) -> DraftResult:
    """Draft all completions that wait, or those of some orders, in chunks that each commit whole documents.

    Completions of one order stay in one chunk. Inside an open transaction everything commits with it. An order that
    is named though nothing of it waits is refused by itself: ALREADY_BACKFLUSHED, NOT_FOUND, or INVALID.
    """
    demand(actor, organization, "draft_backflush")
    with bind(organization):
        waiting = waiting_completion_ids(order_numbers=order_numbers, completion_ids=completion_ids)
        if len(waiting) >= MANY:
            refresh_statistics(WorkOrder, WorkOrderOutput, WorkOrderInput, Completion)
        idle = idle_orders(order_numbers or ())
    result = DraftResult(idle=[_nothing_waits(order) for order in idle])
    done = 0
    for number, chunk in enumerate(_chunks(waiting), start=1):
        with bind(organization):
            result.add(
                draft_completions(organization=organization, completion_ids=chunk, actor=actor, reason=reason)
            )
            if len(chunk) >= MANY and is_doubling(number):
                refresh_statistics(Backflush, BackflushLine, LotPick)
        done += len(chunk)
        if progress is not None:
            progress(done, len(waiting))
    return result


def draft_completions(
    *,
    organization: Organization,
    completion_ids: Sequence[int],
    actor: Any,
    reason: str = "Drafted",
    are_orders_locked: bool = False,
) -> DraftResult:
    """Draft these completions in the current transaction. What cannot be drafted is refused by itself."""
    if not are_orders_locked:
        lock_orders_of(completion_ids)
    ready = waiting_completion_ids(completion_ids=completion_ids)
    result = DraftResult()
    for missing in sorted(set(completion_ids) - {completion_id for completion_id, _ in ready}):
        result.refused.append((missing, _already(missing)))
    if not ready:
        return result
    ids = [completion_id for completion_id, _ in ready]
    problems: dict[int, str] = {}
    if bare := outputs_without_snapshot(ids):
        problems = ensure_snapshots(bare, actor=actor, reason="Snapshot at the first draft").problems
    basis = basis_of(organization, ids)
    builder = result.builder = InputsBuilder(basis)
    parts = Counter(row.output_id for row in basis.completions)
    taken: set[int] = set()
    drafts: list[_Draft] = []
    for backflush_id, completion in zip(allocate_ids(Backflush, len(ids)), basis.completions, strict=True):
        try:
            draft = _draft(builder, basis, completion, backflush_id, taken, problems)
        except AppError as error:
            result.refused.append((completion.id, error))
            continue
        drafts.append(draft)
        if parts[completion.output_id] > 1:
            basis.held[completion.output_id].append(
                as_held(backflush_id, completion, draft.document.computed, draft.document.inputs)
            )
    numbers = _write(drafts, actor=actor, reason=reason)
    _tell(drafts, numbers, {item.id: item.sku for item in basis.items.values()}, actor=actor)
    result.drafted.extend(draft.document.backflush_id for draft in drafts)
    return result


@dataclass(slots=True)
class _Draft:
    completion: CompletionRow
    document: Document
    fingerprint: str
    against: list[int]
    use: list[UseRow]


def _draft(
    builder: InputsBuilder,
    basis: Basis,
    completion: CompletionRow,
    backflush_id: int,
    taken: set[int],
    problems: dict[int, str],
) -> _Draft:
    guard_completion(completion, basis, problems.get(completion.output_id, ""))
    against = list(basis.held[completion.output_id])
    use = use_for(basis, completion, taken)
    computed = compute(builder, completion, against=against, use=use)
    taken.update(row.id for row in use)
    inputs = basis.recipes[completion.output_id].ids_by_position
    return _Draft(
        completion,
        Document(backflush_id, computed, inputs, completion.scrap_reason_id),
        builder.fingerprint(completion, against=against, use=use),
        [document.backflush_id for document in against],
        use,
    )


def compute(builder: InputsBuilder, completion: CompletionRow, **given: Any) -> Any:
    """Run the engine; what it refuses becomes a refusal a person can act on."""
    try:
        computed = compute_completion(builder.inputs_for(completion, **given))
    except EngineError as error:
        raise AppError(
            "INVALID", f"{completion.order_number}: {error.message}", {"keys": list(error.keys)}
        ) from error
    refuse_too_large(computed, completion.order_number, builder.basis.items)
    return computed


def guard_completion(completion: CompletionRow, basis: Basis, problem: str = "") -> None:
    """Refuse what may not be backflushed at all."""
    if not is_backflushable(completion.order_status):
        status = OrderStatus(completion.order_status).label
        raise AppError(
            "INVALID_WORK_ORDER_STATE",
            f"{completion.order_number} is {status.lower()}: only an order in "
            "progress or complete can be backflushed. Move it to Production first.",
            {"work_order": completion.order_number, "status": status},
        )
    if completion.is_closed:
        raise AppError(
            "ALREADY_BACKFLUSHED",
            f"{completion.order_number} is closed: its final completion is posted. A controller can reopen it.",
            {"work_order": completion.order_number},
        )
    if completion.output_id not in basis.recipes and problem:
        raise AppError(
            "NO_BILL_OF_MATERIALS",
            f"{completion.order_number}: {problem}",
            {"work_order": completion.order_number},
        )
    if completion.output_id not in basis.recipes:
        raise AppError(
            "NO_BILL_OF_MATERIALS",
            f"{completion.order_number} makes {basis.items[completion.item_id].sku}, which has no bill of materials in "
            f"effect on {completion.completed_on:%d %b %Y}. Import its bill and draft again.",
            {"work_order": completion.order_number, "item": basis.items[completion.item_id].sku},
        )


def use_for(basis: Basis, completion: CompletionRow, taken: set[int]) -> list[UseRow]:
    """The reports that belong to this completion: its own by reference, and those of the order that no other has.

    Where an order makes several items and drafts them together, each takes the reports of its own recipe's items.
    """
    rows = [
        row
        for row in basis.use.get(completion.order_id, ())
        if row.id not in taken and row.completion_id in (None, completion.id)
    ]
    others = basis.outputs_of_order[completion.order_id] - {completion.output_id} if rows else set()
    if not others:
        return rows
    own = _named_items(basis, [completion.output_id])
    elsewhere = _named_items(basis, others) - own
    return [
        row
        for row in rows
        if row.completion_id is not None or (row.stands_in_for_id or row.item_id) not in elsewhere
    ]


def _named_items(basis: Basis, output_ids: Iterable[int]) -> set[int]:
    """The items of these outputs' recipes, with those that may stand in."""
    named: set[int] = set()
    for output_id in output_ids:
        recipe = basis.recipes.get(output_id)
        for line in recipe.shared.rows if recipe else ():
            named.add(line.item_id)
            named.update(s["item_id"] for s in json.loads(line.substitutes or "[]"))
    return named


def _write(drafts: Sequence[_Draft], *, actor: Any, reason: str) -> list[str]:
    now = timezone.now()
    actor_id = actor.pk if actor is not None else None
    documents = [draft.document for draft in drafts]
    numbers = [f"BF-{number:06}" for number in take_numbers("backflush", len(drafts))]
    insert_rows(
        Backflush,
        ["id", "completion_id", "number", "fingerprint", "computed_against", "line_count", *TOTALS],
        [
            (
                draft.document.backflush_id,
                draft.completion.id,
                number,
                draft.fingerprint,
                draft.against,
                len(draft.document.computed.lines),
                *totals_of(draft.document.computed),
            )
            for draft, number in zip(drafts, numbers, strict=True)
        ],
        constants={
            "drafted_at": now,
            "drafted_by_id": actor_id,
            "involved_user_ids": [actor_id] if actor_id else [],
        },
        actor=actor,
        reason=reason,
    )
    insert_lines(documents, actor=actor, reason=reason)
    held = [(draft.document.backflush_id, row.id) for draft in drafts for row in draft.use]
    insert_rows(HeldUse, ["backflush_id", "reported_use_id"], held, actor=actor, reason=reason)
    mark_completions([draft.completion.id for draft in drafts], state="live", actor=actor, reason=reason)
    return numbers


def _tell(drafts: Sequence[_Draft], numbers: Sequence[str], skus: Mapping[int, str], *, actor: Any) -> None:
    events = []
    for draft, number in zip(drafts, numbers, strict=True):
        row, computed = draft.completion, draft.document.computed
        events.append(
            NewEvent(
                EventName.BACKFLUSH_DRAFTED,
                subjects(draft.document.backflush_id, number, row.id),
                {
                    **made(skus[row.item_id], row.good, row.scrap, row.completed_on),
                    "line_count": len(computed.lines),
                    **dict(zip(TOTALS, totals_of(computed), strict=True)),
                },
                work_order=row.order_number,
            )
        )
    record_events(events, actor=actor)


def _already(completion_id: int) -> AppError:
    return AppError(
        "ALREADY_BACKFLUSHED",
        "This completion has a backflush already, or is no longer there.",
        {"completion": completion_id},
    )


def _nothing_waits(order: IdleOrder) -> AppError:
    details = {"work_order": order.number}
    if not order.is_known:
        return AppError("NOT_FOUND", f"There is no work order {order.number}.", details)
    if order.backflush is None:
        return AppError("INVALID", f"Nothing is reported as built on {order.number} yet.", details)
    return AppError(
        "ALREADY_BACKFLUSHED",
        f"{order.number} is backflushed already, by {order.backflush}. What is posted a controller can reverse, with a "
        "reason; then it can be drafted again.",
        details | {"backflush": order.backflush},
    )


def _chunks(waiting: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Completion ids in chunks; the completions of one order stay together."""
    by_order: Mapping[int, list[int]] = defaultdict(list)
    for completion_id, order_id in waiting:
        by_order[order_id].append(completion_id)
    chunks: list[list[int]] = [[]]
    for ids in by_order.values():
        if chunks[-1] and len(chunks[-1]) + len(ids) > CHUNK:
            chunks.append([])
        chunks[-1].extend(ids)
    return [chunk for chunk in chunks if chunk]
