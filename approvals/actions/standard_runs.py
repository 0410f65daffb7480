"""Post standard runs without a signature, where a controller turned that on."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import Organization
from accounts.policies import POLICIES
from accounts.tenancy.writes import update_where
from approvals.choices import RequestStatus
from approvals.models import ApprovalRequest
from backflush.actions.posting import post_documents
from backflush.actions.submitting import SubmitResult
from backflush.queries.staleness import builder_for
from backflush.queries.standard import standard_runs
from ui import formats

POLICY = POLICIES["is_standard_run_posted"]


def post_standard_runs(organization: Organization, result: SubmitResult) -> None:
    """Post those just submitted that are standard runs, in the current transaction.

    No person stands as their signer: the history names the policy. What cannot be posted, because its period is
    closed for example, stays submitted and waits for a person.
    """
    if not organization.is_standard_run_posted or result.builder is None:
        return
    standard = standard_runs(result.submitted, limit_minor=organization.standard_run_limit_minor)
    documents = [document for document in result.checked if document.id in standard]
    if not documents:
        return
    is_whole = len(documents) == len(result.builder.basis.completions)
    posted = post_documents(
        organization=organization,
        documents=documents,
        builder=result.builder if is_whole else builder_for(organization, documents),
        actor=None,
        reason=words(organization),
        by_policy=True,
        lines=result.lines,
    )
    requests = ApprovalRequest.objects.filter(backflush_id__in=posted.posted, status=RequestStatus.OPEN)
    update_where(
        ApprovalRequest,
        list(requests.values_list("pk", flat=True)),
        {"status": str(RequestStatus.APPROVED), "closed_at": timezone.now()},
        actor=None,
        reason=words(organization),
    )
    result.posted.extend(posted.posted)


def words(organization: Organization) -> str:
    """How the history names the policy as the signer."""
    limit = formats.money(
        organization.standard_run_limit_minor, organization.currency_code, organization.currency_decimals
    )
    return f"Signed by the policy “{POLICY.label}”: a standard run within {limit}"
