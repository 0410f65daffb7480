"""Work orders, what they make, and the recipe as it stood when they were made."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.choices import ScrapPolicy
from accounts.models import User
from accounts.tenancy.history import History
from accounts.tenancy.models import ScopedForeignKey, ScopedModel, ScopedRow
from inventory.choices import RoundingDirection
from inventory.models import Item, Location
from inventory.models.fields import QuantityField
from production.choices import OrderKind, OrderStatus

from .bills import BillOfMaterials, RecipeLine


class WorkOrder(ScopedModel):
    """An order to make something. Closed is a fact beside its status."""

    number = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=OrderKind, default=OrderKind.PRODUCTION)
    status = models.CharField(max_length=10, choices=OrderStatus, default=OrderStatus.ENTERED)
    is_closed = models.BooleanField(default=False)
    work_site = ScopedForeignKey(Location, null=True, blank=True, related_name="+", db_index=False)
    ordered_on = models.DateField(null=True, blank=True)
    started_on = models.DateField(null=True, blank=True)
    finished_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    import_id = models.BigIntegerField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "number"],
                name="work_order_number_once",
                violation_error_message="There is a work order with this number already.",
            ),
        )
        indexes = (models.Index(fields=["organization", "status", "-id"], name="work_order_by_status"),)

    def __str__(self) -> str:
        return self.number


class WorkOrderOutput(ScopedModel):
    """What an order makes, and the policies that its recipe snapshot froze."""

    work_order = ScopedForeignKey(WorkOrder, related_name="outputs", db_index=False)
    item = ScopedForeignKey(Item, related_name="+")
    quantity = QuantityField(null=True, blank=True)
    conversion_cost = QuantityField(default=0)
    scrap_allowance_percent = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    bom = ScopedForeignKey(BillOfMaterials, null=True, related_name="+", db_index=False)
    scrap_policy = models.CharField(max_length=8, choices=ScrapPolicy, blank=True, default="")
    planned_loss_percent = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    bom_output_quantity = QuantityField(default=1)
    reporting_points = models.JSONField(default=list)
    snapshot_date = models.DateField(null=True)
    snapshot_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["work_order", "item"],
                name="work_order_output_once",
                violation_error_message="This order makes this item already.",
            ),
            models.CheckConstraint(
                name="work_order_output_positive",
                condition=Q(quantity__isnull=True) | Q(quantity__gt=0),
                violation_error_message="An order makes more than zero.",
            ),
            models.CheckConstraint(
                name="work_order_conversion_not_negative",
                condition=Q(conversion_cost__gte=0),
                violation_error_message="A conversion cost is zero or more.",
            ),
        )


class WorkOrderInput(RecipeLine):
    """One line of the recipe snapshot. Later changes of the bill do not reach it."""

    output = ScopedForeignKey(WorkOrderOutput, related_name="inputs", db_index=False)
    component = ScopedForeignKey(Item, related_name="+", db_index=False)
    phantom_parent = ScopedForeignKey("self", null=True, related_name="+", db_index=False)
    factor_numerator = models.BigIntegerField(default=1)
    factor_denominator = models.BigIntegerField(default=1)
    rounding_step = QuantityField(null=True)
    rounding_direction = models.CharField(max_length=7, choices=RoundingDirection, blank=True, default="")
    substitutes = models.JSONField(default=list)
    bom_line_id = models.BigIntegerField(null=True)
    # On a phantom: the planned loss of its own bill.
    planned_loss_percent = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    # A snapshot that was taken anew leaves its old lines behind: reversed and discarded backflushes point at them.
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["output", "position"],
                name="work_order_input_position_once",
                condition=Q(is_current=True),
                violation_error_message="This recipe has a line at this position already.",
            ),
        )


class Document(ScopedRow):
    """A paper that belongs to an order: a traveller, a drawing, a scale ticket."""

    work_order = ScopedForeignKey(WorkOrder, related_name="documents")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    history = History(excluded_fields=["content"])
