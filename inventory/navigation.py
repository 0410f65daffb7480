"""This room's entries of the navigation."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from ui.navigation import NavEntry


def entries(request: HttpRequest) -> list[NavEntry]:
    slug = request.organization.slug  # type: ignore[attr-defined]
    return [NavEntry("Stock", reverse("inventory:stock", args=[slug]), "cube", 40)]
