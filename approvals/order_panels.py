"""What this room says about a work order on its page: its backflushes, and the draft that is due."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from approvals.queries.documents import documents
from approvals.views.common import STATES
from backflush.queries.parts import outstanding_of
from production.choices import BackflushState
from production.models import Completion, WorkOrder
from production.states import BACKFLUSHABLE
from ui import cells, formats
from ui.navigation import Panel

SHOWN = 50


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """A backflush of the order, printed."""

    number: str
    url: str
    built: str
    completed: SafeString
    value: str
    variance: SafeString
    status: SafeString


def panels(request: HttpRequest, order: WorkOrder) -> list[Panel]:
    organization = request.organization  # type: ignore[attr-defined]
    code, decimals = organization.currency_code, organization.currency_decimals
    found = documents().filter(completion__output__work_order=order).order_by("-id")
    rows = [
        OrderDocument(
            number=one.number,
            url=reverse("approvals:document", args=[organization.slug, one.number]),
            built=formats.quantity(one.completion.good_quantity),
            completed=cells.day(one.completion.completed_on, this_year=timezone.localdate().year),
            value=formats.money(one.value_minor, code, decimals),
            variance=cells.variance_money(one.variance_minor, code, decimals),
            status=cells.status_pill(one.status, STATES),
        )
        for one in found[:SHOWN]
    ]
    waiting = 0
    if "draft_backflush" in request.rights and not order.is_closed and order.status in BACKFLUSHABLE:  # type: ignore[attr-defined]
        reports = Completion.objects.filter(output__work_order=order)
        waiting = reports.filter(backflush_state=BackflushState.NONE).count()
    if not rows and not waiting:
        return []
    due = [
        f"{formats.quantity(one.quantity, signed=one.quantity < 0)} {one.unit} of {one.sku}"
        for one in outstanding_of(organization, order.pk)
    ]
    context = {"rows": rows, "waiting": waiting, "order": order, "due": due}
    return [Panel("approvals/panels/order.html", context, order=10)]
