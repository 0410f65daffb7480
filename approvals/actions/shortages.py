"""Settle a shortage with stock: signed by somebody who may sign postings and did not make this one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accounts.errors import AppError
from accounts.models import Organization
from accounts.tenancy.binding import bind
from backflush.queries.involved import involved_people
from inventory.actions.shortage_moves import ONE, Source, settle_with_stock
from inventory.choices import Resolution
from inventory.models import StockException


def settle_shortage(
    *,
    organization: Organization,
    exception_id: int,
    resolution: Resolution,
    sources: Sequence[Source],
    note: str,
    actor: Any,
    item_used_id: int | None = None,
    factor: Decimal = ONE,
) -> StockException:
    """Book where what was short came from, or what was used in its place."""
    with bind(organization):
        row = StockException.objects.select_related("entry").filter(pk=exception_id).first()
        if row is None:
            raise AppError("NOT_FOUND", "There is no such shortage.", {"exception": exception_id})
        involved = involved_people([row.entry.source_id])[row.entry.source_id]
        return settle_with_stock(
            organization=organization,
            exception_id=exception_id,
            resolution=resolution,
            sources=sources,
            note=note,
            actor=actor,
            involved_ids=involved,
            item_used_id=item_used_id,
            factor=factor,
        )
