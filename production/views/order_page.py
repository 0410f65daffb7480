"""A work order: what it makes, what was built, its recipe, its papers and its history."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import requires
from accounts.happenings import told_once
from accounts.history import history_of
from accounts.http import OrganizationRequest
from accounts.navigation import sources
from production.forms import DocumentForm
from production.models import WorkOrder, WorkOrderOutput
from production.presentation import STATES, input_rows, report_rows
from production.queries.orders import Progress, completions_of, documents_of, progress_of
from production.views.common import order_crumbs, order_or_404
from production.views.order_parts import (
    closing_words,
    may_be_changed,
    moves_of,
    next_step,
    order_facts,
    order_figures,
    recipes_of,
    takes_completions,
)

REPORTS_PER_PAGE = 50
LINES_PER_PAGE = 100
EVENTS = 40


@requires("read_books")
def order_page(request: OrganizationRequest, number: str) -> HttpResponse:
    order = order_or_404(number)
    organization = request.organization
    progress = progress_of([order.pk]).get(order.pk) or Progress()
    reports = Paginator(completions_of(order), REPORTS_PER_PAGE).get_page(request.GET.get("page"))
    may_change = "record_completions" in request.rights
    context: dict[str, Any] = {
        "order": order,
        "states": STATES,
        "progress": progress,
        "reports": reports,
        "report_rows": report_rows(reports.object_list, order, organization, may_change=may_change),
        "has_operations": any(output.reporting_points for output in progress.outputs),
    }
    if request.htmx and request.GET.get("page"):
        return render(request, "production/order.html#reports", context)
    context |= _recipe(request, progress.outputs)
    if request.htmx:
        return render(request, "production/order.html#recipe", context)
    papers = documents_of(order)
    context |= {
        "crumbs": order_crumbs(request),
        "may_change_order": may_be_changed(order) and "release_orders" in request.rights,
        "figures": order_figures(order, progress),
        "facts": order_facts(order, progress, organization),
        "closing": closing_words(order, progress),
        "moves": moves_of(order) if "release_orders" in request.rights else [],
        "step": next_step(order),
        "may_record": may_change and takes_completions(order),
        "papers": papers,
        "document_form": DocumentForm(),
        "panels": _panels(request, order),
        "events": _events(order, progress.outputs, reports.object_list),
    }
    return render(request, "production/order.html", context)


def _recipe(request: OrganizationRequest, outputs: list[WorkOrderOutput]) -> dict[str, Any]:
    """The recipes of all outputs, a page of lines at a time, beside the bills as they are now."""
    recipes = recipes_of(outputs)
    page = Paginator(recipes.inputs, LINES_PER_PAGE).get_page(request.GET.get("lines"))
    rows = input_rows(list(page.object_list), recipes.changes, recipes.skus, request.organization)
    return {"recipes": recipes, "lines": page, "input_rows": rows}


def _panels(request: OrganizationRequest, order: WorkOrder) -> list[Any]:
    """What rooms above have to say about the order."""
    given = sources(tuple(settings.WORK_ORDER_PANELS))
    panels = [panel for source in given for panel in source(request, order)]  # type: ignore[call-arg]
    return sorted(panels, key=lambda panel: panel.order)


def _events(order: WorkOrder, outputs: list[WorkOrderOutput], reports: Any) -> list[Any]:
    return told_once(
        history_of([order, *outputs, *reports], hidden=("import_id", "import_row"), limit=EVENTS)
    )
