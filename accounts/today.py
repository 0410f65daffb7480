"""This room's part of the Today page: background work that still runs, and what failed lately."""

from __future__ import annotations

from django.http import HttpRequest

from ui.navigation import Panel

from .queries.jobs import jobs_worth_a_look


def panels(request: HttpRequest) -> list[Panel]:
    jobs = jobs_worth_a_look(request.user)  # type: ignore[arg-type]
    return [Panel("accounts/panels/jobs.html", {"jobs": jobs}, order=15)] if jobs else []
