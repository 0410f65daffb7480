"""Compute again; a submitted document comes back to its planner and its signatures are void."""

from __future__ import annotations

from typing import Any

from accounts.choices import EventName
from accounts.models import Organization
from accounts.tenancy.binding import bind
from approvals.actions.submitting import void_requests
from approvals.choices import RequestStatus
from backflush.actions.editing import recompute_backflush
from backflush.actions.telling import tell_of_documents
from backflush.choices import BackflushStatus
from backflush.models import Backflush
from backflush.queries.documents import subjects_of


def recompute(
    *, organization: Organization, backflush_id: int, actor: Any, reason: str = "Recomputed"
) -> Backflush:
    """Recompute one document and void what was signed of its old figures, in one transaction."""
    with bind(organization):
        was_submitted = Backflush.objects.filter(pk=backflush_id, status=BackflushStatus.SUBMITTED).exists()
        backflush = recompute_backflush(
            organization=organization, backflush_id=backflush_id, actor=actor, reason=reason
        )
        void_requests([backflush_id], status=RequestStatus.VOID, actor=actor, reason=reason)
        if was_submitted:
            tell_of_documents(
                EventName.BACKFLUSH_RETURNED,
                subjects_of([backflush_id]),
                lambda row: {"cause": "recomputed", "note": reason, "item": None, "proposed_quantity": None},
                actor=actor,
            )
    return backflush
