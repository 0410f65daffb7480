"""What the views of exports share."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.errors import AppError
from accounts.http import OrganizationRequest
from exports.models import ExportBatch
from ui.components import Crumb


def batch_or_404(number: str) -> ExportBatch:
    """The batch without its bytes."""
    batch = (
        ExportBatch.objects.defer("content")
        .select_related("template", "exported_by")
        .filter(number=number)
        .first()
    )
    if batch is None:
        raise Http404(f"There is no batch {number}.")
    return batch


def to_batch(request: OrganizationRequest, number: str) -> HttpResponse:
    return redirect("exports:batch", request.organization.slug, number)


def refused(request: OrganizationRequest, error: AppError, number: str) -> HttpResponse:
    """Back to the batch with what stands against it. What nobody may do or find is answered as such."""
    if error.status in {403, 404}:
        raise error
    messages.error(request, error.message)
    return to_batch(request, number)


def crumbs(request: OrganizationRequest, *more: Crumb) -> list[Crumb]:
    return [Crumb("Exports", reverse("exports:batches", args=[request.organization.slug])), *more]


def batch_crumbs(request: OrganizationRequest, batch: ExportBatch) -> list[Crumb]:
    return crumbs(
        request, Crumb(batch.number, reverse("exports:batch", args=[request.organization.slug, batch.number]))
    )
