"""What the import pages ask."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django import forms
from django.utils import timezone

from accounts.errors import AppError
from imports.choices import FileKind, ImportStatus
from imports.kinds.registry import KINDS
from imports.reading.limits import LIMITS, in_words
from inventory.stock_files.shapes import Doubt, Scope

MAPPING_SIZE = 1024 * 1024
KIND_CHOICES = [(kind, FileKind(kind).label) for kind in KINDS]


class ReceiveForm(forms.Form):
    """A file, pasted cells or a link: one of them."""

    kind = forms.ChoiceField(label="What is in it?", choices=KIND_CHOICES)
    file = forms.FileField(required=False, label="A file")
    cells = forms.CharField(
        required=False,
        strip=False,
        label="Or cells from a spreadsheet",
        widget=forms.Textarea(attrs={"rows": 5, "data-paste": "", "spellcheck": "false"}),
        help_text="Copy them with their headers and paste them here.",
    )
    link = forms.CharField(
        required=False,
        label="Or a Google Sheets link",
        help_text="The sheet must be shared with anyone who has the link. No other address is opened.",
    )
    sample = forms.CharField(required=False, widget=forms.HiddenInput)
    mends = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        given = [name for name in ("file", "cells", "link", "sample") if said.get(name)]
        if not given:
            raise forms.ValidationError("Choose a file, paste cells, or give a link.")
        if len(given) > 1:
            raise forms.ValidationError("Give one thing: a file, or cells, or a link.")
        upload = said.get("file")
        if upload is not None and upload.size > LIMITS.bytes:
            raise forms.ValidationError(
                f"The file has {in_words(upload.size)}; {in_words(LIMITS.bytes)} are read. Split it."
            )
        return said


class StockForm(forms.Form):
    """What a stock file cannot say of itself."""

    moment = forms.ChoiceField(
        label="When did the ERP hold these figures?",
        choices=[
            ("file", "As the file says in its own column"),
            ("now", "Now: it was written just now"),
            ("then", "At this moment:"),
        ],
        initial="now",
    )
    counted_at = forms.DateTimeField(
        required=False,
        label="Moment",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    scope = forms.ChoiceField(
        label="What is not in the file?",
        choices=[
            (Scope.ROWS.value, "Stays as it is"),
            (Scope.LOCATIONS.value, "Is zero at the locations that the file names"),
            (Scope.WHOLE.value, "Is zero: the file is the whole stock"),
        ],
    )
    negatives = forms.BooleanField(required=False, label="Load the ERP’s own negative stock as it stands")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("moment") == "then" and not said.get("counted_at"):
            self.add_error("counted_at", "Give the moment.")
        return said

    def chosen_moment(self) -> dt.datetime | None:
        """The moment for the whole file, or None where its own column says it."""
        chosen = self.cleaned_data["moment"]
        if chosen == "now":
            return timezone.now()
        return self.cleaned_data["counted_at"] if chosen == "then" else None


class DoubtForm(forms.Form):
    """What to take for all entries of which nobody knows whether the ERP had taken them."""

    doubt = forms.ChoiceField(
        label="Had the ERP taken them?",
        choices=[
            (Doubt.PROPOSED.value, "As proposed, line by line"),
            (Doubt.TAKEN.value, "Yes, all of them"),
            (Doubt.NOT_TAKEN.value, "No, none of them"),
        ],
    )


class MappingForm(forms.Form):
    """A mapping by name, as the JSON document that the command takes too."""

    kind = forms.ChoiceField(label="Of which files?", choices=KIND_CHOICES)
    name = forms.CharField(max_length=80, label="Name")
    file = forms.FileField(
        required=False,
        label="A JSON file",
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    document = forms.CharField(
        required=False,
        label="What it says",
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "mono"}),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            self.fields["document"].label = "Or what it says"
        else:
            del self.fields["kind"]
            self.fields["file"].label = "Take it from a JSON file instead"

    def said(self) -> Any:
        """The document that was given, decoded. Raises AppError where it is not JSON."""
        upload = self.cleaned_data["file"]
        name = upload.name if upload else "The mapping"
        try:
            if upload:
                if upload.size > MAPPING_SIZE:
                    raise ValueError("it is too large")
                return json.loads(upload.read().decode("utf-8-sig"))
            return json.loads(self.cleaned_data["document"] or "{}")
        except (ValueError, RecursionError) as error:
            raise AppError("INVALID", f"{name} is not JSON: {error}.") from error


class ListFilter(forms.Form):
    """The filters of the list of imports."""

    q = forms.CharField(required=False, label="Search", help_text="File name")
    kind = forms.ChoiceField(required=False, label="Kind", choices=[("", "All kinds"), *FileKind.choices])
    status = forms.ChoiceField(required=False, label="State", choices=[("", "Any"), *ImportStatus.choices])
