"""Webhooks and their log as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from django.urls import reverse
from django.utils import timezone

from accounts.models import DeliveryStatus, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from ui.components import Fact
from ui.formats import count, moment

STATES = {
    DeliveryStatus.WAITING: ("Waiting", "info"),
    DeliveryStatus.DELIVERED: ("Delivered", "good"),
    DeliveryStatus.FAILED: ("Given up", "bad"),
}


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A line of the log, printed."""

    url: str
    name: str
    number: str
    subject: str
    status: str
    outcome: str
    attempts: str
    created: str
    next_try: str


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """A request and its answer, printed. `tone` is that of the pill."""

    at: str
    by: str
    url: str
    answer: str
    tone: str
    took: str
    request_headers: list[tuple[str, str]]
    response_headers: list[tuple[str, str]]
    response_body: str


def delivery_rows(found: Iterable[WebhookDelivery], slug: str) -> list[DeliveryRow]:
    """The log; the deliveries come with their events."""
    zone = timezone.get_current_timezone()
    return [
        DeliveryRow(
            url=reverse("accounts:delivery", args=[slug, one.pk]),
            name=one.name,
            number=str(one.event.position) if one.event else "",
            subject=_subject(one),
            status=one.status,
            outcome=one.last_outcome,
            attempts=count(one.attempt_count, "attempt"),
            created=moment(one.created_at, zone),
            next_try=next_try(one),
        )
        for one in found
    ]


def next_try(one: WebhookDelivery) -> str:
    """When it is tried next; what is due waits for its order's earlier events, or for a worker."""
    if one.status != DeliveryStatus.WAITING:
        return ""
    if one.next_try_at <= timezone.now():
        return "In its turn"
    return moment(one.next_try_at, timezone.get_current_timezone())


def _subject(one: WebhookDelivery) -> str:
    """The order, and the number of what it is about."""
    if one.event is None:
        return ""
    names = [
        str(one.event.subjects[key]) for key in ("backflush", "export", "import") if key in one.event.subjects
    ]
    return " · ".join([one.event.work_order, *names] if one.event.work_order else names)


def attempt_rows(found: Iterable[WebhookAttempt]) -> list[AttemptRow]:
    zone = timezone.get_current_timezone()
    return [
        AttemptRow(
            at=moment(one.at, zone),
            by=str(one.requested_by) if one.requested_by else "",
            url=one.url,
            answer=f"{one.status_code} {_phrase(one.status_code)}".strip() if one.status_code else one.error,
            tone="good" if one.status_code and 200 <= one.status_code < 300 else "bad",
            took=f"{one.milliseconds} ms",
            request_headers=sorted(one.request_headers.items()),
            response_headers=sorted(one.response_headers.items()),
            response_body=one.response_body,
        )
        for one in found
    ]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def endpoint_facts(endpoint: WebhookEndpoint) -> list[Fact]:
    zone = timezone.get_current_timezone()
    found = [
        Fact("Events", ", ".join(endpoint.event_names) or "All of them"),
    ]
    if endpoint.old_secret_until is not None and endpoint.old_secret_until > timezone.now():
        found.append(Fact("Old secret valid until", moment(endpoint.old_secret_until, zone)))
    return found
