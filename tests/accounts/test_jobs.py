"""Background work: in one transaction with what asks for it, watched while it runs, whole when its worker dies."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django import app

from accounts import jobs
from accounts.jobs import perform, rescue, start_job
from accounts.models import Job, JobStatus, Organization, User
from accounts.progress import Progress
from accounts.tenancy.binding import bind
from inventory.models import ReasonCode
from tests import factories
from tests.accounts import work


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    before = dict(jobs.KINDS)
    work.register()
    yield
    jobs.KINDS.clear()
    jobs.KINDS.update(before)


def start(
    organization: Organization, actor: User | None = None, kind: str = "test_write", **arguments: Any
) -> Job:
    with bind(organization):
        return start_job(
            organization=organization, kind=kind, title="Write rows", arguments=arguments, actor=actor
        )


def read(job: Job) -> Job:
    with bind(job.organization):
        return Job.objects.get(pk=job.pk)


def written(organization: Organization) -> int:
    with bind(organization):
        return ReasonCode.objects.filter(code__startswith="JOB-").count()


def queued() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
        return cursor.fetchone()[0]


def run_worker() -> None:
    """A real worker on connections of its own, until the queue is empty."""

    def work_off() -> None:
        with app.replace_connector(app.connector.get_worker_connector()):
            app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)

    apart(work_off)


def apart(step: Callable[[], None]) -> None:
    """In a thread of its own: a browser test before this one leaves its event loop running in the main thread."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(step).result()


def start_and_fail(organization: Organization) -> None:
    with bind(organization):
        start(organization)
        raise ZeroDivisionError


@pytest.mark.django_db
def test_start_job_is_undone_with_its_transaction(organization: Organization) -> None:
    with pytest.raises(ZeroDivisionError):
        start_and_fail(organization)
    assert queued() == 0


@pytest.mark.django_db
def test_start_job_of_unknown_kind_is_refused(bound: Organization) -> None:
    with pytest.raises(ValueError, match="nothing does jobs"):
        start_job(organization=bound, kind="no_such", title="x", arguments={}, actor=None)


@pytest.mark.django_db
def test_queue_holds_ids_only(organization: Organization, alice: User) -> None:
    job = start(organization, alice, secret="business data")
    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs ORDER BY id DESC LIMIT 1")
        assert cursor.fetchone()[0] == f'{{"job_id": {job.pk}, "organization_id": {organization.pk}}}'


@pytest.mark.django_db
def test_job_done_keeps_result_and_history(organization: Organization, alice: User) -> None:
    job = start(organization, alice)
    assert factories.run_jobs() == 1
    done = read(job)
    assert (done.status, done.message, done.result["url"]) == (JobStatus.DONE, "60 written", "/somewhere/")
    with bind(organization):
        told = (
            Job.history.filter(id=job.pk)
            .order_by("history_id")
            .values_list("history_change_reason", flat=True)
        )
        assert list(told) == ["Started", "Begun", "Done"]
        assert ReasonCode.history.filter(code="JOB-0").get().history_user == alice


@pytest.mark.django_db
def test_job_refused_says_why(organization: Organization) -> None:
    job = start(organization, kind="test_refuse")
    factories.run_jobs()
    failed = read(job)
    assert (failed.status, failed.message) == (JobStatus.FAILED, "The file has no rows.")
    assert failed.result == {"code": "INVALID", "details": {"row": 1}}


@pytest.mark.django_db
def test_job_with_a_number_that_no_column_holds_says_so(organization: Organization) -> None:
    job = start(organization, kind="test_too_large")
    factories.run_jobs()
    failed = read(job)
    assert (failed.status, failed.result["code"]) == (JobStatus.FAILED, "INVALID")
    assert "larger than the books hold" in failed.message


@pytest.mark.django_db
def test_job_broken_is_logged_and_failed(
    organization: Organization, caplog: pytest.LogCaptureFixture
) -> None:
    job = start(organization, kind="test_break")
    with caplog.at_level(logging.ERROR, logger="accounts.jobs"):
        factories.run_jobs()
    assert read(job).status == JobStatus.FAILED
    assert f"the log keeps as job {job.pk}" in read(job).message
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.django_db
def test_job_that_ended_is_not_done_again(organization: Organization) -> None:
    job = start(organization)
    factories.run_jobs()
    perform(organization_id=organization.pk, job_id=job.pk)
    assert written(organization) == work.ORDERS


@pytest.mark.django_db(transaction=True)
def test_worker_runs_jobs_of_two_organizations_apart() -> None:
    acme, other = factories.make_organization("acme"), factories.make_organization("other")
    first, second = start(acme), start(other)
    run_worker()
    assert (read(first).status, read(second).status) == (JobStatus.DONE, JobStatus.DONE)
    assert (written(acme), written(other)) == (work.ORDERS, work.ORDERS)


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_before_the_work_commits() -> None:
    organization = factories.make_organization("acme")
    job = start(organization)
    with Progress(organization.pk, job.pk) as progress, bind(organization):
        progress.start(100, done=40)
        reader = connection.copy()
        with reader.cursor() as cursor:
            cursor.execute("SELECT set_config('app.organization', %s, false)", [str(organization.pk)])
            cursor.execute("SELECT done, total FROM accounts_job WHERE id = %s", [job.pk])
            assert cursor.fetchone() == (40, 100)
        reader.close()


