"""What every page knows: the organization, what its reader may do, and where they can go."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from ui.components import Choice

from .navigation import navigation
from .queries.organizations import organizations_of


def organization(request: HttpRequest) -> dict[str, Any]:
    """`organization`, `membership`, `rights` and `navigation` inside an organization; `organizations` everywhere."""
    present = getattr(request, "organization", None)
    # A request refused early, for its host say, has no user yet; its error page renders all the same.
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    known: dict[str, Any] = {"organizations": SimpleLazyObject(lambda: choices(request))}
    if present is not None:
        known |= {
            "organization": present,
            "membership": request.membership,  # type: ignore[attr-defined]
            "rights": request.rights,  # type: ignore[attr-defined]
            "navigation": SimpleLazyObject(lambda: navigation(request)),
        }
    return known


def choices(request: HttpRequest) -> list[Choice]:
    """The organizations that the person belongs to, for the switcher."""
    present = getattr(request, "organization", None)
    return [
        Choice(one.name, reverse("accounts:today", args=[one.slug]), one == present)
        for one in organizations_of(request.user)  # type: ignore[arg-type]
    ]
