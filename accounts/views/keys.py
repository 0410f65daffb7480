"""API keys."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.actions.keys import create_api_key, limit_api_key, revoke_api_key
from accounts.errors import AppError
from accounts.forms import KeyForm, KeyLimitForm
from accounts.history import history_of
from accounts.http import OrganizationRequest
from accounts.models import ApiKey
from accounts.queries.members import api_keys
from accounts.validation import answer_on_form
from ui.components import Crumb


def _crumbs(request: OrganizationRequest) -> list[Crumb]:
    slug = request.organization.slug
    return [
        Crumb("Settings", reverse("accounts:settings", args=[slug])),
        Crumb("API keys", reverse("accounts:keys", args=[slug])),
    ]


@requires("manage_members")
def key_list(request: OrganizationRequest) -> HttpResponse:
    context = {"keys": api_keys(), "now": timezone.now(), "crumbs": _crumbs(request)[:1]}
    return render(request, "accounts/keys.html", context)


@requires("manage_members")
def new_key(request: OrganizationRequest) -> HttpResponse:
    """The key is shown in the answer to this form, and never again."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        last_day: dt.date | None = form.cleaned_data["expires_on"]
        try:
            made = create_api_key(
                organization=request.organization,
                member=form.cleaned_data["member"].user,
                name=form.cleaned_data["name"],
                is_read_only=form.cleaned_data["is_read_only"],
                expires_at=end_of(last_day) if last_day else None,
                calls_per_minute=form.cleaned_data["calls_per_minute"],
                actor=request.user,
            )
        except AppError as error:
            answer_on_form(form, error)
        else:
            answer = render(request, "accounts/key_made.html", {"made": made, "crumbs": _crumbs(request)})
            answer["Cache-Control"] = "no-store"
            return answer
    context = {"form": form, "crumbs": _crumbs(request)}
    return render(request, "accounts/key_form.html", context, status=422 if form.errors else 200)


def end_of(day: dt.date) -> dt.datetime:
    """The moment after this day, in the organization's time zone."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))


@requires("manage_members")
def limit_key(request: OrganizationRequest, pk: int) -> HttpResponse:
    """How many calls a key may make, and what happened to the key."""
    key = get_object_or_404(ApiKey.objects.select_related("organization", "member"), pk=pk)
    form = KeyLimitForm(request.POST or None, initial={"calls_per_minute": key.calls_per_minute})
    if request.method == "POST" and form.is_valid():
        try:
            limit_api_key(key=key, calls_per_minute=form.cleaned_data["calls_per_minute"], actor=request.user)
        except AppError as error:
            answer_on_form(form, error)
        else:
            messages.success(request, f"The limit of “{key.name}” holds from its next call on.")
            return redirect("accounts:keys", request.organization.slug)
    context = {"key": key, "form": form, "events": history_of([key]), "crumbs": _crumbs(request)}
    return render(request, "accounts/key_limit.html", context, status=422 if form.errors else 200)


@requires("manage_members")
@require_POST
def revoke(request: OrganizationRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey.objects.select_related("organization"), pk=pk)
    revoke_api_key(key=key, actor=request.user)
    messages.success(request, f"The key “{key.name}” is revoked.")
    return redirect("accounts:keys", request.organization.slug)
