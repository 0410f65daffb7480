"""Ask for signatures, and take a request back when its document changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.choices import EventName
from accounts.errors import AppError
from accounts.models import Organization
from accounts.rights import demand
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import insert_rows, update_where
from approvals.actions.standard_runs import post_standard_runs
from approvals.choices import DocumentKind, RequestStatus
from approvals.models import ApprovalRequest
from approvals.queries.tiers import tiers_now, tiers_reached
from backflush.actions.submitting import SubmitResult, mark_submitted
from backflush.actions.telling import tell_of_documents
from backflush.queries.inputs import InputsBuilder


def submit_backflushes(
    *,
    organization: Organization,
    backflush_ids: Sequence[int],
    actor: Any,
    note: str = "",
    drafted_from: InputsBuilder | None = None,
) -> SubmitResult:
    """Submit drafts for signature, in one transaction. What may not be submitted is refused by itself.

    Opens one request per document with the tiers that its weight or value reaches now. Where the organization lets
    standard runs post without a signature, those post at once. `drafted_from` is what they were computed from, where
    this transaction has drafted them.
    """
    demand(actor, organization, "submit_backflush")
    with bind(organization):
        result = mark_submitted(
            organization=organization,
            backflush_ids=backflush_ids,
            actor=actor,
            note=note,
            drafted_from=drafted_from,
        )
        tiers = tiers_now()
        rounds = {} if drafted_from else _rounds(result.submitted)
        asked = {
            document.id: [
                {"from_amount_minor": tier.from_amount_minor, "role": tier.role}
                for tier in tiers_reached(
                    tiers, weight_minor=document.weight_minor, value_minor=document.value_minor
                )
            ]
            for document in result.checked
        }
        insert_rows(
            ApprovalRequest,
            ["backflush_id", "round", "fingerprint", "weight_minor", "value_minor", "tiers"],
            [
                (
                    document.id,
                    rounds.get(document.id, 0) + 1,
                    document.fingerprint,
                    document.weight_minor,
                    document.value_minor,
                    asked[document.id],
                )
                for document in result.checked
            ],
            constants={
                "document_kind": DocumentKind.BACKFLUSH,
                "requested_by_id": actor.pk,
                "requested_at": timezone.now(),
                "note": note,
            },
            actor=actor,
            reason=note or "Submitted",
        )
        tell_of_documents(
            EventName.BACKFLUSH_SUBMITTED,
            result.subjects(),
            lambda row: {
                "note": note,
                "weight_minor": row.weight_minor,
                "value_minor": row.value_minor,
                "tiers": asked[row.id],
            },
            actor=actor,
        )
        post_standard_runs(organization, result)
    return result


def _rounds(backflush_ids: Sequence[int]) -> dict[int, int]:
    """How often signatures were asked for already."""
    earlier = ApprovalRequest.objects.filter(backflush_id__in=backflush_ids).order_by("round")
    return dict(earlier.values_list("backflush_id", "round"))


def submit_backflush(
    *,
    organization: Organization,
    backflush_id: int,
    actor: Any,
    note: str = "",
    drafted_from: InputsBuilder | None = None,
) -> SubmitResult:
    """Submit one draft, or raise what stands against it."""
    result = submit_backflushes(
        organization=organization,
        backflush_ids=[backflush_id],
        actor=actor,
        note=note,
        drafted_from=drafted_from,
    )
    for _, error in result.refused:
        raise error
    return result


def void_requests(backflush_ids: Sequence[int], *, status: str, actor: Any, reason: str) -> None:
    """Close the open requests of these documents without a signature; their signatures count no more."""
    ids = ApprovalRequest.objects.filter(
        backflush_id__in=list(backflush_ids), status=RequestStatus.OPEN
    ).values_list("pk", flat=True)
    update_where(
        ApprovalRequest,
        list(ids),
        {"status": str(status), "closed_at": timezone.now()},
        actor=actor,
        reason=reason,
    )


def not_found(backflush_id: int) -> AppError:
    return AppError("NOT_FOUND", "There is no such backflush.", {"backflush": backflush_id})
