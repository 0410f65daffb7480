"""Shortages that were posted by policy: who looks after one, and how it ended."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.choices import EventName
from accounts.errors import AppError
from accounts.events import NewEvent, decimal, record_events
from accounts.models import Organization
from accounts.rights import demand
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from inventory.choices import Resolution
from inventory.models import StockEntry, StockException


def take_exception(*, organization: Organization, exception_id: int, actor: Any) -> StockException:
    """Become the owner of an open shortage."""
    demand(actor, organization, "resolve_exceptions")
    with bind(organization):
        row = _open(exception_id)
        row.owner = actor
        return save_row(row, actor=actor, reason="Taken", fields=["owner"])


def resolve_exception(
    *, organization: Organization, exception_id: int, resolution: Resolution, note: str, actor: Any
) -> StockException:
    """Close an open shortage with what it turned out to be. Stock itself is moved by files and postings only."""
    demand(actor, organization, "resolve_exceptions")
    if not note.strip():
        raise AppError("REASON_REQUIRED", "Say what was found.", {"field": "note"})
    with bind(organization):
        row = _open(exception_id)
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


def _open(exception_id: int) -> StockException:
    row = StockException.objects.select_for_update(of=("self",)).filter(pk=exception_id).first()
    if row is None:
        raise AppError("NOT_FOUND", "There is no such shortage.", {"exception": exception_id})
    if row.resolved_at is not None:
        raise AppError("INVALID_STATE", "This shortage is resolved already.", {"exception": exception_id})
    return row
