"""What the floor reports: completions, use, and the receipts of what was made."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.tenancy.models import ScopedForeignKey, ScopedModel
from inventory.models import Item, Location, Lot, ReasonCode
from inventory.models.fields import QuantityField
from production.choices import BackflushState

from .orders import WorkOrder, WorkOrderInput, WorkOrderOutput


class Completion(ScopedModel):
    """Good and scrapped units reported at an operation. A negative one corrects an earlier report."""

    output = ScopedForeignKey(WorkOrderOutput, related_name="completions", db_index=False)
    operation_number = models.PositiveIntegerField(null=True, blank=True)
    reference = models.CharField(max_length=80, blank=True, default="")
    good_quantity = QuantityField()
    scrap_quantity = QuantityField(default=0)
    scrap_operation_number = models.PositiveIntegerField(null=True, blank=True)
    scrap_reason = ScopedForeignKey(ReasonCode, null=True, blank=True, related_name="+", db_index=False)
    output_lot_code = models.CharField(max_length=80, blank=True, default="")
    is_final = models.BooleanField(default=False)
    # Said by the report itself; otherwise `is_final` follows from the quantities.
    is_stated_final = models.BooleanField(default=False)
    # Told by the room above through `mark_completions`: nothing here can see a backflush.
    backflush_state = models.CharField(max_length=6, choices=BackflushState, blank=True, default="")
    completed_at = models.DateTimeField()
    completed_on = models.DateField()
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    import_id = models.BigIntegerField(null=True, editable=False)
    import_row = models.PositiveIntegerField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["output", "operation_number", "reference"],
                name="completion_key_once",
                nulls_distinct=False,
                violation_error_message="This completion is there already: give it a reference of its own.",
            ),
        )
        indexes = (
            models.Index(fields=["organization", "completed_on", "id"], name="completion_by_day"),
            models.Index(
                fields=["organization", "completed_on", "id"],
                name="completion_waiting",
                condition=Q(backflush_state=""),
            ),
        )


class ReportedUse(ScopedModel):
    """What somebody says was used. Zero is a report: none was."""

    work_order = ScopedForeignKey(WorkOrder, related_name="reported_use")
    completion = ScopedForeignKey(Completion, null=True, related_name="reported_use")
    input = ScopedForeignKey(WorkOrderInput, null=True, related_name="+", db_index=False)
    item = ScopedForeignKey(Item, related_name="+", db_index=False)
    quantity = QuantityField()
    lot_code = models.CharField(max_length=80, blank=True, default="")
    location = ScopedForeignKey(Location, null=True, related_name="+", db_index=False)
    stands_in_for = ScopedForeignKey(Item, null=True, related_name="+", db_index=False)
    factor = QuantityField(null=True)
    operation_number = models.PositiveIntegerField(null=True)
    position = models.PositiveIntegerField(null=True)
    reference = models.CharField(max_length=80, blank=True, default="")
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    import_id = models.BigIntegerField(null=True, editable=False)
    import_row = models.PositiveIntegerField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="reported_use_factor_positive",
                condition=Q(factor__isnull=True) | Q(factor__gt=0),
                violation_error_message="A factor is more than zero.",
            ),
        )


class Receipt(ScopedModel):
    """Finished goods taken into stock by one posting."""

    number = models.CharField(max_length=40)
    work_order = ScopedForeignKey(WorkOrder, related_name="receipts")
    completion = ScopedForeignKey(Completion, related_name="receipts")
    received_on = models.DateField()
    is_reversed = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "number"], name="receipt_number_once"),
        )


class ReceiptItem(ScopedModel):
    """One item of a receipt, with the value it came in at."""

    receipt = ScopedForeignKey(Receipt, related_name="items")
    item = ScopedForeignKey(Item, related_name="+", db_index=False)
    location = ScopedForeignKey(Location, related_name="+", db_index=False)
    lot = ScopedForeignKey(Lot, null=True, related_name="+", db_index=False)
    quantity = QuantityField()
    unit_cost = QuantityField()
    amount_minor = models.BigIntegerField()
