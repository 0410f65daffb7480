"""Shortages that were posted by policy: who looks after one, and how it ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.choices import EventName
from accounts.errors import AppError
from accounts.events import NewEvent, decimal, record_events
from accounts.models import Organization
from accounts.rights import demand
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import allocate_ids, insert_rows, save_row
from inventory.choices import FINDINGS, ExceptionKind, Resolution
from inventory.models import StockEntry, StockException


class NewShortage(NamedTuple):
    """What an entry took beyond the stock, as a positive quantity."""

    entry_id: int
    item_id: int
    quantity: Decimal
    document_number: str
    reason_id: int | None


def open_exceptions(shortages: Sequence[NewShortage], *, actor: Any, reason: str) -> list[int]:
    """List what was posted short though stock did not cover it; returns the shortages' ids, in their order."""
    ids = allocate_ids(StockException, len(shortages))
    insert_rows(
        StockException,
        ["id", *NewShortage._fields],
        [(pk, *shortage) for pk, shortage in zip(ids, shortages, strict=True)],
        constants={"opened_at": timezone.now()},
        actor=actor,
        reason=reason,
    )
    return ids


def take_exception(*, organization: Organization, exception_id: int, actor: Any) -> StockException:
    """Become the owner of an open shortage."""
    demand(actor, organization, "resolve_exceptions")
    with bind(organization):
        row = open_exception(exception_id)
        row.owner = actor
        return save_row(row, actor=actor, reason="Taken", fields=["owner"])


def expect_receipt(*, organization: Organization, exception_id: int, note: str, actor: Any) -> StockException:
    """Consume later: the parts are there and their receipt is to come. It stays open, with an owner."""
    demand(actor, organization, "resolve_exceptions")
    _demand_words(note)
    with bind(organization):
        row = open_exception(exception_id)
        row.kind = ExceptionKind.LATER.value if row.kind == ExceptionKind.SHORT else row.kind
        row.owner = row.owner or actor
        row.note = note
        return save_row(row, actor=actor, reason=note, fields=["kind", "owner", "note"])


def resolve_exception(
    *, organization: Organization, exception_id: int, resolution: Resolution, note: str, actor: Any
) -> StockException:
    """Close an open shortage with a finding: no stock moves. What moves stock is `shortage_moves.settle_with_stock`."""
    demand(actor, organization, "resolve_exceptions")
    _demand_words(note)
    if resolution not in FINDINGS:
        raise AppError(
            "INVALID",
            f"“{resolution.label}” moves stock: say from where, and have somebody sign it who may sign postings.",
            {"resolution": resolution.value},
        )
    with bind(organization):
        return close_exception(open_exception(exception_id), resolution=resolution, note=note, actor=actor)


def open_exception(exception_id: int) -> StockException:
    """An open shortage under lock."""
    row = (
        StockException.objects.select_for_update(of=("self",))
        .select_related("entry")
        .filter(pk=exception_id)
        .first()
    )
    if row is None:
        raise AppError("NOT_FOUND", "There is no such shortage.", {"exception": exception_id})
    if row.resolved_at is not None:
        raise AppError("INVALID_STATE", "This shortage is resolved already.", {"exception": exception_id})
    return row


def close_exception(row: StockException, *, resolution: Resolution, note: str, actor: Any) -> StockException:
    """Write how an open shortage ended, and by whom."""
    row.resolution = resolution.value
    row.note = note
    row.resolved_at = timezone.now()
    row.resolved_by = actor
    save_row(row, actor=actor, reason=note, fields=["resolution", "note", "resolved_at", "resolved_by"])
    entry = StockEntry.objects.select_related("item", "location", "lot").get(pk=row.entry_id)
    told = {
        "item": entry.item.sku,
        "location": entry.location.code,
        "lot": entry.lot.code if entry.lot else None,
        "quantity": decimal(row.quantity),
        "resolution": resolution.value,
        "note": note,
    }
    about = {"backflush": row.document_number, "shortage_id": row.pk, "entry_id": entry.pk}
    record_events(
        [NewEvent(EventName.STOCK_SHORT_RESOLVED, about, told, work_order=entry.order_number)],
        actor=actor,
    )
    return row


def demand_other_person(
    organization: Organization, *, actor: Any, involved_ids: Collection[int], document_number: str
) -> None:
    """Who made the document does not sign how its shortage is settled."""
    if actor.pk in involved_ids and not organization.is_same_person_allowed:
        raise AppError(
            "SAME_PERSON",
            f"You recorded, drafted, edited or submitted {document_number}; somebody else has to sign this.",
            {"backflush": document_number},
        )


def _demand_words(note: str) -> None:
    if not note.strip():
        raise AppError("REASON_REQUIRED", "Say what was found.", {"field": "note"})
