"""The log of deliveries is kept for a while: events stay for ever, what became of telling them does not."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import Organization, WebhookAttempt, WebhookDelivery
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import delete_rows

KEPT = timedelta(days=30)
AT_ONCE = 5_000


def forget_old_deliveries(organization: Organization) -> int:
    """Remove what ended longer ago than KEPT, with its attempts; returns how many deliveries."""
    forgotten = 0
    while True:
        with bind(organization):
            ended = WebhookDelivery.objects.filter(ended_at__lt=timezone.now() - KEPT).order_by("pk")
            old = list(ended.values_list("pk", flat=True)[:AT_ONCE])
            attempts = WebhookAttempt.objects.filter(delivery_id__in=old).values_list("pk", flat=True)
            delete_rows(WebhookAttempt, list(attempts), actor=None, reason="")
            delete_rows(WebhookDelivery, old, actor=None, reason="")
        forgotten += len(old)
        if len(old) < AT_ONCE:
            return forgotten
