"""Webhooks: signed, in order per work order, and written down."""

from __future__ import annotations

import json
import socket
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from accounts.actions.webhooks import (
    switch_webhook,
)
from accounts.events import as_json, events_after
from accounts.models import (
    DeliveryStatus,
    Organization,
    User,
    WebhookAttempt,
    WebhookDelivery,
)
from accounts.tenancy.binding import bind
from accounts.webhooks.delivering import TRY_AGAIN, deliver, spread
from accounts.webhooks.forgetting import forget_old_deliveries
from tests.accounts.hooks import CLOSED, DRAFTED, POSTED, Hook, change_url, dead_url
from tests.accounts.receiver import Receiver, receiving, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("local_networks")]


class TestDelivery:
    def test_event_arrives_as_it_is_read_and_signed(self, hook: Hook, receiver: Receiver) -> None:
        hook.tell((POSTED, "WO-1"))
        hook.work()

        (one,) = receiver.received
        with bind(hook.organization):
            (event,) = events_after(0, limit=10)
            assert one.event == as_json(event, hook.organization)
        assert one.path == "/hooks?site=7"
        assert one.headers["content-type"] == "application/json"
        assert one.headers["webhook-id"] == "acme-1"
        assert abs(int(one.headers["webhook-timestamp"]) - time.time()) < 60
        assert one.is_signed_with(hook.secret)
        assert not one.is_signed_with("whsec_" + "A" * 43 + "=")
        assert hook.log() == [(POSTED, "WO-1", "delivered", 1)]
        (attempt,) = hook.attempts()
        assert (attempt.status_code, attempt.error, attempt.url) == (204, "", receiver.url)
        assert attempt.request_headers["webhook-signature"] == one.headers["webhook-signature"]

        hook.work()

        assert len(receiver.received) == 1

    def test_endpoint_gets_what_it_wants_and_what_happens_from_now_on(
        self, organization: Organization, admin: User, hook: Hook, receiver: Receiver
    ) -> None:
        hook.tell((DRAFTED, "WO-1"), (POSTED, "WO-1"))
        with receiving() as other:
            picky = Hook(organization, admin, other.url, CLOSED)
            hook.tell((DRAFTED, "WO-2"), (CLOSED, "WO-2"))
            picky.work()

            assert receiver.names == [DRAFTED, POSTED, DRAFTED, CLOSED]
            assert other.names == [CLOSED]

    def test_endpoint_that_is_off_is_told_nothing_of_the_meantime(
        self, hook: Hook, receiver: Receiver
    ) -> None:
        def switch(is_active: bool) -> None:
            switch_webhook(
                organization=hook.organization, endpoint_id=hook.pk, is_active=is_active, actor=hook.admin
            )

        hook.tell((DRAFTED, "before"))
        spread(hook.organization)
        switch(False)
        hook.tell((DRAFTED, "meanwhile"))
        hook.work()
        assert receiver.received == []

        switch(True)
        hook.tell((DRAFTED, "after"))
        hook.work()

        assert [one.event["work_order"] for one in receiver.received] == ["before", "after"]

    def test_reader_of_the_feed_queues_what_it_numbers(self, hook: Hook, receiver: Receiver) -> None:
        hook.tell((POSTED, "WO-1"))
        with bind(hook.organization):
            events_after(0, limit=1)
        hook.work()

        assert receiver.names == [POSTED]

    def test_time_that_is_over_leaves_the_rest_to_the_next_turn(self, hook: Hook, receiver: Receiver) -> None:
        hook.tell(*((DRAFTED, f"WO-{n}") for n in range(3)))
        spread(hook.organization)

        assert deliver(hook.organization, hook.pk, seconds=0) is True
        assert len(receiver.received) == 1
        assert deliver(hook.organization, hook.pk, seconds=60, is_stopping=lambda: True) is True
        assert len(receiver.received) == 2
        assert deliver(hook.organization, hook.pk, seconds=60) is False
        assert len(receiver.received) == 3

    def test_connection_is_kept_while_the_receiver_keeps_it(
        self, organization: Organization, admin: User
    ) -> None:
        with receiving(protocol="HTTP/1.1") as receiver:
            hook = Hook(organization, admin, receiver.url)
            hook.tell(*((DRAFTED, f"WO-{n}") for n in range(5)))
            hook.work()

            assert (len(receiver.received), receiver.connections) == (5, 1)

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(lambda handler, one: hang_up(handler), id="hung up"),
            pytest.param(status(200, b"x" * 200_000, Content_Length="200000"), id="a long answer"),
            pytest.param(status(200, b"", Content_Length="0", Connection="close"), id="said so"),
        ],
    )
    def test_connection_that_ended_is_made_anew(
        self, organization: Organization, admin: User, answer: Any
    ) -> None:
        with receiving(protocol="HTTP/1.1") as receiver:
            hook = Hook(organization, admin, receiver.url)
            receiver.answer = answer
            hook.tell(*((DRAFTED, f"WO-{n}") for n in range(3)))
            hook.work()

            assert [row[2:] for row in hook.log()] == [("delivered", 1)] * 3
            assert (len(receiver.received), receiver.connections) == (3, 3)

    def test_receiver_that_hangs_up_without_an_answer(self, hook: Hook, receiver: Receiver) -> None:
        receiver.answer = lambda handler, one: handler.connection.shutdown(socket.SHUT_RDWR)
        hook.tell((DRAFTED, "WO-1"))
        hook.work()

        assert [attempt.error for attempt in hook.attempts()] == [
            "The connection was closed without an answer"
        ]


