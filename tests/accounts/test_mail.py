"""Mails: sent after the commit, once per job, over HTTP where a key is set."""

from __future__ import annotations

from typing import Any

import pytest
import resend
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.test import Client, override_settings
from procrastinate.contrib.django.models import ProcrastinateJob
from resend.exceptions import ResendError

from accounts.mail import IDEMPOTENCY_HEADER, ResendBackend
from accounts.models import User


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """What goes to the provider, instead of to the network."""
    found: list[tuple[Any, Any]] = []
    monkeypatch.setattr(
        resend.Emails, "send", lambda parameters, options=None: found.append((parameters, options))
    )
    return found


@override_settings(RESEND_API_KEY="re_test")
def test_resend_backend_hands_over_the_whole_mail(sent: list[tuple[Any, Any]]) -> None:
    message = EmailMultiAlternatives(
        "Subject",
        "Body",
        "Backflush <from@example.com>",
        ["to@example.com"],
        cc=["cc@example.com"],
        reply_to=["reply@example.com"],
        headers={IDEMPOTENCY_HEADER: "job-7", "X-Kind": "test"},
    )
    message.attach_alternative("<p>Body</p>", "text/html")
    assert ResendBackend().send_messages([message, EmailMessage("nobody", "x", "a@example.com", [])]) == 1
    assert resend.api_key == "re_test"
    assert sent == [
        (
            {
                "from": "Backflush <from@example.com>",
                "to": ["to@example.com"],
                "subject": "Subject",
                "text": "Body",
                "cc": ["cc@example.com"],
                "reply_to": ["reply@example.com"],
                "headers": {"X-Kind": "test"},
                "html": "<p>Body</p>",
            },
            {"idempotency_key": "job-7"},
        )
    ]


def test_resend_backend_says_what_went_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> None:
        raise ResendError(403, "validation_error", "The domain is not verified.", "Verify it.")

    monkeypatch.setattr(resend.Emails, "send", refuse)
    message = EmailMessage("s", "b", "a@example.com", ["b@example.com"])
    with pytest.raises(ResendError, match="not verified"):
        ResendBackend().send_messages([message])
    assert ResendBackend(fail_silently=True).send_messages([message]) == 0


@pytest.mark.django_db
def test_password_reset_is_mailed_after_the_commit(
    alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        Client().post("/account/password/reset/", {"email": alice.email})
        assert mail.outbox == []
    for callback in callbacks:
        callback()
    assert mail.outbox[0].to == [alice.email]
    assert "/account/password/reset/key/" in mail.outbox[0].body


@pytest.mark.django_db
def test_account_mail_of_a_change_that_is_rolled_back_is_not_sent(
    alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        Client().post("/account/password/reset/", {"email": alice.email})
        transaction.set_rollback(True)
    assert mail.outbox == []


@pytest.mark.django_db
def test_no_queue_keeps_the_link_of_an_account_mail(
    alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        Client().post("/account/password/reset/", {"email": alice.email})
    assert len(mail.outbox) == 1
    assert ProcrastinateJob.objects.count() == 0
