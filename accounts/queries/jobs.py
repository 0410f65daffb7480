"""Background work of the organization that is bound."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.errors import AppError
from accounts.jobs import KINDS
from accounts.models import Job, JobStatus, User

LATELY = timedelta(days=1)


def quiet_kinds() -> list[str]:
    return [kind.name for kind in KINDS.values() if kind.is_quiet]


def jobs_of(user: User) -> QuerySet[Job]:
    """What the person started, newest first; quiet kinds (mails) only when they failed."""
    return (
        Job.objects.filter(started_by=user)
        .exclude(Q(kind__in=quiet_kinds()) & ~Q(status=JobStatus.FAILED))
        .order_by("-created_at", "-pk")
    )


def jobs_worth_a_look(user: User) -> list[Job]:
    """The person's jobs that wait, run or failed within a day, at most five."""
    lately = timezone.now() - LATELY
    return list(
        jobs_of(user).filter(
            Q(status__in=[JobStatus.WAITING, JobStatus.RUNNING])
            | Q(status=JobStatus.FAILED, finished_at__gte=lately)
        )[:5]
    )


def job_by_id(pk: int) -> Job:
    """One job, or NOT_FOUND."""
    found = Job.objects.filter(pk=pk).first()
    if found is None:
        raise AppError("NOT_FOUND", "There is no such job.", {"job": pk})
    return found
