"""Reason codes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import requires
from accounts.errors import AppError
from accounts.history import history_of_model
from accounts.http import OrganizationRequest
from accounts.validation import answer_on_form
from accounts.views.history import SHOWN, history_page
from inventory.actions.rules import save_reason_code
from inventory.forms_rules import ReasonCodeForm
from inventory.models import ReasonCode
from inventory.queries.rules import reason_codes
from ui.components import Crumb


def _crumbs(request: OrganizationRequest) -> list[Crumb]:
    slug = request.organization.slug
    return [
        Crumb("Settings", reverse("accounts:settings", args=[slug])),
        Crumb("Reason codes", reverse("rules:reasons", args=[slug])),
    ]


@requires("read_books")
def reason_list(request: OrganizationRequest) -> HttpResponse:
    context = {
        "reasons": reason_codes(),
        "may_change": "maintain_rules" in request.rights,
        "crumbs": _crumbs(request)[:1],
    }
    return render(request, "inventory/reasons.html", context)


@requires("maintain_rules")
def new_reason(request: OrganizationRequest) -> HttpResponse:
    return _form(request, None)


@requires("maintain_rules")
def edit_reason(request: OrganizationRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(ReasonCode, pk=pk))


def _form(request: OrganizationRequest, reason_code: ReasonCode | None) -> HttpResponse:
    form = ReasonCodeForm(request.POST or None, reason_code=reason_code)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_reason_code(
                organization=request.organization,
                reason_code=reason_code,
                actor=request.user,
                **form.cleaned_data,
            )
        except AppError as error:
            answer_on_form(form, error)
        else:
            messages.success(request, f"{saved.code} is saved.")
            return redirect("rules:reasons", request.organization.slug)
    context = {
        "form": form,
        "title": reason_code.code
        if reason_code and reason_code.pk and not form.errors
        else "New reason code",
        "back_url": reverse("rules:reasons", args=[request.organization.slug]),
        "crumbs": _crumbs(request),
    }
    return render(request, "inventory/rule_form.html", context, status=422 if form.errors else 200)


@requires("read_books")
def reasons_history(request: OrganizationRequest) -> HttpResponse:
    events = history_of_model(ReasonCode, limit=SHOWN)
    return history_page(request, title="How the reason codes changed", crumbs=_crumbs(request), events=events)
