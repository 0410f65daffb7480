"""How a call is declared: its right, its answers and every code it may refuse with, in one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.security import HttpBearer

from accounts.rights import demand
from accounts.roles import RIGHTS
from api.caller import Caller
from api.idempotency import HEADER, LONGEST
from api.problems import MEANING, STATUS
from api.schemas.common import Problem

ALWAYS = (
    *("UNAUTHENTICATED", "FORBIDDEN", "METHOD_NOT_ALLOWED", "INVALID", "RATE_LIMITED"),
    *("BUSY", "INTERNAL_ERROR"),
)
WRITING = ("IDEMPOTENCY_MISMATCH", "EDIT_CONFLICT")  # the second: somebody writes the same at this moment
LIMIT_HEADERS = {
    "RateLimit-Limit": "Calls that the key may make in a minute",
    "RateLimit-Remaining": "Calls left of this minute",
    "RateLimit-Reset": "Seconds until the next minute",
}
IDEMPOTENCY = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "A text of your own per request. Sent again with the same request it answers the same, once done.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"^[!-~]+$"},
    "example": "terminal-7-000381",
}


class ApiKey(HttpBearer):
    """The access rule of a call: a key, whose member has this right. The middleware has found who that is."""

    def __init__(self, right: str) -> None:
        if right not in RIGHTS:
            raise ValueError(f"unknown right {right}")
        super().__init__()
        self.right = right

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        caller: Caller | None = getattr(request, "caller", None)
        if caller is not None:
            demand(caller.user, caller.organization, self.right)
        return caller


def endpoint(
    router: Router,
    method: str,
    path: str,
    *,
    right: str,
    answers: Mapping[int, Any],
    codes: Sequence[str] = (),
    content: Mapping[str, Any] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a view as a call.

    `answers` gives the schema of each good status, `codes` what it refuses with beside what every call does, and
    `content` what it answers in other forms than JSON, as OpenAPI's content of status 200.
    """
    is_write = method != "GET"
    everything = [*ALWAYS, *(WRITING if is_write else ()), *codes]
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in dict.fromkeys(everything):
        by_status[STATUS[code]].append(code)
    extra: dict[str, Any] = {
        "responses": {
            **{status: {"headers": _headers(is_write=is_write)} for status in answers},
            **{status: _documented(status, found) for status, found in by_status.items()},
        }
    }
    if content:  # beside the JSON that ninja knows of
        extra["responses"][200]["content"] = dict(content)
    if is_write:
        extra["parameters"] = [IDEMPOTENCY]

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        lines = (view.__doc__ or "").strip().split("\n", 1)
        decorate = router.api_operation(
            [method],
            path,
            auth=ApiKey(right),
            response={**answers, **dict.fromkeys(by_status, Problem)},
            operation_id=view.__name__,
            summary=lines[0].rstrip("."),
            description=f"{lines[1].strip() if len(lines) > 1 else ''}\n\nNeeds: {RIGHTS[right].lower()}.".strip(),
            openapi_extra=extra,
        )
        return decorate(view)

    return register


def _headers(*, is_write: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: {"description": words, "schema": {"type": "integer"}} for name, words in LIMIT_HEADERS.items()
    }
    if is_write:
        words = "Stands where the request was sent before, and this is what it was answered then"
        found["Idempotent-Replayed"] = {"description": words, "schema": {"type": "string", "enum": ["true"]}}
    return found


def _documented(status: int, codes: Sequence[str]) -> dict[str, Any]:
    """A refusal's status with every code that it may carry, each with its example."""
    found: dict[str, Any] = {
        "description": " ".join(f"`{code}`: {MEANING[code]}" for code in codes),
        "content": {
            "application/json": {
                "examples": {
                    code: {"value": {"code": code, "message": MEANING[code], "details": None}}
                    for code in codes
                }
            }
        },
    }
    if status in {429, 503}:
        words = "Seconds until the call may be tried again"
        found["headers"] = {"Retry-After": {"description": words, "schema": {"type": "integer"}}}
    return found
