"""This room's part of the Today page: what a new organization loads first, until it has."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from imports.choices import FileKind, ImportStatus
from imports.models import ImportBatch
from ui.navigation import Panel

STEPS = (
    (FileKind.ITEMS, "Items", "what you make and what it is made of"),
    (FileKind.BOMS, "Bills of materials", "how much of what goes into each product"),
    (FileKind.COSTS, "Standard costs", "so that differences have their money"),
    (FileKind.STOCK, "Stock", "what the ERP believes is there"),
    (FileKind.COMPLETIONS, "Completions", "what was built; drafts are made from these"),
)


@dataclass(frozen=True, slots=True)
class StartStep:
    """A kind of file, and whether one was loaded."""

    label: str
    help: str
    url: str
    is_done: bool


def panels(request: HttpRequest) -> list[Panel]:
    slug = request.organization.slug  # type: ignore[attr-defined]
    loaded = set(
        ImportBatch.objects.filter(status=ImportStatus.LOADED, kind__in=[kind for kind, *_ in STEPS])
        .order_by()
        .values_list("kind", flat=True)
        .distinct()
    )
    if {FileKind.ITEMS, FileKind.BOMS, FileKind.COMPLETIONS} <= loaded:
        return []
    new = reverse("imports:new", args=[slug])
    steps = [
        StartStep(label, words, f"{new}?kind={kind.value}", kind in loaded) for kind, label, words in STEPS
    ]
    context = {
        "steps": steps,
        "may_import": "import_files" in request.rights,  # type: ignore[attr-defined]
        "members_url": reverse("accounts:members", args=[slug]),
    }
    return [Panel("imports/panels/start.html", context, order=5)]
