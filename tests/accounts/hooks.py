"""A webhook with its secret and the worker that serves it, and names that lead where a test wants."""

from __future__ import annotations

import socket
from typing import Any

from django.utils import timezone

from accounts.actions.webhooks import (
    change_webhook,
    create_webhook,
)
from accounts.choices import EventName
from accounts.events import NewEvent, record_events
from accounts.models import (
    Organization,
    User,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.tenancy.binding import bind
from accounts.webhooks.delivering import deliver, spread
from tests.accounts.receiver import receiving

DRAFTED, POSTED, CLOSED = (
    EventName.BACKFLUSH_DRAFTED,
    EventName.INVENTORY_BACKFLUSHED,
    EventName.WORK_ORDER_CLOSED,
)


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
