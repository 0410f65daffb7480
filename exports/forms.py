"""What the pages of batches ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.forms import reason_field
from exports.acknowledgements import MAX_BYTES
from exports.choices import Answer, ExportStatus
from exports.models import ExportTemplate
from ui.formats import file_size

TICKED, OPEN = "ticked", "open"


class ReasonForm(forms.Form):
    """A reason that must be given."""

    reason = reason_field(max_length=1000, rows=3)


class BatchFilter(forms.Form):
    """The filters of the list of batches."""

    status = forms.ChoiceField(
        required=False, label="State", choices=[("", "All batches"), *ExportStatus.choices]
    )
    template = forms.ChoiceField(required=False, label="Template")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = ExportTemplate.objects.order_by("name").values_list("pk", "name")
        field = self.fields["template"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "All templates"), *((str(pk), name) for pk, name in names)]


class LineFilter(forms.Form):
    """Which of a batch's lines to show."""

    state = forms.ChoiceField(
        required=False,
        label="Lines",
        choices=[
            ("", "All lines"),
            ("open", "Unanswered"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("ended", "No longer part of it"),
        ],
    )


class AnswerForm(forms.Form):
    """One answer for the ticked lines, or for every line that has none."""

    scope = forms.ChoiceField(
        label="For",
        choices=[(TICKED, "The ticked lines"), (OPEN, "Every line without an answer")],
        widget=forms.RadioSelect,
        initial=OPEN,
    )
    answer = forms.ChoiceField(
        label="The ERP", choices=[(Answer.ACCEPTED.value, "accepted"), (Answer.REJECTED.value, "rejected")]
    )
    loaded_at = forms.DateTimeField(
        required=False,
        label="Loaded at",
        widget=forms.DateTimeInput({"type": "datetime-local"}),
        help_text="When the ERP booked it. Stock files are judged by this moment; leave it empty if nobody knows.",
    )
    message = forms.CharField(required=False, max_length=1000, label="The ERP's message")
    lines = forms.TypedMultipleChoiceField(required=False, coerce=int, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Which numbers there are is the action's to check; the field only wants numbers.
        field = self.fields["lines"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(text, text) for text in self._given() if text.isascii() and text.isdigit()]

    def _given(self) -> list[str]:
        return self.data.getlist("lines") if hasattr(self.data, "getlist") else []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("scope") == TICKED and not data.get("lines"):
            raise forms.ValidationError("No line is ticked. Tick some, or answer for every open line.")
        if data.get("answer") == Answer.REJECTED and data.get("loaded_at"):
            self.add_error("loaded_at", "What was rejected was never loaded: leave this empty.")
        return data


class AnswerFileForm(forms.Form):
    """The ERP's answers as a file."""

    file = forms.FileField(label="A file of answers")

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(
                f"The file is larger than {file_size(MAX_BYTES)}. Send the answers in parts."
            )
        return file
