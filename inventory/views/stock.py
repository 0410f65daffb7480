"""What stands where."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import requires
from accounts.history import history_of
from accounts.http import OrganizationRequest
from inventory.forms import LedgerFilter, StockFilter
from inventory.models import Item
from inventory.presentation import entry_rows, item_facts, stock_rows
from inventory.queries.stock import (
    balances_of,
    ledger_page,
    locations_with_stock,
    lots_of,
    stock_figures,
    stocked_items,
    with_balances,
)
from ui.components import Crumb, Figure
from ui.formats import MoneyFormat, quantity

PER_PAGE = 50


@requires("read_books")
def stock_list(request: OrganizationRequest) -> HttpResponse:
    form = StockFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    place = chosen.get("location", "")
    items = stocked_items(
        search=chosen.get("q", "").strip(),
        kind=chosen.get("kind", ""),
        location=place,
        state=chosen.get("state", ""),
    )
    page = Paginator(items, PER_PAGE).get_page(request.GET.get("page"))
    money = MoneyFormat(request.organization)
    rows = stock_rows(with_balances(list(page.object_list), location=place), request.organization, money)
    context: dict[str, Any] = {"form": form, "page": page, "rows": rows}
    if request.htmx:
        return render(request, "inventory/stock.html#list", context)
    figures = stock_figures()
    slug = request.organization.slug
    context["figures"] = [
        Figure("Value on hand", money.money(figures.value_minor)),
        Figure("Items", quantity(figures.items)),
        Figure("Unknown", quantity(figures.unknown), "no file has named them", url="?state=unknown"),
        Figure("Below zero", quantity(figures.negative), url="?state=negative"),
    ]
    context["crumbs"] = []
    context["ledger_url"] = reverse("inventory:ledger", args=[slug])
    return render(request, "inventory/stock.html", context)


@requires("read_books")
def item_page(request: OrganizationRequest, pk: int) -> HttpResponse:
    item: Item = get_object_or_404(Item.objects.select_related("supply_location"), pk=pk)
    organization = request.organization
    slug = organization.slug
    page = ledger_page(item=item, before=_key(request, "before"), after=_key(request, "after"))
    context: dict[str, Any] = {
        "item": item,
        "entries": entry_rows(page.entries, organization),
        "page": page,
        "base_query": "",
    }
    if request.htmx:
        return render(request, "inventory/item.html#ledger", context)
    money = MoneyFormat(organization)
    balances = balances_of(item)
    known = item.is_stock_known or balances
    context |= {
        "facts": item_facts(item, money),
        "events": history_of([item], hidden=("is_unit_stated", "is_stock_known"), limit=20),
        "balances": balances,
        "lots": lots_of(item),
        "costs": item.costs.order_by(F("effective_from").desc(nulls_last=True)),
        "conversions": item.conversions.order_by("from_unit"),
        "today": timezone.localdate(),
        "figures": [
            Figure(
                "On hand",
                quantity(sum(balance.on_hand for balance in balances)) if known else "unknown",
                item.unit,
            ),
            Figure("Value", money.money(sum(balance.value_minor for balance in balances))),
            Figure("Places", quantity(sum(1 for balance in balances if balance.on_hand))),
        ],
        "crumbs": [Crumb("Stock", reverse("inventory:stock", args=[slug]))],
    }
    return render(request, "inventory/item.html", context)


@requires("read_books")
def ledger(request: OrganizationRequest) -> HttpResponse:
    form = LedgerFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = ledger_page(
        kind=chosen.get("kind", ""),
        event=chosen.get("event", ""),
        before=_key(request, "before"),
        after=_key(request, "after"),
    )
    context = {
        "form": form,
        "page": page,
        "entries": entry_rows(page.entries, request.organization),
        "with_item": True,
        "base_query": _kept_query(request),
        "crumbs": [Crumb("Stock", reverse("inventory:stock", args=[request.organization.slug]))],
    }
    return render(request, "inventory/ledger.html#list" if request.htmx else "inventory/ledger.html", context)


@requires("read_books")
def location_list(request: OrganizationRequest) -> HttpResponse:
    page = Paginator(locations_with_stock(), PER_PAGE).get_page(request.GET.get("page"))
    slug = request.organization.slug
    context = {"page": page, "crumbs": [Crumb("Stock", reverse("inventory:stock", args=[slug]))]}
    return render(request, "inventory/locations.html", context)


def _kept_query(request: OrganizationRequest) -> str:
    """The other parameters of a page that goes on by key."""
    kept = request.GET.copy()
    for name in ("before", "after"):
        kept.pop(name, None)
    return f"{kept.urlencode()}&" if kept else ""


def _key(request: OrganizationRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
