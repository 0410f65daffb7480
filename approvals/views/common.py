"""What the views of documents share."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.errors import AppError
from accounts.http import OrganizationRequest
from approvals.queries.documents import document_by_number
from backflush.models import Backflush
from ui.cells import StateTable
from ui.components import Crumb

STATES: StateTable = {
    "DRAFT": ("Draft", "mute"),
    "SUBMITTED": ("Waiting for a signature", "warn"),
    "RETURNED": ("Returned", "bad"),
    "POSTED": ("Posted", "good"),
    "REVERSED": ("Reversed", "info"),
    "DISCARDED": ("Discarded", "mute"),
}


def document_or_404(number: str) -> Backflush:
    try:
        return document_by_number(number)
    except AppError as error:
        raise Http404(error.message) from error


def to_document(request: OrganizationRequest, number: str) -> HttpResponse:
    """Back to the document, and to the page of its lines that one came from."""
    address = reverse("approvals:document", args=[request.organization.slug, number])
    page = request.GET.get("page", "")
    return redirect(f"{address}?page={page}" if page.isdigit() else address)


def refused(request: OrganizationRequest, error: AppError, number: str) -> HttpResponse:
    """Back to the document with what stands against it."""
    messages.error(request, error.message)
    return to_document(request, number)


def document_crumbs(request: OrganizationRequest, backflush: Backflush, *, here: bool = False) -> list[Crumb]:
    slug = request.organization.slug
    order = backflush.completion.output.work_order
    crumbs = [
        Crumb("Review", reverse("approvals:queue", args=[slug])),
        Crumb(order.number, reverse("production:order", args=[slug, order.number])),
    ]
    if not here:
        crumbs.append(Crumb(backflush.number, reverse("approvals:document", args=[slug, backflush.number])))
    return crumbs
