"""What the pages of orders and bills ask."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from accounts.forms import reason_field
from inventory.choices import LocationKind
from inventory.models import Item, Location, ReasonCode
from production.actions.documents import KINDS
from production.choices import OrderKind, OrderStatus
from production.models import Completion, WorkOrder, WorkOrderOutput
from ui.widgets import FigureInput

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def quantity_field(label: str, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=18, decimal_places=6, widget=FigureInput, **options)


class OrderFilter(forms.Form):
    """The filters of the list of work orders."""

    q = forms.CharField(required=False, label="Search", help_text="Number or SKU begins with")
    status = forms.ChoiceField(
        required=False, label="Status", choices=[("", "Any status"), *OrderStatus.choices]
    )
    state = forms.ChoiceField(
        required=False,
        label="Show",
        choices=[
            ("", "All orders"),
            ("open", "Open"),
            ("waiting", "Waiting for a backflush"),
            ("closed", "Closed"),
        ],
    )
    site = forms.ModelChoiceField(
        Location.objects.none(), required=False, label="Site", empty_label="Every site"
    )
    due_from = forms.DateField(required=False, label="Due from", widget=DAY)
    due_to = forms.DateField(required=False, label="Due to", widget=DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "site", Location.objects.filter(parent__isnull=True).order_by("code"))


class BillFilter(forms.Form):
    """The filters of the list of bills."""

    q = forms.CharField(required=False, label="Search", help_text="SKU begins with")
    state = forms.ChoiceField(
        required=False,
        label="Show",
        choices=[
            ("", "All items with a bill"),
            ("phantom", "Used as phantoms"),
            ("inactive", "Without an active bill"),
        ],
    )


class OrderForm(forms.Form):
    """A work order made by hand."""

    number = forms.CharField(max_length=80, label="Number")
    sku = forms.CharField(max_length=80, label="SKU", help_text="What is made, exactly as the item is called")
    quantity = quantity_field("Quantity", min_value=Decimal("0.000001"))
    kind = forms.ChoiceField(label="Kind", choices=OrderKind.choices)
    work_site = forms.ModelChoiceField(
        Location.objects.none(), required=False, label="Work site", empty_label="No site"
    )
    due_on = forms.DateField(required=False, label="Due", widget=DAY)
    conversion_cost = quantity_field("Conversion cost per unit", min_value=Decimal(0), required=False)
    scrap_allowance_percent = forms.DecimalField(
        label="Scrap allowance, %",
        max_digits=9,
        decimal_places=4,
        min_value=Decimal(0),
        required=False,
        widget=FigureInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_sites(self)

    def clean_sku(self) -> Item:
        sku = self.cleaned_data["sku"].strip()
        item = Item.objects.select_related("organization").filter(sku=sku).first()
        if item is None:
            raise forms.ValidationError(f"There is no item {sku}. Items come with an items file.")
        return item


class OrderChangeForm(forms.Form):
    """What may change of an order that is there: a quantity per output, the due day, the site."""

    due_on = forms.DateField(required=False, label="Due", widget=DAY)
    work_site = forms.ModelChoiceField(
        Location.objects.none(), required=False, label="Work site", empty_label="No site"
    )
    reason = reason_field()

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        self.outputs = list(order.outputs.select_related("item").order_by("pk"))
        super().__init__(*args, **kwargs)
        self.initial = {"due_on": order.due_on, "work_site": order.work_site_id}
        _offer_sites(self)
        for output in self.outputs:
            several = len(self.outputs) > 1
            self.fields[self._name(output)] = quantity_field(
                f"Quantity of {output.item.sku}" if several else "Quantity",
                min_value=Decimal("0.000001"),
                required=False,
                initial=None if output.quantity is None else f"{output.quantity.normalize():f}",
            )
        self.order_fields([*map(self._name, self.outputs), "due_on", "work_site", "reason"])

    def quantities(self) -> dict[int, Decimal | None]:
        """By output."""
        return {output.pk: self.cleaned_data[self._name(output)] for output in self.outputs}

    def _name(self, output: WorkOrderOutput) -> str:
        return "quantity" if len(self.outputs) == 1 else f"quantity_{output.pk}"


class CompletionForm(forms.Form):
    """What was built: recorded on the order's page, or changed before it is posted."""

    output = forms.ModelChoiceField(WorkOrderOutput.objects.none(), label="Product")
    good_quantity = quantity_field("Good", help_text="Negative to take back what was reported too much")
    scrap_quantity = quantity_field("Scrap", initial=Decimal(0))
    scrap_reason = forms.ModelChoiceField(
        ReasonCode.objects.none(),
        required=False,
        label="Scrap reason",
        empty_label="No reason",
        help_text="Needed where something was scrapped",
    )
    operation_number = forms.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, label="Operation", help_text="Empty is the last one"
    )
    scrap_operation_number = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        label="Scrap found at",
        help_text="Empty is where it is reported",
    )
    reference = forms.CharField(
        required=False, max_length=80, label="Reference", help_text="Tells partial completions apart"
    )
    output_lot_code = forms.CharField(required=False, max_length=80, label="Lot or serial number")
    completed_at = forms.DateTimeField(
        required=False,
        label="Completed",
        help_text="Empty is now",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    is_final = forms.BooleanField(required=False, label="This is the last completion of the order")

    def __init__(
        self, *args: Any, order: WorkOrder, present: Completion | None = None, **kwargs: Any
    ) -> None:
        if present is not None:
            kwargs.setdefault("initial", _initial(present))
        super().__init__(*args, **kwargs)
        outputs = WorkOrderOutput.objects.filter(work_order=order).select_related("item").order_by("pk")
        _offer(self, "output", outputs)
        field = self.fields["output"]
        assert isinstance(field, forms.ModelChoiceField)
        setattr(field, "label_from_instance", lambda output: output.item.sku)  # noqa: B010 - mypy takes it for a method
        if len(outputs) == 1:
            field.initial, field.widget = outputs[0].pk, forms.HiddenInput()
        _offer(self, "scrap_reason", ReasonCode.objects.filter(is_active=True).order_by("name"))
        if present is not None:  # these are its key
            for name in ("output", "operation_number", "reference"):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("scrap_quantity") and not data.get("scrap_reason"):
            self.add_error("scrap_reason", "Say why it was scrapped.")
        return data


class ReasonForm(forms.Form):
    """Why, in one line."""

    reason = reason_field()


class NoteForm(forms.Form):
    """Why, where nobody must say it."""

    reason = forms.CharField(max_length=500, required=False, label="Note")


class RecipeForm(ReasonForm):
    """The day on which a recipe is taken anew."""

    on = forms.DateField(required=False, label="As it holds on", help_text="Empty is today", widget=DAY)
    field_order = ("on", "reason")


class DocumentForm(forms.Form):
    """A paper to keep with an order."""

    file = forms.FileField(
        label="File", max_length=200, widget=forms.FileInput(attrs={"accept": ",".join(sorted(KINDS))})
    )


class OperationForm(forms.Form):
    """A step in making an item."""

    number = forms.IntegerField(min_value=1, max_value=2**31 - 1, label="Number")
    name = forms.CharField(max_length=120, required=False, label="Name")
    is_backflush_point = forms.BooleanField(required=False, label="Components are relieved here")


def _offer_sites(form: forms.Form) -> None:
    sites = Location.objects.filter(kind__in=[LocationKind.SITE, LocationKind.STORE])
    _offer(form, "work_site", sites.order_by("code"))


def _offer(form: forms.Form, name: str, queryset: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = queryset


def _initial(present: Completion) -> dict[str, Any]:
    points = present.output.reporting_points
    return {
        "output": present.output_id,
        "good_quantity": f"{present.good_quantity.normalize():f}",
        "scrap_quantity": f"{present.scrap_quantity.normalize():f}",
        "scrap_reason": present.scrap_reason_id,
        "operation_number": present.operation_number or (points[-1] if points else None),
        "scrap_operation_number": present.scrap_operation_number,
        "reference": present.reference,
        "output_lot_code": present.output_lot_code,
        "completed_at": present.completed_at,
        "is_final": present.is_stated_final,
    }
