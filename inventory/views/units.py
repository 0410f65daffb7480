"""Unit conversions: for all items, and for single ones."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from inventory.actions.units import remove_conversion, set_conversion
from inventory.forms_units import ConversionForm
from inventory.models import UnitConversion
from ui.components import Crumb

PER_PAGE = 50


@requires("read_books")
def unit_list(request: OrganizationRequest) -> HttpResponse:
    conversions = UnitConversion.objects.select_related("item").order_by(
        F("item__sku").asc(nulls_first=True), "from_unit", "to_unit"
    )
    context = {
        "page": Paginator(conversions, PER_PAGE).get_page(request.GET.get("page")),
        "form": ConversionForm() if "maintain_rules" in request.rights else None,
        "crumbs": [Crumb("Stock", reverse("inventory:stock", args=[request.organization.slug]))],
    }
    return render(request, "inventory/units.html", context)


@requires("maintain_rules")
@require_POST
def enter(request: OrganizationRequest) -> HttpResponse:
    form = ConversionForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
        return redirect(_here(request))
    try:
        set_conversion(
            organization=request.organization,
            from_unit=form.cleaned_data["from_unit"],
            to_unit=form.cleaned_data["to_unit"],
            factor=form.cleaned_data["factor"],
            item_id=form.cleaned_data["sku"],
            actor=request.user,
        )
    except AppError as error:
        messages.error(request, error.message)
    return redirect(_here(request))


@requires("maintain_rules")
@require_POST
def remove(request: OrganizationRequest, pk: int) -> HttpResponse:
    remove_conversion(get_object_or_404(UnitConversion, pk=pk), actor=request.user)
    return redirect(_here(request))


def _here(request: OrganizationRequest) -> str:
    return reverse("inventory:units", args=[request.organization.slug])
