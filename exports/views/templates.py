"""Templates: the list, one with its preview, the form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.errors import AppError
from accounts.history import history_of, history_of_model
from accounts.http import OrganizationRequest
from accounts.validation import answer_on_form
from exports.actions.templates import duplicate_template, save_template, switch_template
from exports.column_rules import template_problem
from exports.forms_templates import ColumnSet, TemplateForm, initial_columns, layout_from
from exports.models import ExportColumn, ExportTemplate
from exports.presentation import column_rows, template_facts
from exports.queries.batches import all_templates
from exports.queries.due import due_entry_ids
from exports.writer import Layout, layout_of, misfits, read_cells, read_lines
from ui.components import Crumb, Event

from .common import crumbs

PREVIEWED = 12
NEXT_NUMBER = "EX-000000"
SHOWN_EVENTS = 50


def _crumbs(request: OrganizationRequest, *more: Crumb) -> list[Crumb]:
    url = reverse("exports:templates", args=[request.organization.slug])
    return crumbs(request, Crumb("Templates", url), *more)


def _preview(template: ExportTemplate, layout: Layout) -> dict[str, Any]:
    """What the file would hold now: its first lines, and what does not fit; or why there can be no file."""
    if problem := template_problem(layout.columns):
        return {"problem": problem}
    ids = due_entry_ids(template, at_most=PREVIEWED)
    rows = read_cells(layout, ids, batch_number=NEXT_NUMBER)
    return {
        "text": "\n".join(read_lines(layout, ids, batch_number=NEXT_NUMBER)) if ids else "",
        "misfits": misfits(layout, rows),
    }


@requires("read_books")
def template_list(request: OrganizationRequest) -> HttpResponse:
    context = {
        "templates": all_templates(),
        "may_change": "export_batches" in request.rights,
        "crumbs": _crumbs(request)[:1],
    }
    return render(request, "exports/templates.html", context)


@requires("read_books")
def template_page(request: OrganizationRequest, pk: int) -> HttpResponse:
    template = get_object_or_404(ExportTemplate, pk=pk)
    layout = layout_of(template)
    events = [*history_of([template]), *history_of_model(ExportColumn, template_id=pk, hidden=["template"])]
    events.sort(key=lambda event: event.at, reverse=True)
    context = {
        "template": template,
        "columns": column_rows(layout),
        "facts": template_facts(template),
        "preview": _preview(template, layout),
        "events": [Event(event.title, event.note, event.tone) for event in events[:SHOWN_EVENTS]],
        "may_change": "export_batches" in request.rights,
        "crumbs": _crumbs(request),
    }
    return render(request, "exports/template.html", context)


@requires("export_batches")
def new_template(request: OrganizationRequest) -> HttpResponse:
    return _form(request, None)


@requires("export_batches")
def edit_template(request: OrganizationRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(ExportTemplate, pk=pk))


def _form(request: OrganizationRequest, template: ExportTemplate | None) -> HttpResponse:
    slug = request.organization.slug
    form = TemplateForm(
        request.POST or None, instance=template or ExportTemplate(organization=request.organization)
    )
    initial = initial_columns(layout_of(template).columns) if template else []
    columns: Any = ColumnSet(request.POST or None, initial=initial, prefix="columns")
    context: dict[str, Any] = {
        "form": form,
        "columns": columns,
        "title": f"Edit “{template.name}”" if template else "New template",
        "back_url": reverse("exports:template", args=[slug, template.pk])
        if template
        else reverse("exports:templates", args=[slug]),
        "crumbs": _crumbs(request),
    }
    is_valid = request.method == "POST" and form.is_valid() and columns.is_valid()
    if is_valid and "preview" in request.POST:
        context["preview"] = _preview(form.instance, layout_from(form, columns))
    elif is_valid:
        try:
            saved = save_template(
                organization=request.organization,
                template=template,
                values=form.cleaned_data,
                columns=columns.columns(),
                actor=request.user,
                reason="Changed" if template else "Made",
            )
        except AppError as error:
            answer_on_form(form, error)
        else:
            messages.success(request, f"“{saved.name}” is saved.")
            return redirect("exports:template", slug, saved.pk)
    status = 422 if form.errors or any(columns.errors) or columns.non_form_errors() else 200
    return render(request, "exports/template_form.html", context, status=status)


class NameForm(forms.Form):
    """What a copy is called."""

    name = forms.CharField(label="Name of the copy", max_length=80)


@requires("export_batches")
def duplicate(request: OrganizationRequest, pk: int) -> HttpResponse:
    template = get_object_or_404(ExportTemplate, pk=pk)
    form = NameForm(request.POST or None, initial={"name": f"{template.name} (copy)"[:80]})
    if request.method == "POST" and form.is_valid():
        try:
            copy = duplicate_template(
                organization=request.organization,
                template_id=pk,
                name=form.cleaned_data["name"],
                actor=request.user,
            )
        except AppError as error:
            answer_on_form(form, error)
        else:
            messages.success(request, f"“{copy.name}” is made. Change what differs.")
            return redirect("exports:edit_template", request.organization.slug, copy.pk)
    context = {
        "title": f"Duplicate “{template.name}”",
        "question": "The copy begins with the same columns and goes its own way.",
        "consequences": [],
        "action": "Make the copy",
        "form": form,
        "back_url": reverse("exports:template", args=[request.organization.slug, pk]),
        "crumbs": _crumbs(request),
    }
    return render(request, "ui/confirm.html", context, status=422 if form.errors else 200)


@requires("export_batches")
@require_POST
def switch(request: OrganizationRequest, pk: int) -> HttpResponse:
    template = get_object_or_404(ExportTemplate, pk=pk)
    switched = switch_template(
        organization=request.organization,
        template_id=template.pk,
        is_active=request.POST.get("is_active") == "1",
        actor=request.user,
    )
    state = "on" if switched.is_active else "off"
    messages.success(request, f"“{switched.name}” is switched {state}.")
    return redirect("exports:template", request.organization.slug, pk)
