"""Completions recorded by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from production.actions.completions import record_completion
from production.choices import BackflushState
from production.forms import CompletionForm
from production.models import Completion, WorkOrder
from production.presentation import order_url
from production.views.common import order_crumbs, order_or_404, to_order

# Which field of the form a column of the rules is.
FIELDS = {
    "completed_qty": "good_quantity",
    "scrap_qty": "scrap_quantity",
    "operation": "operation_number",
    "scrap_operation": "scrap_operation_number",
    "reference": "reference",
    "completed_at": "completed_at",
    "sku": "output",
}


@requires("record_completions")
def record(request: OrganizationRequest, number: str) -> HttpResponse:
    order = order_or_404(number)
    form = CompletionForm(request.POST or None, order=order)
    if request.method == "POST" and form.is_valid() and _is_recorded(request, order, form):
        return to_order(request, order)
    return _page(request, order, form, f"Record what was built: {order.number}", "Record it")


@requires("record_completions")
def change(request: OrganizationRequest, number: str, pk: int) -> HttpResponse:
    order = order_or_404(number)
    found = Completion.objects.filter(output__work_order=order, pk=pk).select_related("output").first()
    if found is None:
        raise Http404
    if found.backflush_state == BackflushState.POSTED:
        messages.error(
            request, "This completion is posted. Record a correction with a reference of its own instead."
        )
        return to_order(request, order)
    form = CompletionForm(request.POST or None, order=order, present=found)
    if request.method == "POST" and form.is_valid() and _is_recorded(request, order, form, is_change=True):
        return to_order(request, order)
    return _page(request, order, form, f"Change what was reported: {order.number}", "Change it")


def _is_recorded(
    request: OrganizationRequest, order: WorkOrder, form: CompletionForm, *, is_change: bool = False
) -> bool:
    data = form.cleaned_data
    try:
        _, result = record_completion(
            order,
            item=data["output"].item,
            good=data["good_quantity"],
            scrap=data["scrap_quantity"],
            scrap_reason=data["scrap_reason"],
            operation_number=data["operation_number"],
            scrap_operation_number=data["scrap_operation_number"],
            reference=data["reference"],
            output_lot_code=data["output_lot_code"],
            completed_at=data["completed_at"],
            is_final=data["is_final"] if is_change else data["is_final"] or None,
            is_change_allowed=is_change,
            actor=request.user,
            reason="Changed by hand" if is_change else "Recorded by hand",
        )
    except AppError as error:
        if error.status in {403, 404}:
            raise
        column = error.details.get("column", "") if isinstance(error.details, dict) else ""
        form.add_error(FIELDS.get(column), error.message)
        return False
    for warning in result.warnings:
        messages.warning(request, warning.message)
    messages.success(request, f"{'Changed' if is_change else 'Recorded'}: order {order.number}.")
    return True


def _page(
    request: OrganizationRequest, order: WorkOrder, form: CompletionForm, title: str, action: str
) -> HttpResponse:
    context: dict[str, Any] = {
        "title": title,
        "action": action,
        "form": form,
        "order": order,
        "back_url": order_url(request.organization, order.number),
        "crumbs": order_crumbs(request, order),
    }
    return render(request, "production/completion_form.html", context, status=422 if form.errors else 200)
