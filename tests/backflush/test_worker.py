"""A worker that is killed while it posts leaves whole documents only, and the next one finishes the rest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter

import pytest
from django.db import connection

from accounts.jobs import start_job
from accounts.models import Event, Job, JobStatus
from accounts.tenancy.binding import bind
from approvals.actions.submitting import submit_backflushes
from approvals.models import ApprovalDecision, ApprovalRequest
from backflush.actions.drafting import draft_backflushes
from backflush.models import Backflush
from inventory.models import JournalEntry, StockEntry
from production.models import Receipt
from tests import factories
from tests.accounts.test_jobs import read, rescued, run_worker, wait_for
from tests.backflush.crowd import breaches
from tests.backflush.shop import Shop, open_shop
from tests.backflush.work import CHUNK

pytestmark = pytest.mark.django_db(transaction=True)

DOCUMENTS = 6 * CHUNK
POSTED = ["inventory.backflushed", "inventory.fg_received", "approval.signed"]


def _queue(shop: Shop) -> list[int]:
    org = shop.organization
    parts = [factories.make_item(org, f"M{n}", cost=2) for n in range(3)]
    for part in parts:
        factories.set_stock(org, part, 1000, unit_cost=2)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(part, 1) for part in parts])
    for _ in range(DOCUMENTS):
        factories.make_completion(org, factories.make_order(org, product, 2), 2)
    drafted = draft_backflushes(organization=org, actor=shop.planner).drafted
    return submit_backflushes(organization=org, backflush_ids=drafted, actor=shop.planner).submitted


def _start(shop: Shop, pks: list[int]) -> Job:
    with bind(shop.organization):
        return start_job(
            organization=shop.organization,
            kind="approve_backflushes",
            title="Sign the queue",
            arguments={"backflushes": pks},
            actor=shop.controller,
        )


def _posted(shop: Shop) -> int:
    with bind(shop.organization):
        return Backflush.objects.filter(status="POSTED").count()


def _assert_whole(shop: Shop) -> None:
    """Each posted document has all that belongs to it, each other one nothing."""
    with bind(shop.organization):
        for backflush in Backflush.objects.all():
            posted = 1 if backflush.status == "POSTED" else 0
            entries = StockEntry.objects.filter(source_kind="backflush", source_id=backflush.pk)
            assert entries.count() == 4 * posted
            assert JournalEntry.objects.filter(source_id=backflush.pk).count() == posted
            assert Receipt.objects.filter(completion_id=backflush.completion_id).count() == posted
            assert ApprovalDecision.objects.filter(request__backflush=backflush).count() == posted
            request = ApprovalRequest.objects.get(backflush=backflush)
            assert request.status == ("approved" if posted else "open")
            told = Event.objects.filter(subjects__backflush_id=backflush.pk).values_list("name", flat=True)
            assert Counter(told) == Counter(["backflush.drafted", "backflush.submitted", *POSTED * posted])
        count = Backflush.objects.filter(status="POSTED").count()
    assert [shop.balance(f"M{n}") for n in range(3)] == [(1000 - 2 * count, 200_000 - 400 * count)] * 3
    assert shop.balance("P") == (2 * count, 1_200 * count)
    assert breaches(shop.organization) == []


def test_worker_killed_while_posting_leaves_whole_documents_and_a_retry_finishes() -> None:
    shop = open_shop()
    job = _start(shop, _queue(shop))
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.backflush.work", str(connection.settings_dict["NAME"])],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "backflush.settings"},
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: _posted(shop) >= 2 * CHUNK, seconds=60)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    left = _posted(shop)
    assert 0 < left < DOCUMENTS
    assert left % CHUNK == 0
    assert read(job).status == JobStatus.RUNNING
    _assert_whole(shop)

    wait_for(rescued, seconds=15)
    run_worker()

    assert _posted(shop) == DOCUMENTS
    done = read(job)
    assert done.status == JobStatus.DONE
    assert done.message == f"{DOCUMENTS} signed, {DOCUMENTS} of them posted"
    _assert_whole(shop)


def test_same_job_done_twice_posts_nothing_twice() -> None:
    shop = open_shop()
    pks = _queue(shop)
    jobs = [_start(shop, pks), _start(shop, pks)]

    run_worker()

    assert [read(job).status for job in jobs] == [JobStatus.DONE] * 2, [read(job).message for job in jobs]

    assert _posted(shop) == DOCUMENTS
    _assert_whole(shop)
