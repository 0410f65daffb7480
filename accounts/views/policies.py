"""The settings page and the organization's policies."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import requires
from accounts.actions.organizations import change_policies
from accounts.errors import AppError
from accounts.forms import PoliciesForm
from accounts.http import OrganizationRequest
from accounts.navigation import settings_entries
from accounts.policies import POLICIES, RULES_RIGHT, SETTINGS_RIGHT
from accounts.validation import answer_on_form
from ui.components import Crumb


@requires("read_books")
def settings_index(request: OrganizationRequest) -> HttpResponse:
    return render(request, "accounts/settings.html", {"entries": settings_entries(request)})


@requires("read_books")
def policies(request: OrganizationRequest) -> HttpResponse:
    return _policies(request, SETTINGS_RIGHT, "accounts:policies", "Policies")


@requires("read_books")
def tolerance(request: OrganizationRequest) -> HttpResponse:
    return _policies(request, RULES_RIGHT, "accounts:tolerance", "Tolerance and standard runs")


def _policies(request: OrganizationRequest, right: str, here: str, title: str) -> HttpResponse:
    """Everybody reads the policies; who has the right changes them."""
    organization = request.organization
    names = [policy.name for policy in POLICIES.values() if policy.right == right]
    may_change = right in request.rights
    form = PoliciesForm(request.POST or None, organization=organization, names=names)
    if not may_change:
        for field in form.fields.values():
            field.disabled = True
        del form.fields["reason"]
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data.get("reason", "")
        try:
            change_policies(
                organization=organization, values=form.values(), reason=reason, actor=request.user
            )
        except AppError as error:
            answer_on_form(form, error)
        else:
            messages.success(request, "The policies are changed.")
            return redirect(here, organization.slug)
    context = {
        "title": title,
        "form": form,
        "may_change": may_change,
        "organization": organization,
        "crumbs": [Crumb("Settings", reverse("accounts:settings", args=[organization.slug]))],
    }
    return render(request, "accounts/policies.html", context, status=422 if form.errors else 200)
