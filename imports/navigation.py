"""This room's entry of the navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from ui.navigation import NavEntry


def entries(request: HttpRequest) -> list[NavEntry]:
    slug = request.organization.slug  # type: ignore[attr-defined]
    return [NavEntry("Imports", reverse("imports:list", args=[slug]), "arrow-down-tray", 60)]