@pytest.mark.django_db(transaction=True)
def test_progress_never_waits_for_a_locked_job() -> None:
    organization = factories.make_organization("acme")
    job = start(organization)
    with Progress(organization.pk, job.pk) as progress:
        with bind(organization):
            Job.objects.select_for_update().get(pk=job.pk)
            progress.start(10, done=1)
        progress.start(10, done=2)
    assert read(job).done == 2


@pytest.mark.django_db(transaction=True)
def test_job_is_not_done_by_two_workers_at_once() -> None:
    organization = factories.make_organization("acme")
    job = start(organization)
    with Progress(organization.pk, job.pk) as elsewhere:
        assert elsewhere.claim()
        with pytest.raises(jobs.JobIsRunning):
            perform(organization_id=organization.pk, job_id=job.pk)
    perform(organization_id=organization.pk, job_id=job.pk)
    assert read(job).status == JobStatus.DONE


@pytest.mark.django_db(transaction=True)
def test_worker_that_must_end_leaves_whole_chunks_and_the_job_to_another() -> None:
    organization = factories.make_organization("acme")
    job = start(organization)
    with pytest.raises(jobs.JobAborted):
        perform(organization_id=organization.pk, job_id=job.pk, is_stopping=lambda: True)
    assert (written(organization), read(job).status) == (work.CHUNK, JobStatus.RUNNING)
    run_worker()
    assert (written(organization), read(job).status) == (work.ORDERS, JobStatus.DONE)


@pytest.mark.django_db(transaction=True)
def test_killed_worker_leaves_whole_documents_and_a_retry_finishes() -> None:
    organization = factories.make_organization("acme")
    job = start(organization, pause=0.15)
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.accounts.work", str(connection.settings_dict["NAME"])],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "backflush.settings"},
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: read(job).done >= 2 * work.CHUNK)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    left = written(organization)
    assert 0 < left < work.ORDERS
    assert left % work.CHUNK == 0
    assert read(job).status == JobStatus.RUNNING
    wait_for(rescued, seconds=15)
    run_worker()
    assert (written(organization), read(job).status) == (work.ORDERS, JobStatus.DONE)
    with bind(organization):
        assert ReasonCode.history.filter(code__startswith="JOB-").count() == work.ORDERS


def rescue_now(seconds_since_heartbeat: float) -> None:
    """What the periodic task does inside a worker."""

    async def run() -> None:
        async with app.open_async():
            await rescue(seconds_since_heartbeat=seconds_since_heartbeat)

    def rescue_apart() -> None:
        with app.replace_connector(app.connector.get_worker_connector()):
            asyncio.run(run())

    apart(rescue_apart)


def rescued() -> bool:
    rescue_now(0.5)
    return queued() == 1


def wait_for(condition: Any, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


@pytest.mark.django_db(transaction=True)
def test_rescue_gives_up_after_the_last_attempt() -> None:
    organization = factories.make_organization("acme")
    job = start(organization)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', attempts = %s", [jobs.MAX_ATTEMPTS - 1]
        )
    rescue_now(0)
    assert queued() == 0
    assert read(job).status == JobStatus.FAILED
    assert "interrupted 5 times" in read(job).message


@pytest.mark.django_db
def test_job_pages_show_progress_and_result(
    organization: Organization, alice: User, alice_client: Client
) -> None:
    job = start(organization, alice)
    page = f"/o/acme/jobs/{job.pk}/"
    assert f'hx-get="{page}progress/"' in alice_client.get(page).content.decode()
    assert "HX-Refresh" not in alice_client.get(f"{page}progress/")
    factories.run_jobs()
    assert alice_client.get(f"{page}progress/")["HX-Refresh"] == "true"
    shown = alice_client.get(page).content.decode()
    assert '<a class="btn primary" href="/somewhere/">See them</a>' in shown
    assert "60 written" in shown


@pytest.mark.django_db
def test_job_list_shows_own_jobs_and_leaves_quiet_ones_out(
    organization: Organization, alice: User, bob: User, alice_client: Client
) -> None:
    start(organization, alice)
    start(organization, alice, kind="test_quiet")
    start(organization, bob)
    shown = alice_client.get("/o/acme/jobs/").content.decode()
    assert shown.count('class="code"') == 1


@pytest.mark.django_db
def test_today_shows_jobs_that_run(organization: Organization, alice: User, alice_client: Client) -> None:
    start(organization, alice)
    assert "Write rows" in alice_client.get("/o/acme/").content.decode()
    factories.run_jobs()
    assert "Write rows" not in alice_client.get("/o/acme/").content.decode()


@pytest.mark.django_db
def test_job_list_asks_a_constant_number_of_queries(
    organization: Organization, alice: User, alice_client: Client
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            alice_client.get("/o/acme/jobs/")
        return len(queries)

    start(organization, alice)
    count()
    one = count()
    start(organization, alice)
    start(organization, alice)
    assert count() == one
