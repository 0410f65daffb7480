"""Periods: which days may be posted to."""

from __future__ import annotations

from collections.abc import Callable

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
from inventory.actions.periods import add_period, close_period, open_period
from inventory.forms_rules import PeriodForm, WhyForm
from inventory.models import Period
from inventory.queries.rules import periods
from ui import formats
from ui.components import Crumb

STATES = {"open": ("Open", "good"), "closed": ("Closed", "mute")}


def _crumbs(request: OrganizationRequest) -> list[Crumb]:
    slug = request.organization.slug
    return [
        Crumb("Settings", reverse("accounts:settings", args=[slug])),
        Crumb("Periods", reverse("rules:periods", args=[slug])),
    ]


@requires("read_books")
def period_list(request: OrganizationRequest) -> HttpResponse:
    context = {
        "periods": periods(),
        "states": STATES,
        "may_change": "close_periods" in request.rights,
        "crumbs": _crumbs(request)[:1],
    }
    return render(request, "inventory/periods.html", context)


@requires("close_periods")
def new_period(request: OrganizationRequest) -> HttpResponse:
    latest = periods().first()
    form = PeriodForm(request.POST or None, after=latest.ends_on if latest else None)
    if request.method == "POST" and form.is_valid():
        try:
            add_period(organization=request.organization, actor=request.user, **form.cleaned_data)
        except AppError as error:
            answer_on_form(form, error)
        else:
            messages.success(request, "The period is added.")
            return redirect("rules:periods", request.organization.slug)
    context = {
        "form": form,
        "title": "New period",
        "back_url": reverse("rules:periods", args=[request.organization.slug]),
        "crumbs": _crumbs(request),
    }
    return render(request, "inventory/rule_form.html", context, status=422 if form.errors else 200)


@requires("close_periods")
def close(request: OrganizationRequest, pk: int) -> HttpResponse:
    consequences = [
        "Nothing is posted into these days any more.",
        "What is due in them is posted on the first open day after, and says so.",
    ]
    return _confirm(request, pk, "Close the period", consequences, close_period)


@requires("close_periods")
def reopen(request: OrganizationRequest, pk: int) -> HttpResponse:
    consequences = ["Postings and reversals may go into these days again."]
    return _confirm(request, pk, "Open the period", consequences, open_period)


def _confirm(
    request: OrganizationRequest, pk: int, title: str, consequences: list[str], change: Callable[..., Period]
) -> HttpResponse:
    period = get_object_or_404(Period.objects.select_related("organization"), pk=pk)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        changed = change(period=period, actor=request.user, why=form.cleaned_data["why"])
        messages.success(request, f"The period is {changed.get_status_display().lower()}.")
        return redirect("rules:periods", request.organization.slug)
    context = {
        "title": title,
        "question": f"{formats.day(period.starts_on)} to {formats.day(period.ends_on)}",
        "consequences": consequences,
        "action": title,
        "form": form,
        "back_url": reverse("rules:periods", args=[request.organization.slug]),
        "crumbs": _crumbs(request),
    }
    return render(request, "ui/confirm.html", context, status=422 if form.errors else 200)


@requires("read_books")
def periods_history(request: OrganizationRequest) -> HttpResponse:
    events = history_of_model(Period, limit=SHOWN)
    return history_page(request, title="How the periods changed", crumbs=_crumbs(request), events=events)
