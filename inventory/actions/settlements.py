"""Where something short was really taken: one person proposes it, another signs, and only then stock moves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.errors import AppError
from accounts.models import Organization
from accounts.rights import demand
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from inventory.actions.exceptions import open_exception
from inventory.actions.shortage_moves import Settlement, Source, check_settlement
from inventory.choices import Resolution
from inventory.models import StockException


def propose_settlement(
    *, organization: Organization, exception_id: int, settlement: Settlement, actor: Any
) -> StockException:
    """Keep where it was taken until somebody else signs it. An earlier proposal is replaced; no stock moves."""
    demand(actor, organization, "resolve_exceptions")
    with bind(organization):
        row = open_exception(exception_id)
        check_settlement(row, settlement, actor=actor)
        row.proposal = _as_json(settlement)
        row.proposed_by, row.proposed_at = actor, timezone.now()
        row.owner = row.owner or actor
        return save_row(
            row,
            actor=actor,
            reason=f"Proposed: {settlement.note}",
            fields=["proposal", "proposed_by", "proposed_at", "owner"],
        )


def decline_settlement(
    *, organization: Organization, exception_id: int, note: str, actor: Any
) -> StockException:
    """Send a proposal back with a question; the shortage stays open and shows it."""
    demand(actor, organization, "sign_backflush")
    if not note.strip():
        raise AppError("REASON_REQUIRED", "Say what is to be answered.", {"field": "reason"})
    with bind(organization):
        row = open_exception(exception_id)
        proposed(row)
        row.proposal, row.proposed_by, row.proposed_at = None, None, None
        row.note = note
        return save_row(
            row,
            actor=actor,
            reason=f"Sent back: {note}",
            fields=["proposal", "proposed_by", "proposed_at", "note"],
        )


def proposed(row: StockException, *, at: dt.datetime | None = None) -> Settlement:
    """What is proposed for an open shortage. `at` is when the proposal was made that somebody has read."""
    if row.proposal is None:
        raise AppError(
            "INVALID_STATE", "Nobody has proposed how to settle this shortage.", {"exception": row.pk}
        )
    if at is not None and at != row.proposed_at:
        raise AppError(
            "EDIT_CONFLICT", "The proposal was changed meanwhile: look at it again.", {"exception": row.pk}
        )
    told = row.proposal
    return Settlement(
        resolution=Resolution(told["resolution"]),
        sources=tuple(Source(place, lot, Decimal(quantity)) for place, lot, quantity in told["sources"]),
        note=told["note"],
        item_used_id=told["item_used"],
        factor=Decimal(told["factor"]),
    )


def _as_json(settlement: Settlement) -> dict[str, Any]:
    return {
        "resolution": settlement.resolution.value,
        "sources": [[s.location_id, s.lot_id, str(s.quantity)] for s in settlement.sources],
        "note": settlement.note,
        "item_used": settlement.item_used_id,
        "factor": str(settlement.factor),
    }
