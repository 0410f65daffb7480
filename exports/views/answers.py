"""Record what the ERP answered, by hand or from a file."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.errors import AppError
from accounts.http import OrganizationRequest
from exports.acknowledgements import LineAnswer, read_answers
from exports.actions.acknowledging import Recorded, acknowledge_all, record_acknowledgements
from exports.choices import Answer
from exports.forms import OPEN, AnswerFileForm, AnswerForm
from exports.models import ExportBatch
from ui.formats import quantity

from .common import batch_crumbs, batch_or_404, refused, to_batch


@requires("export_batches")
@require_POST
def answer_lines(request: OrganizationRequest, number: str) -> HttpResponse:
    """One answer for the ticked lines or for all open ones."""
    batch = batch_or_404(number)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return to_batch(request, number)
    try:
        recorded = _record(request, batch, form)
    except AppError as error:
        return refused(request, error, number)
    messages.success(request, _told(recorded))
    return to_batch(request, number)


def _record(request: OrganizationRequest, batch: ExportBatch, form: AnswerForm) -> Recorded:
    given = form.cleaned_data
    answer = Answer(given["answer"])
    if given["scope"] == OPEN:
        return acknowledge_all(
            organization=request.organization,
            batch_id=batch.pk,
            answer=answer,
            loaded_at=given["loaded_at"],
            message=given["message"],
            actor=request.user,
        )
    return record_acknowledgements(
        organization=request.organization,
        batch_id=batch.pk,
        answers=[LineAnswer(line, answer, given["loaded_at"], given["message"]) for line in given["lines"]],
        actor=request.user,
        reason="Answered by hand",
    )


@requires("export_batches")
@require_POST
def answer_file(request: OrganizationRequest, number: str) -> HttpResponse:
    batch = batch_or_404(number)
    form = AnswerFileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for error in form.errors["file"]))
        return to_batch(request, number)
    file = form.cleaned_data["file"]
    try:
        answers = read_answers(
            file.read(), batch_number=batch.number, zone=ZoneInfo(request.organization.time_zone)
        )
        recorded = record_acknowledgements(
            organization=request.organization,
            batch_id=batch.pk,
            answers=answers,
            actor=request.user,
            reason=f"Answers from {file.name}",
        )
    except AppError as error:
        if error.code != "INVALID":
            return refused(request, error, number)
        context = {"error": error, "batch": batch, "file": file, "crumbs": batch_crumbs(request, batch)}
        return render(request, "exports/answers_refused.html", context, status=error.status)
    messages.success(request, _told(recorded))
    return to_batch(request, number)


def _told(recorded: Recorded) -> str:
    parts = [
        f"{quantity(recorded.accepted)} accepted" if recorded.accepted else "",
        f"{quantity(recorded.rejected)} rejected" if recorded.rejected else "",
        f"{quantity(recorded.unchanged)} answered like this before" if recorded.unchanged else "",
    ]
    return f"Recorded: {', '.join(filter(None, parts)) or 'nothing new'}."
