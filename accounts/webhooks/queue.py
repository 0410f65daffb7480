"""Putting events into the queue of each endpoint that wants them, and waking the workers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_scopes import get_scope
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from accounts.models import Event, WebhookDelivery, WebhookEndpoint
from accounts.tenancy.binding import remembered
from accounts.tenancy.writes import insert_rows

SPREAD, DELIVER = "spread_webhooks", "deliver_webhooks"
ENDPOINTS = "live webhook endpoints"
LOW = -5  # what people wait for goes first


def live_endpoints() -> QuerySet[WebhookEndpoint]:
    """Those that are told."""
    return WebhookEndpoint.objects.filter(is_active=True, removed_at=None)


def wants(endpoint: WebhookEndpoint, name: str) -> bool:
    """Without a choice of its own an endpoint gets everything."""
    return not endpoint.event_names or name in endpoint.event_names


def queue_deliveries(event_ids: Sequence[int]) -> None:
    """Queue these events for whoever wants them, in their order."""
    endpoints = list(live_endpoints().order_by("pk"))
    if not endpoints:
        return
    events = (
        Event.objects.filter(pk__in=event_ids).order_by("position").values_list("pk", "name", "ordering_key")
    )
    insert_rows(
        WebhookDelivery,
        ["endpoint_id", "event_id", "name", "ordering_key"],
        [
            (endpoint.pk, pk, name, key)
            for pk, name, key in events
            for endpoint in endpoints
            if wants(endpoint, name)
        ],
        constants={"created_at": (now := timezone.now()), "next_try_at": now},
        actor=None,
        reason="",
    )


def wake_if_wanted(names: Collection[str]) -> None:
    """Wake the workers once the open transaction has committed, if anybody wants events of these names.

    A wake that is lost costs a minute: the workers look by themselves. It must not cost the transaction anything,
    which is why it is not deferred inside: one job that waits per organization would make its writers wait for each
    other.
    """
    endpoints = remembered(ENDPOINTS, lambda: list(live_endpoints()))
    if any(wants(endpoint, name) for endpoint in endpoints for name in names):
        wake_after_commit(get_scope()["organization"].pk)


def wake_after_commit(organization_id: int) -> None:
    """Have the organization's deliveries looked at, soon after the open transaction has committed."""
    transaction.on_commit(partial(wake, organization_id), robust=True)


def wake(organization_id: int) -> None:
    """Have the organization's deliveries looked at; one waiting look is enough."""
    _defer(SPREAD, f"webhooks of {organization_id}", organization_id=organization_id)


def wake_endpoint(organization_id: int, endpoint_id: int) -> None:
    """Have what is due sent to an endpoint, by one worker at a time."""
    name = f"webhook {endpoint_id}"
    _defer(DELIVER, name, lock=name, organization_id=organization_id, endpoint_id=endpoint_id)


def _defer(task: str, queueing_lock: str, *, lock: str | None = None, **arguments: int) -> None:
    try:
        with transaction.atomic():
            app.configure_task(task, queueing_lock=queueing_lock, lock=lock, priority=LOW).defer(**arguments)
    except AlreadyEnqueued:
        return
