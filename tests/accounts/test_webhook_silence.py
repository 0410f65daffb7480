"""Receivers that do not answer: tried again, paused, switched off, and nothing lost."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import (
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.tenancy.binding import bind
from accounts.webhooks import sending
from accounts.webhooks.delivering import LEAVE_ALONE
from tests.accounts.hooks import DRAFTED, Hook, change_url, dead_url
from tests.accounts.receiver import Receiver, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("local_networks")]


class TestSilence:
    def test_endpoint_that_does_not_answer_is_left_alone_for_a_while(
        self, hook: Hook, receiver: Receiver
    ) -> None:
        hook.tell(*((DRAFTED, f"WO-{n}") for n in range(5)))
        change_url(hook, dead_url())
        hook.work()

        (attempt,) = hook.attempts()
        assert (attempt.status_code, attempt.error) == (None, "The connection was refused")
        endpoint = hook.again()
        assert endpoint.failures == 1
        assert endpoint.paused_until == attempt.at + LEAVE_ALONE[0]
        hook.work()
        assert len(hook.attempts()) == 1

        change_url(hook, receiver.url)  # a new address is tried at once
        with bind(hook.organization):
            WebhookDelivery.objects.update(next_try_at=timezone.now())
        hook.work()

        assert len(receiver.received) == 5
        assert [row[2] for row in hook.log()] == ["delivered"] * 5
        assert (hook.again().failures, hook.again().failing_since) == (0, None)

    def test_endpoint_that_is_silent_for_days_is_switched_off(self, hook: Hook, receiver: Receiver) -> None:
        change_url(hook, dead_url())
        hook.tell((DRAFTED, "WO-1"))
        hook.work()
        with bind(hook.organization):
            since = timezone.now() - timedelta(days=3)
            WebhookEndpoint.objects.filter(pk=hook.pk).update(failing_since=since)
        hook.later()
        hook.work()

        endpoint = hook.again()
        assert not endpoint.is_active
        with bind(hook.organization):
            told = endpoint.history.latest("history_id")
        assert told.history_change_reason == "Nobody has answered for 3 days: The connection was refused"
        assert told.history_user is None
        assert hook.log() == [(DRAFTED, "WO-1", "waiting", 2)]

    @pytest.mark.parametrize(
        ("beginning", "outcome"),
        [
            (b"HTTP/1.0 200 OK\r\nX-Slow: ", (None, "No answer within 1 seconds")),
            (b"HTTP/1.0 200 OK\r\n\r\n", (200, "")),
        ],
        ids=["headers", "body"],
    )
    def test_answer_that_drips_is_cut(
        self,
        hook: Hook,
        receiver: Receiver,
        monkeypatch: pytest.MonkeyPatch,
        beginning: bytes,
        outcome: tuple[int | None, str],
    ) -> None:
        """A timeout of the socket alone would begin anew with every byte, and never end."""
        monkeypatch.setattr(sending, "SECONDS", 0.6)

        def drip(handler: Any, one: Any) -> None:
            handler.wfile.write(beginning)
            with suppress(OSError):
                while True:
                    handler.wfile.write(b".")
                    time.sleep(0.05)

        receiver.answer = drip
        hook.tell((DRAFTED, "WO-1"))
        hook.work()

        (attempt,) = hook.attempts()
        assert (attempt.status_code, attempt.error) == outcome

    def test_long_answer_is_kept_in_part(self, hook: Hook, receiver: Receiver) -> None:
        receiver.answer = status(400, b"\x00\xff" + b"x" * 200_000, X_Trace="7" * 900)
        hook.tell((DRAFTED, "WO-1"))
        hook.work()

        (attempt,) = hook.attempts()
        assert attempt.response_body == "\ufffd\ufffd" + "x" * 1_998
        assert attempt.response_headers["X-Trace"] == "7" * 500

    def test_redirect_is_not_followed(self, hook: Hook, receiver: Receiver) -> None:
        receiver.answer = status(307, Location=receiver.url)
        hook.tell((DRAFTED, "WO-1"))
        hook.work()

        assert len(receiver.received) == 1
        with bind(hook.organization):
            outcome = WebhookDelivery.objects.get().last_outcome
        assert outcome == "Answered 307: redirects are not followed"
