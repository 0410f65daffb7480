"""One lot, walked both ways: what went into it, and what was made from it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.access import requires
from accounts.http import OrganizationRequest
from backflush.queries.recall import made_from, made_of
from inventory.models import Lot, StockBalance
from ui import formats
from ui.components import Crumb


@requires("read_books")
def lot_page(request: OrganizationRequest, pk: int) -> HttpResponse:
    lot = get_object_or_404(Lot.objects.select_related("item"), pk=pk)
    slug = request.organization.slug
    received = formats.day(lot.received_on) if lot.received_on else ""
    context = {
        "lot": lot,
        "received": received,
        "balances": StockBalance.objects.filter(lot=lot).exclude(on_hand=0).select_related("location"),
        "made_of": made_of(lot),
        "made_from": made_from(lot),
        "crumbs": [
            Crumb("Stock", reverse("inventory:stock", args=[slug])),
            Crumb(lot.item.sku, reverse("inventory:item", args=[slug, lot.item_id])),
        ],
    }
    return render(request, "approvals/lot.html", context)
