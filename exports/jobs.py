"""Background work of this room."""

from __future__ import annotations

from django.urls import reverse

from accounts.jobs import Result, job
from accounts.models import Job
from accounts.progress import Progress
from exports.actions.batches import create_batch
from ui.formats import count


@job("export_batch")
def export_in_background(job: Job, progress: Progress) -> Result:
    """Write one batch. It is one transaction, so a worker that dies leaves nothing, and the next one begins anew."""
    batch = create_batch(
        organization=job.organization, template_id=job.arguments["template"], actor=job.started_by
    )
    progress.start(batch.line_count, done=batch.line_count)
    return {
        "message": f"{batch.number} is written: {count(batch.line_count, 'line')}.",
        "url": reverse("exports:batch", args=[job.organization.slug, batch.number]),
        "link": f"Open {batch.number}",
        "export_id": batch.pk,
    }
