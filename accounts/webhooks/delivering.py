"""Sending what is due to an endpoint, in order, and writing down what came of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.events import as_json, moment, number_events
from accounts.models import DeliveryStatus, Organization, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row

from .queue import live_endpoints
from .secrets import KeyChanged, keys_of, signature
from .sending import SECONDS, Line, Outcome

PING = "webhook.ping"
CLAIM = timedelta(seconds=SECONDS + 20)
MINUTE = timedelta(minutes=1)
# After an answer that is no good one, the delivery is tried again after these; then it is given up.
TRY_AGAIN = [MINUTE * n for n in (1, 2, 5, 10, 30, 60, 120, 240, 480, 480)]
# While nobody answers, the endpoint as a whole is left alone for these; after so long it is switched off.
LEAVE_ALONE = [MINUTE * n for n in (1, 1, 2, 5, 10)]
SWITCHED_OFF_AFTER = timedelta(days=3)


class Message(NamedTuple):
    """A request as it goes out."""

    body: bytes
    headers: dict[str, str]


def spread(organization: Organization) -> list[int]:
    """Number what is new, and say which endpoints have something due."""
    while True:
        with bind(organization):
            if not number_events(is_waiting=True):
                break
    with bind(organization):
        return [endpoint.pk for endpoint in live_endpoints() if heads(endpoint, timezone.now()).exists()]


def heads(endpoint: WebhookEndpoint, now: datetime) -> QuerySet[WebhookDelivery]:
    """What may be sent now: due, held by nobody, and the first of its ordering key that has not arrived."""
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, status=DeliveryStatus.WAITING)
    if endpoint.paused_until is not None and endpoint.paused_until > now:
        return waiting.none()
    earlier = waiting.filter(ordering_key=OuterRef("ordering_key"), pk__lt=OuterRef("pk"))
    return (
        waiting.filter(Q(claimed_until=None) | Q(claimed_until__lte=now), next_try_at__lte=now)
        .filter(Q(ordering_key="") | ~Exists(earlier))
        .order_by("pk")
    )


def deliver(
    organization: Organization,
    endpoint_id: int,
    *,
    seconds: float,
    is_stopping: Callable[[], bool] = lambda: False,
) -> bool:
    """Send what is due, one after the other, for at most so many seconds; whether there is more.

    Each is claimed in one transaction, sent in none, and its outcome written in another. When nobody answers, the rest
    waits: one attempt tells as much as twenty.
    """
    ends = time.monotonic() + seconds
    with Line() as line:
        while claimed := _claim(organization, endpoint_id):
            if not send(organization, *claimed, line):
                return False
            if is_stopping() or time.monotonic() >= ends:
                return True
    return False


def send(
    organization: Organization, endpoint: WebhookEndpoint, delivery: WebhookDelivery, line: Line
) -> bool:
    """Send one claimed delivery and write down what came of it; whether anybody answered."""
    message: Message | None = None
    try:
        message = message_of(organization, endpoint, delivery)
    except KeyChanged:
        outcome = Outcome(error="The server's SECRET_KEY was changed: rotate this webhook's secret")
    else:
        outcome = line.post(endpoint.url, message.body, message.headers)
    with bind(organization):
        _write(endpoint, delivery.pk, message, outcome)
    return outcome.status is not None


def message_of(organization: Organization, endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> Message:
    """What is sent for a delivery, signed as of now. Raises KeyChanged."""
    now = timezone.now()
    body = json.dumps(payload_of(organization, delivery), ensure_ascii=False, separators=(",", ":")).encode()
    number = f"ping-{delivery.pk}" if delivery.event is None else str(delivery.event.position)
    message_id = f"{organization.slug}-{number}"
    timestamp = int(now.timestamp())
    return Message(
        body,
        {
            "Content-Type": "application/json",
            "User-Agent": "backflush-webhooks",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(keys_of(endpoint, now), message_id, timestamp, body),
        },
    )


def payload_of(organization: Organization, delivery: WebhookDelivery) -> dict[str, Any]:
    """The event, or for a ping something of the same shape."""
    if delivery.event is not None:
        return as_json(delivery.event, organization)
    return {
        "id": 0,
        "name": PING,
        "occurred_at": moment(delivery.created_at),
        "organization": organization.slug,
        "currency_code": organization.currency_code,
        "work_order": None,
        "by": delivery.requested_by.email if delivery.requested_by else None,
        "subjects": {},
        "data": {"message": "This webhook works."},
    }


def _claim(organization: Organization, endpoint_id: int) -> tuple[WebhookEndpoint, WebhookDelivery] | None:
    now = timezone.now()
    with bind(organization):
        # Under the endpoint's lock, so that two workers do not choose the same or overtake each other.
        endpoint = (
            live_endpoints().select_for_update(of=("self",), no_key=True).filter(pk=endpoint_id).first()
        )
        if endpoint is None:
            return None
        delivery = heads(endpoint, now).select_related("event__actor", "requested_by").first()
        if delivery is None:
            return None
        WebhookDelivery.objects.filter(pk=delivery.pk).update(claimed_until=now + CLAIM)
        return endpoint, delivery


def _write(endpoint: WebhookEndpoint, delivery_id: int, message: Message | None, outcome: Outcome) -> None:
    now = timezone.now()
    held = WebhookEndpoint.objects.select_for_update(of=("self",), no_key=True).get(pk=endpoint.pk)
    delivery = WebhookDelivery.objects.select_for_update(of=("self",), no_key=True).get(pk=delivery_id)
    WebhookAttempt.objects.create(
        organization=endpoint.organization,
        delivery=delivery,
        at=now,
        url=endpoint.url,
        request_headers=message.headers if message else {},
        status_code=outcome.status,
        response_headers=outcome.headers,
        response_body=outcome.body,
        error=outcome.error,
        milliseconds=outcome.milliseconds,
        requested_by_id=delivery.requested_by_id,
    )
    delivery.attempt_count += 1
    delivery.claimed_until = None
    delivery.last_outcome = outcome.in_words()[:200]
    if delivery.status != DeliveryStatus.WAITING:
        pass  # its claim had run out, and somebody else has settled it meanwhile
    elif delivery.event_id is None:  # a ping answers one question, now, and keeps who asked
        delivery.status = DeliveryStatus.DELIVERED if outcome.is_delivered else DeliveryStatus.FAILED
        delivery.ended_at = now
    else:
        delivery.requested_by = None
        _settle(held, delivery, outcome, now)
    delivery.save()


def _settle(held: WebhookEndpoint, delivery: WebhookDelivery, outcome: Outcome, now: datetime) -> None:
    """What becomes of the delivery: it has arrived, is tried again later, or is given up."""
    if outcome.status is None:
        delivery.next_try_at = _leave_alone(held, outcome, now)
        return
    if held.failures:
        forgive(held)
    if outcome.is_delivered:
        delivery.status, delivery.ended_at = DeliveryStatus.DELIVERED, now
        return
    if delivery.answered_count >= len(TRY_AGAIN):
        delivery.status, delivery.ended_at = DeliveryStatus.FAILED, now
    else:
        delivery.next_try_at = now + TRY_AGAIN[delivery.answered_count]
    delivery.answered_count += 1


def forgive(endpoint: WebhookEndpoint) -> None:
    """Forget that nobody answered: what waits is due as it stands."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=None, failures=0, paused_until=None)


def _leave_alone(held: WebhookEndpoint, outcome: Outcome, now: datetime) -> datetime:
    """Nobody answered: pause the endpoint, and switch it off when that goes on for days. Answers the next try."""
    pause = LEAVE_ALONE[min(held.failures, len(LEAVE_ALONE) - 1)]
    since = held.failing_since or now
    until = now + pause
    WebhookEndpoint.objects.filter(pk=held.pk).update(
        failing_since=since, failures=held.failures + 1, paused_until=until
    )
    if now - since >= SWITCHED_OFF_AFTER and held.is_active:
        held.is_active = False
        reason = f"Nobody has answered for {SWITCHED_OFF_AFTER.days} days: {outcome.error}"
        save_row(held, actor=None, reason=reason, fields=["is_active"])
    return until
