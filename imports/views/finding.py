"""What the views of one import share."""

from __future__ import annotations

from django.http import Http404
from django.urls import reverse

from accounts.http import OrganizationRequest
from imports.models import ImportBatch
from imports.queries.batches import batches
from ui.components import Crumb, Step

STEPS = ("File", "Columns", "Check", "Loaded")


def import_numbered(request: OrganizationRequest, number: int) -> ImportBatch:
    """This organization's import of that number, without its bytes. 404 where there is none."""
    batch = batches().filter(number=number).first()
    if batch is None:
        raise Http404
    batch.organization = request.organization
    return batch


def crumbs(request: OrganizationRequest, batch: ImportBatch | None = None) -> list[Crumb]:
    slug = request.organization.slug
    trail = [Crumb("Imports", reverse("imports:list", args=[slug]))]
    if batch is not None:
        trail.append(Crumb(f"Import {batch.number}", page_of(batch)))
    return trail


def page_of(batch: ImportBatch) -> str:
    return reverse("imports:import", args=[batch.organization.slug, batch.number])


def steps(now: int) -> list[Step]:
    """Where a file is on its way in."""
    return [
        Step(label, "done" if place < now else "now" if place == now else "todo")
        for place, label in enumerate(STEPS)
    ]
