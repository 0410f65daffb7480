"""Kinds of documents that are signed, what a signer can say, and how often people are told."""

from __future__ import annotations

from django.db import models


class DocumentKind(models.TextChoices):
    BACKFLUSH = "backflush", "Backflush"
    KIT = "kit", "Kit build"
    COUNT = "count", "Count"


class RequestStatus(models.TextChoices):
    OPEN = "open", "Open"
    APPROVED = "approved", "Approved"
    RETURNED = "returned", "Returned"
    VOID = "void", "Void"


class DecisionKind(models.TextChoices):
    APPROVE = "approve", "Approved"
    RETURN = "return", "Returned"


class NoticeFrequency(models.TextChoices):
    SOON = "soon", "As it comes, a mail every quarter of an hour at most"
    DAILY = "daily", "Once a day, from seven in the morning"
    NEVER = "never", "Never"
