"""What the pages of templates ask: the file's form, and its columns in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from exports.choices import ColumnSource
from exports.column_rules import column_problems, template_problem
from exports.models import ExportTemplate
from exports.writer import Layout, LayoutColumn

EMPTY_ROWS = 3
MAX_COLUMNS = 100


class TemplateForm(forms.ModelForm):
    """How the file is written."""

    class Meta:
        model = ExportTemplate
        fields = (
            "name",
            "description",
            "delimiter",
            "encoding",
            "line_end",
            "decimal_mark",
            "date_format",
            "max_lines",
            "has_header",
            "is_guarded",
            "has_consumption",
            "has_receipts",
            "has_adjustments",
        )
        labels = {
            "line_end": "Line ends",
            "date_format": "Dates like",
            "max_lines": "Lines in a file, at most",
            "has_header": "First row names the columns",
            "is_guarded": "Guard text that a spreadsheet would compute",
            "has_consumption": "What was consumed",
            "has_receipts": "What was received",
            "has_adjustments": "Adjustments",
        }
        help_texts = {
            "description": "What the file is for, and what about the ERP's side is not confirmed yet.",
            "max_lines": "More than that stays due for the next file. Empty: no limit.",
            "is_guarded": "An apostrophe goes before text that begins with = + - @. Numbers stay plain.",
        }
        widgets = {"description": forms.Textarea({"rows": 4})}


def name_inputs(form: forms.Form) -> None:
    """In a table the head says what an input is; those who listen are told by the input itself."""
    for name in ("header", "source", "ORDER", "DELETE"):
        if name in form.fields:
            form.fields[name].widget.attrs["aria-label"] = str(form.fields[name].label)


class ColumnForm(forms.Form):
    """One column."""

    header = forms.CharField(max_length=80, label="Header", strip=False)
    source = forms.ChoiceField(label="Shows", choices=[("", "Choose"), *ColumnSource.choices])
    constant = forms.CharField(
        max_length=200,
        required=False,
        label="Text",
        strip=False,
        help_text="What stands in every line, or two texts: relief | return.",
    )
    decimals = forms.IntegerField(
        required=False, min_value=0, label="Decimals", help_text="Empty: every digit. Unit costs are rounded."
    )
    max_length = forms.IntegerField(
        required=False, min_value=1, max_value=32_000, label="Longest", help_text="Characters."
    )
    pad_to = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=200,
        label="Fill to",
        help_text="Codes of digits alone get zeros in front.",
    )
    is_required = forms.BooleanField(required=False, label="Never empty")
    translations = forms.CharField(
        required=False,
        label="The ERP’s words for ours",
        widget=forms.Textarea({"rows": 3}),
        help_text="One pair per line: ours = theirs. What is not named stays as it is.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_inputs(self)

    def clean_translations(self) -> dict[str, str]:
        words: dict[str, str] = {}
        for line in self.cleaned_data["translations"].splitlines():
            if not line.strip():
                continue
            ours, equals, theirs = line.partition("=")
            if not equals or not ours.strip():
                raise forms.ValidationError("Write one pair per line: ours = theirs.")
            words[ours.strip()] = theirs.strip()
        return words

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and self.has_changed() and not data.get("DELETE"):
            for name, message in column_problems(self.column()).items():
                self.add_error(name, message)
        return data

    @property
    def has_details(self) -> bool:
        """Whether the folded part has something to show: a value, or what is wrong with one."""
        names = ("constant", "decimals", "max_length", "pad_to", "is_required", "translations")
        return any(self[name].value() or (self.is_bound and self[name].errors) for name in names)

    def column(self) -> LayoutColumn:
        """The column as the writer takes it."""
        names = LayoutColumn.__dataclass_fields__
        return LayoutColumn(**{name: self.cleaned_data[name] for name in names})


class BaseColumnSet(forms.BaseFormSet):
    """All columns of a template."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label = "Place"
        form.fields["DELETE"].label = "Leave out"
        name_inputs(form)

    def clean(self) -> None:
        if not any(self.errors) and (problem := template_problem(self.columns())):
            raise forms.ValidationError(problem)

    def columns(self) -> tuple[LayoutColumn, ...]:
        """The columns in the order that was asked for; empty rows and those to be left out are not among them."""
        return tuple(form.column() for form in self.ordered_forms)


ColumnSet = forms.formset_factory(
    ColumnForm,
    formset=BaseColumnSet,
    extra=EMPTY_ROWS,
    can_order=True,
    can_delete=True,
    max_num=MAX_COLUMNS,
    validate_max=True,
)


def initial_columns(columns: Sequence[LayoutColumn]) -> list[dict[str, Any]]:
    """What the form shows of a template's columns."""
    return [
        {
            **{name: getattr(column, name) for name in LayoutColumn.__dataclass_fields__},
            "translations": "\n".join(f"{ours} = {theirs}" for ours, theirs in column.translations.items()),
        }
        for column in columns
    ]


def layout_from(form: TemplateForm, columns: BaseColumnSet) -> Layout:
    """The layout that these valid forms describe, without saving it."""
    data = form.cleaned_data
    names = (
        "delimiter",
        "encoding",
        "line_end",
        "decimal_mark",
        "date_format",
        "has_header",
        "is_guarded",
    )
    return Layout(columns=columns.columns(), **{name: data[name] for name in names})
