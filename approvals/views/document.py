"""The page of one document: what it takes, why, and what anybody can do with it now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from approvals.forms import LineForm
from approvals.queries.outlook import outlook_of
from approvals.queries.overview import facts_of, figures_of, timeline_of
from approvals.queries.permits import permits_of
from approvals.queries.place import place_in_queue
from approvals.views.common import STATES, document_crumbs, document_or_404
from backflush.actions.editing import preview
from backflush.models import Backflush, BackflushLine
from backflush.queries.page import grouped, line_keys, line_views
from inventory.models import ReasonCode
from ui.components import KeyHint

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into a line's form and what is wrong with it, by field."""

    line_id: int
    actual: str
    reason: str
    note: str
    item: str
    factor: str
    errors: dict[str, list[str]]


@requires("read_books")
def document(request: OrganizationRequest, number: str) -> HttpResponse:
    return document_page(request, document_or_404(number))


def document_page(
    request: OrganizationRequest, backflush: Backflush, *, typed: Typed | None = None
) -> HttpResponse:
    """The page, with the line open whose change was refused."""
    organization = request.organization
    permits = permits_of(backflush, user=request.user, membership=request.membership, rights=request.rights)
    search = request.GET.get("find", "").strip()
    keys = line_keys(backflush, search=search)
    is_whole = request.GET.get("lines") == "all"
    page = Paginator(keys, len(keys) or 1 if is_whole else PER_PAGE).get_page(request.GET.get("page"))
    lines = line_views(backflush, organization, [key.id for key in page.object_list])
    context: dict[str, Any] = {
        "backflush": backflush,
        "completion": backflush.completion,
        "order": backflush.completion.output.work_order,
        "product": backflush.completion.output.item,
        "states": STATES,
        "crumbs": document_crumbs(request, backflush, here=True),
        "facts": facts_of(backflush),
        "figures": figures_of(backflush, organization),
        "groups": grouped(lines, keys, shown=typed.line_id if typed else None),
        "typed": typed,
        "page": page,
        "search": search,
        "is_whole": is_whole,
        "is_long": search or backflush.line_count > PER_PAGE,
        "events": timeline_of(backflush, permits),
        "outlook": outlook_of(backflush, organization),
        "permits": permits,
        "reasons": ReasonCode.objects.filter(is_active=True).order_by("name"),
        "place": place_in_queue(backflush, request.user, request.membership.role, organization)
        if permits.may_approve
        else None,
        "hints": [KeyHint("j k", "next, previous"), KeyHint("o", "open a line"), KeyHint("?", "all keys")],
    }
    return render(request, "approvals/document.html", context, status=422 if typed else 200)


@requires("edit_backflush")
@require_POST
def what_if(request: OrganizationRequest, number: str, line_id: int) -> HttpResponse:
    """What the document would be with the figures being typed; nothing is written."""
    backflush = document_or_404(number)
    line = BackflushLine.objects.select_related("item").filter(backflush=backflush, pk=line_id).first()
    form = LineForm(request.POST, line=line)
    context: dict[str, Any] = {"backflush": backflush, "outlook": None, "problem": ""}
    if line is None or not form.is_valid():
        context["problem"] = "Finish the figure to see what it would change."
    else:
        try:
            computed, builder, completion = preview(
                organization=request.organization, backflush=backflush, changes=[form.change()]
            )
            context["outlook"] = outlook_of(
                backflush,
                request.organization,
                computed=computed,
                builder=builder,
                completion=completion,
                changed=line,
            )
        except AppError as error:
            context["problem"] = error.message
    return render(request, "approvals/document.html#outlook", context)
