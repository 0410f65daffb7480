"""Files for the ERP, and its answers."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Router, Status

from accounts.errors import AppError
from accounts.jobs import start_job
from api.answers.backflushes import job
from api.answers.common import page
from api.answers.files import export_lines, exports
from api.caller import ApiRequest
from api.endpoint import endpoint
from api.schemas import files as shapes
from api.schemas.common import After, Limit, PathId
from api.schemas.jobs import StartedOut
from api.wishes import answers_of
from exports.actions.acknowledging import Recorded, acknowledge_all, record_acknowledgements
from exports.actions.batches import create_batch
from exports.choices import Answer
from exports.models import ExportBatch
from exports.queries.batches import batch_by_id, batches_newest_first, lines_of, template_by_name
from exports.queries.due import due_for

router = Router()
AT_ONCE = 10_000  # more lines than this are written by the worker


@endpoint(
    router,
    "POST",
    "/exports",
    right="export_batches",
    answers={201: shapes.ExportOut, 202: StartedOut},
    codes=["NOT_FOUND"],
)
def write_export(request: ApiRequest, body: shapes.ExportIn) -> Status[dict[str, Any]]:
    """Write everything posted and not yet exported that a template takes into one file.

    Nothing due is refused as INVALID, and so is what does not fit the template, with every misfit in `details`. A
    large file is written in the background (202); the job then names the export.
    """
    template = template_by_name(body.template)
    if due_for(template, at_most=AT_ONCE + 1) > AT_ONCE:
        started = start_job(
            organization=request.organization,
            kind="export_batch",
            title=f"Writing “{template.name}” for a program",
            arguments={"template": template.pk},
            actor=request.user,
        )
        return Status(202, {"job": job(started)})
    batch = create_batch(organization=request.organization, template_id=template.pk, actor=request.user)
    return Status(201, _export(request, batch))


@endpoint(router, "GET", "/exports", right="read_books", answers={200: shapes.ExportList})
def list_exports(request: ApiRequest, after: After = None, limit: Limit = 50) -> dict[str, Any]:
    """Files for the ERP, newest first."""
    found = batches_newest_first()
    if after:
        found = found.filter(pk__lt=int(after))
    rows = list(found[: limit + 1])
    shown = {row["id"]: row for row in exports(rows[:limit], request.organization)}
    return page(rows, limit, lambda row: shown[row.pk], lambda row: row.pk)


@endpoint(
    router, "GET", "/exports/{id}", right="read_books", answers={200: shapes.ExportOut}, codes=["NOT_FOUND"]
)
def read_export(request: ApiRequest, id: PathId) -> dict[str, Any]:
    """One file for the ERP, and how it was answered."""
    return _export(request, batch_by_id(id))


@endpoint(
    router,
    "GET",
    "/exports/{id}/file",
    right="read_books",
    answers={200: None},
    codes=["NOT_FOUND"],
    content={"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
)
def read_export_file(request: ApiRequest, id: PathId) -> HttpResponse:
    """The bytes of the file, the same every time."""
    batch = batch_by_id(id)
    response = HttpResponse(bytes(batch.content), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{batch.file_name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@endpoint(
    router,
    "GET",
    "/exports/{id}/lines",
    right="read_books",
    answers={200: shapes.ExportLineList},
    codes=["NOT_FOUND"],
)
def list_export_lines(
    request: ApiRequest,
    id: PathId,
    state: Literal["open", "accepted", "rejected", "ended"] | None = None,
    after: After = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The lines of a file with the ERP's answers, in the file's order."""
    batch = batch_by_id(id)
    found = lines_of(batch, state=state or "")
    if after:
        found = found.filter(line_number__gt=int(after))
    rows = list(found[: limit + 1])
    items = export_lines(rows[:limit], batch.number)
    return {"items": items, "next": str(items[-1]["line"]) if len(rows) > limit else None}


@endpoint(
    router,
    "POST",
    "/exports/{id}/acknowledgements",
    right="export_batches",
    answers={200: shapes.AcknowledgedOut},
    codes=["NOT_FOUND", "INVALID_STATE"],
)
def acknowledge(request: ApiRequest, id: PathId, body: shapes.AcknowledgementsIn) -> dict[str, Any]:
    """Record what the ERP answered, line by line, or one answer for every line that has none.

    A corrected answer replaces the one before. All problems are named at once, and then nothing is recorded.
    """
    batch = batch_by_id(id)
    recorded = _recorded(request, batch, body)
    return {
        "accepted": recorded.accepted,
        "rejected": recorded.rejected,
        "unchanged": recorded.unchanged,
        "export": _export(request, batch_by_id(id)),
    }


def _recorded(request: ApiRequest, batch: ExportBatch, body: shapes.AcknowledgementsIn) -> Recorded:
    if bool(body.lines) == (body.open_lines is not None):
        raise AppError("INVALID", "Send lines with their answers, or one answer for the open_lines.")
    if body.open_lines is not None:
        said = body.open_lines
        return acknowledge_all(
            organization=request.organization,
            batch_id=batch.pk,
            answer=Answer(said.answer),
            loaded_at=said.loaded_at,
            message=said.message,
            actor=request.user,
        )
    return record_acknowledgements(
        organization=request.organization,
        batch_id=batch.pk,
        answers=answers_of(body.lines, batch.number),
        actor=request.user,
    )


def _export(request: ApiRequest, batch: ExportBatch) -> dict[str, Any]:
    (shown,) = exports([batch], request.organization)
    return shown
