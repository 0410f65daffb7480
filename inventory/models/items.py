"""What is counted, in which unit, at which cost, and where it may stand."""

from __future__ import annotations

from decimal import Decimal, localcontext

from django.db import models
from django.db.models import Q

from accounts.choices import NegativePolicy
from accounts.tenancy.models import ScopedForeignKey, ScopedModel
from inventory.choices import ItemKind, LocationKind, RoundingDirection, Tracking
from ui import formats

from .fields import QuantityField, no_overlap


class Location(ScopedModel):
    """A site, a store in it, a shelf in that, a bin on that. Stock stands only where `is_stocking`."""

    code = models.CharField(max_length=120)
    name = models.CharField(max_length=120, blank=True, default="")
    kind = models.CharField(max_length=5, choices=LocationKind, default=LocationKind.STORE)
    parent = ScopedForeignKey("self", null=True, blank=True, related_name="children")
    is_stocking = models.BooleanField(default=True)
    pick_order = models.PositiveIntegerField(default=100)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "code"],
                name="location_code_once",
                violation_error_message="There is a location with this code already.",
            ),
        )

    def __str__(self) -> str:
        return self.code


class Item(ScopedModel):
    """A material or a finished good."""

    sku = models.CharField(max_length=255)  # some sites know a part by its list of designators only
    description = models.CharField(max_length=255, blank=True, default="")
    kind = models.CharField(max_length=8, choices=ItemKind, default=ItemKind.MATERIAL)
    item_class = models.CharField(max_length=40, blank=True, default="")
    unit = models.CharField(max_length=16, default="EA")
    # A file or a person said so. An assumed unit may still be settled by the first bill that names another.
    is_unit_stated = models.BooleanField(default=False)
    tracking = models.CharField(max_length=6, choices=Tracking, default=Tracking.NONE)
    negative_policy = models.CharField(max_length=5, choices=NegativePolicy, blank=True, default="")
    rounding_step = QuantityField(null=True, blank=True)
    rounding_direction = models.CharField(max_length=7, choices=RoundingDirection, blank=True, default="")
    supply_location = ScopedForeignKey(Location, null=True, blank=True, related_name="+", db_index=False)
    tolerance_percent = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    tolerance_minor = models.BigIntegerField(null=True, blank=True)
    is_stock_known = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "sku"],
                name="item_sku_once",
                violation_error_message="There is an item with this SKU already.",
            ),
            models.CheckConstraint(
                name="item_rounding_step_positive",
                condition=Q(rounding_step__isnull=True) | Q(rounding_step__gt=0),
                violation_error_message="A rounding step is more than zero.",
            ),
        )

    def __str__(self) -> str:
        return self.sku


class UnitConversion(ScopedModel):
    """1 from_unit = numerator ÷ denominator to_unit, for one item or, without an item, for all."""

    item = ScopedForeignKey(Item, null=True, blank=True, related_name="conversions")
    from_unit = models.CharField(max_length=16)
    to_unit = models.CharField(max_length=16)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField(default=1)

    @property
    def words(self) -> str:
        """The factor as people write it, 453.59237 or 1 ÷ 3: a fraction only where no decimal number is exact."""
        left = self.denominator
        for prime in (2, 5):
            while left % prime == 0:
                left //= prime
        if left == 1:
            with localcontext(prec=60):
                return formats.quantity(Decimal(self.numerator) / self.denominator)
        return f"{formats.quantity(Decimal(self.numerator))} ÷ {formats.quantity(Decimal(self.denominator))}"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "item", "from_unit", "to_unit"],
                name="unit_conversion_once",
                nulls_distinct=False,
                violation_error_message="This conversion is there already.",
            ),
            models.CheckConstraint(
                name="unit_conversion_positive",
                condition=Q(numerator__gt=0, denominator__gt=0),
                violation_error_message="Both factors are whole numbers above zero.",
            ),
        )


class ItemCost(ScopedModel):
    """An item's standard cost from a day to a day, both inclusive. Zero here means free."""

    item = ScopedForeignKey(Item, related_name="costs")
    standard_cost = QuantityField()
    effective_from = models.DateField(null=True, blank=True)
    effective_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            no_overlap(
                "item_cost_no_overlap",
                ["organization_id", "item_id"],
                "effective_from",
                "effective_to",
                "Another cost of this item holds on some of these days.",
            ),
            models.CheckConstraint(
                name="item_cost_not_negative",
                condition=Q(standard_cost__gte=0),
                violation_error_message="A standard cost is zero or more.",
            ),
            models.CheckConstraint(
                name="item_cost_dates_in_order",
                condition=Q(effective_from__isnull=True)
                | Q(effective_to__isnull=True)
                | Q(effective_from__lte=models.F("effective_to")),
                violation_error_message="The first day is after the last.",
            ),
        )


class Lot(ScopedModel):
    """A batch or serial number of an item."""

    item = ScopedForeignKey(Item, related_name="lots")
    code = models.CharField(max_length=80)
    received_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    unit_cost = QuantityField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "item", "code"],
                name="lot_code_once_per_item",
                violation_error_message="This item has a lot with this code already.",
            ),
        )

    def __str__(self) -> str:
        return self.code


class ReasonCode(ScopedModel):
    """Why a quantity differs. Abnormal reasons take scrap out of the product's cost."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    is_abnormal = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "code"],
                name="reason_code_once",
                violation_error_message="There is a reason with this code already.",
            ),
        )

    def __str__(self) -> str:
        return self.name
