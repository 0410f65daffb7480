"""Bills of materials: what one output is made of."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.tenancy.models import ScopedForeignKey, ScopedModel
from inventory.models import Item, Location
from inventory.models.fields import QuantityField
from production.choices import Basis, LineType, LossMethod, Supply


class BillOfMaterials(ScopedModel):
    """One revision of an item's recipe. Of several that hold on a day, the one loaded last counts."""

    item = ScopedForeignKey(Item, related_name="bills")
    revision = models.CharField(max_length=40, blank=True, default="")
    sequence = models.PositiveIntegerField(default=1)
    effective_from = models.DateField(null=True, blank=True)
    effective_to = models.DateField(null=True, blank=True)
    output_quantity = QuantityField(default=1)
    planned_loss_percent = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    is_active = models.BooleanField(default=True)
    import_id = models.BigIntegerField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "item", "sequence"],
                name="bill_sequence_once",
                violation_error_message="This item has a bill with this sequence already.",
            ),
            models.CheckConstraint(
                name="bill_output_quantity_positive",
                condition=Q(output_quantity__gt=0),
                violation_error_message="A bill makes more than zero.",
            ),
            models.CheckConstraint(
                name="bill_planned_loss_sane",
                condition=Q(planned_loss_percent__gte=0, planned_loss_percent__lt=1000),
                violation_error_message="A planned loss is a percent from 0.",
            ),
        )


class RecipeLine(ScopedModel):
    """What a bill's line and an order's snapshot of it have in common."""

    position = models.PositiveIntegerField()
    component = ScopedForeignKey(Item, related_name="+")
    line_type = models.CharField(max_length=9, choices=LineType, default=LineType.COMPONENT)
    basis = models.CharField(max_length=14, choices=Basis, default=Basis.PER_UNIT)
    usage = QuantityField()
    usage_per = QuantityField(default=1)
    fixed_quantity = QuantityField(default=0)
    unit = models.CharField(max_length=16)
    loss_percent = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    loss_method = models.CharField(max_length=8, choices=LossMethod, default=LossMethod.MULTIPLY)
    operation_number = models.PositiveIntegerField(null=True, blank=True)
    supply = models.CharField(max_length=9, choices=Supply, default=Supply.BACKFLUSH)
    supply_location = ScopedForeignKey(Location, null=True, blank=True, related_name="+", db_index=False)
    is_phantom = models.BooleanField(default=False)

    class Meta:
        abstract = True


class BomLine(RecipeLine):
    """One component (or by-product) of a bill, from a day to a day, both inclusive."""

    bom = ScopedForeignKey(BillOfMaterials, related_name="lines", db_index=False)
    effective_from = models.DateField(null=True, blank=True)
    effective_to = models.DateField(null=True, blank=True)
    import_row = models.PositiveIntegerField(null=True, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["bom", "position"],
                name="bom_line_position_once",
                violation_error_message="This bill has a line at this position already.",
            ),
            models.CheckConstraint(
                name="bom_line_usage_not_negative",
                condition=Q(usage__gte=0, fixed_quantity__gte=0, usage_per__gt=0),
                violation_error_message="Usage is never negative: declare a by-product by its line type.",
            ),
            models.CheckConstraint(
                name="bom_line_loss_sane",
                condition=Q(loss_percent__gte=0)
                & (Q(loss_method=LossMethod.MULTIPLY) | Q(loss_percent__lt=100)),
                violation_error_message="A loss is a percent from 0, and below 100 by the yield method.",
            ),
        )


class Substitute(ScopedModel):
    """An item that may stand in: `factor` stock units of it for one of the line's component."""

    bom_line = ScopedForeignKey(BomLine, related_name="substitutes")
    item = ScopedForeignKey(Item, related_name="+")
    factor = QuantityField(default=1)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["bom_line", "item"],
                name="substitute_once_per_line",
                violation_error_message="This substitute stands on the line already.",
            ),
            models.CheckConstraint(
                name="substitute_factor_positive",
                condition=Q(factor__gt=0),
                violation_error_message="A factor is more than zero.",
            ),
        )


class Operation(ScopedModel):
    """A step in making an item. Components are relieved at its backflush points and at the last step."""

    item = ScopedForeignKey(Item, related_name="operations")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120, blank=True, default="")
    is_backflush_point = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "item", "number"],
                name="operation_number_once_per_item",
                violation_error_message="This item has an operation with this number already.",
            ),
        )
