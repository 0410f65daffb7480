"""This room's entry of the navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from exports.queries.due import due_count
from ui.navigation import NavEntry


def entries(request: HttpRequest) -> list[NavEntry]:
    slug = request.organization.slug  # type: ignore[attr-defined]
    return [
        NavEntry("Exports", reverse("exports:batches", args=[slug]), "arrow-up-tray", 50, due_count()),
    ]
