"""The list of work orders, and a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from accounts.validation import answer_on_form
from production.actions.orders import create_work_order
from production.forms import OrderFilter, OrderForm
from production.presentation import order_rows
from production.queries.orders import found_orders, progress_of
from production.views.common import order_crumbs, to_order
from ui.components import KeyHint

PER_PAGE = 50
HINTS = [KeyHint("j k", "next, previous"), KeyHint("o", "open"), KeyHint("/", "search")]


@requires("read_books")
def order_list(request: OrganizationRequest) -> HttpResponse:
    form = OrderFilter(request.GET)
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    orders = found_orders(
        search=chosen.get("q", "").strip(),
        status=chosen.get("status", ""),
        state=chosen.get("state", ""),
        site=chosen["site"].pk if chosen.get("site") else None,
        due_from=chosen.get("due_from"),
        due_to=chosen.get("due_to"),
        sort=request.GET.get("sort", ""),
    )
    page = Paginator(orders, PER_PAGE).get_page(request.GET.get("page"))
    present = list(page.object_list)
    rows = order_rows(present, progress_of([order.pk for order in present]), request.organization)
    context = {"form": form, "page": page, "rows": rows, "hints": HINTS}
    template = "production/orders.html#list" if request.htmx else "production/orders.html"
    return render(request, template, context)


@requires("release_orders")
def new_order(request: OrganizationRequest) -> HttpResponse:
    form = OrderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            order = create_work_order(
                number=data["number"].strip(),
                item=data["sku"],
                quantity=data["quantity"],
                kind=data["kind"],
                work_site=data["work_site"],
                due_on=data["due_on"],
                conversion_cost=data["conversion_cost"],
                scrap_allowance_percent=data["scrap_allowance_percent"],
                actor=request.user,
            )
        except AppError as error:
            answer_on_form(form, error)
        else:
            messages.success(request, f"Order {order.number} is entered.")
            return to_order(request, order)
    context = {"form": form, "crumbs": order_crumbs(request)}
    return render(request, "production/order_form.html", context, status=422 if form.errors else 200)
