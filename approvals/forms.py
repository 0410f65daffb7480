"""What people fill in around a document."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.forms import reason_field
from accounts.models import Organization
from approvals.actions.tiers import signing_roles
from approvals.choices import DocumentKind, NoticeFrequency
from approvals.models import ApprovalTier
from backflush.actions.editing import LineChange
from backflush.models import Backflush, BackflushLine
from inventory.models import Item, ReasonCode
from ui.widgets import FigureInput


class NoteForm(forms.Form):
    """A remark that may be left out."""

    note = forms.CharField(label="Note", required=False, max_length=1000, widget=forms.Textarea({"rows": 2}))


class ReasonForm(forms.Form):
    """A reason that must be given."""

    reason = reason_field(max_length=1000, rows=3)


class ReturnForm(forms.Form):
    """What is to be answered, perhaps with a figure for one line."""

    note = forms.CharField(label="Question or remark", max_length=1000, widget=forms.Textarea({"rows": 3}))
    line: forms.ModelChoiceField[BackflushLine] = forms.ModelChoiceField(
        None,
        label="Line",
        required=False,
        empty_label="No line",
        help_text="Only when you propose a figure for it.",
    )
    proposed_quantity = forms.DecimalField(
        label="Proposed actual", required=False, max_digits=18, decimal_places=6, widget=FigureInput
    )

    def __init__(self, *args: Any, backflush: Backflush, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = BackflushLine.objects.filter(backflush=backflush).select_related("item").order_by("item__sku")
        field = self.fields["line"]
        field.queryset = lines  # type: ignore[attr-defined]
        field.label_from_instance = lambda line: f"{line.item.sku} {line.item.description}"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("line") is None) != (data.get("proposed_quantity") is None):
            raise forms.ValidationError("A proposed figure needs its line, and a line its figure.")
        return data


class LineForm(forms.Form):
    """One line's actual quantity, item used, reason and note."""

    actual = forms.DecimalField(
        label="Actual", required=False, max_digits=18, decimal_places=6, widget=FigureInput
    )
    item = forms.CharField(
        label="Item used", required=False, max_length=80, help_text="Another item’s SKU, when it stood in."
    )
    factor = forms.DecimalField(
        label="How many of it for one",
        required=False,
        max_digits=18,
        decimal_places=6,
        min_value=0,
        widget=FigureInput,
        help_text="Left empty: the bill’s factor, else 1.",
    )
    reason: forms.ModelChoiceField[ReasonCode] = forms.ModelChoiceField(
        None, label="Reason", required=False, empty_label="No reason"
    )
    note = forms.CharField(label="Note", required=False, max_length=500)

    def __init__(self, *args: Any, line: BackflushLine | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        if line is None:  # a component that is not on the bill: it stands in for nothing
            del self.fields["factor"]
            item = self.fields["item"]
            item.label, item.help_text = "Item", "Its SKU, exactly as the item is called."
            item.error_messages["required"] = "Name the item that was used."
            self.fields["actual"].label = "Quantity used"
            self.fields["actual"].help_text = "In the item’s own unit."
            self.fields["actual"].required = item.required = True
            self.order_fields(["item", "actual", "reason", "note"])
        self.fields["reason"].queryset = ReasonCode.objects.filter(is_active=True).order_by("name")  # type: ignore[attr-defined]

    def clean_item(self) -> Item | None:
        sku = self.cleaned_data["item"].strip()
        if not sku or (self.line is not None and sku == self.line.item.sku):
            return None
        item = Item.objects.filter(sku=sku).first()
        if item is None:
            raise forms.ValidationError(f"There is no item {sku}. Look its SKU up under Stock.")
        return item

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.line is None and not self.errors and data.get("item") is None:
            self.add_error("item", "Name the item that was used.")
        return data

    def change(self) -> LineChange:
        """The change this form asks for; figures that are as they were are left alone."""
        data, line = self.cleaned_data, self.line
        actual = data["actual"]
        if line is not None and actual == line.actual_quantity:
            actual = None
        reason, item = data["reason"], data["item"]
        is_other_reason = line is None or line.reason_id != (reason.pk if reason else None)
        return LineChange(
            line_id=line.pk if line else None,
            actual_quantity=actual,
            item_used_id=item.pk if item else None,
            factor=data.get("factor") or None,
            reason_id=(reason.pk if reason else 0) if is_other_reason else None,
            note=data["note"] if line is None or data["note"] != line.note else None,
        )


class VarianceFilter(forms.Form):
    """The filters of the variances."""

    start = forms.DateField(required=False, label="Posted from", widget=forms.DateInput({"type": "date"}))
    end = forms.DateField(required=False, label="Posted to", widget=forms.DateInput({"type": "date"}))
    item = forms.CharField(
        required=False, label="Item", max_length=255, widget=forms.TextInput({"placeholder": "SKU"})
    )


class TierForm(forms.Form):
    """From an amount up, a role."""

    from_amount = forms.DecimalField(label="From", min_value=0, max_digits=18, widget=FigureInput)
    role = forms.ChoiceField(label="Signs")
    reason = reason_field()

    def __init__(
        self, *args: Any, organization: Organization, tier: ApprovalTier | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        kind = tier.document_kind if tier else DocumentKind.BACKFLUSH
        self.fields["role"].choices = [(role.value, role.label) for role in signing_roles(kind)]  # type: ignore[attr-defined]
        decimals = organization.currency_decimals
        self.decimals = decimals
        field = self.fields["from_amount"]
        field.decimal_places = decimals  # type: ignore[attr-defined]
        field.help_text = (
            f"In {organization.currency_code}: the sum of absolute variances, or the value relieved."
        )

    @property
    def from_amount_minor(self) -> int:
        return int(self.cleaned_data["from_amount"].scaleb(self.decimals))


class NoticeForm(forms.Form):
    """How often mails come."""

    frequency = forms.ChoiceField(label="Mail me", choices=NoticeFrequency, widget=forms.RadioSelect)
