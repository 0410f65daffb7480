"""States of a backflush."""

from __future__ import annotations

from django.db import models


class BackflushStatus(models.TextChoices):
    DRAFT = "DRAFT", "Draft"
    SUBMITTED = "SUBMITTED", "Submitted"
    RETURNED = "RETURNED", "Returned"
    POSTED = "POSTED", "Posted"
    REVERSED = "REVERSED", "Reversed"
    DISCARDED = "DISCARDED", "Discarded"


class LineSource(models.TextChoices):
    EXPECTED = "expected", "As expected"
    REPORTED = "reported", "Reported"
    EDITED = "edited", "Edited"
