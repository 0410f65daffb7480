"""Backflushes: report and backflush in one call, draft in bulk, read, edit, sign, reverse."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router, Status

from accounts.errors import AppError
from accounts.jobs import start_job
from accounts.queries.jobs import job_by_id
from api.answers.backflushes import (
    backflushes,
    detail,
    happened_at,
    happenings,
    history,
    job,
    outcome,
    place_of,
)
from api.answers.common import page
from api.caller import ApiRequest
from api.endpoint import endpoint
from api.idempotency import reference_of
from api.schemas import backflushes as shapes
from api.schemas.common import PLAIN, After, Limit, PathCode, PathId
from api.schemas.jobs import JobOut, StartedOut
from api.wishes import changes_of, used_of
from approvals.actions.recomputing import recompute
from approvals.actions.reporting import report_completion
from approvals.actions.reversing import reverse
from approvals.actions.signing import approve_backflush, return_backflush
from approvals.actions.submitting import submit_backflush
from approvals.queries.documents import document_by_id, documents, documents_of_order, line_by_id
from backflush.actions.drafting import draft_backflushes
from backflush.actions.editing import edit_backflush
from backflush.actions.submitting import discard_backflush
from backflush.queries.waiting import waiting_completion_ids
from inventory.periods import closed_spans, first_open_day
from inventory.queries.lookup import item_by_sku, reason_by_code
from production.queries.orders import guard_known_orders, named_order

router = Router()
Place = Annotated[
    str | None,
    Query(
        pattern=r"^[0-9]{1,16}-[0-9]{1,18}-(backflush|reversal)$",
        description="Where to go on: `next` of the answer before.",
    ),
]
AT_ONCE = 500  # more completions than this are drafted by the worker

DRAFTING = [
    "NOT_FOUND",
    "ALREADY_BACKFLUSHED",
    "INVALID_WORK_ORDER_STATE",
    "NO_BILL_OF_MATERIALS",
    "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH",
    "REASON_REQUIRED",
    "EDIT_CONFLICT",
]
MOVING = ["NOT_FOUND", "INVALID_STATE", "ALREADY_BACKFLUSHED"]


@endpoint(
    router,
    "POST",
    "/work-orders/{path:number}/backflush",
    right="submit_backflush",
    answers={200: shapes.PostedOut, 202: shapes.SubmittedOut},
    codes=[*DRAFTING, "STALE_DRAFT"],
)
def backflush_work_order(
    request: ApiRequest, number: PathCode, body: shapes.CompletionIn
) -> Status[dict[str, Any]]:
    """Report a completion and backflush it: all of it, or nothing.

    The completion is recorded under its `external_id` (else the Idempotency-Key), its use is computed from the order's
    recipe, `lines` say where what was really used differs, and the document is submitted. A standard run posts at
    once where the organization lets it (200); else it waits for a signature (202). Partial completions add up.
    """
    order = named_order(number)
    reported = report_completion(
        organization=request.organization,
        order=order,
        good=body.completion_qty,
        scrap=body.scrap_qty,
        item=item_by_sku(body.item) if body.item else None,
        operation_number=body.operation_id,
        scrap_operation_number=body.scrap_operation_id,
        scrap_reason=reason_by_code(body.scrap_reason) if body.scrap_reason else None,
        reference=reference_of(request, body.external_id),
        output_lot_code=body.lot,
        completed_at=body.completed_at,
        is_final=body.is_final,
        used=used_of(body.lines),
        note=body.note,
        actor=request.user,
    )
    said = outcome(reported.backflush_id, request.organization)
    return Status(200 if reported.is_posted else 202, said)


@endpoint(
    router,
    "GET",
    "/work-orders/{path:number}/backflush-history",
    right="read_books",
    answers={200: shapes.HistoryList},
    codes=["NOT_FOUND"],
)
def read_backflush_history(
    request: ApiRequest, number: PathCode, after: Place = None, limit: Limit = 50
) -> dict[str, Any]:
    """Every backflush of an order and every reversal, newest first, with lines."""
    found = list(documents_of_order(named_order(number)))
    told = happenings(found)
    if after:
        last = happened_at(after)
        told = [one for one in told if one < last]
    here = told[: limit + 1]
    wanted = {pk for _, pk, _ in here[:limit]}
    items = history(here[:limit], [row for row in found if row.pk in wanted], request.organization)
    return {"items": items, "next": place_of(here[limit - 1]) if len(here) > limit else None}


@endpoint(
    router,
    "POST",
    "/backflushes",
    right="draft_backflush",
    answers={201: shapes.DraftsOut, 202: StartedOut},
    codes=["NOT_FOUND"],
)
def draft(request: ApiRequest, body: shapes.DraftIn) -> Status[dict[str, Any]]:
    """Draft what waits: all completions, or those of the named orders.

    What cannot be drafted is refused by itself. Many completions are drafted in the background (202).
    """
    guard_known_orders(body.work_orders)
    numbers = body.work_orders or None
    waiting = waiting_completion_ids(order_numbers=numbers)
    if len(waiting) > AT_ONCE:
        started = start_job(
            organization=request.organization,
            actor=request.user,
            kind="draft_backflushes",
            title="Draft for a program",
            arguments={"work_orders": numbers} if numbers else {},
        )
        return Status(202, {"job": job(started)})
    result = draft_backflushes(organization=request.organization, actor=request.user, order_numbers=numbers)
    made = documents().filter(pk__in=result.drafted).order_by("pk")
    return Status(
        201,
        {
            "drafted": [
                {
                    "id": row.pk,
                    "number": row.number,
                    "work_order": row.completion.output.work_order.number,
                    "completion_id": row.completion_id,
                }
                for row in made
            ],
            "refused": [
                *(_refused(completion_id, error) for completion_id, error in result.refused),
                *(_refused(None, error) for error in result.idle),
            ],
        },
    )


@endpoint(router, "GET", "/backflushes", right="read_books", answers={200: shapes.BackflushList})
def list_backflushes(
    request: ApiRequest,
    status: shapes.State | None = None,
    work_order: Annotated[str | None, Query(min_length=1, max_length=80, pattern=PLAIN)] = None,
    after: After = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Backflushes with their lines, newest first."""
    found = documents().order_by("-id")
    if status:
        found = found.filter(status=status)
    if work_order:
        found = found.filter(completion__output__work_order__number=work_order)
    if after:
        found = found.filter(pk__lt=int(after))
    rows = list(found[: limit + 1])
    shown = {row["id"]: row for row in backflushes(rows[:limit], request.organization)}
    return page(rows, limit, lambda row: shown[row.pk], lambda row: row.pk)


