"""This room's part of the Today page, for those who move orders: what is to be released and what is on the floor."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Organization
from production.choices import OrderStatus
from production.models import WorkOrder
from production.presentation import OrderRow, order_rows
from production.queries.orders import progress_of
from ui.navigation import Panel

SHOWN = 8
TO_RELEASE = (OrderStatus.DRAFT, OrderStatus.ENTERED, OrderStatus.PLACED)
ON_THE_FLOOR = (OrderStatus.PRODUCTION, OrderStatus.PARTIAL)


@dataclass(frozen=True, slots=True)
class Queue:
    """Orders of some statuses, those that are due first. `more` are not shown."""

    title: str
    rows: list[OrderRow]
    more: int
    url: str
    nothing: str


def panels(request: HttpRequest) -> list[Panel]:
    if "record_completions" not in request.rights:  # type: ignore[attr-defined]
        return []
    organization: Organization = request.organization  # type: ignore[attr-defined]
    queues = [
        _queue(organization, "To release", TO_RELEASE, "No order waits to be released."),
        _queue(organization, "On the floor", ON_THE_FLOOR, "No order is in production."),
    ]
    return [Panel("production/panels/queues.html", {"queues": queues}, order=12)]


def _queue(organization: Organization, title: str, statuses: tuple[OrderStatus, ...], nothing: str) -> Queue:
    orders = WorkOrder.objects.filter(status__in=statuses, is_closed=False)
    due_first = orders.select_related("work_site").order_by(F("due_on").asc(nulls_last=True), "pk")
    shown = list(due_first[:SHOWN])
    rows = order_rows(shown, progress_of(order.pk for order in shown), organization)
    address = reverse("production:orders", args=[organization.slug])
    return Queue(title, rows, orders.count() - len(rows), f"{address}?sort=due", nothing)
