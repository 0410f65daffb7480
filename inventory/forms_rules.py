"""Forms of reasons, accounts and periods."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from accounts.forms import reason_field
from inventory.choices import AccountRole
from inventory.models import AccountMapping, ReasonCode


class ReasonCodeForm(forms.Form):
    code = forms.CharField(label="Code", max_length=40, help_text="Short; it stands in exports.")
    name = forms.CharField(label="Name", max_length=120)
    is_abnormal = forms.BooleanField(
        label="Abnormal",
        required=False,
        help_text="Abnormal scrap is taken out of the product’s cost and goes to scrap loss.",
    )
    is_active = forms.BooleanField(label="In use", required=False, initial=True)
    why = reason_field()

    def __init__(self, *args: Any, reason_code: ReasonCode | None = None, **kwargs: Any) -> None:
        names = ["code", "name", "is_abnormal", "is_active"]
        if reason_code is not None:
            kwargs["initial"] = {name: getattr(reason_code, name) for name in names}
        super().__init__(*args, **kwargs)
        if reason_code is None:
            del self.fields["is_active"], self.fields["why"]


class AccountForm(forms.Form):
    role = forms.ChoiceField(label="Part", choices=AccountRole.choices)
    item_class = forms.CharField(
        label="Item class",
        max_length=40,
        required=False,
        help_text="Empty: for all items without one of their own.",
    )
    account_code = forms.CharField(label="Account", max_length=40)
    account_name = forms.CharField(label="Account name", max_length=120, required=False)
    why = reason_field()

    def __init__(self, *args: Any, mapping: AccountMapping | None = None, **kwargs: Any) -> None:
        names = ["role", "item_class", "account_code", "account_name"]
        if mapping is not None:
            kwargs["initial"] = {name: getattr(mapping, name) for name in names}
        super().__init__(*args, **kwargs)
        if mapping is None:
            del self.fields["why"]


class PeriodForm(forms.Form):
    starts_on = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    is_closed = forms.BooleanField(label="Closed at once", required=False)

    def __init__(self, *args: Any, after: dt.date | None = None, **kwargs: Any) -> None:
        if after is not None:
            first = after + dt.timedelta(days=1)
            next_month = (first.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
            kwargs["initial"] = {"starts_on": first, "ends_on": next_month - dt.timedelta(days=1)}
        super().__init__(*args, **kwargs)


class WhyForm(forms.Form):
    why = reason_field()
