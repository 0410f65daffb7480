"""Kept mappings: how files of a kind are read, by name."""

from __future__ import annotations

import json
import re
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from imports.actions.mapping import change_mapping, delete_mapping, save_mapping
from imports.forms import MappingForm
from imports.models import ImportMapping
from imports.presentation import mapping_facts, mapping_rows
from imports.queries.batches import kept_mappings
from imports.reading.kinds import KINDS
from imports.views.columns import as_file
from imports.views.finding import crumbs
from ui.components import Crumb

EXAMPLE = {
    "columns": {"sku": "Artikel", "on_hand": 3},
    "delimiter": ";",
    "decimal_mark": ",",
    "date_order": "dmy",
}


@requires("read_books")
def mapping_list(request: OrganizationRequest) -> HttpResponse:
    context = {
        "mappings": mapping_rows(kept_mappings()),
        "may_change": "import_files" in request.rights,
        "crumbs": crumbs(request),
    }
    return render(request, "imports/mappings.html", context)


@requires("import_files")
def new_mapping(request: OrganizationRequest) -> HttpResponse:
    initial = {"kind": "stock", "document": _written(EXAMPLE)}
    form = MappingForm(request.POST or None, request.FILES or None, initial=initial, is_new=True)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            with transaction.atomic():
                save_mapping(
                    kind=said["kind"],
                    name=said["name"],
                    document=form.said(),
                    may_replace=False,
                    actor=request.user,
                )
        except AppError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"Mapping {said['name']} is kept.")
            return redirect(_list(request))
    return _form(request, form, None)


@requires("import_files")
def edit_mapping(request: OrganizationRequest, pk: int) -> HttpResponse:
    mapping = get_object_or_404(ImportMapping, pk=pk)
    if request.method != "POST":
        initial = {"name": mapping.name, "document": _written(mapping.mapping)}
        return _form(request, MappingForm(initial=initial, is_new=False), mapping)
    form = MappingForm(request.POST, request.FILES, is_new=False)
    if form.is_valid():
        try:
            with transaction.atomic():
                change_mapping(
                    mapping=mapping,
                    name=form.cleaned_data["name"],
                    document=form.said(),
                    actor=request.user,
                )
        except AppError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"Mapping {mapping.name} is changed.")
            return redirect(_list(request))
    return _form(request, form, mapping)


@requires("import_files")
def delete(request: OrganizationRequest, pk: int) -> HttpResponse:
    mapping = get_object_or_404(ImportMapping, pk=pk)
    if request.method == "POST":
        with transaction.atomic():
            delete_mapping(mapping=mapping, actor=request.user)
        messages.success(request, f"Mapping {mapping.name} is deleted.")
        return redirect(_list(request))
    context = {
        "title": f"Delete mapping {mapping.name}",
        "question": f"{mapping.get_kind_display()} files are no longer read by it.",
        "consequences": [
            "Files with its headers are proposed anew, and asked about again.",
            "Imports that were read by it keep how they were read.",
        ],
        "action": "Delete it",
        "back_url": reverse("imports:edit_mapping", args=[request.organization.slug, pk]),
        "crumbs": _crumbs(request),
        "is_dangerous": True,
    }
    return render(request, "ui/confirm.html", context)


@requires("read_books")
def kept_file(request: OrganizationRequest, pk: int) -> HttpResponse:
    """The mapping as the JSON file that the command and other organizations take."""
    mapping = get_object_or_404(ImportMapping, pk=pk)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", mapping.name).strip("-") or str(mapping.pk)
    return as_file(mapping.mapping, f"mapping-{mapping.kind}-{name}.json")


def _form(request: OrganizationRequest, form: MappingForm, mapping: ImportMapping | None) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "mapping": mapping,
        "facts": mapping_facts(mapping.mapping) if mapping is not None else [],
        "kind": KINDS[mapping.kind] if mapping is not None else None,
        "back_url": _list(request),
        "crumbs": _crumbs(request),
    }
    return render(request, "imports/mapping_form.html", context, status=422 if form.errors else 200)


def _written(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)


def _list(request: OrganizationRequest) -> str:
    return reverse("imports:mappings", args=[request.organization.slug])


def _crumbs(request: OrganizationRequest) -> list[Crumb]:
    return [*crumbs(request), Crumb("Mappings", _list(request))]
