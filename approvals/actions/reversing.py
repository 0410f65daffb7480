"""Reverse a posting: nobody who signed it takes it back."""

from __future__ import annotations

from typing import Any

from accounts.errors import AppError
from accounts.models import Organization
from accounts.tenancy.binding import bind
from approvals.choices import DecisionKind, RequestStatus
from approvals.models import ApprovalDecision
from backflush.actions.reversing import reverse_backflush
from backflush.models import Backflush


def reverse(*, organization: Organization, backflush_id: int, actor: Any, reason: str) -> Backflush:
    """Reverse a posted backflush, unless this person signed any of its tiers."""
    with bind(organization):
        signed = ApprovalDecision.objects.filter(
            request__backflush_id=backflush_id,
            request__status=RequestStatus.APPROVED,
            decision=DecisionKind.APPROVE,
            decided_by=actor,
        )
        if signed.exists() and not organization.is_same_person_allowed:
            raise AppError("SAME_PERSON", "You signed this posting; somebody else has to reverse it.")
        return reverse_backflush(
            organization=organization, backflush_id=backflush_id, actor=actor, reason=reason
        )
