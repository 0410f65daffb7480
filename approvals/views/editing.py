"""Change one line of a draft."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from approvals.forms import LineForm
from approvals.views.common import document_crumbs, document_or_404, refused, to_document
from backflush.actions.editing import LineChange, LotChoice, edit_backflush
from backflush.models import Backflush, BackflushLine
from backflush.queries.lots import lots_to_choose
from ui import formats


def _line_or_404(backflush: Backflush, line_id: int) -> BackflushLine:
    line = (
        BackflushLine.objects.select_related("item", "reason").filter(backflush=backflush, pk=line_id).first()
    )
    if line is None:
        raise Http404("There is no such line.")
    return line


def _edit(request: OrganizationRequest, backflush: Backflush, change: LineChange, done: str) -> HttpResponse:
    version = request.POST.get("version", "")
    try:
        edit_backflush(
            organization=request.organization,
            backflush_id=backflush.pk,
            changes=[change],
            actor=request.user,
            version=int(version) if version.isdigit() else None,
        )
    except AppError as error:
        return refused(request, error, backflush.number)
    messages.success(request, done)
    return to_document(request, backflush.number)


@requires("edit_backflush")
@require_POST
def edit_line(request: OrganizationRequest, number: str, line_id: int) -> HttpResponse:
    backflush = document_or_404(number)
    line = _line_or_404(backflush, line_id)
    form = LineForm(request.POST, line=line)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, f"{line.item.sku}: {' '.join(str(one) for one in errors)}")
        return to_document(request, number)
    return _edit(
        request, backflush, form.change(), f"{line.item.sku} is changed and {number} computed again."
    )


@requires("edit_backflush")
@require_POST
def reset_line(request: OrganizationRequest, number: str, line_id: int) -> HttpResponse:
    backflush = document_or_404(number)
    line = _line_or_404(backflush, line_id)
    change = LineChange(line_id=line.pk, is_reset=True)
    return _edit(request, backflush, change, f"{line.item.sku} is as computed again.")


@requires("edit_backflush")
def add_line(request: OrganizationRequest, number: str) -> HttpResponse:
    """A component that is not on the bill."""
    backflush = document_or_404(number)
    form = LineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _edit(
            request, backflush, form.change(), f"{form.cleaned_data['item'].sku} is added to {number}."
        )
    context = {
        "title": f"Add a component to {number}",
        "question": "For what was used and is not on the bill. It has no standard: all of it is usage variance.",
        "action": "Add it",
        "form": form,
        "fields": {"version": backflush.version},
        "back_url": f"/o/{request.organization.slug}/review/{number}/",
        "crumbs": document_crumbs(request, backflush),
    }
    return render(request, "ui/confirm.html", context, status=422 if form.errors else 200)


@requires("edit_backflush")
def choose_lots(request: OrganizationRequest, number: str, line_id: int) -> HttpResponse:
    """Which lots a line takes, and how much of each."""
    backflush = document_or_404(number)
    line = _line_or_404(backflush, line_id)
    choices = lots_to_choose(line)
    problem = ""
    if request.method == "POST":
        try:
            chosen = [
                LotChoice(choice.lot_id, choice.location_id, quantity)
                for choice in choices
                if (quantity := _quantity(request.POST.get(f"take-{choice.key}", "")))
            ]
        except InvalidOperation:
            problem = "A quantity is a number, such as 12 or 0.5."
        else:
            total = sum((c.quantity or Decimal(0) for c in chosen), Decimal(0))
            if chosen and total != line.actual_quantity:
                wanted, got = formats.quantity(line.actual_quantity), formats.quantity(total)
                problem = f"The lots add up to {got}; the line needs {wanted} {line.item.unit}."
            else:
                change = LineChange(line_id=line.pk, lots=chosen)
                return _edit(request, backflush, change, f"Lots of {line.item.sku} are chosen.")
    context = {
        "backflush": backflush,
        "line": line,
        "choices": choices,
        "problem": problem,
        "crumbs": document_crumbs(request, backflush),
    }
    return render(request, "approvals/lots.html", context, status=422 if problem else 200)


def _quantity(text: str) -> Decimal | None:
    quantity = Decimal(text.strip()) if text.strip() else None
    if quantity is not None and not quantity.is_finite():
        raise InvalidOperation
    return quantity
