"""The document of a completion's consumption, its lines and where they take their stock."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from accounts.tenancy.models import ScopedForeignKey, ScopedModel
from backflush.choices import BackflushStatus, LineSource
from inventory.models import Item, Location, Lot, ReasonCode
from inventory.models.fields import QuantityField
from production.choices import LineType
from production.models import Completion, ReportedUse, WorkOrderInput


class Backflush(ScopedModel):
    """What one completion consumed: drafted, submitted, signed, posted, perhaps reversed."""

    completion = ScopedForeignKey(Completion, related_name="backflushes")
    number = models.CharField(max_length=40)
    status = models.CharField(max_length=9, choices=BackflushStatus, default=BackflushStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    fingerprint = models.CharField(max_length=64)
    note = models.TextField(blank=True, default="")
    # What it was computed against and with: the live documents of its output, and what people changed.
    computed_against = models.JSONField(default=list)
    edits = models.JSONField(default=list)
    involved_user_ids = models.JSONField(default=list)

    line_count = models.PositiveIntegerField(default=0)
    beyond_count = models.PositiveIntegerField(default=0)
    short_count = models.PositiveIntegerField(default=0)
    unknown_cost_count = models.PositiveIntegerField(default=0)
    standard_cost_minor = models.BigIntegerField(default=0)
    actual_cost_minor = models.BigIntegerField(default=0)
    substitution_minor = models.BigIntegerField(default=0)
    scrap_minor = models.BigIntegerField(default=0)
    usage_minor = models.BigIntegerField(default=0)
    price_minor = models.BigIntegerField(default=0)
    variance_minor = models.BigIntegerField(default=0)
    upstream_scrap_minor = models.BigIntegerField(default=0)
    weight_minor = models.BigIntegerField(default=0)
    value_minor = models.BigIntegerField(default=0)

    # What this posting left in the order's WIP at its own point, and took from earlier points.
    wip_minor = models.BigIntegerField(default=0)
    upstream_taken = models.JSONField(default=list)

    drafted_at = models.DateTimeField(default=timezone.now)
    drafted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    posted_at = models.DateTimeField(null=True)
    posted_on = models.DateField(null=True)
    posted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    is_posted_by_policy = models.BooleanField(default=False)
    reversed_at = models.DateTimeField(null=True)
    reversed_on = models.DateField(null=True)
    reversed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    reversal_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["completion"],
                name="backflush_one_live_per_completion",
                condition=~Q(status__in=["REVERSED", "DISCARDED"]),
                violation_error_message="This completion has a backflush already: reverse or discard it first.",
            ),
            models.UniqueConstraint(fields=["organization", "number"], name="backflush_number_once"),
            models.CheckConstraint(
                name="backflush_variance_adds_up",
                condition=Q(
                    variance_minor=F("substitution_minor")
                    + F("scrap_minor")
                    + F("usage_minor")
                    + F("price_minor"),
                    actual_cost_minor=F("standard_cost_minor") + F("variance_minor"),
                ),
                violation_error_message="The four variances are actual less standard cost, exactly.",
            ),
            models.CheckConstraint(
                name="backflush_posted_has_date",
                condition=~Q(status__in=["POSTED", "REVERSED"])
                | Q(posted_at__isnull=False, posted_on__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["organization", "status", "-id"], name="backflush_by_status"),)

    def __str__(self) -> str:
        return self.number


class BackflushLine(ScopedModel):
    """One item used for one input, with the terms of its sum and the four parts of its variance."""

    backflush = ScopedForeignKey(Backflush, related_name="lines")
    input = ScopedForeignKey(WorkOrderInput, null=True, related_name="+")
    position = models.PositiveIntegerField()
    item = ScopedForeignKey(Item, related_name="+", db_index=False)
    stands_in_for = ScopedForeignKey(Item, null=True, related_name="+", db_index=False)
    factor = QuantityField(default=1)
    operation_number = models.PositiveIntegerField(null=True)
    line_type = models.CharField(max_length=9, choices=LineType, default=LineType.COMPONENT)
    source = models.CharField(max_length=8, choices=LineSource, default=LineSource.EXPECTED)

    standard_quantity = QuantityField()
    scrap_quantity = QuantityField()
    expected_quantity = QuantityField()
    actual_quantity = QuantityField()
    origin_standard_quantity = QuantityField()
    origin_expected_quantity = QuantityField(default=0)
    standard_unit_cost = QuantityField(null=True)
    origin_unit_cost = QuantityField(null=True)
    standard_cost_minor = models.BigIntegerField()
    actual_cost_minor = models.BigIntegerField()
    substitution_minor = models.BigIntegerField()
    scrap_minor = models.BigIntegerField()
    usage_minor = models.BigIntegerField()
    price_minor = models.BigIntegerField()
    variance_minor = models.BigIntegerField()

    is_beyond_tolerance = models.BooleanField(default=False)
    short_quantity = QuantityField(default=0)
    flags = models.JSONField(default=list)
    terms = models.JSONField(default=dict)
    reason = ScopedForeignKey(ReasonCode, null=True, related_name="+", db_index=False)
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["backflush", "position"], name="backflush_line_position_once"),
            models.CheckConstraint(
                name="backflush_line_variance_adds_up",
                condition=Q(
                    variance_minor=F("substitution_minor")
                    + F("scrap_minor")
                    + F("usage_minor")
                    + F("price_minor"),
                    actual_cost_minor=F("standard_cost_minor") + F("variance_minor"),
                ),
                violation_error_message="The four variances are actual less standard cost, exactly.",
            ),
        )


class LotPick(ScopedModel):
    """Where a line takes its stock from, in the sign of the line's actual quantity."""

    line = ScopedForeignKey(BackflushLine, related_name="picks")
    location = ScopedForeignKey(Location, null=True, related_name="+", db_index=False)
    lot = ScopedForeignKey(Lot, null=True, related_name="+", db_index=False)
    quantity = QuantityField()
    unit_cost = QuantityField()
    amount_minor = models.BigIntegerField()
    is_short = models.BooleanField(default=False)


class HeldUse(ScopedModel):
    """A report of use that a live backflush has taken into its actual quantity."""

    backflush = ScopedForeignKey(Backflush, related_name="held_use")
    reported_use = ScopedForeignKey(ReportedUse, related_name="held_by")
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["reported_use"],
                name="reported_use_held_once",
                condition=Q(is_live=True),
                violation_error_message="This report belongs to another backflush already.",
            ),
        )
