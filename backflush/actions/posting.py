"""Post signed documents: stock, journal, receipts and statuses in one transaction, or nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.choices import EventName, NegativePolicy
from accounts.errors import AppError
from accounts.events import NewEvent, record_events
from accounts.models import Organization
from accounts.tenancy.writes import update_rows
from backflush.actions.covering import Posting, covered
from backflush.actions.guards import guard_move
from backflush.actions.receipts import (
    PostedGoods,
    ensure_output_lots,
    post_receipts,
    receipt_plans,
)
from backflush.actions.repicking import balances_of, freely_picked, store_picks
from backflush.actions.submitting import insufficient
from backflush.actions.telling import Movement, Places, made, short_event, subjects
from backflush.choices import BackflushStatus
from backflush.engine.journal import build_journal
from backflush.engine.postings import Journal
from backflush.models import Backflush
from backflush.queries.documents import DocumentRow, LineRow, lines_of, picks_of, short_ids
from backflush.queries.inputs import InputsBuilder
from backflush.queries.rows import CompletionRow, UpstreamRow
from backflush.queries.shortages import blocked_shortages
from backflush.queries.valuation import journal_inputs, stored_amounts
from inventory.actions.exceptions import NewShortage, open_exceptions
from inventory.choices import SourceKind, StockEvent
from inventory.journal import Accounts, NewJournal, NewLine, post_journals
from inventory.ledger import Key, NewEntry, Standing, lock_balances, post_entries
from inventory.periods import closed_spans, first_open_day
from production.actions.posting import advance_orders, mark_completions
from production.queries.closing import closing_orders

ZERO = Decimal(0)
_MONEY = (
    "standard_cost_minor",
    "actual_cost_minor",
    "substitution_minor",
    "scrap_minor",
    "usage_minor",
    "price_minor",
)


@dataclass(slots=True)
class PostResult:
    """What became of the documents that were to be posted."""

    posted: list[int] = field(default_factory=list)
    refused: list[tuple[int, AppError]] = field(default_factory=list)


def post_documents(
    *,
    organization: Organization,
    documents: Sequence[DocumentRow],
    builder: InputsBuilder,
    actor: Any,
    reason: str,
    post_on: dt.date | None = None,
    by_policy: bool = False,
    lines: Mapping[int, Sequence[LineRow]] | None = None,
) -> PostResult:
    """Post documents whose signatures are complete, in the current transaction.

    The caller holds their locks and has found them fresh; `lines` are theirs, where it has read them. What cannot be
    posted is refused by itself; of each of the others everything is written, or the transaction fails.
    """
    result = PostResult()
    if not documents:
        return result
    ensure_output_lots(builder.basis.completions, actor=actor, reason=reason)
    postings = _prepared(
        documents, lines or lines_of([document.id for document in documents]), builder, post_on, result
    )
    free = freely_picked(builder, {line.item_id for p in postings for line, _ in p.picks})
    keys = [(line.item_id, pick.location_id, pick.lot_id) for p in postings for line, pick in p.picks]
    keys += balances_of(free)
    keys += [part.key for p in postings if p.receipt is not None for part in p.receipt.parts]
    standings = lock_balances(keys, actor=actor, reason=reason)
    postings, again = covered(organization, postings, builder, standings, free, result.refused)
    if not postings:
        return result
    store_picks(again, actor=actor, reason="Picked again at posting")
    _relieve(organization, builder, postings, standings, actor=actor, reason=reason)
    closing = closing_orders([(p.completion.order_id, p.completion.id) for p in postings])
    _value(builder, postings, closing)
    received = post_receipts(
        [(p.receipt, p.document, p.day, p.journal) for p in postings if p.receipt and p.journal],
        locked=standings,
        actor=actor,
        reason=reason,
    )
    _book(postings, actor=actor, reason=reason)
    now = timezone.now()
    update_rows(
        Backflush,
        [
            "status",
            "posted_at",
            "posted_on",
            "posted_by_id",
            "is_posted_by_policy",
            "wip_minor",
            "upstream_taken",
        ],
        [
            (
                p.document.id,
                str(BackflushStatus.POSTED),
                now,
                p.day,
                None if by_policy or actor is None else actor.pk,
                by_policy,
                p.journal.wip_minor if p.journal else 0,
                _taken(p.journal),
            )
            for p in postings
        ],
        actor=actor,
        reason=reason,
    )
    mark_completions([p.completion.id for p in postings], state="posted", actor=actor, reason=reason)
    _tell(postings, received, builder, is_by_policy=by_policy, actor=actor)
    advance_orders(list({p.completion.order_id for p in postings}), actor=actor, reason=reason)
    result.posted.extend(p.document.id for p in postings)
    return result


def _prepared(
    documents: Sequence[DocumentRow],
    lines: Mapping[int, Sequence[LineRow]],
    builder: InputsBuilder,
    post_on: dt.date | None,
    result: PostResult,
) -> list[Posting]:
    completions = {row.id: row for row in builder.basis.completions}
    picks = picks_of([document.id for document in documents])
    closed = closed_spans()
    blocked = blocked_shortages(short_ids({document.id: lines[document.id] for document in documents}))
    plans = receipt_plans([completions[document.completion_id] for document in documents], builder.basis)
    postings = []
    for document in documents:
        completion = completions[document.completion_id]
        day = post_on or completion.completed_on
        try:
            guard_move(document, BackflushStatus.POSTED)
            _guard_order(completion)
            _guard_day(document, day, closed)
            if shortages := blocked.get(document.id):
                raise insufficient(document.number, shortages)
            if isinstance(plan := plans.get(completion.id), AppError):
                raise plan
        except AppError as error:
            result.refused.append((document.id, error))
            continue
        own = lines[document.id]
        postings.append(
            Posting(
                document,
                completion,
                day,
                list(own),
                [(line, pick) for line in own for pick in picks[line.id] if pick.quantity],
                plan,
            )
        )
    return postings


def _guard_order(completion: CompletionRow) -> None:
    if completion.is_closed:
        raise AppError(
            "ALREADY_BACKFLUSHED",
            f"{completion.order_number} is closed: its final completion is posted. A controller can reopen it.",
            {"work_order": completion.order_number},
        )


def _guard_day(document: DocumentRow, day: dt.date, closed: list[tuple[dt.date, dt.date]]) -> None:
    if (open_day := first_open_day(day, closed)) != day:
        raise AppError(
            "PERIOD_CLOSED",
            f"The period of {day:%d %b %Y} is closed. Post {document.number} on {open_day:%d %b %Y}, the first open "
            "day, or ask finance to open the period.",
            {"backflush": document.number, "date": day.isoformat(), "first_open_date": open_day.isoformat()},
        )


def _relieve(
    organization: Organization,
    builder: InputsBuilder,
    postings: list[Posting],
    locked: dict[Key, Standing],
    *,
    actor: Any,
    reason: str,
) -> None:
    """Write the component entries, and the exceptions of what was short."""
    entries = [
        NewEntry(
            line.item_id,
            pick.location_id,
            pick.lot_id,
            StockEvent.CONSUME.value,
            -pick.quantity,
            pick.unit_cost,
            -pick.amount_minor,
            posting.day,
            posting.document.id,
            line.id,
            posting.document.number,
            posting.completion.order_number,
            posting.completion.completed_at,
            line.reason_id,
        )
        for posting in postings
        for line, pick in posting.picks
    ]
    posted = post_entries(
        entries, source_kind=SourceKind.BACKFLUSH, actor=actor, reason=reason, locked=locked
    )
    at = 0
    short: list[tuple[Posting, Movement, int | None]] = []
    items = builder.basis.items
    for posting in postings:
        for line, pick in posting.picks:
            posting.relieved[line.id] = posting.relieved.get(line.id, 0) - posted.amounts[at]
            movement = Movement(
                posted.ids[at],
                line.item_id,
                pick.location_id,
                pick.lot_id,
                -pick.quantity,
                pick.unit_cost,
                posted.amounts[at],
            )
            posting.movements.append(movement)
            policy = items[line.item_id].negative_policy or organization.negative_policy
            if pick.is_short and policy == NegativePolicy.WARN:
                short.append((posting, movement, line.reason_id))
            at += 1
    ids = open_exceptions(
        [
            NewShortage(
                movement.entry_id,
                movement.item_id,
                -movement.quantity,
                posting.document.number,
                reason_id,
            )
            for posting, movement, reason_id in short
        ],
        actor=actor,
        reason=reason,
    )
    for exception_id, (posting, movement, _) in zip(ids, short, strict=True):
        posting.shortages.append((exception_id, movement))


def _value(builder: InputsBuilder, postings: list[Posting], closing: set[int]) -> None:
    """Make each posting's journal. Where an order closes, each output's last posting empties its WIP."""
    last = {p.completion.output_id: p.document.id for p in postings}
    for posting in postings:
        completion = posting.completion
        closes = completion.order_id in closing and last[completion.output_id] == posting.document.id
        posting.journal = build_journal(
            journal_inputs(
                builder,
                completion,
                stored_amounts(posting.lines, posting.relieved),
                is_emptying=closes,
                receipts=posting.receipt.standing if posting.receipt else (),
            )
        )
        builder.basis.upstream.setdefault(completion.output_id, []).append(
            UpstreamRow(
                completion.operation,
                completion.good,
                posting.journal.wip_minor,
                json.dumps(_taken(posting.journal)),
            )
        )


def _taken(journal: Journal | None) -> list[dict[str, Any]]:
    return [
        {
            "operation": taken.operation,
            "minor": taken.receipt_minor + taken.scrap_minor,
            "units": str(taken.units),
        }
        for taken in (journal.upstream if journal else ())
    ]


def _book(postings: list[Posting], *, actor: Any, reason: str) -> None:
    accounts = Accounts()
    post_journals(
        [
            NewJournal(
                effective_date=posting.day,
                source_id=posting.document.id,
                document_number=posting.document.number,
                description=f"{posting.completion.order_number}: backflush",
                lines=[
                    NewLine(
                        line.role.value,
                        accounts.code(line.role.value, line.item_class),
                        None,
                        line.amount_minor,
                        line.memo,
                    )
                    for line in (posting.journal.lines if posting.journal else ())
                    if line.amount_minor
                ],
            )
            for posting in postings
        ],
        source_kind=SourceKind.BACKFLUSH,
        actor=actor,
        reason=reason,
    )


def _tell(
    postings: list[Posting],
    received: Sequence[PostedGoods],
    builder: InputsBuilder,
    *,
    is_by_policy: bool,
    actor: Any,
) -> None:
    """What left the stock, what was short, what came in: one statement for the whole chunk."""
    goods: dict[int, list[PostedGoods]] = defaultdict(list)
    for posted in received:
        goods[posted.document_id].append(posted)
    skus = {item.id: item.sku for item in builder.basis.items.values()}
    moved = [movement for posting in postings for movement in posting.movements]
    lots = {row.lot_id: row.lot_code for row in builder.basis.stock if row.lot_id}
    places = Places([*moved, *(posted.movement for posted in received)], skus, lots)
    events = []
    for posting in postings:
        document, row = posting.document, posting.completion
        about = subjects(document.id, document.number, row.id)
        built = made(skus[row.item_id], row.good, row.scrap, row.completed_on)
        relieved = {
            **built,
            "posted_on": posting.day.isoformat(),
            "is_posted_by_policy": is_by_policy,
            **{name: sum(getattr(line, name) for line in posting.lines) for name in _MONEY},
            "entries": [places.entry(movement) for movement in posting.movements],
        }
        events.append(NewEvent(EventName.INVENTORY_BACKFLUSHED, about, relieved, work_order=row.order_number))
        for exception_id, movement in posting.shortages:
            events.append(
                short_event(
                    about, movement, exception_id, -movement.quantity, places, work_order=row.order_number
                )
            )
        for posted in goods[document.id]:
            about_goods = {**about, "receipt_id": posted.receipt_id, "receipt": posted.number}
            receipt = {"received_on": posting.day.isoformat(), **places.entry(posted.movement)}
            events.append(
                NewEvent(EventName.INVENTORY_FG_RECEIVED, about_goods, receipt, work_order=row.order_number)
            )
    record_events(events, actor=actor)
