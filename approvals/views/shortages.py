"""What a shortage turned out to be: a finding, or stock that was really taken elsewhere."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from approvals.actions.shortages import settle_shortage
from backflush.queries.lots import LotOption, places_of
from inventory.actions.exceptions import expect_receipt, resolve_exception
from inventory.actions.shortage_moves import Source
from inventory.choices import FINDINGS, Resolution
from inventory.models import Item, StockException
from inventory.queries.exceptions import shortage_rows
from ui.components import Crumb

LATER = "later"


class FindingForm(forms.Form):
    """What was found, where no stock is to be moved."""

    finding = forms.ChoiceField(
        label="It was",
        choices=[
            *((found.value, found.label) for found in FINDINGS),
            (LATER, "It is there; consume later, its receipt is to come"),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="What was found", max_length=1000, widget=forms.Textarea({"rows": 2}))


class StockForm(forms.Form):
    """How stock was really taken; the places and quantities stand beside it."""

    how = forms.ChoiceField(
        label="It was",
        choices=[(r.value, r.label) for r in (Resolution.PICKED, Resolution.MOVED)],
        widget=forms.RadioSelect,
        initial=Resolution.PICKED.value,
        required=False,
    )
    factor = forms.DecimalField(
        label="Units of it for one", required=False, max_digits=18, decimal_places=6, min_value=0
    )
    note = forms.CharField(label="What was found", max_length=1000, widget=forms.Textarea({"rows": 2}))


@requires("resolve_exceptions")
def resolve(request: OrganizationRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(StockException.objects.select_related("item", "entry"), pk=pk)
    item = _item_used(request, row)
    places = [] if item is None else _places(row, item)
    finding, stock = FindingForm(), StockForm()
    problem = ""
    if request.method == "POST":
        try:
            if "finding" in request.POST:
                finding = FindingForm(request.POST)
                done = finding.is_valid() and _find(request, row, finding.cleaned_data)
            else:
                stock = StockForm(request.POST)
                done = stock.is_valid() and _settle(request, row, item, places, stock.cleaned_data)
        except AppError as error:
            problem, done = error.message, False
        if done:
            messages.success(request, f"The shortage of {row.item.sku} is noted: {row.document_number}.")
            return redirect("inventory:exceptions", request.organization.slug)
    context: dict[str, Any] = {
        "row": row,
        "shown": shortage_rows([row], request.organization, timezone.now())[0],
        "item": item,
        "is_other_item": item is not None and item.pk != row.item_id,
        "named": request.GET.get("item", ""),
        "places": places,
        "finding": finding,
        "stock": stock,
        "problem": problem,
        "may_move": "sign_backflush" in request.rights,
        "crumbs": [
            Crumb("Stock", reverse("inventory:stock", args=[request.organization.slug])),
            Crumb("Shortages", reverse("inventory:exceptions", args=[request.organization.slug])),
        ],
    }
    is_refused = bool(problem or finding.errors or stock.errors)
    return render(request, "approvals/shortage.html", context, status=422 if is_refused else 200)


def _item_used(request: OrganizationRequest, row: StockException) -> Item | None:
    """The item whose places are shown: the one that was short, or another that is named."""
    named = request.GET.get("item", "").strip()
    return Item.objects.filter(sku=named).first() if named else row.item


def _places(row: StockException, item: Item) -> list[LotOption]:
    own = f"{row.entry.lot_id or 0}-{row.entry.location_id}" if item.pk == row.item_id else ""
    return [place for place in places_of(item.pk, {}) if place.key != own]


def _find(request: OrganizationRequest, row: StockException, data: dict[str, Any]) -> bool:
    if data["finding"] == LATER:
        expect_receipt(
            organization=request.organization, exception_id=row.pk, note=data["note"], actor=request.user
        )
    else:
        resolve_exception(
            organization=request.organization,
            exception_id=row.pk,
            resolution=Resolution(data["finding"]),
            note=data["note"],
            actor=request.user,
        )
    return True


def _settle(
    request: OrganizationRequest,
    row: StockException,
    item: Item | None,
    places: list[LotOption],
    data: dict[str, Any],
) -> bool:
    if item is None:
        raise AppError("NOT_FOUND", "There is no such item. Look its SKU up under Stock.")
    is_other = item.pk != row.item_id
    settle_shortage(
        organization=request.organization,
        exception_id=row.pk,
        resolution=Resolution.SUBSTITUTED if is_other else Resolution(data["how"] or Resolution.PICKED),
        sources=[
            Source(place.location_id, place.lot_id, quantity)
            for place in places
            if (quantity := _quantity(request.POST.get(f"take-{place.key}", "")))
        ],
        note=data["note"],
        actor=request.user,
        item_used_id=item.pk if is_other else None,
        factor=data["factor"] or Decimal(1),
    )
    return True


def _quantity(text: str) -> Decimal | None:
    try:
        quantity = Decimal(text.strip()) if text.strip() else None
    except InvalidOperation:
        quantity = Decimal("NaN")
    if quantity is not None and not quantity.is_finite():
        raise AppError("INVALID", f"“{text}” is no quantity: write a number, such as 12 or 0.5.")
    return quantity
