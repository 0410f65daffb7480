"""What was posted though stock did not cover it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from inventory.actions.exceptions import resolve_exception, take_exception
from inventory.choices import Resolution
from inventory.models import StockException
from inventory.queries.exceptions import shortage_rows, shortages
from ui.components import Crumb, Tab


class ResolveForm(forms.Form):
    """What it turned out to be."""

    resolution = forms.ChoiceField(label="It was", choices=Resolution.choices, widget=forms.RadioSelect)
    note = forms.CharField(label="What was found", max_length=1000, widget=forms.Textarea({"rows": 3}))


@requires("read_books")
def exception_list(request: OrganizationRequest) -> HttpResponse:
    is_open = request.GET.get("state") != "resolved"
    page = Paginator(shortages(is_open=is_open), 50).get_page(request.GET.get("page"))
    slug = request.organization.slug
    here = reverse("inventory:exceptions", args=[slug])
    context = {
        "page": page,
        "rows": shortage_rows(page.object_list, request.organization, timezone.now()),
        "is_open": is_open,
        "tabs": [
            Tab("Open", here, active=is_open),
            Tab("Resolved", f"{here}?state=resolved", active=not is_open),
        ],
        "may_resolve": is_open and "resolve_exceptions" in request.rights,
        "labels": dict(Resolution.choices),
        "crumbs": [Crumb("Stock", reverse("inventory:stock", args=[slug]))],
    }
    return render(request, "inventory/exceptions.html", context)


@requires("resolve_exceptions")
@require_POST
def take(request: OrganizationRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(StockException, pk=pk)
    try:
        take_exception(organization=request.organization, exception_id=row.pk, actor=request.user)
    except AppError as error:
        messages.error(request, error.message)
    return redirect("inventory:exceptions", request.organization.slug)


@requires("resolve_exceptions")
def resolve(request: OrganizationRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(StockException.objects.select_related("item"), pk=pk)
    form = ResolveForm(request.POST or None)
    here = reverse("inventory:exceptions", args=[request.organization.slug])
    if request.method == "POST" and form.is_valid():
        try:
            resolve_exception(
                organization=request.organization,
                exception_id=row.pk,
                resolution=Resolution(form.cleaned_data["resolution"]),
                note=form.cleaned_data["note"],
                actor=request.user,
            )
        except AppError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"The shortage of {row.item.sku} is resolved.")
        return redirect(here)
    context = {
        "title": f"Resolve the shortage of {row.item.sku}",
        "question": f"{row.document_number} was posted though stock did not cover it.",
        "action": "Resolve it",
        "form": form,
        "back_url": here,
        "crumbs": [
            Crumb("Stock", reverse("inventory:stock", args=[request.organization.slug])),
            Crumb("Shortages", here),
        ],
    }
    return render(request, "ui/confirm.html", context, status=422 if form.errors else 200)
