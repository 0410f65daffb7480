"""The list of batches, one batch, its file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models.functions import Length
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from accounts.jobs import start_job
from exports.actions.batches import create_batch, put_back_rejected, withdraw_batch
from exports.choices import ExportStatus
from exports.forms import AnswerFileForm, AnswerForm, BatchFilter, LineFilter, ReasonForm
from exports.models import ExportBatch
from exports.presentation import (
    BATCH_STATES,
    batch_events,
    batch_facts,
    batch_figures,
    batch_rows,
    line_rows,
    template_choices,
)
from exports.queries.batches import (
    answers_of,
    batches_newest_first,
    lines_of,
    rejected_line_count,
    templates_in_use,
)
from exports.queries.due import due_sums
from exports.writer import guarded_copy, layout_from_json
from exports.writer.evidence import evidence_of
from ui.components import Figure
from ui.formats import MoneyFormat, count, quantity

from .common import batch_crumbs, batch_or_404, crumbs, refused, to_batch

PER_PAGE = 50
# More than this is written by the worker: the page would keep its reader waiting.
WRITTEN_AT_ONCE = 10_000


@requires("read_books")
def batch_list(request: OrganizationRequest) -> HttpResponse:
    form = BatchFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    batches = batches_newest_first(
        status=chosen.get("status", ""), template_id=int(chosen.get("template") or 0) or None
    )
    page = Paginator(batches, PER_PAGE).get_page(request.GET.get("page"))
    answers = answers_of([batch.pk for batch in page.object_list])
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "rows": batch_rows(page.object_list, answers, request.organization),
    }
    if request.htmx:
        return render(request, "exports/batches.html#list", context)
    due = due_sums()
    money = MoneyFormat(request.organization)
    rejected = rejected_line_count()
    context["figures"] = [
        Figure("Due for the ERP", quantity(sum(each.entries for each in due)), _kinds(due)),
        Figure("Their money", money.money(sum(each.amount_minor for each in due))),
        Figure("Rejected lines", quantity(rejected), "to put back or to reverse"),
    ]
    context["choices"] = template_choices(templates_in_use(), due)
    context["is_due"] = bool(due)
    context["may_export"] = "export_batches" in request.rights
    return render(request, "exports/batches.html", context)


def _kinds(due: Any) -> str:
    return ", ".join(f"{quantity(each.entries)} {each.label.lower()}" for each in due)


@requires("export_batches")
@require_POST
def new_batch(request: OrganizationRequest) -> HttpResponse:
    """Write what is due, here or, when it is much, by the worker."""
    text = request.POST.get("template", "")
    template = templates_in_use().filter(pk=int(text) if text.isascii() and text.isdigit() else 0).first()
    if template is None:
        messages.error(request, "Choose a template first.")
        return redirect("exports:batches", request.organization.slug)
    waiting = template_choices([template], due_sums())[0].entries
    if min(waiting, template.max_lines or waiting) > WRITTEN_AT_ONCE:
        job = start_job(
            organization=request.organization,
            kind="export_batch",
            title=f"Writing {count(waiting, 'entry', 'entries')} with “{template.name}”",
            arguments={"template": template.pk},
            actor=request.user,
        )
        return redirect("accounts:job", request.organization.slug, job.pk)
    try:
        batch = create_batch(organization=request.organization, template_id=template.pk, actor=request.user)
    except AppError as error:
        context = {"error": error, "template": template, "crumbs": crumbs(request)}
        return render(request, "exports/unfit.html", context, status=error.status)
    messages.success(request, f"{batch.number} is written: {count(batch.line_count, 'line')}.")
    return to_batch(request, batch.number)


@requires("read_books")
def batch_page(request: OrganizationRequest, number: str) -> HttpResponse:
    batch = batch_or_404(number)
    form = LineFilter(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    page = Paginator(lines_of(batch, state=state), PER_PAGE).get_page(request.GET.get("page"))
    is_live = batch.status == ExportStatus.LIVE
    context: dict[str, Any] = {
        "batch": batch,
        "form": form,
        "page": page,
        "rows": line_rows(page.object_list, request.organization),
        "may_answer": is_live and "export_batches" in request.rights,
    }
    if request.htmx:
        return render(request, "exports/batch.html#lines", context)
    answers = answers_of([batch.pk])[batch.pk]
    size = ExportBatch.objects.filter(pk=batch.pk).values_list(Length("content"), flat=True).get()
    context |= {
        "states": BATCH_STATES,
        "answers": answers,
        "figures": batch_figures(batch, answers, request.organization),
        "facts": batch_facts(batch, size),
        "events": batch_events(batch),
        "answer_form": AnswerForm(),
        "file_form": AnswerFileForm(),
        "may_withdraw": context["may_answer"] and not answers.accepted,
        "may_put_back": context["may_answer"] and answers.rejected,
        "crumbs": crumbs(request),
    }
    return render(request, "exports/batch.html", context)


@requires("read_books")
def batch_file(request: OrganizationRequest, number: str) -> HttpResponse:
    """The bytes that were written, the same every time."""
    batch = batch_or_404(number)
    return _download(bytes(batch.content), batch.file_name)


@requires("read_books")
def batch_spreadsheet(request: OrganizationRequest, number: str) -> HttpResponse:
    """The same cells for reading in a spreadsheet, not for loading."""
    batch = batch_or_404(number)
    copy = guarded_copy(bytes(batch.content), layout_from_json(batch.layout))
    return _download(copy, batch.file_name.removesuffix(".csv") + "-spreadsheet.csv")


@requires("read_books")
def batch_evidence(request: OrganizationRequest, number: str) -> HttpResponse:
    """The file with what stands behind each line, for whoever audits it."""
    batch = batch_or_404(number)
    return _download(evidence_of(batch, request.organization), f"{batch.number}-evidence.zip")


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@requires("export_batches")
def withdraw(request: OrganizationRequest, number: str) -> HttpResponse:
    batch = batch_or_404(number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_batch(
                organization=request.organization,
                batch_id=batch.pk,
                actor=request.user,
                reason=form.cleaned_data["reason"],
            )
        except AppError as error:
            return refused(request, error, number)
        messages.success(request, f"{number} is withdrawn; its entries are due again.")
        return to_batch(request, number)
    context = {
        "title": f"Withdraw {number}?",
        "question": "Only when the ERP has not loaded this file and never will.",
        "consequences": [
            f"Its {count(batch.line_count, 'entry', 'entries')} fall due again, but for those reversed meanwhile.",
            "The file and its bytes stay here, marked as withdrawn.",
            "If the ERP loads it after all, its stock goes down twice.",
        ],
        "action": "Withdraw the file",
        "is_dangerous": True,
        "form": form,
        "back_url": reverse("exports:batch", args=[request.organization.slug, number]),
        "crumbs": batch_crumbs(request, batch),
    }
    return render(request, "ui/confirm.html", context, status=422 if form.errors else 200)


@requires("export_batches")
def put_back(request: OrganizationRequest, number: str) -> HttpResponse:
    batch = batch_or_404(number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            lines = put_back_rejected(
                organization=request.organization,
                batch_id=batch.pk,
                actor=request.user,
                reason=form.cleaned_data["reason"],
            )
        except AppError as error:
            return refused(request, error, number)
        messages.success(request, f"{count(lines, 'line')} of {number} put back.")
        return to_batch(request, number)
    rejected = answers_of([batch.pk])[batch.pk].rejected
    context = {
        "title": f"Put back the rejected lines of {number}?",
        "question": f"The ERP rejected {count(rejected, 'line')}. Mend the cause there or here first.",
        "consequences": [
            "Their entries fall due again and go out with the next file.",
            "Those reversed meanwhile are settled and go out no more.",
        ],
        "action": "Put them back",
        "form": form,
        "back_url": reverse("exports:batch", args=[request.organization.slug, number]),
        "crumbs": batch_crumbs(request, batch),
    }
    return render(request, "ui/confirm.html", context, status=422 if form.errors else 200)
