"""Who must sign what, who was asked, and who answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.tenancy.models import ScopedForeignKey, ScopedModel
from approvals.choices import DecisionKind, DocumentKind, RequestStatus
from backflush.models import Backflush, BackflushLine
from inventory.models.fields import QuantityField


class ApprovalTier(ScopedModel):
    """From this amount up, a member of this role signs."""

    document_kind = models.CharField(max_length=10, choices=DocumentKind, default=DocumentKind.BACKFLUSH)
    from_amount_minor = models.BigIntegerField(default=0)
    role = models.CharField(max_length=12, choices=Role)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "document_kind", "from_amount_minor"],
                name="approval_tier_amount_once",
                violation_error_message="There is a tier from this amount already.",
            ),
            models.CheckConstraint(
                name="approval_tier_not_negative",
                condition=Q(from_amount_minor__gte=0),
                violation_error_message="A tier starts at zero or more.",
            ),
        )


class ApprovalRequest(ScopedModel):
    """One round of asking for signatures on a document as it stood when submitted."""

    document_kind = models.CharField(max_length=10, choices=DocumentKind, default=DocumentKind.BACKFLUSH)
    backflush = ScopedForeignKey(Backflush, null=True, related_name="requests")
    round = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=8, choices=RequestStatus, default=RequestStatus.OPEN)
    fingerprint = models.CharField(max_length=64)
    weight_minor = models.BigIntegerField()
    value_minor = models.BigIntegerField()
    tiers = models.JSONField(default=list)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    requested_at = models.DateTimeField(default=timezone.now)
    note = models.TextField(blank=True, default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["backflush"],
                name="approval_request_one_open",
                condition=Q(status="open"),
                violation_error_message="This document waits for a signature already.",
            ),
        )


class ApprovalDecision(ScopedModel):
    """One person's answer, in the name of one tier."""

    request = ScopedForeignKey(ApprovalRequest, related_name="decisions")
    decision = models.CharField(max_length=8, choices=DecisionKind)
    from_amount_minor = models.BigIntegerField(default=0)
    role = models.CharField(max_length=12, choices=Role)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField(default=timezone.now)
    note = models.TextField(blank=True, default="")
    line = ScopedForeignKey(BackflushLine, null=True, related_name="+", db_index=False)
    proposed_quantity = QuantityField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["request", "decided_by"],
                name="approval_decision_once_per_person",
                condition=Q(decision="approve"),
                violation_error_message="You have signed this document already.",
            ),
        )
