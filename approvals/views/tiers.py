"""Who signs from which amount."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import requires
from accounts.errors import AppError
from accounts.history import history_of_model
from accounts.http import OrganizationRequest
from approvals.actions.tiers import change_tier, remove_tier
from approvals.forms import ReasonForm, TierForm
from approvals.models import ApprovalTier
from ui import formats
from ui.components import Crumb


def _crumbs(request: OrganizationRequest) -> list[Crumb]:
    slug = request.organization.slug
    return [
        Crumb("Settings", reverse("accounts:settings", args=[slug])),
        Crumb("Who signs", reverse("approvals:tiers", args=[slug])),
    ]


@requires("read_books")
def tiers(request: OrganizationRequest) -> HttpResponse:
    context = {
        "tiers": ApprovalTier.objects.order_by("document_kind", "from_amount_minor"),
        "may_change": "maintain_rules" in request.rights,
        "events": history_of_model(ApprovalTier, limit=30),
        "crumbs": _crumbs(request)[:1],
    }
    return render(request, "approvals/tiers.html", context)


@requires("maintain_rules")
def tier(request: OrganizationRequest, pk: int | None = None) -> HttpResponse:
    known = get_object_or_404(ApprovalTier, pk=pk) if pk else None
    initial = {}
    if known is not None:
        amount = formats.bare_money(known.from_amount_minor, request.organization.currency_decimals)
        initial = {"from_amount": amount.replace(",", ""), "role": known.role}
    form = TierForm(request.POST or None, organization=request.organization, tier=known, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_tier(
                organization=request.organization,
                tier=known,
                from_amount_minor=form.from_amount_minor,
                role=form.cleaned_data["role"],
                actor=request.user,
                reason=form.cleaned_data["reason"],
            )
        except AppError as error:
            form.add_error("from_amount", error.message)
        else:
            messages.success(
                request, "The tiers are changed. Documents that wait need the stricter of old and new."
            )
            return redirect("approvals:tiers", request.organization.slug)
    context = {
        "title": "Change a tier" if known else "Add a tier",
        "question": "A document needs every tier that its variances or its value reach, each signed by another person.",
        "action": "Save",
        "back": "Cancel",
        "form": form,
        "back_url": reverse("approvals:tiers", args=[request.organization.slug]),
        "crumbs": _crumbs(request),
    }
    return render(request, "ui/confirm.html", context, status=422 if form.errors else 200)


@requires("maintain_rules")
def remove(request: OrganizationRequest, pk: int) -> HttpResponse:
    known = get_object_or_404(ApprovalTier, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            remove_tier(
                organization=request.organization,
                tier=known,
                actor=request.user,
                reason=form.cleaned_data["reason"],
            )
        except AppError as error:
            messages.error(request, error.message)
        return redirect("approvals:tiers", request.organization.slug)
    context = {
        "title": "Remove this tier?",
        "question": "Documents that wait keep the tiers they were submitted with.",
        "action": "Remove it",
        "is_dangerous": True,
        "form": form,
        "back_url": reverse("approvals:tiers", args=[request.organization.slug]),
        "crumbs": _crumbs(request),
    }
    return render(request, "ui/confirm.html", context)
