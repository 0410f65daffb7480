"""Forms of webhooks and their log."""

from __future__ import annotations

from itertools import groupby

from django import forms

from accounts.choices import EventName
from accounts.models import DeliveryStatus
from accounts.webhooks.delivering import PING

GROUPS = {
    "backflush": "Documents",
    "approval": "Signatures",
    "inventory": "Postings",
    "stock": "Shortages",
    "work_order": "Work orders",
    "import": "Imports",
    "export": "Exports",
    "period": "Periods",
}
OVERLAPS = [(24, "A day"), (168, "A week"), (1, "An hour"), (0, "Not at all: it has leaked")]


def grouped_names() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every event under what it is about."""
    return [
        (GROUPS[about], [(name.value, f"{name.label} ({name.value})") for name in names])
        for about, names in groupby(EventName, lambda name: name.value.split(".")[0])
    ]


class WebhookForm(forms.Form):
    name = forms.CharField(label="Name", max_length=80, help_text="Who is told, for example “ERP bridge”.")
    url = forms.CharField(
        label="Address",
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
        help_text="It gets each event as a signed POST and answers with a status from 200 to 299.",
    )
    event_names = forms.MultipleChoiceField(
        label="Events",
        required=False,
        choices=grouped_names,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: all of them, also those that later versions bring.",
    )


class RotateForm(forms.Form):
    overlap_hours = forms.TypedChoiceField(
        label="The old secret stays valid for",
        choices=OVERLAPS,
        coerce=int,
        help_text="Until then every delivery is signed with both, and the receiver can change over at any moment.",
    )


class DeliveryFilter(forms.Form):
    """What of the log is shown."""

    status = forms.ChoiceField(
        label="State", required=False, choices=[("", "Any state"), *DeliveryStatus.choices]
    )
    name = forms.ChoiceField(
        label="Event",
        required=False,
        choices=[("", "Any event"), *((name.value, name.value) for name in EventName), (PING, PING)],
    )
