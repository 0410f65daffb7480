"""Compute again; a submitted document comes back to its planner and its signatures are void."""

from __future__ import annotations

from typing import Any

from accounts.models import Organization
from accounts.tenancy.binding import bind
from approvals.actions.submitting import void_requests
from approvals.choices import RequestStatus
from backflush.actions.editing import recompute_backflush
from backflush.models import Backflush


def recompute(
    *, organization: Organization, backflush_id: int, actor: Any, reason: str = "Recomputed"
) -> Backflush:
    """Recompute one document and void what was signed of its old figures, in one transaction."""
    with bind(organization):
        backflush = recompute_backflush(
            organization=organization, backflush_id=backflush_id, actor=actor, reason=reason
        )
        void_requests([backflush_id], status=RequestStatus.VOID, actor=actor, reason=reason)
    return backflush
