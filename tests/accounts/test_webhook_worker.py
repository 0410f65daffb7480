"""Workers and webhooks: woken by a commit, and after a kill every event arrives, in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions.webhooks import change_webhook, create_webhook, switch_webhook
from accounts.choices import EventName
from accounts.events import NewEvent, number_events, record_events
from accounts.models import (
    DeliveryStatus,
    Event,
    Organization,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.tenancy.binding import bind
from accounts.webhook_jobs import sweep_webhooks
from accounts.webhooks.delivering import deliver
from tests import factories
from tests.accounts.receiver import Receiver, receiving
from tests.accounts.test_jobs import queued, rescue_now, run_worker, wait_for
from tests.backflush.crowd import all_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("local_networks")]

ORDERS, EACH = 4, 5


@pytest.fixture
def receiver(organization: Organization) -> Iterator[Receiver]:
    with receiving() as found:
        create_webhook(
            organization=organization,
            name="ERP",
            url=found.url,
            event_names=[EventName.BACKFLUSH_DRAFTED],
            actor=factories.admin_of(organization),
        )
        yield found


def work_off() -> None:
    """Tasks queue further tasks, and a worker that is told not to wait may have left by then."""
    while queued():
        run_worker()


def tell(
    organization: Organization, order: str, number: int, name: Any = EventName.BACKFLUSH_DRAFTED
) -> None:
    with bind(organization):
        record_events([NewEvent(name, {"n": number}, {}, work_order=order)], actor=None)


def test_commit_wakes_one_look_and_only_when_somebody_wants_to_know(
    organization: Organization, receiver: Receiver
) -> None:
    tell(organization, "WO-1", 1, EventName.BACKFLUSH_DISCARDED)
    assert queued() == 0
    tell(organization, "WO-1", 2)
    tell(organization, "WO-1", 3)
    assert queued() == 1

    work_off()

    assert [one.event["subjects"]["n"] for one in receiver.received] == [2, 3]
    with bind(organization):
        assert WebhookDelivery.objects.filter(status=DeliveryStatus.DELIVERED).count() == 2


def test_killed_worker_leaves_nothing_out_and_keeps_the_order(
    organization: Organization, receiver: Receiver
) -> None:
    for number in range(EACH):
        for order in range(ORDERS):
            tell(organization, f"WO-{order}", number)
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.accounts.webhook_work", str(connection.settings_dict["NAME"])],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "backflush.settings",
            "WEBHOOK_PRIVATE_NETWORKS": "127.0.0.0/8",
        },
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: len(receiver.received) >= 3, seconds=60)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    with bind(organization):
        noted = WebhookAttempt.objects.count()
        held = WebhookDelivery.objects.filter(claimed_until__gt=timezone.now())
        assert held.count() == 1
        held.update(claimed_until=timezone.now())  # the claim has run out
    assert noted == len(receiver.received) - 1

    def is_free() -> bool:
        rescue_now(0.5)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")
            return bool(cursor.fetchone()[0] == 0)

    wait_for(is_free, seconds=15)
    sweep_webhooks(0)
    work_off()

    with bind(organization):
        assert Event.objects.count() == ORDERS * EACH
        assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"delivered"}
    assert len(receiver.received) == ORDERS * EACH + 1
    ids = [one.headers["webhook-id"] for one in receiver.received]
    assert len(set(ids)) == ORDERS * EACH
    for order in range(ORDERS):
        told = [one.event for one in receiver.received if one.event["work_order"] == f"WO-{order}"]
        once = list(dict.fromkeys(event["subjects"]["n"] for event in told))
        assert once == list(range(EACH))


def test_settings_are_changed_while_events_are_queued(organization: Organization, receiver: Receiver) -> None:
    """Who changes a webhook holds it, who numbers events refers to it: neither waits for the other for ever."""
    admin = factories.admin_of(organization)
    with bind(organization):
        endpoint = WebhookEndpoint.objects.get()
    which: dict[str, Any] = {"organization": organization, "endpoint_id": endpoint.pk, "actor": admin}

    def switch() -> str:
        for n in range(10):
            switch_webhook(**which, is_active=n % 2 == 1)
        return "switched"

    def change() -> str:
        for _ in range(10):
            change_webhook(**which, name="ERP", url=receiver.url, event_names=[])
        return "changed"

    def number() -> str:
        for n in range(20):
            tell(organization, "WO-1", n)
            with bind(organization):
                number_events(is_waiting=True)
        return "numbered"

    def work() -> str:
        for _ in range(10):
            deliver(organization, endpoint.pk, seconds=1)
        return "delivered"

    answers = all_at_once([switch, change, number, number, work, work])

    assert answers == ["switched", "changed", "numbered", "numbered", "delivered", "delivered"]
    switch_webhook(**which, is_active=True)
    deliver(organization, endpoint.pk, seconds=60)
    with bind(organization):
        assert WebhookDelivery.objects.count() == len(receiver.received)
        assert set(WebhookDelivery.objects.values_list("status", "attempt_count")) <= {("delivered", 1)}


def test_sweep_finds_what_nobody_was_woken_for(organization: Organization, receiver: Receiver) -> None:
    tell(organization, "WO-1", 1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")

    sweep_webhooks(0)
    work_off()

    assert len(receiver.received) == 1
