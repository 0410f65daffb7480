"""Sign how a shortage is settled with stock: by somebody who neither proposed it nor made the posting."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.errors import AppError
from accounts.models import Organization
from accounts.rights import demand
from accounts.tenancy.binding import bind
from backflush.queries.involved import involved_people
from inventory.actions.exceptions import open_exception
from inventory.actions.settlements import proposed
from inventory.actions.shortage_moves import settle_with_stock
from inventory.models import StockException


def sign_settlement(
    *, organization: Organization, exception_id: int, actor: Any, proposed_at: dt.datetime | None = None
) -> StockException:
    """Book what is proposed. `proposed_at` is that of the proposal as it was read; another one is EDIT_CONFLICT."""
    demand(actor, organization, "sign_backflush")
    with bind(organization):
        row = open_exception(exception_id)
        settlement = proposed(row, at=proposed_at)
        if row.proposed_by_id == actor.pk and not organization.is_same_person_allowed:
            raise AppError(
                "SAME_PERSON",
                f"You proposed how to settle the shortage of {row.document_number}; somebody else has to sign this.",
                {"backflush": row.document_number},
            )
        return settle_with_stock(
            organization=organization,
            row=row,
            settlement=settlement,
            actor=actor,
            involved_ids=involved_people([row.entry.source_id])[row.entry.source_id],
        )
