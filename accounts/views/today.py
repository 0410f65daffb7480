"""What waits for the person today, put together from the rooms' panels."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import requires
from accounts.http import OrganizationRequest
from accounts.navigation import sources
from ui.navigation import Panel


@requires("read_books")
def today(request: OrganizationRequest) -> HttpResponse:
    panels: list[Panel] = [
        panel for source in sources(tuple(settings.TODAY_PANELS)) for panel in source(request)
    ]
    panels.sort(key=lambda panel: panel.order)
    return render(request, "accounts/today.html", {"panels": panels})
