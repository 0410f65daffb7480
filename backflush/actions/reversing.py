"""Reverse what was posted: the posted entries and journal lines, flipped and never recomputed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.choices import EventName, NegativePolicy
from accounts.errors import AppError
from accounts.models import Organization
from accounts.rights import demand
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import update_where
from backflush.actions.guards import guard_move, lock_documents
from backflush.actions.submitting import release_documents
from backflush.actions.telling import Movement, Places, tell_of_documents
from backflush.choices import BackflushStatus
from backflush.models import Backflush
from backflush.queries.documents import DocumentRow, subjects_of
from backflush.queries.reversals import live_correction_of, posted_entries, signers_of
from inventory.actions.shortage_moves import end_exceptions, settled_keys
from inventory.choices import SourceKind, StockEvent
from inventory.journal import NewJournal, NewLine, post_journals
from inventory.ledger import NewEntry, PostedEntries, lock_balances, post_entries
from inventory.models import JournalEntry, JournalLine, StockEntry
from inventory.periods import closed_spans, first_open_day
from production.actions.posting import retreat_orders
from production.models import Receipt


def reverse_backflush(*, organization: Organization, backflush_id: int, actor: Any, reason: str) -> Backflush:
    """Take a posted backflush back, whole; the reverser signs for it and must not have approved it.

    Writes the opposite stock entries and journal, takes the receipt back, frees the completion for a new draft. Dated
    as the original, or the first open day when that period is closed.
    """
    demand(actor, organization, "reverse_backflush")
    if not reason.strip():
        raise AppError("REASON_REQUIRED", "Say why it is reversed.", {"field": "reason"})
    with bind(organization):
        found = lock_documents([backflush_id])
        if not found:
            raise AppError("NOT_FOUND", "There is no such backflush.", {"backflush": backflush_id})
        document = found[0]
        _guard(document, organization, actor)
        entries = posted_entries(document.id)
        if not entries or document.posted_on is None:
            raise AppError(
                "INVALID_STATE", f"{document.number} has nothing posted.", {"backflush": document.number}
            )
        day = first_open_day(document.posted_on, closed_spans())
        _guard_used_goods(organization, document, entries)
        flipped = _flip_entries(entries, document, day, actor=actor, reason=reason)
        end_exceptions(
            [entry.pk for entry in entries],
            document_number=document.number,
            day=day,
            actor=actor,
            reason=reason,
        )
        _flip_journal(document, day, actor=actor, reason=reason)
        _tell(document, entries, flipped, day, actor=actor, reason=reason)
        _end(document, day, actor=actor, reason=reason)
        return Backflush.objects.get(pk=document.id)


def _guard(document: DocumentRow, organization: Organization, actor: Any) -> None:
    if document.status != BackflushStatus.POSTED:
        guard_move(document, BackflushStatus.REVERSED)
    signers = signers_of(document.id)
    if actor.pk in signers and not organization.is_same_person_allowed:
        raise AppError(
            "SAME_PERSON",
            f"You approved {document.number}; somebody else has to reverse it.",
            {"backflush": document.number},
        )
    if correction := live_correction_of(document.completion_id):
        raise AppError(
            "INVALID_STATE",
            f"{document.number} has a correction that still stands ({correction}). Reverse or discard that first.",
            {"backflush": document.number, "correction": correction},
        )


def _guard_used_goods(organization: Organization, document: DocumentRow, entries: list[StockEntry]) -> None:
    """Finished goods that were used already: the item's policy decides whether stock may go below zero."""
    received = [e for e in entries if e.event == StockEvent.RECEIVE and e.quantity > 0]
    keys = [(e.item_id, e.location_id, e.lot_id) for e in entries]
    keys += settled_keys([e.pk for e in entries])
    standings = lock_balances(keys, actor=None, reason="Before a reversal")
    short = []
    for entry in received:
        on_hand = standings[(entry.item_id, entry.location_id, entry.lot_id)].on_hand
        policy = entry.item.negative_policy or organization.negative_policy
        if on_hand < entry.quantity and policy == NegativePolicy.BLOCK:
            short.append(
                {
                    "item": entry.item.sku,
                    "required": f"{entry.quantity.normalize():f}",
                    "available": f"{on_hand.normalize():f}",
                }
            )
    if short:
        names = ", ".join(f"{s['item']} needs {s['required']}, has {s['available']}" for s in short)
        raise AppError(
            "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH",
            f"{document.number} cannot be reversed, what it made is used already: {names}.",
            short,
        )


