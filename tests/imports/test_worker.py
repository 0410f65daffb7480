"""A worker that is killed in the middle of a large load leaves nothing of it, and the next one loads it whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from django.db import connection

from accounts.models import Job, JobStatus, Organization, User
from accounts.tenancy.binding import bind
from imports.actions.load import check_import, receive_and_map
from imports.jobs import STEPS, start_load
from imports.models import ImportBatch
from inventory.models import Item
from tests.accounts.test_jobs import read, rescued, run_worker, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 6_000


def started(organization: Organization, alice: User) -> Job:
    text = "sku,description\n" + "".join(f"M-{number},Part {number}\n" for number in range(ROWS))
    with bind(organization):
        received, _ = receive_and_map(kind="items", file_name="items.csv", content=text.encode(), actor=alice)
        batch = check_import(batch=received.batch, actor=alice).batch
        return start_load(batch=batch, is_partial=False, actor=alice)


def test_killed_worker_leaves_nothing_of_a_load_and_a_retry_loads_it_whole(
    organization: Organization, alice: User
) -> None:
    job = started(organization, alice)
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.imports.work", str(connection.settings_dict["NAME"])],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "backflush.settings"},
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: read(job).done > ROWS * (STEPS - 1), seconds=60)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    with bind(organization):
        assert Item.objects.count() == 0
        assert Item.history.count() == 0
        assert ImportBatch.objects.get().status == "loading"
    assert read(job).status == JobStatus.RUNNING

    wait_for(rescued, seconds=15)
    run_worker()

    with bind(organization):
        assert Item.objects.count() == ROWS
        assert Item.history.count() == ROWS
        batch = ImportBatch.objects.get()
        assert (batch.status, batch.created_count, batch.refused_count) == ("loaded", ROWS, 0)
    assert read(job).status == JobStatus.DONE
