"""What the page of unit conversions asks."""

from __future__ import annotations

from typing import Any

from django import forms

from inventory.models import Item
from ui.widgets import FigureInput


class ConversionForm(forms.Form):
    """1 of a unit is so many of another."""

    from_unit = forms.CharField(label="One", max_length=16, help_text="box, kg, m …")
    factor = forms.DecimalField(label="is", max_digits=18, decimal_places=6, min_value=0, widget=FigureInput)
    to_unit = forms.CharField(label="of", max_length=16, help_text="EA, g, mm …")
    sku = forms.CharField(
        label="For one item alone",
        required=False,
        max_length=255,
        help_text="Its SKU; blank is for all items.",
    )

    def clean_factor(self) -> Any:
        factor = self.cleaned_data["factor"]
        if not factor:
            raise forms.ValidationError("A factor is more than zero.")
        return factor

    def clean_sku(self) -> int | None:
        """The item's primary key."""
        sku = self.cleaned_data["sku"]
        if not sku:
            return None
        item = Item.objects.filter(sku=sku).only("pk").first()
        if item is None:
            raise forms.ValidationError(f"There is no item {sku}.")
        return item.pk
