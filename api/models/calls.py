"""What calls leave behind: the trail of them, the answers that a retry gets again, and how many a key has made."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.models import ApiKey, User
from accounts.tenancy.models import ScopedForeignKey, ScopedRow


class ApiCall(ScopedRow):
    """One call with a known key, whatever became of it. Written once; it needs no history."""

    key = ScopedForeignKey(ApiKey, related_name="+", db_index=False)
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=500)
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=50, blank=True, default="")
    duration_ms = models.PositiveIntegerField()
    idempotency_key = models.CharField(max_length=200, blank=True, default="")
    is_replayed = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=["organization", "-id"], name="api_call_newest_first"),)


class ApiAnswer(ScopedRow):
    """What a write was answered, kept in its own transaction: who asks again with its key gets the same.

    The key is a member's own: another member's key of the same text is another one. A tool, without history.
    """

    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=800)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "member", "key"], name="api_answer_key_once"),
        )
        indexes = (models.Index(fields=["organization", "created_at"], name="api_answer_by_age"),)


class KeyWindow(ScopedRow):
    """How many calls a key has made in the present minute. A counter is a tool, not a record: it has no history."""

    key = ScopedForeignKey(ApiKey, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["organization", "key"], name="key_window_once"),)
