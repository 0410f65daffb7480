"""This room's entries in the navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from ui.navigation import SETTINGS, NavEntry


def entries(request: HttpRequest) -> list[NavEntry]:
    slug = request.organization.slug  # type: ignore[attr-defined]
    orders, new, bills = (
        reverse(f"production:{name}", args=[slug]) for name in ("orders", "new_order", "bills")
    )
    return [
        NavEntry("Work orders", orders, "clipboard-document-list", 20, also=(new, bills)),
        NavEntry(
            "Bills of materials",
            bills,
            "rectangle-stack",
            50,
            place=SETTINGS,
            description="What items are made of, their revisions, where they are used and their operations.",
        ),
    ]
