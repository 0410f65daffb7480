"""Change what an item or a location has of its own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import requires
from accounts.errors import AppError
from accounts.history import history_of
from accounts.http import OrganizationRequest
from accounts.validation import answer_on_form
from inventory.actions.item_rules import set_item_rules, set_location_rules
from inventory.forms_items import ItemRulesForm, LocationForm
from inventory.models import Item, Location
from ui.components import Crumb


@requires("maintain_rules")
def item_rules(request: OrganizationRequest, pk: int) -> HttpResponse:
    item = get_object_or_404(Item, pk=pk)
    organization = request.organization
    form = ItemRulesForm(request.POST or None, organization=organization, item=item)
    back_url = reverse("inventory:item", args=[organization.slug, pk])
    if request.method == "POST" and form.is_valid():
        try:
            set_item_rules(organization=organization, item=item, actor=request.user, **form.cleaned_data)
        except AppError as error:
            answer_on_form(form, error)
        else:
            messages.success(request, f"The rules of {item.sku} are saved.")
            return redirect(back_url)
    context = {
        "form": form,
        "title": f"Rules of {item.sku}",
        "back_url": back_url,
        "crumbs": [
            Crumb("Stock", reverse("inventory:stock", args=[organization.slug])),
            Crumb(item.sku, back_url),
        ],
    }
    return render(request, "inventory/rule_form.html", context, status=422 if form.errors else 200)


@requires("maintain_rules")
def location_rules(request: OrganizationRequest, pk: int) -> HttpResponse:
    location = get_object_or_404(Location, pk=pk)
    organization = request.organization
    form = LocationForm(request.POST or None, location=location)
    back_url = reverse("inventory:locations", args=[organization.slug])
    if request.method == "POST" and form.is_valid():
        try:
            set_location_rules(
                organization=organization, location=location, actor=request.user, **form.cleaned_data
            )
        except AppError as error:
            answer_on_form(form, error)
        else:
            messages.success(request, f"{location.code} is saved.")
            return redirect(back_url)
    context = {
        "form": form,
        "title": f"Location {location.code}",
        "back_url": back_url,
        "crumbs": [
            Crumb("Stock", reverse("inventory:stock", args=[organization.slug])),
            Crumb("Locations", back_url),
        ],
        "events": history_of([location], limit=20),
    }
    return render(request, "inventory/rule_form.html", context, status=422 if form.errors else 200)
