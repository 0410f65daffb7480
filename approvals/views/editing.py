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
from approvals.views.document import Typed, document_page
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


def _changed(request: OrganizationRequest, backflush: Backflush, change: LineChange) -> None:
    """Raises AppError where the change is refused."""
    version = request.POST.get("version", "")
    edit_backflush(
        organization=request.organization,
        backflush_id=backflush.pk,
        changes=[change],
        actor=request.user,
        version=int(version) if version.isdigit() else None,
    )


def _edit(request: OrganizationRequest, backflush: Backflush, change: LineChange, done: str) -> HttpResponse:
    try:
        _changed(request, backflush, change)
    except AppError as error:
        return refused(request, error, backflush.number)
    messages.success(request, done)
    return to_document(request, backflush.number)


@requires("edit_backflush")
def edit_line(request: OrganizationRequest, number: str, line_id: int) -> HttpResponse:
    """Change a line; where that is refused the page comes back with what was typed."""
    backflush = document_or_404(number)
    line = _line_or_404(backflush, line_id)
    if request.method != "POST":  # a link of the page that came back, or its address typed again
        return to_document(request, number)
    form = LineForm(request.POST, line=line)
    if form.is_valid():
        try:
            _changed(request, backflush, form.change())
        except AppError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"{line.item.sku} is changed and {number} computed again.")
            return to_document(request, number)
    return _typed_again(request, document_or_404(number), line, form)


def _typed_again(
    request: OrganizationRequest, backflush: Backflush, line: BackflushLine, form: LineForm
) -> HttpResponse:
    errors = {name: [str(error) for error in found] for name, found in form.errors.items()}
    for found in errors.values():
        messages.error(request, f"{line.item.sku}: {' '.join(found)}")
    said = {name: request.POST.get(name, "") for name in ("actual", "reason", "note", "item", "factor")}
    return document_page(request, backflush, typed=Typed(line_id=line.pk, errors=errors, **said))


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
