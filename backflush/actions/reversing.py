"""Reverse what was posted: the posted entries and journal lines, flipped and never recomputed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.choices import EventName
from accounts.errors import AppError
from accounts.events import record_events
from accounts.models import Organization
from accounts.rights import demand
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import update_where
from backflush.actions.guards import guard_move, lock_documents
from backflush.actions.submitting import release_documents
from backflush.actions.telling import Movement, Places, short_event, subjects, tell_of_documents
from backflush.actions.used_goods import missing_goods
from backflush.choices import BackflushStatus
from backflush.models import Backflush
from backflush.queries.documents import DocumentRow, subjects_of
from backflush.queries.reversals import live_correction_of, posted_entries, signers_of
from inventory.actions.exceptions import NewShortage, open_exceptions
from inventory.actions.shortage_moves import end_exceptions, settled_keys
from inventory.choices import SourceKind
from inventory.journal import reverse_journals
from inventory.ledger import PostedEntries, lock_balances, opposites, post_entries
from inventory.models import StockEntry
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
        keys = [(e.item_id, e.location_id, e.lot_id) for e in entries]
        keys += settled_keys([e.pk for e in entries])
        standings = lock_balances(keys, actor=None, reason="Before a reversal")
        missing = missing_goods(organization, document, entries, standings)
        flipped = post_entries(
            opposites(entries, day=day, source_id=document.id, document_number=document.number),
            source_kind=SourceKind.BACKFLUSH,
            actor=actor,
            reason=reason,
        )
        end_exceptions(
            [entry.pk for entry in entries],
            document_number=document.number,
            day=day,
            actor=actor,
            reason=reason,
        )
        reverse_journals(
            source_kind=SourceKind.BACKFLUSH,
            source_id=document.id,
            document_number=document.number,
            day=day,
            actor=actor,
            reason=reason,
        )
        shortages = [
            NewShortage(entry_id, entry.item_id, missing[entry.pk], document.number, entry.reason_id)
            for entry, entry_id in zip(entries, flipped.ids, strict=True)
            if entry.pk in missing
        ]
        opened = open_exceptions(shortages, actor=actor, reason=reason)
        short = {
            shortage.entry_id: (pk, shortage.quantity) for pk, shortage in zip(opened, shortages, strict=True)
        }
        _tell(document, entries, flipped, short, day, actor=actor, reason=reason)
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
    short: Mapping[int, tuple[int, Decimal]],
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
    subject = subjects_of([document.id])[0]
    tell_of_documents(
        EventName.BACKFLUSH_REVERSED,
        [subject],
        lambda row: {"reason": reason, "reversed_on": day.isoformat(), "entries": opposite},
        actor=actor,
    )
    about = subjects(subject.id, subject.number, subject.completion_id)
    record_events(
        [
            short_event(about, movement, *short[movement.entry_id], places, work_order=subject.work_order)
            for movement in movements
            if movement.entry_id in short
        ],
        actor=actor,
    )
