"""Bills of materials and the operations in which an item is made."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.errors import AppError
from accounts.history import history_of
from accounts.http import OrganizationRequest
from accounts.validation import answer_on_form
from inventory.models import Item
from production.actions.operations import remove_operation, set_operation
from production.bill_presentation import bill_rows, item_bill_rows, tree_rows, used_rows
from production.forms import BillFilter, OperationForm
from production.models import BillOfMaterials, Operation
from production.queries.bills import (
    bill_counts,
    bill_on,
    bill_tree,
    bills_of,
    items_with_bills,
    operations_of,
    used_instead,
    where_used,
)
from ui import formats
from ui.components import Crumb, Figure

PER_PAGE = 50
LINES_PER_PAGE = 200
MOST_USES = 200


@requires("read_books")
def bill_list(request: OrganizationRequest) -> HttpResponse:
    form = BillFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    items = items_with_bills(search=chosen.get("q", "").strip(), state=chosen.get("state", ""))
    page = Paginator(items, PER_PAGE).get_page(request.GET.get("page"))
    present = list(page.object_list)
    rows = item_bill_rows(present, bills_of(present), request.organization)
    context: dict[str, Any] = {"form": form, "page": page, "rows": rows}
    if request.htmx:
        return render(request, "production/bills.html#list", context)
    counts = bill_counts()
    context["figures"] = [
        Figure("Items with a bill", formats.quantity(counts.items)),
        Figure("Active bills", formats.quantity(counts.active)),
        Figure("Lines in them", formats.quantity(counts.lines)),
    ]
    return render(request, "production/bills.html", context)


@requires("read_books")
def bill_page(request: OrganizationRequest, pk: int) -> HttpResponse:
    item = get_object_or_404(Item, pk=pk)
    day = _day(request.GET.get("on", ""))
    bills = bills_of([item]).get(item.pk, [])
    bill = _chosen(request.GET.get("bill", ""), bills) or bill_on(bills, day) or next(iter(bills), None)
    context: dict[str, Any] = {"item": item, "bill": bill, "day": day}
    if bill is not None:
        tree = bill_tree(bill, day)
        page = Paginator(tree.lines, LINES_PER_PAGE).get_page(request.GET.get("page"))
        context |= {
            "page": page,
            "is_cut": tree.is_cut,
            "tree": tree_rows(page.object_list, request.organization),
        }
    if request.htmx:
        return render(request, "production/bill.html#lines", context)
    uses = list(where_used(item)[: MOST_USES + 1])
    instead = list(used_instead(item)[:MOST_USES])
    context |= {
        "crumbs": _crumbs(request),
        "is_current": bill is not None and bill == bill_on(bills, day),
        "bills": bill_rows(bills, bill, bill_on(bills, day), request.organization),
        "uses": used_rows(uses[:MOST_USES], request.organization),
        "has_more_uses": len(uses) > MOST_USES,
        "instead": used_rows(instead, request.organization),
        "operations": operations_of(item),
        "stock_url": reverse("inventory:item", args=[request.organization.slug, item.pk]),
        "events": history_of(bills, hidden=("import_id",), limit=20) if bills else [],
    }
    return render(request, "production/bill.html", context)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()


def _chosen(text: str, bills: list[BillOfMaterials]) -> BillOfMaterials | None:
    """The bill that the address names: another item's, or none, is not found."""
    if not text:
        return None
    found = next((bill for bill in bills if str(bill.pk) == text), None)
    if found is None:
        raise Http404
    return found


def _crumbs(request: OrganizationRequest, item: Item | None = None) -> list[Crumb]:
    slug = request.organization.slug
    crumbs = [Crumb("Bills of materials", reverse("production:bills", args=[slug]))]
    if item is not None:
        crumbs.append(Crumb(item.sku, reverse("production:bill", args=[slug, item.pk])))
    return crumbs


@requires("release_orders")
def operations(request: OrganizationRequest, pk: int) -> HttpResponse:
    item = get_object_or_404(Item.objects.select_related("organization"), pk=pk)
    form = OperationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operation = set_operation(item, actor=request.user, **form.cleaned_data)
        except AppError as error:
            answer_on_form(form, error)
        else:
            messages.success(request, f"Operation {operation.number} of {item.sku} is entered.")
            return redirect("production:operations", request.organization.slug, item.pk)
    found = list(operations_of(item))
    context = {
        "item": item,
        "form": form,
        "operations": found,
        "crumbs": _crumbs(request, item),
        "events": history_of(found, limit=20) if found else [],
    }
    return render(request, "production/operations.html", context)


@requires("release_orders")
@require_POST
def drop_operation(request: OrganizationRequest, pk: int, operation_id: int) -> HttpResponse:
    found = Operation.objects.select_related("organization")
    operation = get_object_or_404(found, item_id=pk, pk=operation_id)
    remove_operation(operation, actor=request.user)
    messages.success(request, f"Operation {operation.number} is taken away.")
    return redirect("production:operations", request.organization.slug, pk)
