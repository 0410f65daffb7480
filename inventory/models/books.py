"""The journal, its accounts and the periods that may be posted to."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.models import User
from accounts.tenancy.models import ScopedForeignKey, ScopedModel
from inventory.choices import AccountRole, PeriodStatus, SourceKind

from .fields import no_overlap
from .items import Item


class Period(ScopedModel):
    """A stretch of days. Days in no period are open."""

    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=6, choices=PeriodStatus, default=PeriodStatus.OPEN)

    class Meta:
        constraints = (
            no_overlap(
                "period_no_overlap",
                ["organization_id"],
                "starts_on",
                "ends_on",
                "Another period holds some of these days.",
            ),
            models.CheckConstraint(
                name="period_dates_in_order",
                condition=models.Q(starts_on__lte=models.F("ends_on")),
                violation_error_message="The first day is after the last.",
            ),
        )


class AccountMapping(ScopedModel):
    """Which account plays which part, for all items or for one class of items."""

    role = models.CharField(max_length=24, choices=AccountRole)
    item_class = models.CharField(max_length=40, blank=True, default="")
    account_code = models.CharField(max_length=40)
    account_name = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "role", "item_class"],
                name="account_mapping_once",
                violation_error_message="This part has an account already.",
            ),
        )


class JournalEntry(ScopedModel):
    """One balanced entry per posting or reversal."""

    number = models.CharField(max_length=40)
    effective_date = models.DateField()
    source_kind = models.CharField(max_length=10, choices=SourceKind)
    source_id = models.BigIntegerField()
    document_number = models.CharField(max_length=40)
    description = models.CharField(max_length=255, blank=True, default="")
    reversal_of = ScopedForeignKey("self", null=True, related_name="+", db_index=False)
    posted_at = models.DateTimeField(default=timezone.now)
    posted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "number"], name="journal_entry_number_once"),
            models.UniqueConstraint(
                fields=["reversal_of"],
                name="journal_entry_reversed_once",
                condition=models.Q(reversal_of__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["organization", "source_kind", "source_id"], name="journal_entry_by_source"),
        )


class JournalLine(ScopedModel):
    """Debit positive, credit negative, in minor units. The lines of an entry sum to zero."""

    entry = ScopedForeignKey(JournalEntry, related_name="lines")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=24, choices=AccountRole)
    account_code = models.CharField(max_length=40)
    item = ScopedForeignKey(Item, null=True, related_name="+", db_index=False)
    amount_minor = models.BigIntegerField()
    memo = models.CharField(max_length=120, blank=True, default="")
