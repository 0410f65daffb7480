"""Two people export at once: no entry goes out twice, and none is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import IntegrityError, connection

from accounts.errors import AppError
from accounts.models import Organization
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import insert_rows
from exports.actions.batches import create_batch, withdraw_batch
from exports.models import ExportBatch, ExportLine
from tests.exports.making import due, export, post, template_named
from tests.factories import make_item

pytestmark = pytest.mark.django_db(transaction=True)


def in_threads(count: int, work: Callable[[int], str]) -> list[str]:
    """What `count` people get who begin at the same moment, each on a connection of their own."""
    barrier = Barrier(count)

    def run(number: int) -> str:
        try:
            barrier.wait()
            return work(number)
        except AppError as error:
            return error.message.partition(":")[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(run, range(count)))


def test_concurrent_exports_take_each_entry_once(organization: Organization) -> None:
    item = make_item(organization, "BOLT")
    for quantity in range(1, 41):
        post(organization, item, -quantity)
    templates = [
        template_named(organization, name).pk
        for name in ("Stock adjustments", "NetSuite inventory adjustment")
    ]

    results = in_threads(
        8,
        lambda number: (
            create_batch(organization=organization, template_id=templates[number % 2], actor=None).number
        ),
    )

    assert results[0] == "EX-000001"
    assert {result.partition(" “")[0] for result in results[1:]} == {"Nothing is due for"}
    with bind(organization):
        assert ExportLine.objects.filter(is_live=True).count() == 40
        assert ExportBatch.objects.count() == 1
    assert due(organization) == []


def test_exporter_waits_for_the_one_before_and_sees_what_it_took(organization: Organization) -> None:
    item = make_item(organization, "BOLT")
    post(organization, item, -1)
    template = template_named(organization)
    has_written, may_commit = Event(), Event()

    def first() -> str:
        try:
            with bind(organization):
                number = create_batch(organization=organization, template_id=template.pk, actor=None).number
                has_written.set()
                may_commit.wait(10)
                return number
        finally:
            connection.close()

    def second() -> str:
        try:
            has_written.wait(10)
            may_commit.set()
            return export(organization, template).number
        except AppError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = [pool.submit(first), pool.submit(second)]

        assert [result.result() for result in results] == ["EX-000001", "INVALID"]


def test_concurrent_withdrawals_happen_once(organization: Organization) -> None:
    post(organization, make_item(organization, "BOLT"), -1)
    batch = export(organization)

    results = in_threads(
        4,
        lambda _: (
            withdraw_batch(organization=organization, batch_id=batch.pk, actor=None, reason="wrong").status
        ),
    )

    assert results == ["EX-000001 is withdrawn already."] * 3 + ["withdrawn"]


def test_database_itself_refuses_a_second_live_line(organization: Organization) -> None:
    entry = post(organization, make_item(organization, "BOLT"), -1)
    batch = export(organization)

    with pytest.raises(IntegrityError, match="export_line_one_live_per_entry"), bind(organization):
        insert_rows(
            ExportLine,
            ["entry_id", "line_number", "batch_id"],
            [(entry.pk, 2, batch.pk)],
            actor=None,
            reason="by force",
        )
