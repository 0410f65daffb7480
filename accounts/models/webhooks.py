"""Where events are delivered to, what waits for delivery, and every attempt."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.tenancy.history import History
from accounts.tenancy.models import ScopedForeignKey, ScopedRow

from .events import Event
from .people import User


class WebhookEndpoint(ScopedRow):
    """An address that wants to be told.

    Secrets are not kept. Each is derived from the installation's own key and a nonce (accounts/webhooks/secrets.py);
    its check tells whether that key is still the one that made it. While `old_secret_until` lies ahead, the secret
    before it is valid too.
    """

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    event_names = models.JSONField(default=list)  # none: all of them
    is_active = models.BooleanField(default=True)
    secret_nonce = models.CharField(max_length=32)
    secret_check = models.CharField(max_length=16)
    old_secret_nonce = models.CharField(max_length=32, blank=True, default="")
    old_secret_check = models.CharField(max_length=16, blank=True, default="")
    old_secret_until = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True)
    # While nobody answers there: since when, how often in a row, and until when it is left alone.
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)

    history = History(
        excluded_fields=[
            "secret_nonce",
            "secret_check",
            "old_secret_nonce",
            "old_secret_check",
            "failing_since",
            "failures",
            "paused_until",
        ]
    )

    def __str__(self) -> str:
        return self.name


class DeliveryStatus(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Given up"


class WebhookDelivery(ScopedRow):
    """One event for one endpoint. A tool that works through a queue; its attempts are the record.

    Without an event it is a ping. Deliveries of one ordering key wait for each other. While somebody sends it,
    `claimed_until` lies ahead; a worker that died leaves a claim that runs out.
    """

    endpoint = ScopedForeignKey(WebhookEndpoint, related_name="deliveries", db_index=False)
    event = ScopedForeignKey(Event, null=True, related_name="deliveries", db_index=False)
    name = models.CharField(max_length=40)
    ordering_key = models.CharField(max_length=80, blank=True, default="")
    status = models.CharField(max_length=9, choices=DeliveryStatus, default=DeliveryStatus.WAITING)
    attempt_count = models.PositiveIntegerField(default=0)
    answered_count = models.PositiveIntegerField(
        default=0
    )  # attempts that got an answer, though not a good one
    next_try_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)
    requested_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    last_outcome = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["endpoint", "event"],
                name="webhook_delivery_once",
                condition=Q(event__isnull=False),
            ),
        )
        indexes = (
            models.Index(
                fields=["endpoint", "ordering_key", "id"],
                name="webhook_delivery_waiting",
                condition=Q(status="waiting"),
            ),
            models.Index(fields=["organization", "endpoint", "-id"], name="webhook_delivery_by_age"),
        )


class WebhookAttempt(ScopedRow):
    """One request and what came back. Written once, and gone with its delivery when that is old."""

    delivery = ScopedForeignKey(WebhookDelivery, related_name="attempts")
    at = models.DateTimeField(default=timezone.now)
    url = models.CharField(max_length=500)
    request_headers = models.JSONField(default=dict)
    status_code = models.PositiveSmallIntegerField(null=True)
    response_headers = models.JSONField(default=dict)
    response_body = models.TextField(blank=True, default="")
    error = models.CharField(max_length=200, blank=True, default="")
    milliseconds = models.PositiveIntegerField(default=0)
    requested_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
