"""Background work: what a room registers, how it is started, and what keeps it whole when a worker dies.

A room writes its jobs in `<room>/jobs.py`; each app's `jobs` module is imported when the product starts.

    @job("draft_backflushes")
    def draft_in_background(job: Job, progress: Progress) -> Result:
        ...
        progress.start(len(orders))
        for chunk in batched(orders, 500):
            with bind(job.organization):        # one transaction: its documents stay, whole, whatever comes next
                draft_backflushes(work_orders=chunk, actor=job.started_by)
            progress.advance(len(chunk))
        return {"message": "412 drafts", "url": "/o/acme/review/", "link": "Review them"}

A job runs in no transaction and in no organization of its own: it opens one `bind` per chunk. It may be started again
after its worker died, so it asks what is left to do instead of remembering what it did.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status as QueueStatus

from .errors import AppError, refusal_of
from .models import Job, JobStatus, Organization, User
from .progress import Progress
from .tenancy.binding import bind
from .tenancy.writes import save_row

MAX_ATTEMPTS = 5
STALLED_AFTER_SECONDS = 30.0
KEPT_HOURS = 24

Result = dict[str, Any]  # `message`, `url` and `link` (the words of the link) are shown on the job's page
Work = Callable[[Job, Progress], Result | None]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """`is_quiet` jobs (mails) stay out of the list of recent work unless they fail."""

    name: str
    work: Work
    is_quiet: bool


KINDS: dict[str, Kind] = {}


def job(kind: str, *, is_quiet: bool = False) -> Callable[[Work], Work]:
    """Register the function that does this kind of job."""

    def register(work: Work) -> Work:
        if kind in KINDS and KINDS[kind].work.__module__ != work.__module__:
            raise ValueError(f"two functions do jobs of kind {kind}")
        KINDS[kind] = Kind(kind, work, is_quiet)
        return work

    return register


def start_job(
    *,
    organization: Organization,
    kind: str,
    title: str,
    arguments: dict[str, Any],
    actor: User | None,
    priority: int = 0,
) -> Job:
    """Write the job and queue it, in the transaction that is open: both are there after the commit, or neither.

    `arguments` is JSON; keep ids in it rather than what the rows say. Higher priorities go first.
    """
    if kind not in KINDS:
        raise ValueError(f"nothing does jobs of kind {kind}")
    row = save_row(
        Job(organization=organization, kind=kind, title=title, arguments=arguments, started_by=actor),
        actor=actor,
        reason="Started",
    )
    run_job.configure(priority=priority).defer(organization_id=organization.pk, job_id=row.pk)
    return row


class JobIsRunning(Exception):
    """Another process still works on this job."""


class TryAgain(BaseRetryStrategy):
    """Interrupted jobs go on: at once when the worker had to end, a little later when the database failed."""

    interrupted = (OperationalError, InterfaceError, JobIsRunning)

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        if isinstance(exception, JobAborted):
            return RetryDecision()
        if isinstance(exception, self.interrupted) and not is_last(job.attempts):
            return RetryDecision(retry_in={"seconds": 5 * (job.attempts + 1)})
        return None


def is_last(attempts: int) -> bool:
    """Whether a job that was retried `attempts` times runs for the last time."""
    return attempts + 1 >= MAX_ATTEMPTS


@app.task(name="run_job", pass_context=True, retry=TryAgain())
def run_job(context: JobContext, *, organization_id: int, job_id: int) -> None:
    perform(
        organization_id=organization_id,
        job_id=job_id,
        attempts=context.job.attempts,
        is_stopping=context.should_abort,
    )


def perform(
    *,
    organization_id: int,
    job_id: int,
    attempts: int = 0,
    is_stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Do one job here and now, and write down how it ended. Interruptions are raised, for the queue to retry."""
    organization = Organization.objects.get(pk=organization_id)
    with Progress(organization_id, job_id, is_stopping=is_stopping) as progress:
        if not progress.claim():
            raise JobIsRunning
        row = _begin(organization, job_id)
        if row is None:
            return
        try:
            result = KINDS[row.kind].work(row, progress) or {}
        except AppError as error:
            _refuse(row, error)
        except JobAborted:
            raise
        except TryAgain.interrupted:
            logger.warning("job %s (%s) was interrupted", job_id, row.kind)
            if is_last(attempts):
                _end(row, JobStatus.FAILED, _given_up(row))
            raise
        except Exception as error:
            if (refusal := refusal_of(error)) is not None:
                _refuse(row, refusal)
                return
            logger.exception("job %s (%s) failed", job_id, row.kind)
            _end(
                row, JobStatus.FAILED, f"It stopped at an error of ours, which the log keeps as job {job_id}."
            )
        else:
            _end(row, JobStatus.DONE, str(result.get("message", "")), result)


def _begin(organization: Organization, job_id: int) -> Job | None:
    with bind(organization):
        row = Job.objects.select_related("started_by").filter(pk=job_id).first()
        if row is None or row.status in {JobStatus.DONE, JobStatus.FAILED}:
            return None
        row.organization = organization
        if row.status != JobStatus.RUNNING:
            row.status = JobStatus.RUNNING
            save_row(row, actor=row.started_by, reason="Begun", fields=["status"])
        return row


def _end(row: Job, status: JobStatus, message: str, result: Result | None = None) -> None:
    with bind(row.organization):
        row.status, row.message, row.finished_at = status, message, timezone.now()
        row.result = json.loads(json.dumps(result or {}, default=str))
        save_row(
            row,
            actor=row.started_by,
            reason=JobStatus(status).label,
            fields=["status", "message", "result", "finished_at"],
        )


def _refuse(row: Job, error: AppError) -> None:
    _end(row, JobStatus.FAILED, error.message, {"code": error.code, "details": error.details})


def _given_up(row: Job) -> str:
    return (
        f"It was interrupted {MAX_ATTEMPTS} times and given up; the log tells more (job {row.pk}). "
        "What was finished stays."
    )


def give_up(*, organization_id: int, job_id: int) -> None:
    """Call a job failed whose workers died again and again."""
    organization = Organization.objects.get(pk=organization_id)
    with bind(organization):
        row = Job.objects.select_related("started_by").filter(pk=job_id).first()
    if row is not None and row.status not in {JobStatus.DONE, JobStatus.FAILED}:
        row.organization = organization
        _end(row, JobStatus.FAILED, _given_up(row))


async def rescue(*, seconds_since_heartbeat: float) -> None:
    """Queue the jobs of dead workers again, up to the limit: the queue itself never does."""
    for stalled in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds_since_heartbeat):
        if stalled.task_name == run_job.name and not is_last(stalled.attempts):
            await app.job_manager.retry_job(stalled)
            continue
        await app.job_manager.finish_job(stalled, QueueStatus.FAILED, delete_job=False)
        if stalled.task_name == run_job.name:
            ids = {name: int(str(value)) for name, value in stalled.task_kwargs.items()}
            await sync_to_async(give_up)(**ids)


@app.periodic(cron="* * * * *")
@app.task(name="rescue_stalled_jobs", queueing_lock="rescue_stalled_jobs")
async def rescue_stalled_jobs(timestamp: int) -> None:
    await rescue(seconds_since_heartbeat=STALLED_AFTER_SECONDS)


@app.periodic(cron="7 * * * *")
@app.task(name="forget_old_jobs", queueing_lock="forget_old_jobs")
async def forget_old_jobs(timestamp: int) -> None:
    """Empty the queue of what ended; our own rows stay."""
    await app.job_manager.delete_old_jobs(
        nb_hours=KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
