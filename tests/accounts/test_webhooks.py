"""Webhooks: signed, in order per work order, tried again, and never sent where they must not go."""

from __future__ import annotations

import json
import logging
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from accounts.actions.webhooks import (
    change_webhook,
    create_webhook,
    ping_webhook,
    remove_webhook,
    resend,
    rotate_secret,
    switch_webhook,
)
from accounts.choices import EventName
from accounts.errors import AppError
from accounts.events import NewEvent, as_json, events_after, record_events
from accounts.models import (
    DeliveryStatus,
    Organization,
    User,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.tenancy.binding import bind
from accounts.webhooks import sending
from accounts.webhooks.delivering import LEAVE_ALONE, TRY_AGAIN, deliver, spread
from accounts.webhooks.forgetting import forget_old_deliveries
from accounts.webhooks.targets import demand_target
from tests import factories
from tests.accounts.receiver import Receiver, receiving, status

pytestmark = pytest.mark.django_db

DRAFTED, POSTED, CLOSED = (
    EventName.BACKFLUSH_DRAFTED,
    EventName.INVENTORY_BACKFLUSHED,
    EventName.WORK_ORDER_CLOSED,
)


@pytest.fixture(autouse=True)
def _local(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def admin(organization: Organization) -> User:
    return factories.admin_of(organization)


class Hook:
    """A webhook of the organization, its secret, and the worker that serves it."""

    def __init__(self, organization: Organization, admin: User, url: str, *names: str) -> None:
        made = create_webhook(organization=organization, name="ERP", url=url, event_names=names, actor=admin)
        self.organization, self.admin = organization, admin
        self.pk, self.secret = made.endpoint.pk, made.secret

    def tell(self, *told: tuple[EventName, str]) -> None:
        with bind(self.organization):
            record_events(
                [NewEvent(name, {}, {}, work_order=order) for name, order in told], actor=self.admin
            )

    def work(self) -> None:
        """What a worker does when it is woken."""
        for endpoint_id in spread(self.organization):
            deliver(self.organization, endpoint_id, seconds=60)

    def later(self) -> None:
        """All waits are over."""
        now = timezone.now()
        with bind(self.organization):
            WebhookDelivery.objects.filter(endpoint=self.pk).update(next_try_at=now, claimed_until=None)
            WebhookEndpoint.objects.filter(pk=self.pk).update(paused_until=None)

    def log(self) -> list[tuple[str, str, str, int]]:
        """Name, order, status and attempts of each delivery."""
        columns = ("name", "ordering_key", "status", "attempt_count")
        with bind(self.organization):
            return list(WebhookDelivery.objects.order_by("pk").values_list(*columns))

    def attempts(self) -> list[WebhookAttempt]:
        with bind(self.organization):
            return list(WebhookAttempt.objects.order_by("pk"))

    def again(self) -> WebhookEndpoint:
        with bind(self.organization):
            return WebhookEndpoint.objects.get(pk=self.pk)


@pytest.fixture
def hook(organization: Organization, admin: User, receiver: Receiver) -> Hook:
    return Hook(organization, admin, receiver.url)


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


def change_url(hook: Hook, url: str) -> None:
    change_webhook(
        organization=hook.organization,
        endpoint_id=hook.pk,
        name="ERP",
        url=url,
        event_names=[],
        actor=hook.admin,
    )


def dead_url() -> str:
    with receiving() as gone:
        return gone.url


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


class TestTargets:
    @pytest.mark.parametrize(
        ("url", "why"),
        [
            ("https://10.1.2.3/hook", "private address"),
            ("https://192.168.0.1:8443/hook", "private address"),
            ("https://169.254.169.254/latest/meta-data", "private address"),
            ("https://168.63.129.16/machine", "private address"),
            ("https://[::1]/hook", "private address"),
            ("https://[fd00:ec2::254]/", "private address"),
            ("https://[::ffff:10.0.0.1]/", "private address"),
            ("https://[64:ff9b::a00:1]/", "private address"),
            ("https://[fec0::1]/", "private address"),
            ("https://0x0a000001/", "private address"),
            ("https://0.0.0.0/", "private address"),
            ("http://142.250.185.78/hook", "Use https"),
            ("https://user:secret@example.com/hook", "Leave user and password out"),
            ("https://no-such-host.invalid/", "cannot be found"),
            ("ftp://example.com/", "no address"),
            ("https:///hook", "no address"),
            ("https://example.com:99999/", "no address"),
            ("https://example.com/a b", "no spaces"),
            ("https://example.com/\r\nX-Evil: 1", "no spaces"),
            ("hook", "no address"),
        ],
    )
    def test_target_that_is_refused(self, url: str, why: str) -> None:
        with pytest.raises(AppError) as refused:
            demand_target(url)
        assert refused.value.code == "INVALID"
        assert why in refused.value.message
        assert list(refused.value.details) == ["url"]

    def test_this_machine_is_refused_unless_the_operator_allows_it(
        self, organization: Organization, admin: User, receiver: Receiver, settings: Any
    ) -> None:
        settings.WEBHOOK_PRIVATE_NETWORKS = []
        hook = Hook(organization, admin, "https://142.250.185.78/")
        for url in (receiver.url, receiver.url.replace("127.0.0.1", "localhost")):
            with pytest.raises(AppError, match="private address"):
                Hook(organization, admin, url)
            with pytest.raises(AppError, match="private address"):
                change_url(hook, url)
        settings.WEBHOOK_PRIVATE_NETWORKS = [ip_network("127.0.0.1/32")]
        assert Hook(organization, admin, receiver.url).pk

    def test_name_that_leads_elsewhere_since_it_was_saved_is_not_called(
        self, organization: Organization, admin: User, receiver: Receiver, settings: Any, monkeypatch: Any
    ) -> None:
        """DNS rebinding: public when it is checked at saving, this machine when it is called."""
        port = int(receiver.url.split(":")[2].split("/")[0])
        leads_to = lead(monkeypatch, "142.250.185.78")
        hook = Hook(organization, admin, f"https://hooks.example.com:{port}/")
        settings.WEBHOOK_PRIVATE_NETWORKS = []
        leads_to[:] = ["142.250.185.78", "127.0.0.1"]
        hook.tell((DRAFTED, "WO-1"))
        hook.work()

        assert receiver.received == []
        (attempt,) = hook.attempts()
        assert "leads to a private address" in attempt.error

    def test_address_that_was_checked_is_the_one_that_is_called(
        self, organization: Organization, admin: User, receiver: Receiver, monkeypatch: Any
    ) -> None:
        """Each sending asks for the name once: there is no second look that could find something else."""
        leads_to = lead(monkeypatch, "127.0.0.1")
        port = receiver.url.split(":")[2].split("/")[0]
        hook = Hook(organization, admin, f"http://hooks.example.com:{port}/x")
        hook.tell((DRAFTED, "WO-1"))
        asked = len(leads_to.asked)
        hook.work()

        (one,) = receiver.received
        assert one.headers["host"] == f"hooks.example.com:{port}"
        assert leads_to.asked[asked:] == ["hooks.example.com", "127.0.0.1"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of hooks.example.com, signed by itself; its key lies beside it."""
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=hooks.example.com "
        "-addext subjectAltName=DNS:hooks.example.com -keyout key.pem -out cert.pem"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder / "cert.pem"


@pytest.mark.skipif(not shutil.which("openssl"), reason="makes a certificate with openssl")
class TestTls:
    """By https the certificate must be the host's, while the connection goes to the address that was checked."""

    @pytest.fixture
    def secure(self, certificate: Path) -> Iterator[Receiver]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_name("key.pem"))
        with receiving(tls=context) as found:
            yield found

    def deliver(self, organization: Organization, admin: User, secure: Receiver, host: str) -> Hook:
        port = secure.url.split(":")[2].split("/")[0]
        hook = Hook(organization, admin, f"https://{host}:{port}/x")
        hook.tell((DRAFTED, "WO-1"))
        hook.work()
        return hook

    def test_delivery_to_the_certificates_host(
        self,
        organization: Organization,
        admin: User,
        secure: Receiver,
        certificate: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        lead(monkeypatch, "127.0.0.1")
        hook = self.deliver(organization, admin, secure, "hooks.example.com")

        (one,) = secure.received
        assert one.is_signed_with(hook.secret)

    def test_certificate_that_nobody_trusts(
        self, organization: Organization, admin: User, secure: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lead(monkeypatch, "127.0.0.1")
        hook = self.deliver(organization, admin, secure, "hooks.example.com")

        assert secure.received == []
        assert [attempt.error[:28] for attempt in hook.attempts()] == ["The certificate is not valid"]

    def test_certificate_of_another_host(
        self,
        organization: Organization,
        admin: User,
        secure: Receiver,
        certificate: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        hook = self.deliver(organization, admin, secure, "127.0.0.1")

        assert secure.received == []
        assert [attempt.error[:28] for attempt in hook.attempts()] == ["The certificate is not valid"]


class Leads(list[str]):
    """Where a name leads, and which names and addresses were looked up."""

    asked: list[str]


def lead(monkeypatch: Any, *addresses: str) -> Leads:
    found, real = Leads(addresses), socket.getaddrinfo
    found.asked = []

    def look_up(host: Any, port: Any, *words: Any, **more: Any) -> Any:
        found.asked.append(host)
        if host != "hooks.example.com":
            return real(host, port, *words, **more)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return found


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


def test_payload_of_a_delivery_is_json(hook: Hook, receiver: Receiver) -> None:
    hook.tell((DRAFTED, "WÖ-1 “x”"))
    hook.work()

    assert json.loads(receiver.received[0].body.decode("utf-8"))["work_order"] == "WÖ-1 “x”"
    assert hook.log()[0][2] == DeliveryStatus.DELIVERED
