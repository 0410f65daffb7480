"""The list of imports, and taking a file in."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from imports.actions.mapping import map_as_last_time
from imports.actions.mend import is_workbook, mend_workbook
from imports.actions.receive import drop_import, receive_file
from imports.choices import FileKind, ImportStatus, Severity
from imports.forms import ListFilter, ReceiveForm
from imports.models import ImportBatch
from imports.presentation import issue_rows
from imports.queries.batches import batches, issues_of, loaded_before
from imports.queries.mending import is_mendable, is_mended_whole, mended_from, mended_name
from imports.queries.samples import sample_named, samples
from imports.reading.issues import UnreadableFile
from imports.reading.limits import LIMITS, in_words
from imports.reading.sheets import fetch_sheet
from imports.views.columns import checked
from imports.views.finding import crumbs, import_numbered, page_of, steps

PER_PAGE = 50
MENDED_AT_ONCE = 50
STATES = {
    ImportStatus.UPLOADED: ("Columns open", "warn"),
    ImportStatus.MAPPED: ("Not checked", "mute"),
    ImportStatus.CHECKED: ("Checked", "info"),
    ImportStatus.LOADING: ("Loading", "info"),
    ImportStatus.LOADED: ("Loaded", "good"),
    ImportStatus.REFUSED: ("Refused", "bad"),
    ImportStatus.TAKEN_BACK: ("Taken back", "mute"),
    ImportStatus.DROPPED: ("Dropped", "mute"),
}


@requires("read_books")
def import_list(request: OrganizationRequest) -> HttpResponse:
    form = ListFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = batches()
    if chosen.get("kind"):
        found = found.filter(kind=chosen["kind"])
    if chosen.get("status"):
        found = found.filter(status=chosen["status"])
    if chosen.get("q"):
        found = found.filter(file_name__icontains=chosen["q"])
    context = {
        "form": form,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "states": STATES,
        "may_import": "import_files" in request.rights,
    }
    return render(request, "imports/list.html#list" if request.htmx else "imports/list.html", context)


@requires("import_files")
def new_import(request: OrganizationRequest) -> HttpResponse:
    mended = _mended(request)
    initial: dict[str, Any] = {"kind": request.GET.get("kind")}
    if mended is not None and request.method == "GET":
        initial = {"kind": mended.kind, "cells": mended_from(mended), "mends": mended.number}
    form = ReceiveForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return _received(request, form, mended)
        except AppError as error:
            form.add_error(None, error.message)
        except UnreadableFile as error:
            form.add_error(None, error.message)
    context = {
        "form": form,
        "mended": mended,
        "is_mended_whole": mended is not None and is_mended_whole(mended),
        "is_workbook": mended is not None and is_workbook(mended),
        "issues": issue_rows(issues_of(mended, Severity.ERROR)[:MENDED_AT_ONCE])
        if mended is not None
        else [],
        "samples": samples() if mended is None else [],
        "crumbs": crumbs(request, mended),
        "steps": steps(0),
    }
    return render(request, "imports/new.html", context, status=422 if form.errors else 200)


def _mended(request: OrganizationRequest) -> ImportBatch | None:
    """The import whose rows are being mended, where that is asked for."""
    number = request.POST.get("mends") or request.GET.get("mends") or ""
    if not number.isdecimal():
        return None
    batch = import_numbered(request, int(number))
    return batch if is_mendable(batch) else None


def _received(request: OrganizationRequest, form: ReceiveForm, mended: ImportBatch | None) -> HttpResponse:
    """Take the file in, and go where it can go from there. Raises AppError and UnreadableFile."""
    if mended is not None and is_workbook(mended):
        with transaction.atomic():
            batch, settled = mend_workbook(batch=mended, text=form.cleaned_data["cells"], actor=request.user)
        if not settled.is_settled:
            return redirect(reverse("imports:columns", args=[request.organization.slug, batch.number]))
        return checked(request, batch, settled)
    name, content = _given(form)
    kind = form.cleaned_data["kind"]
    if mended is not None and form.cleaned_data["cells"]:
        name = mended_name(mended)
    earlier = loaded_before(kind=kind, sha256=hashlib.sha256(content).hexdigest())
    if earlier is not None:
        earlier.organization = request.organization
        messages.info(request, f"{name} is already loaded as import {earlier.number}.")
        if kind != FileKind.STOCK:  # the same stock may be stated for another moment
            return redirect(page_of(earlier))
    with transaction.atomic():
        batch = receive_file(kind=kind, file_name=name, content=content, actor=request.user)
        proposal = map_as_last_time(batch=batch, actor=request.user)
        if mended is not None and mended.status != ImportStatus.LOADED:
            drop_import(batch=mended, actor=request.user)
    if proposal is None:
        return redirect(reverse("imports:columns", args=[request.organization.slug, batch.number]))
    messages.info(
        request, f"Read as the last file with these headers was ({batch.mapping_name}). Columns shows how."
    )
    return checked(request, batch, proposal)


@requires("import_files")
def sample_file(request: OrganizationRequest, name: str) -> HttpResponse:
    sample = sample_named(name)
    if sample is None:
        raise Http404
    response = HttpResponse(sample.path.read_bytes(), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{sample.name}"'
    return response


def _given(form: ReceiveForm) -> tuple[str, bytes]:
    """Name and bytes of what was given. Raises UnreadableFile for a link that cannot be read."""
    said = form.cleaned_data
    if upload := said["file"]:
        return upload.name, upload.read()
    if cells := said["cells"]:
        if len(cells) > LIMITS.pasted:
            raise UnreadableFile(
                "file_too_large",
                f"{in_words(len(cells))} were pasted; {in_words(LIMITS.pasted)} are read. Upload it as a file.",
            )
        return "pasted cells", cells.encode("utf-8", errors="surrogatepass")
    if link := said["link"]:
        return "Google Sheets", fetch_sheet(link)
    sample = sample_named(said["sample"])
    if sample is None:
        raise AppError("NOT_FOUND", "There is no such sample file.")
    return sample.name, sample.path.read_bytes()
