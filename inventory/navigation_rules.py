"""This room's entries of the settings page."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from ui.navigation import SETTINGS, NavEntry


def entries(request: HttpRequest) -> list[NavEntry]:
    slug = request.organization.slug  # type: ignore[attr-defined]

    def entry(label: str, name: str, icon: str, order: int, description: str) -> NavEntry:
        url = reverse(f"rules:{name}", args=[slug])
        return NavEntry(label, url, icon, order, place=SETTINGS, description=description)

    return [
        entry(
            "Reason codes", "reasons", "chat-bubble-left-right", 60, "Why a quantity differs, normal or not."
        ),
        entry("Accounts", "accounts", "calculator", 61, "Which account plays which part in the journal."),
        entry("Periods", "periods", "calendar-days", 62, "Which days may be posted to."),
    ]
