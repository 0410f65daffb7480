"""What the views of this room share."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.errors import AppError
from accounts.http import OrganizationRequest
from production.models import WorkOrder
from production.presentation import order_url
from production.queries.orders import order_by_number
from ui.components import Crumb


def order_or_404(number: str) -> WorkOrder:
    order = order_by_number(number)
    if order is None:
        raise Http404(f"There is no work order {number}.")
    return order


def to_order(request: OrganizationRequest, order: WorkOrder) -> HttpResponse:
    return redirect(order_url(request.organization, order.number))


def refused(request: OrganizationRequest, error: AppError, order: WorkOrder) -> HttpResponse:
    """Back to the order with what stands against it. What forbids the whole thing is raised again."""
    if error.status in {403, 404}:
        raise error
    messages.error(request, error.message)
    return to_order(request, order)


def order_crumbs(request: OrganizationRequest, order: WorkOrder | None = None) -> list[Crumb]:
    crumbs = [Crumb("Work orders", reverse("production:orders", args=[request.organization.slug]))]
    if order is not None:
        crumbs.append(Crumb(order.number, order_url(request.organization, order.number)))
    return crumbs


def confirm(request: OrganizationRequest, order: WorkOrder, **context: Any) -> HttpResponse:
    """The page that asks before an order is changed."""
    context.setdefault("back_url", order_url(request.organization, order.number))
    context.setdefault("crumbs", order_crumbs(request, order))
    return render(request, "ui/confirm.html", context)
