"""Following the link of an invitation."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from accounts.actions.invitations import accept_invitation
from accounts.errors import AppError
from accounts.forms import AcceptForm
from accounts.invitations import hashed
from accounts.models import Invitation, Organization, User
from accounts.queries.members import invitation_that_holds
from accounts.tenancy.binding import bind

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
def invitation(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The address names the organization, because no row of it can be read before."""
    organization = get_object_or_404(Organization, slug=slug)
    with bind(organization):
        found = invitation_that_holds(hashed(token))
        if found is None:
            return render(request, "accounts/invitation_ended.html", status=404)
        found.organization = organization
        if request.user.is_authenticated:
            return _join(request, found)
        if User.objects.filter(email=found.email).exists():
            sign_in = reverse(settings.LOGIN_URL) + "?" + urlencode({"next": request.path})
            return render(request, "accounts/invitation.html", {"invitation": found, "sign_in": sign_in})
        return _begin(request, found)


def _join(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Somebody who is signed in accepts with one button, or reads that the invitation is another's."""
    user: User = request.user  # type: ignore[assignment]
    context = {"invitation": found, "is_other": user.email != found.email}
    if request.method == "POST":
        try:
            accept_invitation(invitation=found, user=user)
        except AppError as error:
            return render(request, "accounts/invitation.html", {**context, "error": error}, status=422)
        return redirect("accounts:today", found.organization.slug)
    return render(request, "accounts/invitation.html", context)


def _begin(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Somebody new gives a name and a password, and is signed in."""
    form = AcceptForm(request.POST or None, email=found.email)
    if request.method == "POST" and form.is_valid():
        user = accept_invitation(
            invitation=found, name=form.cleaned_data["name"], password=form.cleaned_data["password"]
        )
        login(request, user, backend=BACKEND)
        return redirect("accounts:today", found.organization.slug)
    context = {"invitation": found, "form": form}
    return render(request, "accounts/invitation.html", context, status=422 if form.errors else 200)
