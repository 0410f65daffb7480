"""Background work of this room."""

from __future__ import annotations

from accounts.jobs import Result, job
from accounts.models import Job
from accounts.progress import Progress
from accounts.tenancy.binding import bind
from approvals.actions.signing import approve_backflushes
from approvals.choices import DecisionKind
from approvals.models import ApprovalDecision
from backflush.choices import BackflushStatus


@job("approve_backflushes")
def approve_in_background(job: Job, progress: Progress) -> Result:
    """Sign many documents in whole chunks. What an earlier try has signed is counted, not tried again."""
    wanted = set(job.arguments["backflushes"])
    with bind(job.organization):
        before = dict(
            ApprovalDecision.objects.filter(
                request__backflush_id__in=wanted,
                decision=DecisionKind.APPROVE,
                decided_by=job.started_by,
                decided_at__gte=job.created_at,
            ).values_list("request__backflush_id", "request__backflush__status")
        )
    result = approve_backflushes(
        organization=job.organization,
        backflush_ids=sorted(wanted - before.keys()),
        actor=job.started_by,
        note=job.arguments.get("note", ""),
        progress=progress.report,
    )
    refused = f", {len(result.refused)} were not" if result.refused else ""
    signed = len(result.signed) + len(before)
    posted = len(result.posted) + list(before.values()).count(BackflushStatus.POSTED)
    return {
        "message": f"{signed} signed, {posted} of them posted{refused}",
        "url": f"/o/{job.organization.slug}/review/",
        "link": "Back to the queue",
        "refused": [error.message for _, error in result.refused[:50]],
    }
