"""Numbers given in order, and background work that people can watch."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.tenancy.history import History
from accounts.tenancy.models import ScopedRow

from .people import User


class Counter(ScopedRow):
    """The next number of a series of one organization. A counter is a tool, not a record: it has no history."""

    series = models.CharField(max_length=20)
    next_number = models.BigIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "series"], name="counter_series_once"),
        )


class JobStatus(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class Job(ScopedRow):
    """Background work as its starter sees it. The queue itself holds ids only."""

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=8, choices=JobStatus, default=JobStatus.WAITING)
    arguments = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    message = models.TextField(blank=True, default="")
    started_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    history = History(excluded_fields=["done", "total"])

    class Meta:
        indexes = (models.Index(fields=["organization", "-created_at"], name="job_by_age"),)
