"""Jobs for tests, and a worker to be killed: `python -m tests.accounts.work DATABASE`."""

from __future__ import annotations

import os
import sys
import time

ORDERS, CHUNK = 60, 10


def register() -> None:
    from django.db import connection

    from accounts.errors import AppError
    from accounts.jobs import Result, job
    from accounts.models import Job
    from accounts.progress import Progress
    from accounts.tenancy.binding import bind
    from accounts.tenancy.writes import insert_rows
    from inventory.models import ReasonCode

    @job("test_write")
    def write(job: Job, progress: Progress) -> Result:
        """Write so many rows, ten in a transaction, slowly where `pause` says so."""
        with bind(job.organization):
            done = ReasonCode.objects.filter(code__startswith="JOB-").count()
        progress.start(ORDERS, done=done)
        for start in range(done, ORDERS, CHUNK):
            with bind(job.organization):
                insert_rows(
                    ReasonCode,
                    ["code", "name"],
                    [(f"JOB-{number}", "x") for number in range(start, start + CHUNK // 2)],
                    actor=job.started_by,
                    reason="first half of a document",
                )
                time.sleep(job.arguments.get("pause", 0))
                insert_rows(
                    ReasonCode,
                    ["code", "name"],
                    [(f"JOB-{number}", "x") for number in range(start + CHUNK // 2, start + CHUNK)],
                    actor=job.started_by,
                    reason="second half of a document",
                )
            progress.advance(CHUNK)
        return {"message": f"{ORDERS} written", "url": "/somewhere/", "link": "See them"}

    @job("test_refuse")
    def refuse(job: Job, progress: Progress) -> Result:
        raise AppError("INVALID", "The file has no rows.", {"row": 1})

    @job("test_too_large")
    def grow(job: Job, progress: Progress) -> Result:
        with bind(job.organization), connection.cursor() as cursor:
            cursor.execute("SELECT 1e12::numeric(18, 6)")
        raise AssertionError("the server takes no thirteen digits")

    @job("test_break")
    def break_down(job: Job, progress: Progress) -> Result:
        raise ZeroDivisionError

    @job("test_quiet", is_quiet=True)
    def quiet(job: Job, progress: Progress) -> None:
        return None


def main(database: str) -> None:
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backflush.settings")
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    register()
    from django.core.management import call_command

    call_command("procrastinate", "worker")


if __name__ == "__main__":
    main(sys.argv[1])
