"""This room's entries in the navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from ui.navigation import SETTINGS, NavEntry


def entries(request: HttpRequest) -> list[NavEntry]:
    slug = request.organization.slug  # type: ignore[attr-defined]
    return [
        NavEntry(
            "API calls",
            reverse("calls:trail", args=[slug]),
            "code-bracket",
            45,
            place=SETTINGS,
            description="Every call that a program made: with which key, what it asked, how it ended.",
        )
    ]
