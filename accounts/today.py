"""This room's part of the Today page: background work that runs or failed lately, and webhooks that nobody answers."""

from __future__ import annotations

from django.http import HttpRequest

from ui.navigation import Panel

from .queries.jobs import jobs_worth_a_look
from .queries.webhooks import silent_webhooks


def panels(request: HttpRequest) -> list[Panel]:
    found = []
    if jobs := jobs_worth_a_look(request.user):  # type: ignore[arg-type]
        found.append(Panel("accounts/panels/jobs.html", {"jobs": jobs}, order=15))
    if "manage_settings" in request.rights and (webhooks := list(silent_webhooks())):  # type: ignore[attr-defined]
        found.append(Panel("accounts/panels/webhooks.html", {"webhooks": webhooks}, order=16))
    return found
