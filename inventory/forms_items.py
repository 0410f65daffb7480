"""What the rules of one item, and of one location, ask."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from accounts.choices import NegativePolicy
from accounts.forms import MoneyField, PlainDecimalField, reason_field
from accounts.models import Organization
from inventory.choices import LocationKind
from inventory.models import Item, Location

PLACE = ("name", "kind", "is_stocking", "pick_order")
RULES = ("item_class", "negative_policy", "tolerance_percent", "tolerance_minor")


class ItemRulesForm(forms.Form):
    """An item's own rules; what is left empty follows the organization."""

    item_class = forms.CharField(
        label="Class",
        max_length=40,
        required=False,
        help_text="Items of one class can have accounts of their own in the journal.",
    )
    negative_policy = forms.ChoiceField(
        label="When stock is short",
        required=False,
        choices=[("", "As the organization"), *NegativePolicy.choices],
    )
    tolerance_percent = PlainDecimalField(
        label="Tolerance, percent",
        required=False,
        min_value=Decimal(0),
        max_digits=9,
        decimal_places=4,
        help_text="Empty: the organization’s. Zero: every difference is beyond.",
    )
    why = reason_field()

    def __init__(self, *args: Any, organization: Organization, item: Item, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(item, name) for name in RULES}
        super().__init__(*args, **kwargs)
        self.fields["tolerance_minor"] = MoneyField(
            label=f"Tolerance, amount, {organization.currency_code}",
            decimals=organization.currency_decimals,
            required=False,
            min_value=Decimal(0),
            help_text="A line is beyond when it exceeds the percent and the amount.",
        )
        self.order_fields([*RULES, "why"])


class LocationForm(forms.Form):
    """Whether and when stock is taken from a location."""

    name = forms.CharField(label="Name", max_length=120, required=False)
    kind = forms.ChoiceField(label="Kind", choices=LocationKind.choices)
    is_stocking = forms.BooleanField(
        label="Drafts take stock from here",
        required=False,
        help_text="Off for places that only hold others, or whose stock is not for production.",
    )
    pick_order = forms.IntegerField(
        label="Pick order",
        min_value=0,
        max_value=9999,
        help_text="After a line’s own location, its item’s and the work site, the lowest number is taken from first.",
    )
    why = reason_field()

    def __init__(self, *args: Any, location: Location, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(location, name) for name in PLACE}
        super().__init__(*args, **kwargs)
