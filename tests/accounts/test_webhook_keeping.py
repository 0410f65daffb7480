"""What a person does with a webhook: secrets that overlap, a ping, sending again, switching off."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions.webhooks import (
    ping_webhook,
    remove_webhook,
    resend,
    rotate_secret,
    switch_webhook,
)
from accounts.errors import AppError
from accounts.models import (
    Organization,
    User,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.tenancy.binding import bind
from tests.accounts.hooks import DRAFTED, Hook
from tests.accounts.receiver import Receiver, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("local_networks")]


class TestSecrets:
    def test_both_secrets_are_valid_while_they_overlap(self, hook: Hook, receiver: Receiver) -> None:
        rotated = rotate_secret(
            organization=hook.organization, endpoint_id=hook.pk, overlap_hours=24, actor=hook.admin
        )
        hook.tell((DRAFTED, "WO-1"))
        hook.work()
        with bind(hook.organization):
            endpoint = hook.again()
            assert endpoint.old_secret_until is not None
            assert endpoint.old_secret_until > timezone.now() + timedelta(hours=23)
            endpoint.old_secret_until = timezone.now()
            endpoint.save(update_fields=["old_secret_until"])
        hook.tell((DRAFTED, "WO-2"))
        hook.work()

        both, new = receiver.received
        assert rotated.secret != hook.secret
        assert [both.is_signed_with(secret) for secret in (hook.secret, rotated.secret)] == [True, True]
        assert [new.is_signed_with(secret) for secret in (hook.secret, rotated.secret)] == [False, True]

    def test_secret_that_leaked_ends_at_once(self, hook: Hook, receiver: Receiver) -> None:
        rotated = rotate_secret(
            organization=hook.organization, endpoint_id=hook.pk, overlap_hours=0, actor=hook.admin
        )
        hook.tell((DRAFTED, "WO-1"))
        hook.work()

        (one,) = receiver.received
        assert not one.is_signed_with(hook.secret)
        assert one.is_signed_with(rotated.secret)

    def test_no_row_and_no_log_holds_a_secret(
        self, hook: Hook, receiver: Receiver, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        rotated = rotate_secret(
            organization=hook.organization, endpoint_id=hook.pk, overlap_hours=24, actor=hook.admin
        )
        receiver.answer = status(500)
        hook.tell((DRAFTED, "WO-1"))
        hook.work()

        tables = [
            "accounts_webhookendpoint",
            "accounts_historicalwebhookendpoint",
            "accounts_webhookdelivery",
            "accounts_webhookattempt",
        ]
        with bind(hook.organization), connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(f"SELECT to_jsonb(t)::text FROM {table} t" for table in tables))
            kept = "\n".join(row[0] for row in cursor.fetchall())
        for secret in (hook.secret, rotated.secret):
            assert secret.removeprefix("whsec_") not in kept + caplog.text
        assert "nonce" not in {f.name for f in WebhookEndpoint.history.model._meta.get_fields()}

    def test_changed_server_key_is_named_and_nothing_is_sent_with_a_wrong_signature(
        self, hook: Hook, receiver: Receiver, settings: Any
    ) -> None:
        hook.tell((DRAFTED, "WO-1"))
        settings.SECRET_KEY = "another key than before"
        hook.work()

        assert receiver.received == []
        assert [attempt.error for attempt in hook.attempts()] == [
            "The server's SECRET_KEY was changed: rotate this webhook's secret"
        ]
        rotated = rotate_secret(
            organization=hook.organization, endpoint_id=hook.pk, overlap_hours=24, actor=hook.admin
        )
        hook.later()
        hook.work()

        (one,) = receiver.received
        assert one.is_signed_with(rotated.secret)


class TestByHand:
    def test_ping_is_sent_once_and_tells_what_came_back(self, hook: Hook, receiver: Receiver) -> None:
        receiver.answer = status(404, b"no such hook")
        ping_webhook(organization=hook.organization, endpoint_id=hook.pk, actor=hook.admin)
        hook.work()
        hook.later()
        hook.work()

        (one,) = receiver.received
        assert (one.name, one.event["by"]) == ("webhook.ping", hook.admin.email)
        assert one.is_signed_with(hook.secret)
        assert hook.log() == [("webhook.ping", "", "failed", 1)]
        (attempt,) = hook.attempts()
        assert (attempt.response_body, attempt.requested_by_id) == ("no such hook", hook.admin.pk)

    def test_what_was_delivered_is_sent_again_with_the_same_id(self, hook: Hook, receiver: Receiver) -> None:
        hook.tell((DRAFTED, "WO-1"))
        hook.work()
        with bind(hook.organization):
            delivery = WebhookDelivery.objects.get()
        resend(organization=hook.organization, delivery_id=delivery.pk, actor=hook.admin)
        hook.work()

        first, second = receiver.received
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert [attempt.requested_by_id for attempt in hook.attempts()] == [None, hook.admin.pk]
        assert hook.log() == [(DRAFTED, "WO-1", "delivered", 2)]

    def test_webhook_that_is_off_is_not_tried(self, hook: Hook) -> None:
        switch_webhook(organization=hook.organization, endpoint_id=hook.pk, is_active=False, actor=hook.admin)
        with pytest.raises(AppError, match="switched off"):
            ping_webhook(organization=hook.organization, endpoint_id=hook.pk, actor=hook.admin)

    def test_removed_webhook_is_gone(self, hook: Hook, receiver: Receiver) -> None:
        hook.tell((DRAFTED, "WO-1"))
        remove_webhook(organization=hook.organization, endpoint_id=hook.pk, actor=hook.admin)
        hook.work()

        assert receiver.received == []
        with pytest.raises(AppError) as refused:
            ping_webhook(organization=hook.organization, endpoint_id=hook.pk, actor=hook.admin)
        assert refused.value.code == "NOT_FOUND"

    def test_only_who_keeps_the_settings_makes_a_webhook(
        self, organization: Organization, alice: User, receiver: Receiver
    ) -> None:
        with pytest.raises(AppError) as refused:
            Hook(organization, alice, receiver.url)
        assert refused.value.code == "FORBIDDEN"

    def test_unknown_event_is_refused(
        self, organization: Organization, admin: User, receiver: Receiver
    ) -> None:
        with pytest.raises(AppError, match=r"There is no event backflush\.eaten"):
            Hook(organization, admin, receiver.url, "backflush.eaten")


def test_history_tells_who_changed_a_webhook(hook: Hook) -> None:
    rotate_secret(organization=hook.organization, endpoint_id=hook.pk, overlap_hours=1, actor=hook.admin)
    with bind(hook.organization):
        rows = WebhookEndpoint.history.filter(id=hook.pk).order_by("history_id")
        told = [(row.history_change_reason, row.history_user) for row in rows]
    assert told == [
        ("Made", hook.admin),
        ("Secret rotated; the old one is valid for 1 hours more", hook.admin),
    ]


def test_verification_of_the_documentation_tells_genuine_requests(hook: Hook, receiver: Receiver) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "events.md").read_text()
    (source,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    documented: dict[str, Any] = {}
    exec(source, documented)
    rotate_secret(organization=hook.organization, endpoint_id=hook.pk, overlap_hours=1, actor=hook.admin)
    hook.tell((DRAFTED, "WO-1"))
    hook.work()

    (one,) = receiver.received
    is_genuine = documented["is_genuine"]
    assert is_genuine(one.headers, one.body, hook.secret)
    assert not is_genuine(one.headers, one.body + b" ", hook.secret)
    assert not is_genuine({**one.headers, "webhook-timestamp": "1700000000"}, one.body, hook.secret)
    assert not is_genuine({**one.headers, "webhook-id": "acme-2"}, one.body, hook.secret)
