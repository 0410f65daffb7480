"""Large files are checked and loaded in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from accounts.jobs import Result, TryAgain, job, start_job
from accounts.models import Job, User
from accounts.progress import Progress
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from imports.actions.load import Imported, check_import, load_import
from imports.choices import ImportStatus
from imports.models import ImportBatch

LARGE = 5_000  # rows; below it a page waits for the answer
STEPS = 3


@job("check_import")
def check_in_background(job: Job, progress: Progress) -> Result:
    def work(batch: ImportBatch) -> Imported:
        return check_import(batch=batch, actor=job.started_by, advance=progress.advance)

    imported = _whole(job, progress, work)
    return _told(
        imported, f"{imported.batch.row_count:,} rows checked, {imported.batch.refused_count:,} refused"
    )


@job("load_import")
def load_in_background(job: Job, progress: Progress) -> Result:
    def work(batch: ImportBatch) -> Imported:
        return load_import(
            batch=batch,
            is_partial=bool(job.arguments.get("is_partial")),
            actor=job.started_by,
            advance=progress.advance,
        )

    imported = _whole(job, progress, work)
    batch = imported.batch
    if imported.earlier is not None:
        return _told(imported, f"Already loaded as import {imported.earlier.number}")
    if not imported.is_loaded:
        return _told(imported, f"Nothing was loaded: {batch.refused_count:,} rows are refused")
    return _told(imported, f"{batch.accepted_count:,} rows loaded")


def start_check(*, batch: ImportBatch, rows: int, actor: User) -> Job:
    """Check a file in the background."""
    return _start(batch, "check_import", f"Checking {batch.file_name}", rows, {}, batch.status, actor)


def start_load(*, batch: ImportBatch, is_partial: bool, actor: User, rows: int | None = None) -> Job:
    """Load a file in the background; `rows` says how many it has, where no check has counted them."""
    title = f"Loading {batch.file_name}"
    count = batch.row_count if rows is None else rows
    return _start(batch, "load_import", title, count, {"is_partial": is_partial}, ImportStatus.LOADING, actor)


def _start(
    batch: ImportBatch,
    kind: str,
    title: str,
    rows: int,
    arguments: dict[str, Any],
    status: str,
    actor: User,
) -> Job:
    row = start_job(
        organization=batch.organization,
        kind=kind,
        title=title[:200],
        arguments={"batch": batch.pk, "rows": rows, "status": batch.status, **arguments},
        actor=actor,
    )
    batch.job, batch.status = row, status
    save_row(batch, actor=actor, reason=title, fields=["job", "status"])
    return row


def _whole(job: Job, progress: Progress, work: Callable[[ImportBatch], Imported]) -> Imported:
    """All of it in one transaction. What fails leaves the import as it was before the job."""
    progress.start(int(job.arguments["rows"]) * STEPS)
    try:
        with bind(job.organization):
            batch = ImportBatch.objects.get(pk=job.arguments["batch"])
            batch.organization = job.organization
            imported = work(batch)
            progress.advance(batch.row_count)
            return imported
    except TryAgain.interrupted:
        raise  # it goes on where it was
    except Exception:
        with bind(job.organization):
            batch = ImportBatch.objects.get(pk=job.arguments["batch"])
            if batch.status == ImportStatus.LOADING:
                batch.status = job.arguments["status"]
                save_row(batch, actor=job.started_by, reason="Not loaded", fields=["status"])
        raise


def _told(imported: Imported, message: str) -> Result:
    batch = imported.earlier or imported.batch
    url = reverse("imports:import", args=[imported.batch.organization.slug, batch.number])
    return {"message": message, "url": url, "link": f"Import {batch.number}"}
