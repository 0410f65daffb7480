"""One import: what is wrong, what would become of its rows, loading it, and what became of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from accounts.models import JobStatus
from accounts.views.jobs import progress_of
from imports.actions.doubts import decide_doubts
from imports.actions.load import check_import, load_import
from imports.actions.receive import drop_import
from imports.actions.take_back import take_back_import
from imports.choices import FileKind, ImportStatus, Severity
from imports.doubts import decisions_from, doubt_rows
from imports.files import source_of
from imports.forms import DoubtForm
from imports.jobs import LARGE, start_check, start_load
from imports.mended import mended_rows
from imports.models import ImportBatch
from imports.presentation import ChangeRow, change_rows, figures, issue_rows, total_rows
from imports.queries.batches import issues_of
from imports.queries.mending import is_mendable
from imports.queries.targets import targets
from imports.reading.refused import write_refused
from imports.refusals import refused_read
from imports.results import Results
from imports.views.finding import crumbs, import_numbered, page_of, steps
from imports.views.receive import STATES
from inventory.rows import RowOutcome
from inventory.stock_files.shapes import Doubt
from ui import formats
from ui.components import Tab

PER_PAGE = 50
PREVIEWED = 8
OUTCOMES = {"": "All rows", "created": "New", "updated": "Changed", "unchanged": "Unchanged"}
LOADABLE = {ImportStatus.CHECKED, ImportStatus.REFUSED}
RUNNING = {JobStatus.WAITING, JobStatus.RUNNING}


@requires("read_books")
def import_page(request: OrganizationRequest, number: int) -> HttpResponse:
    batch = import_numbered(request, number)
    slug = request.organization.slug
    if batch.status == ImportStatus.UPLOADED and "import_files" in request.rights:
        return redirect(reverse("imports:columns", args=[slug, batch.number]))
    issues = issues_of(batch)
    page = Paginator(issues, PER_PAGE).get_page(request.GET.get("page"))
    job = batch.job if batch.job is not None and batch.job.status in RUNNING else None
    may_act = "import_files" in request.rights and job is None
    results = _results(batch)
    doubts = results.facts.get("doubts", [])
    is_settled = batch.status in {ImportStatus.LOADED, ImportStatus.TAKEN_BACK}
    context: dict[str, Any] = {
        "batch": batch,
        "states": STATES,
        "page": page,
        "issues": issue_rows(page.object_list),
        "figures": figures(batch, results.facts),
        "totals": total_rows(batch, results.facts),
        "progress": progress_of(job, slug) if job is not None else None,
        "failed": batch.job if batch.job is not None and batch.job.status == JobStatus.FAILED else None,
        "may_load": may_act and batch.status in LOADABLE | {ImportStatus.LOADING},
        "may_check": may_act and batch.status == ImportStatus.MAPPED,
        "may_take_back": may_act and batch.status == ImportStatus.LOADED,
        "warning_count": issues.filter(severity=Severity.WARNING).count(),
        "doubts": doubt_rows(doubts) if may_act and batch.status in LOADABLE else [],
        "doubt_count": len(doubts),
        "open_doubts": sum(1 for one in doubts if one["decision"] == Doubt.ASK),
        "preview": _changes(batch, _worth_a_look(results)) if batch.status in LOADABLE else [],
        "may_mend": may_act and is_mendable(batch),
        "mended": mended_rows(batch.mended),
        "mended_count": len(batch.mended.get("cells", [])),
        "rows_url": reverse("imports:rows", args=[slug, batch.number]),
        "crumbs": crumbs(request),
        "steps": steps(3 if is_settled else 2),
        "kind": FileKind(batch.kind).label,
    }
    return render(request, "imports/import.html", context)


@requires("read_books")
def rows(request: OrganizationRequest, number: int) -> HttpResponse:
    """What became of each row, or would become of it, a page at a time."""
    batch = import_numbered(request, number)
    results = _results(batch)
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in OUTCOMES else ""
    count = results.count(outcome)
    pages = Paginator(range(count), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    found = results.rows(outcome, start=(page.number - 1) * PER_PAGE, limit=PER_PAGE)
    here = reverse("imports:rows", args=[request.organization.slug, batch.number])
    context = {
        "batch": batch,
        "page": page,
        "rows": _changes(batch, found),
        "tabs": [
            Tab(label, f"{here}?outcome={value}", results.count(value), value == outcome)
            for value, label in OUTCOMES.items()
        ],
        "is_loaded": batch.status == ImportStatus.LOADED,
        "crumbs": crumbs(request, batch),
    }
    return render(request, "imports/rows.html#rows" if request.htmx else "imports/rows.html", context)


@requires("import_files")
@require_POST
def check(request: OrganizationRequest, number: int) -> HttpResponse:
    batch = import_numbered(request, number)
    try:
        with transaction.atomic():
            _decide(request, batch)
            if batch.row_count > LARGE:
                start_check(batch=batch, rows=batch.row_count, actor=request.user)
            else:
                check_import(batch=batch, actor=request.user)
    except AppError as error:
        messages.error(request, error.message)
    return redirect(page_of(batch))


def _decide(request: OrganizationRequest, batch: ImportBatch) -> None:
    """Take up what was said about entries in doubt, if anything was."""
    form = DoubtForm(request.POST)
    answers = request.POST.getlist("decision")
    if form.is_valid():
        decide_doubts(batch=batch, all_at_once=Doubt(form.cleaned_data["doubt"]), actor=request.user)
    elif answers:
        chosen = decisions_from(answers, _results(batch).facts.get("doubts", []))
        decide_doubts(batch=batch, decisions=chosen, actor=request.user)


@requires("import_files")
@require_POST
def load(request: OrganizationRequest, number: int) -> HttpResponse:
    batch = import_numbered(request, number)
    is_partial = request.POST.get("rows") == "good"
    try:
        with transaction.atomic():
            if batch.row_count > LARGE:
                start_load(batch=batch, is_partial=is_partial, actor=request.user)
                return redirect(page_of(batch))
            imported = load_import(batch=batch, is_partial=is_partial, actor=request.user)
    except AppError as error:
        messages.error(request, error.message)
        return redirect(page_of(batch))
    if imported.earlier is not None:
        messages.info(request, f"This file is already loaded as import {imported.earlier.number}.")
    elif imported.is_loaded:
        count = imported.batch.accepted_count
        messages.success(request, f"{formats.count(count, 'row is', 'rows are')} loaded.")
    else:
        messages.error(request, "Nothing was loaded: rows are refused.")
    return redirect(page_of(batch))


@requires("import_files")
@require_POST
def drop(request: OrganizationRequest, number: int) -> HttpResponse:
    batch = import_numbered(request, number)
    try:
        drop_import(batch=batch, actor=request.user)
    except AppError as error:
        messages.error(request, error.message)
    return redirect(reverse("imports:list", args=[request.organization.slug]))


@requires("import_files")
def take_back(request: OrganizationRequest, number: int) -> HttpResponse:
    batch = import_numbered(request, number)
    if request.method == "POST":
        try:
            with transaction.atomic():
                take_back_import(batch=batch, actor=request.user)
        except AppError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"Import {batch.number} is taken back.")
        return redirect(page_of(batch))
    if batch.loaded_at is None:
        messages.error(request, "Nothing of this file is loaded, so nothing is taken back.")
        return redirect(page_of(batch))
    context = {
        "title": f"Take back import {batch.number}",
        "question": f"{batch.file_name}, {formats.count(batch.accepted_count, 'row')} "
        f"loaded {formats.day(timezone.localdate(batch.loaded_at))}",
        "consequences": [
            "What it made is removed, what it changed is put back; the history of both stays.",
            "Balances that a stock file moved are moved back by opposite entries.",
            "It is refused when anything was changed or used since.",
        ],
        "action": "Take it back",
        "back_url": page_of(batch),
        "crumbs": crumbs(request, batch),
        "is_dangerous": True,
    }
    return render(request, "ui/confirm.html", context)


@requires("read_books")
def original_file(request: OrganizationRequest, number: int) -> HttpResponse:
    """The bytes as they came."""
    batch = import_numbered(request, number)
    response = HttpResponse(bytes(batch.content), content_type="application/octet-stream")
    return _download(response, batch.file_name)


@requires("read_books")
def refused_rows(request: OrganizationRequest, number: int) -> HttpResponse:
    """The refused rows in the file's own shape, each with its reasons."""
    batch = import_numbered(request, number)
    content = write_refused(source_of(batch), refused_read(batch))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    stem = batch.file_name.rsplit(".", 1)[0]
    return _download(response, f"{stem}-refused.csv")


def _changes(batch: ImportBatch, rows: list[RowOutcome]) -> list[ChangeRow]:
    return change_rows(rows, targets(batch, rows))


def _worth_a_look(results: Results) -> list[RowOutcome]:
    """The first rows that change something; where none does, the first new ones."""
    return results.rows("updated", limit=PREVIEWED) or results.rows("created", limit=PREVIEWED)


def _results(batch: ImportBatch) -> Results:
    return Results(ImportBatch.objects.only("results").get(pk=batch.pk).results)


def _download(response: HttpResponse, name: str) -> HttpResponse:
    ascii_name = name.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "_")
    response["Content-Disposition"] = f'attachment; filename="{ascii_name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