def _flip_entries(
    entries: list[StockEntry], document: DocumentRow, day: dt.date, *, actor: Any, reason: str
) -> PostedEntries:
    return post_entries(
        [
            NewEntry(
                entry.item_id,
                entry.location_id,
                entry.lot_id,
                entry.event,
                -entry.quantity,
                entry.unit_cost,
                -entry.amount_minor,
                day,
                document.id,
                entry.source_line_id,
                document.number,
                entry.order_number,
                entry.completed_at,
                entry.reason_id,
                entry.pk,
            )
            for entry in entries
        ],
        source_kind=SourceKind.BACKFLUSH,
        actor=actor,
        reason=reason,
    )


def _flip_journal(document: DocumentRow, day: dt.date, *, actor: Any, reason: str) -> None:
    originals = list(
        JournalEntry.objects.filter(
            source_kind=SourceKind.BACKFLUSH, source_id=document.id, reversal_of=None
        ).order_by("pk")
    )
    lines = list(JournalLine.objects.filter(entry__in=originals).order_by("entry_id", "position"))
    post_journals(
        [
            NewJournal(
                effective_date=day,
                source_id=document.id,
                document_number=document.number,
                description=f"Reversal: {reason}"[:255],
                lines=[
                    NewLine(line.role, line.account_code, line.item_id, -line.amount_minor, line.memo)
                    for line in lines
                    if line.entry_id == original.pk
                ],
                reversal_of_id=original.pk,
            )
            for original in originals
        ],
        source_kind=SourceKind.BACKFLUSH,
        actor=actor,
        reason=reason,
    )


def _end(document: DocumentRow, day: dt.date, *, actor: Any, reason: str) -> None:
    update_where(
        Backflush,
        [document.id],
        {
            "status": str(BackflushStatus.REVERSED),
            "reversed_at": timezone.now(),
            "reversed_on": day,
            "reversed_by_id": actor.pk,
            "reversal_reason": reason,
        },
        actor=actor,
        reason=reason,
    )
    receipts = Receipt.objects.filter(completion_id=document.completion_id, is_reversed=False)
    update_where(
        Receipt,
        list(receipts.values_list("pk", flat=True)),
        {"is_reversed": True},
        actor=actor,
        reason=reason,
    )
    release_documents([document], actor=actor, reason=reason)
    retreat_orders([document.completion_id], actor=actor, reason=reason)


def _tell(
    document: DocumentRow,
    entries: list[StockEntry],
    flipped: PostedEntries,
    day: dt.date,
    *,
    actor: Any,
    reason: str,
) -> None:
    movements = [
        Movement(new_id, e.item_id, e.location_id, e.lot_id, -e.quantity, e.unit_cost, amount)
        for e, new_id, amount in zip(entries, flipped.ids, flipped.amounts, strict=True)
    ]
    places = Places(movements, {e.item_id: e.item.sku for e in entries})
    opposite = [
        {**places.entry(movement), "reversal_of": entry.pk}
        for entry, movement in zip(entries, movements, strict=True)
    ]
    tell_of_documents(
        EventName.BACKFLUSH_REVERSED,
        subjects_of([document.id]),
        lambda row: {"reason": reason, "reversed_on": day.isoformat(), "entries": opposite},
        actor=actor,
    )
