"""Background work of this room."""

from __future__ import annotations

from accounts.jobs import Result, job
from accounts.models import Job
from accounts.progress import Progress
from backflush.actions.drafting import draft_backflushes


@job("draft_backflushes")
def draft_in_background(job: Job, progress: Progress) -> Result:
    """Draft everything that waits, or the orders named in the arguments; what is drafted already is skipped."""
    result = draft_backflushes(
        organization=job.organization,
        actor=job.started_by,
        order_numbers=job.arguments.get("work_orders"),
        progress=progress.report,
    )
    problems = result.problems
    refused = f", {len(problems)} could not be drafted" if problems else ""
    return {
        "message": f"{len(result.drafted)} drafted{refused}",
        "url": f"/o/{job.organization.slug}/backflushes/?status=DRAFT",
        "link": "See the drafts",
        "refused": [error.message for error in problems[:50]],
    }
