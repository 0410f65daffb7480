"""The history of members and of policies."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import requires
from accounts.history import Event, history_of, history_of_model
from accounts.http import OrganizationRequest
from accounts.models import ApiKey, Invitation, Membership
from ui.components import Crumb

SHOWN = 200


def history_page(
    request: OrganizationRequest, *, title: str, crumbs: list[Crumb], events: list[Event]
) -> HttpResponse:
    """A page with nothing but a time line."""
    return render(request, "accounts/history.html", {"title": title, "crumbs": crumbs, "events": events})


@requires("read_books")
def members_history(request: OrganizationRequest) -> HttpResponse:
    events = [
        *history_of_model(Membership, limit=SHOWN),
        *history_of_model(Invitation, limit=SHOWN, hidden=["invited_at", "expires_at"]),
        *history_of_model(ApiKey, limit=SHOWN),
    ]
    events.sort(key=lambda event: event.at, reverse=True)
    return history_page(
        request,
        title="Who was given what",
        crumbs=[Crumb("Members", reverse("accounts:members", args=[request.organization.slug]))],
        events=events[:SHOWN],
    )


@requires("read_books")
def policies_history(request: OrganizationRequest) -> HttpResponse:
    return history_page(
        request,
        title="How the policies changed",
        crumbs=[Crumb("Settings", reverse("accounts:settings", args=[request.organization.slug]))],
        events=history_of([request.organization], limit=SHOWN),
    )
