"""Refusals as programs read them: `{"code", "message", "details"}` and the status that goes with each code."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from accounts.errors import STATUS_BY_CODE, AppError

JSON = "application/json; charset=utf-8"

# Beside the codes of the actions there are those of the calls themselves.
STATUS: dict[str, int] = {
    **STATUS_BY_CODE,
    "UNAUTHENTICATED": 401,
    "METHOD_NOT_ALLOWED": 405,
    "RATE_LIMITED": 429,
    "INTERNAL_ERROR": 500,
    "BUSY": 503,
}

# What calls name otherwise than files do.
FIELD_OF = {
    "wo_number": "number",
    "sku": "item",
    "completed_qty": "completion_qty",
    "operation": "operation_id",
    "scrap_operation": "scrap_operation_id",
    "reference": "external_id",
}

# What each code means, for the documentation of every call.
MEANING: dict[str, str] = {
    "UNAUTHENTICATED": "There is no key, or it is unknown, expired or revoked.",
    "FORBIDDEN": "The member that the key acts as may not do this, or the key reads only.",
    "SAME_PERSON": "Whoever made a document does not sign it, and who signed it does not reverse it.",
    "NOT_FOUND": "There is no such thing in the key's organization.",
    "METHOD_NOT_ALLOWED": "This address does not take this method; `Allow` names those that it takes.",
    "ALREADY_BACKFLUSHED": "The completion is backflushed, or the order is closed.",
    "STALE_DRAFT": "Something that the document was computed from has changed: recompute it.",
    "IDEMPOTENCY_MISMATCH": "This key was used for another request before.",
    "EDIT_CONFLICT": "Somebody changed it meanwhile, or it is there already with other figures.",
    "INVALID_STATE": "The document's status does not allow this.",
    "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH": "Stock is short where policy refuses; `details` lists every component.",
    "INVALID_WORK_ORDER_STATE": "The order's status does not allow this.",
    "NO_BILL_OF_MATERIALS": "Nothing says what the product is made of on that day.",
    "REASON_REQUIRED": "A line beyond tolerance, or what is asked for, needs a reason.",
    "PERIOD_CLOSED": "The day lies in a closed period; `details` names the first open day.",
    "INVALID": "The request is not what this call takes; `details` says what and where.",
    "RATE_LIMITED": "The key has made its calls of this minute; `Retry-After` says when the next begins.",
    "BUSY": "Others held what this call needs for too long. Nothing was done: send it again.",
    "INTERNAL_ERROR": "A mistake of ours. Nothing was done: send it again with the same idempotency key.",
}


def problem(code: str, message: str, details: Any = None) -> HttpResponse:
    """A refusal as an answer."""
    body = json.dumps({"code": code, "message": message, "details": details}, default=str)
    response = HttpResponse(body, status=STATUS[code], content_type=JSON)
    response.api_code = code  # type: ignore[attr-defined]
    if code == "UNAUTHENTICATED":
        response["WWW-Authenticate"] = 'Bearer realm="Backflush"'
    if code == "BUSY":
        response["Retry-After"] = "1"
    return response


def problem_of(error: AppError) -> HttpResponse:
    """A refusal of an action. What it says of a file's column is said of the call's field."""
    details = error.details
    if isinstance(details, dict) and "column" in details:
        column = details["column"]
        details = {"field": FIELD_OF.get(column, column)} | {
            name: value for name, value in details.items() if name != "column"
        }
    return problem(error.code, error.message, details)
