"""The first page after signing in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.queries.organizations import organizations_of


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The only organization of the person, or a choice."""
    organizations = organizations_of(request.user)  # type: ignore[arg-type]
    if len(organizations) == 1:
        return redirect("accounts:today", organizations[0].slug)
    return render(request, "accounts/home.html", {"choices": organizations})
