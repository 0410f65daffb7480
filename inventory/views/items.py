"""Change what an item has of its own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from accounts.validation import answer_on_form
from inventory.actions.item_rules import set_item_rules
from inventory.forms_items import ItemRulesForm
from inventory.models import Item
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