def hang_up(handler: Any) -> None:
    """Answer, and close the line without a word."""
    status(200, b"", Content_Length="0")(handler, None)  # type: ignore[arg-type]
    handler.wfile.flush()
    handler.close_connection = True


class TestOrder:
    def test_later_event_of_an_order_waits_for_the_earlier(self, hook: Hook, receiver: Receiver) -> None:
        receiver.answer = lambda handler, one: status(500 if one.event["work_order"] == "WO-1" else 204)(
            handler, one
        )
        hook.tell((DRAFTED, "WO-1"), (POSTED, "WO-1"), (DRAFTED, "WO-2"), (POSTED, "WO-2"))
        hook.work()

        told = [(one.name, one.event["work_order"]) for one in receiver.received]
        assert told == [(DRAFTED, "WO-1"), (DRAFTED, "WO-2"), (POSTED, "WO-2")]

        receiver.answer = status(200)
        hook.work()
        assert len(receiver.received) == 3  # its time has not come
        hook.later()
        hook.work()

        assert receiver.names[3:] == [DRAFTED, POSTED]
        assert [row[2:] for row in hook.log()] == [
            ("delivered", 2),
            ("delivered", 1),
            ("delivered", 1),
            ("delivered", 1),
        ]
        first, again = receiver.received[0], receiver.received[3]
        assert again.body == first.body
        assert again.headers["webhook-id"] == first.headers["webhook-id"]

    def test_bad_answers_are_tried_again_less_and_less_often_and_then_given_up(
        self, hook: Hook, receiver: Receiver
    ) -> None:
        receiver.answer = lambda handler, one: status(503 if one.name == DRAFTED else 200)(handler, one)
        hook.tell((DRAFTED, "WO-1"), (CLOSED, "WO-1"))
        waits = []
        for _ in range(len(TRY_AGAIN)):
            hook.work()
            with bind(hook.organization):
                delivery = WebhookDelivery.objects.get(name=DRAFTED)
            waits.append(delivery.next_try_at - hook.attempts()[-1].at)
            hook.later()
        assert waits == TRY_AGAIN
        assert delivery.last_outcome == "Answered 503"
        assert CLOSED not in receiver.names

        hook.work()

        assert hook.log() == [
            (DRAFTED, "WO-1", "failed", len(TRY_AGAIN) + 1),
            (CLOSED, "WO-1", "delivered", 1),
        ]

    def test_delivery_that_somebody_sends_is_sent_by_nobody_else(
        self, hook: Hook, receiver: Receiver
    ) -> None:
        seen: list[bool] = []

        def answer(handler: Any, one: Any) -> None:
            status(204)(handler, one)

        receiver.answer = answer
        hook.tell((DRAFTED, "WO-1"), (POSTED, "WO-1"))
        spread(hook.organization)
        with bind(hook.organization):
            first = WebhookDelivery.objects.earliest("pk")
            claimed = timezone.now() + timedelta(seconds=30)
            WebhookDelivery.objects.filter(pk=first.pk).update(claimed_until=claimed)
        seen.append(deliver(hook.organization, hook.pk, seconds=60))

        assert (seen, receiver.received) == ([False], [])


def test_log_is_kept_for_thirty_days(hook: Hook, receiver: Receiver) -> None:
    hook.tell((DRAFTED, "old"), (DRAFTED, "recent"))
    hook.work()
    change_url(hook, dead_url())
    hook.tell((DRAFTED, "waiting for ever"))
    hook.work()
    with bind(hook.organization):
        ended = timezone.now() - timedelta(days=31)
        WebhookDelivery.objects.filter(ordering_key="old").update(ended_at=ended)
        WebhookDelivery.objects.filter(status="waiting").update(created_at=ended)
    assert len(hook.attempts()) == 3

    assert forget_old_deliveries(hook.organization) == 1

    assert [row[1] for row in hook.log()] == ["recent", "waiting for ever"]
    assert len(hook.attempts()) == 2
    with bind(hook.organization):
        assert len(events_after(0, limit=10)) == 3


def test_attempt_is_never_rewritten(hook: Hook, receiver: Receiver) -> None:
    hook.tell((DRAFTED, "WO-1"))
    hook.work()
    with pytest.raises(DatabaseError, match="append-only"), bind(hook.organization):
        WebhookAttempt.objects.update(status_code=200)


def test_payload_of_a_delivery_is_json(hook: Hook, receiver: Receiver) -> None:
    hook.tell((DRAFTED, "WÖ-1 “x”"))
    hook.work()

    assert json.loads(receiver.received[0].body.decode("utf-8"))["work_order"] == "WÖ-1 “x”"
    assert hook.log()[0][2] == DeliveryStatus.DELIVERED
