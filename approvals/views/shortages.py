"""What a shortage turned out to be: a finding, or a proposal of where stock was really taken, and its signature."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from approvals.actions.shortages import sign_settlement
from approvals.forms import ReasonForm
from backflush.queries.lots import LotOption, places_of
from inventory.actions.exceptions import expect_receipt, resolve_exception
from inventory.actions.settlements import decline_settlement, propose_settlement, proposed
from inventory.actions.shortage_moves import Settlement, Source
from inventory.choices import FINDINGS, Resolution
from inventory.models import Item, Location, Lot, StockException
from inventory.queries.exceptions import shortage_rows
from ui import formats
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
                done = stock.is_valid() and _propose(request, row, item, places, stock.cleaned_data)
        except AppError as error:
            problem, done = error.message, False
        if done:
            waits = "waits for a signature" if "finding" not in request.POST else "is noted"
            messages.success(request, f"What became of the shortage of {row.item.sku} {waits}.")
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
        "proposed": _movements(row) if row.proposal else [],
        "crumbs": _crumbs(request),
    }
    is_refused = bool(problem or finding.errors or stock.errors)
    return render(request, "approvals/shortage.html", context, status=422 if is_refused else 200)


@requires("sign_backflush")
def sign(request: OrganizationRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(StockException.objects.select_related("item", "entry", "proposed_by"), pk=pk)
    if request.method == "POST":
        try:
            sign_settlement(
                organization=request.organization,
                exception_id=row.pk,
                actor=request.user,
                proposed_at=parse_datetime(request.POST.get("proposed_at", "")),
            )
        except AppError as error:
            return _refused(request, error)
        messages.success(request, f"The shortage of {row.item.sku} is settled: {row.document_number}.")
        return _to_list(request)
    if row.proposal is None:
        messages.info(request, f"Nothing is proposed for the shortage of {row.item.sku} any more.")
        return _to_list(request)
    shown = shortage_rows([row], request.organization, timezone.now())[0]
    context = {
        "title": f"Settle the shortage of {row.item.sku}?",
        "question": f"{row.proposed_by} proposes it. {shown.document} was posted {shown.quantity} short.",
        "consequences": [
            f"{shown.quantity} of {row.item.sku} ({shown.value}) come back at the place that was short.",
            *_movements(row),
            "A difference in cost goes to inventory adjustment. All of it goes to the ERP.",
            f"It was found so: {proposed(row).note}",
        ],
        "action": "Sign and book it",
        "fields": {"proposed_at": row.proposed_at.isoformat() if row.proposed_at else ""},
        "back_url": reverse("inventory:exceptions", args=[request.organization.slug]),
        "crumbs": _crumbs(request),
    }
    return render(request, "ui/confirm.html", context)


@requires("sign_backflush")
def send_back(request: OrganizationRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(StockException.objects.select_related("item", "proposed_by"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decline_settlement(
                organization=request.organization,
                exception_id=row.pk,
                note=form.cleaned_data["reason"],
                actor=request.user,
            )
        except AppError as error:
            return _refused(request, error)
        messages.success(request, f"The proposal for the shortage of {row.item.sku} is sent back.")
        return _to_list(request)
    context = {
        "title": f"Send the proposal for {row.item.sku} back?",
        "question": f"{row.proposed_by or 'Nobody'} proposed it. The shortage stays open and shows what you say.",
        "action": "Send it back",
        "form": form,
        "back_url": reverse("inventory:exceptions", args=[request.organization.slug]),
        "crumbs": _crumbs(request),
    }
    return render(request, "ui/confirm.html", context, status=422 if form.errors else 200)


def _movements(row: StockException) -> list[str]:
    """What the proposal takes, and from where."""
    settlement = proposed(row)
    item = Item.objects.get(pk=settlement.item_used_id or row.item_id)
    places = dict(
        Location.objects.filter(pk__in=[s.location_id for s in settlement.sources]).values_list("pk", "code")
    )
    lots = dict(Lot.objects.filter(pk__in=[s.lot_id for s in settlement.sources]).values_list("pk", "code"))
    return [
        f"{formats.quantity(source.quantity)} {item.unit} of {item.sku} leave {places[source.location_id]}"
        + (f", lot {lots[source.lot_id]}." if source.lot_id else ".")
        for source in settlement.sources
    ]


def _crumbs(request: OrganizationRequest) -> list[Crumb]:
    slug = request.organization.slug
    return [
        Crumb("Stock", reverse("inventory:stock", args=[slug])),
        Crumb("Shortages", reverse("inventory:exceptions", args=[slug])),
    ]


def _to_list(request: OrganizationRequest) -> HttpResponse:
    return redirect("inventory:exceptions", request.organization.slug)


def _refused(request: OrganizationRequest, error: AppError) -> HttpResponse:
    messages.error(request, error.message)
    return _to_list(request)


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


def _propose(
    request: OrganizationRequest,
    row: StockException,
    item: Item | None,
    places: list[LotOption],
    data: dict[str, Any],
) -> bool:
    if item is None:
        raise AppError("NOT_FOUND", "There is no such item. Look its SKU up under Stock.")
    is_other = item.pk != row.item_id
    settlement = Settlement(
        resolution=Resolution.SUBSTITUTED if is_other else Resolution(data["how"] or Resolution.PICKED),
        sources=tuple(
            Source(place.location_id, place.lot_id, quantity)
            for place in places
            if (quantity := _quantity(request.POST.get(f"take-{place.key}", "")))
        ),
        note=data["note"],
        item_used_id=item.pk if is_other else None,
        factor=data["factor"] or Decimal(1),
    )
    propose_settlement(
        organization=request.organization, exception_id=row.pk, settlement=settlement, actor=request.user
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
