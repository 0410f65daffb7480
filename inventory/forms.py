"""What the stock pages ask."""

from __future__ import annotations

from django import forms

from inventory.choices import ItemKind, StockEvent
from inventory.models import Location
from inventory.queries.stock import STATES


class StockFilter(forms.Form):
    """The filters of the stock list."""

    q = forms.CharField(required=False, label="Search", help_text="SKU or description")
    kind = forms.ChoiceField(required=False, label="Kind", choices=[("", "All kinds"), *ItemKind.choices])
    location = forms.ChoiceField(required=False, label="Location")
    state = forms.ChoiceField(required=False, label="On hand", choices=list(STATES.items()))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        outermost = Location.objects.filter(parent__isnull=True).order_by("code")
        codes = outermost.values_list("code", flat=True)
        field = self.fields["location"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "All locations"), *((code, code) for code in codes)]


class LedgerFilter(forms.Form):
    """The filters of the ledger: the materials ledger and the finished-goods ledger are two views of it."""

    kind = forms.ChoiceField(required=False, label="Ledger", choices=[("", "Everything"), *ItemKind.choices])
    event = forms.ChoiceField(
        required=False, label="Event", choices=[("", "All events"), *StockEvent.choices]
    )