@endpoint(
    router,
    "GET",
    "/backflushes/{id}",
    right="read_books",
    answers={200: shapes.BackflushDetail},
    codes=["NOT_FOUND"],
)
def read_backflush(request: ApiRequest, id: PathId) -> dict[str, Any]:
    """One backflush: its lines, what it posted, and whether it is stale."""
    return _detail(request, id)


@endpoint(
    router,
    "PATCH",
    "/backflushes/{id}/lines/{line_id}",
    right="edit_backflush",
    answers={200: shapes.BackflushDetail},
    codes=[*MOVING, "EDIT_CONFLICT"],
)
def edit_line(request: ApiRequest, id: PathId, line_id: PathId, body: shapes.LineIn) -> dict[str, Any]:
    """Change a line of a draft: what was used, of which item and lots, and why.

    The document is computed again. Who edits it does not sign it.
    """
    backflush = document_by_id(id)
    changes = changes_of(line_by_id(backflush, line_id), body)
    if changes:
        edit_backflush(
            organization=request.organization,
            backflush_id=backflush.pk,
            changes=changes,
            actor=request.user,
            version=body.version,
        )
    return _detail(request, id)


@endpoint(
    router,
    "POST",
    "/backflushes/{id}/recompute",
    right="edit_backflush",
    answers={200: shapes.BackflushDetail},
    codes=[*MOVING, "INVALID_WORK_ORDER_STATE", "NO_BILL_OF_MATERIALS"],
)
def recompute_document(request: ApiRequest, id: PathId, body: shapes.NoteIn) -> dict[str, Any]:
    """Compute a stale document again; what people changed is kept, and a submitted one is returned."""
    recompute(
        organization=request.organization,
        backflush_id=id,
        actor=request.user,
        reason=_why(body) or "Recomputed",
    )
    return _detail(request, id)


