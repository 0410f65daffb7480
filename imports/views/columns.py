"""How a file is read: columns, marks, dates, and what a stock file cannot say of itself."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from accounts.tenancy.writes import save_row
from imports import columns as page
from imports.actions.load import check_import
from imports.actions.mapping import map_import, mapping_named, outlined, propose, recalled_name
from imports.choices import FileKind, ImportStatus
from imports.files import source_of
from imports.forms import MAPPING_SIZE, StockForm
from imports.jobs import LARGE, start_check
from imports.kinds.options import options_as_json, options_of
from imports.models import ImportBatch
from imports.queries.batches import named_mappings
from imports.reading.propose import Proposal
from imports.views.finding import crumbs, import_numbered, page_of, steps
from inventory.stock_files.shapes import Scope

OPEN = {ImportStatus.UPLOADED, ImportStatus.MAPPED, ImportStatus.CHECKED, ImportStatus.REFUSED}


@requires("import_files")
def columns(request: OrganizationRequest, number: int) -> HttpResponse:
    batch = import_numbered(request, number)
    if batch.status not in OPEN:
        return redirect(page_of(batch))
    stock = _stock_form(request, batch)
    try:
        if request.method == "POST":
            document = _document(request, batch)
            if not _is_reread(request) and (stock is None or stock.is_valid()):
                proposal = _settle(request, batch, document, stock)
                if proposal.is_settled:
                    return checked(request, batch, proposal)
            else:
                proposal = propose(batch=batch, document=document)
        else:
            proposal = propose(batch=batch, document=batch.mapping or None)
    except AppError as error:
        messages.error(request, error.message)
        proposal = propose(batch=batch, document={})
    return render(request, "imports/columns.html", _context(request, batch, proposal, stock))


@requires("read_books")
def mapping_file(request: OrganizationRequest, number: int) -> HttpResponse:
    """The mapping of an import as the JSON file that the command and other organizations take."""
    batch = import_numbered(request, number)
    return as_file(batch.mapping, f"mapping-{batch.kind}-{batch.number}.json")


def as_file(document: dict[str, Any], name: str) -> HttpResponse:
    """A mapping as a download."""
    response = JsonResponse(document, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _document(request: OrganizationRequest, batch: ImportBatch) -> dict[str, Any]:
    """The mapping that was posted: a kept one, a JSON file, only where the header stands, or the page's answers."""
    if "use" in request.POST and request.POST.get("kept"):
        return mapping_named(kind=batch.kind, name=request.POST["kept"])
    if "use" in request.POST and (upload := request.FILES.get("mapping_file")):
        try:
            if (upload.size or 0) > MAPPING_SIZE:
                raise ValueError("it is too large")
            document = json.loads(upload.read().decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise AppError("INVALID", f"{upload.name} is not JSON: {error}.") from error
        if not isinstance(document, dict):
            raise AppError("INVALID", f"{upload.name} holds no mapping.")
        return document
    answers = _answers(request)
    place = page.place_of(answers)
    if _is_reread(request):
        return place
    return page.document_of(batch.kind, answers, outlined(batch=batch, document=place))


def _answers(request: OrganizationRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.POST.items()}


def _is_reread(request: OrganizationRequest) -> bool:
    """Another mapping, header, sheet or delimiter: the columns are proposed anew before anything is checked."""
    return "reread" in request.POST or "use" in request.POST or page.is_elsewhere(_answers(request))


def _settle(
    request: OrganizationRequest, batch: ImportBatch, document: dict[str, Any], stock: StockForm | None
) -> Proposal:
    with transaction.atomic():
        if stock is not None:
            document["negative_stock"] = stock.cleaned_data["negatives"]
            options = options_of(batch)
            scope = Scope(stock.cleaned_data["scope"])
            chosen = type(options)(counted_at=stock.chosen_moment(), scope=scope)
            batch.options = options_as_json(chosen)
            save_row(batch, actor=request.user, reason="Moment and scope given", fields=["options"])
        name = request.POST.get("name", "").strip()
        return map_import(batch=batch, document=document, name=name, actor=request.user)


def checked(request: OrganizationRequest, batch: ImportBatch, proposal: Proposal) -> HttpResponse:
    """Check at once, or in the background where that takes long."""
    if proposal.data_rows > LARGE:
        start_check(batch=batch, rows=proposal.data_rows, actor=request.user)
    else:
        check_import(batch=batch, actor=request.user)
    return redirect(page_of(batch))


def _stock_form(request: OrganizationRequest, batch: ImportBatch) -> StockForm | None:
    if batch.kind != FileKind.STOCK:
        return None
    if request.method == "POST" and "moment" in request.POST:
        return StockForm(request.POST)
    options = options_of(batch)
    initial: dict[str, Any] = {
        "scope": options.scope.value,
        "negatives": bool(batch.mapping.get("negative_stock")),
    }
    if options.counted_at is not None:
        initial |= {"moment": "then", "counted_at": options.counted_at}
    return StockForm(initial=initial)


def _context(
    request: OrganizationRequest, batch: ImportBatch, proposal: Proposal, stock: StockForm | None
) -> dict[str, Any]:
    header = proposal.mapping.header_row
    source = source_of(batch)
    shown, others = page.worth_a_look(page.file_columns(proposal))
    return {
        "batch": batch,
        "proposal": proposal,
        "columns": shown,
        "others": others,
        "settings": page.settings(proposal, source.sheets),
        "sheet": proposal.mapping.sheet or "?",
        "delimiter": {"\t": "tab", None: "?"}.get(proposal.mapping.delimiter, proposal.mapping.delimiter),
        "questions": page.open_questions(proposal),
        "constants": page.constants(proposal),
        "header_row": 0 if header is None else header + 1,
        "evidence": next((d.evidence for d in proposal.decisions if d.key == "header_row"), ""),
        "parents": next((d.evidence for d in proposal.decisions if d.key == "parents"), ""),
        "stock": stock,
        "kept": named_mappings(batch.kind),
        "name": batch.mapping_name,
        "remembered": recalled_name(proposal),
        "crumbs": crumbs(request, batch),
        "steps": steps(1),
        "new_url": reverse("imports:new", args=[request.organization.slug]),
    }
