"""Webhooks of the organization that is bound, and their log."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import DeliveryStatus, WebhookAttempt, WebhookDelivery, WebhookEndpoint

SILENT_FOR = timedelta(hours=1)


def webhooks() -> QuerySet[WebhookEndpoint]:
    """Those that are not removed, by name, with `waiting` deliveries, and `last_outcome` at `last_at`."""
    own = WebhookDelivery.objects.filter(endpoint=OuterRef("pk"))
    waiting = own.filter(status=DeliveryStatus.WAITING).order_by().values("endpoint").annotate(n=Count("pk"))
    # Of the newest delivery that was tried: an index leads there, however long the log is.
    latest = own.filter(attempt_count__gt=0).order_by("-pk")
    tried = WebhookAttempt.objects.filter(delivery=OuterRef("last_delivery")).order_by("-pk")
    return (
        WebhookEndpoint.objects.filter(removed_at=None)
        .annotate(
            waiting=Coalesce(Subquery(waiting.values("n")), 0),
            last_delivery=Subquery(latest.values("pk")[:1]),
            last_outcome=Subquery(latest.values("last_outcome")[:1]),
        )
        .annotate(last_at=Subquery(tried.values("at")[:1]))
        .order_by("name", "pk")
    )


def silent_webhooks() -> QuerySet[WebhookEndpoint]:
    """Those that nobody has answered for an hour, also when they were switched off for it."""
    return webhooks().filter(failing_since__lt=timezone.now() - SILENT_FOR)


def deliveries_of(
    endpoint: WebhookEndpoint, *, status: str = "", name: str = ""
) -> QuerySet[WebhookDelivery]:
    """The log of an endpoint, newest first."""
    found = WebhookDelivery.objects.filter(endpoint=endpoint).select_related("event")
    if status:
        found = found.filter(status=status)
    if name:
        found = found.filter(name=name)
    return found.order_by("-pk")


def attempts_of(delivery: WebhookDelivery) -> QuerySet[WebhookAttempt]:
    """Every attempt, newest first."""
    return WebhookAttempt.objects.filter(delivery=delivery).select_related("requested_by").order_by("-pk")