@endpoint(
    router,
    "POST",
    "/backflushes/{id}/submit",
    right="submit_backflush",
    answers={200: shapes.BackflushDetail},
    codes=[*MOVING, "STALE_DRAFT", "REASON_REQUIRED", "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH"],
)
def submit(request: ApiRequest, id: PathId, body: shapes.NoteIn) -> dict[str, Any]:
    """Ask for the signatures. A standard run posts at once where the organization lets it."""
    submit_backflush(organization=request.organization, backflush_id=id, actor=request.user, note=_why(body))
    return _detail(request, id)


@endpoint(
    router,
    "POST",
    "/backflushes/{id}/approve",
    right="sign_backflush",
    answers={200: shapes.BackflushDetail},
    codes=[*MOVING, "SAME_PERSON", "STALE_DRAFT", "PERIOD_CLOSED", "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH"],
)
def approve(request: ApiRequest, id: PathId, body: shapes.ApproveIn) -> dict[str, Any]:
    """Sign. The last signature posts: stock, journal, receipt and statuses in one transaction."""
    backflush = document_by_id(id)
    day = (
        first_open_day(backflush.completion.completed_on, closed_spans()) if body.on_first_open_day else None
    )
    approve_backflush(
        organization=request.organization,
        backflush_id=id,
        actor=request.user,
        note=_why(body),
        post_on=day,
    )
    return _detail(request, id)


@endpoint(
    router,
    "POST",
    "/backflushes/{id}/return",
    right="sign_backflush",
    answers={200: shapes.BackflushDetail},
    codes=[*MOVING, "REASON_REQUIRED"],
)
def send_back(request: ApiRequest, id: PathId, body: shapes.ReturnIn) -> dict[str, Any]:
    """Send a submitted document back with a question, perhaps with a figure for one line.

    Signatures given so far count no more.
    """
    return_backflush(
        organization=request.organization,
        backflush_id=id,
        actor=request.user,
        note=_why(body),
        line_id=body.line_id,
        proposed_quantity=body.proposed_quantity,
    )
    return _detail(request, id)


@endpoint(
    router,
    "POST",
    "/backflushes/{id}/discard",
    right="edit_backflush",
    answers={200: shapes.BackflushDetail},
    codes=MOVING,
)
def discard(request: ApiRequest, id: PathId, body: shapes.NoteIn) -> dict[str, Any]:
    """Drop a draft. Its completion waits again."""
    discard_backflush(
        organization=request.organization, backflush_id=id, actor=request.user, reason=_why(body)
    )
    return _detail(request, id)


@endpoint(
    router,
    "POST",
    "/backflushes/{id}/reverse",
    right="reverse_backflush",
    answers={200: shapes.BackflushDetail},
    codes=[*MOVING, "SAME_PERSON", "REASON_REQUIRED", "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH"],
)
def reverse_posting(request: ApiRequest, id: PathId, body: shapes.NoteIn) -> dict[str, Any]:
    """Take a posting back, whole, with a reason; somebody who did not sign it."""
    reverse(organization=request.organization, backflush_id=id, actor=request.user, reason=_why(body))
    return _detail(request, id)


@endpoint(router, "GET", "/jobs/{id}", right="read_books", answers={200: JobOut}, codes=["NOT_FOUND"])
def read_job(request: ApiRequest, id: PathId) -> dict[str, Any]:
    """How far background work is that a call has started."""
    return job(job_by_id(id))


def _detail(request: ApiRequest, pk: int) -> dict[str, Any]:
    return detail(document_by_id(pk), request.organization)


def _refused(completion_id: int | None, error: AppError) -> dict[str, Any]:
    named = error.details if isinstance(error.details, dict) else {}
    return {
        "completion_id": completion_id,
        "work_order": named.get("work_order"),
        "code": error.code,
        "message": error.message,
        "details": error.details,
    }


def _why(body: shapes.NoteIn) -> str:
    return body.reason or body.note
