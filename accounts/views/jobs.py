"""Background work as its starter watches it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.access import requires
from accounts.http import OrganizationRequest
from accounts.models import Job, JobStatus
from accounts.queries.jobs import jobs_of
from ui.components import Crumb, Progress

PER_PAGE = 50
STATES = {
    JobStatus.WAITING: ("Waiting", "mute"),
    JobStatus.RUNNING: ("Running", "info"),
    JobStatus.DONE: ("Done", "good"),
    JobStatus.FAILED: ("Failed", "bad"),
}
UNFINISHED = frozenset({JobStatus.WAITING, JobStatus.RUNNING})


def progress_of(job: Job, slug: str) -> Progress:
    """The bar of this job; it asks `job_progress` while the job lasts."""
    is_running = job.status in UNFINISHED
    url = reverse("accounts:job_progress", args=[slug, job.pk])
    return Progress(job.title, job.done, job.total, url, is_running)


@requires("read_books")
def job_list(request: OrganizationRequest) -> HttpResponse:
    page = Paginator(jobs_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/jobs.html", {"page": page, "states": STATES})


@requires("read_books")
def job_page(request: OrganizationRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.select_related("started_by"), pk=pk)
    slug = request.organization.slug
    context = {
        "job": job,
        "states": STATES,
        "progress": progress_of(job, slug) if job.status in UNFINISHED or job.total else None,
        "crumbs": [Crumb("Background work", reverse("accounts:jobs", args=[slug]))],
    }
    return render(request, "accounts/job.html", context)


@requires("read_books")
def job_progress(request: OrganizationRequest, pk: int) -> HttpResponse:
    """The bar alone. When the job has ended the page around it is loaded anew, to show what came of it."""
    job = get_object_or_404(Job, pk=pk)
    response = render(request, "ui/progress.html", {"progress": progress_of(job, request.organization.slug)})
    if job.status not in UNFINISHED:
        response["HX-Refresh"] = "true"
    return response
