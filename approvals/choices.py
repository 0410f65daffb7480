"""Kinds of documents that are signed, and what a signer can say."""

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
