"""What happened, for programs that follow along."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.tenancy.models import ScopedRow

from .people import User


class Event(ScopedRow):
    """One thing that happened, written in the transaction that made it so, and never again.

    It is itself a record of a change, so it has no history. `position` is the one column that is filled later: the
    event's place in the order in which its organization's events can be read (accounts/events.py says why). Events
    of one `ordering_key`, usually a work order's number, are delivered one after the other.
    """

    position = models.BigIntegerField(null=True, editable=False)
    name = models.CharField(max_length=40)
    occurred_at = models.DateTimeField(default=timezone.now)
    work_order = models.CharField(max_length=80, blank=True, default="")
    ordering_key = models.CharField(max_length=80, blank=True, default="")
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    subjects = models.JSONField(default=dict)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "position"],
                name="event_position_once",
                condition=models.Q(position__isnull=False),
            ),
        )
        indexes = (
            models.Index(
                fields=["organization", "id"],
                name="event_without_position",
                condition=models.Q(position__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.position or '(new)'}"
