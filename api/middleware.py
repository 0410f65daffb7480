"""One transaction per call, bound to the organization that the key's text names."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import SuspiciousOperation
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone

from accounts.errors import AppError, refusal_of
from accounts.tenancy.binding import bind
from api.caller import READING, Caller, caller_of
from api.idempotency import claim
from api.problems import problem, problem_of
from api.trail import record_call

PREFIX = "v1/"
OPEN = frozenset({"v1:openapi-json", "v1:openapi-view"})  # what the calls are, told to everybody
DEADLOCK, LOCK_TIMEOUT = {"40P01", "40001"}, "55P03"
TRIES = 3
# Too large, cut off, not the form that it says it is, or a form where JSON is taken.
UNREADABLE = (SuspiciousOperation, MultiPartParserError, RawPostDataException, UnreadablePostError)

View = Callable[..., HttpResponse]
logger = logging.getLogger(__name__)


class _Ended(Exception):
    """Carries an answer out of the transaction that it undoes."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response


class ApiMiddleware:
    """Before the organization's own middleware, which serves pages. An answer of 400 and above undoes its call."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or not match.route.startswith(PREFIX) or match.view_name in OPEN:
            return None
        try:
            return _serve(request, partial(view, request, *args, **kwargs))
        except Exception:
            logger.exception("%s %s failed", request.method, request.path)
            return _broken()


def _serve(request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
    started = perf_counter()
    caller = caller_of(request)
    if caller is None or not caller.holds:
        response = problem("UNAUTHENTICATED", "Send a key that is valid: Authorization: Bearer bf_…")
        if caller is not None and not caller.allowance.is_spent:
            _record(request, response, caller, started)
        return response
    request.caller, request.organization = caller, caller.organization  # type: ignore[attr-defined]
    request.user = caller.user
    response, is_recorded = _answer(request, caller, view, started)
    if not is_recorded:
        _record(request, response, caller, started)
    for name, value in caller.allowance.headers().items():
        response[name] = value
    return response


def _record(request: HttpRequest, response: HttpResponse, caller: Caller, started: float) -> None:
    """In a transaction of its own, after the one that was undone."""
    with bind(caller.organization):
        record_call(request, response, caller, seconds=perf_counter() - started)


def _answer(
    request: HttpRequest, caller: Caller, view: Callable[[], HttpResponse], started: float
) -> tuple[HttpResponse, bool]:
    """What the call answers, and whether the trail has it: with its effect, or not yet where there is none."""
    if caller.allowance.is_spent:
        seconds = caller.allowance.reset_seconds
        return problem("RATE_LIMITED", f"This key may call again in {seconds} seconds."), False
    if caller.key.is_read_only and request.method not in READING:
        return problem("FORBIDDEN", "This key reads only: ask an admin for one that writes."), False
    for attempt in range(1, TRIES + 1):
        try:
            return _once(request, caller, view, started), True
        except _Ended as ended:
            return ended.response, False
        except AppError as error:
            return problem_of(error), False
        except Http404:
            return problem("NOT_FOUND", "There is no such call; /v1/openapi.json lists them."), False
        except UNREADABLE as error:
            return problem("INVALID", f"The body cannot be read: {error}", None), False
        except IntegrityError as error:
            logger.warning("%s %s met another writer: %s", request.method, request.path, error)
            return problem(
                "EDIT_CONFLICT", "Somebody wrote the same at this moment. Look, and send it again."
            ), False
        except DataError as error:
            if (refusal := refusal_of(error)) is not None:
                return problem_of(refusal), False
            logger.exception("%s %s failed", request.method, request.path)
            return _broken(), False
        except OperationalError as error:
            if (answer := _waited(error, attempt)) is not None:
                return answer, False
            _rewind(request)
        except Exception:
            logger.exception("%s %s failed", request.method, request.path)
            return _broken(), False
    raise AssertionError("the last try answers")


def _once(
    request: HttpRequest, caller: Caller, view: Callable[[], HttpResponse], started: float
) -> HttpResponse:
    organization = caller.organization
    with bind(organization), timezone.override(ZoneInfo(organization.time_zone)):
        claimed = claim(request, caller)
        if claimed.replay is not None:
            raise _Ended(claimed.replay)
        response = view()
        if response.status_code >= 400:
            raise _Ended(_in_our_shape(response))
        claimed.keep(response, has_effect=getattr(request, "has_effect", True))
        record_call(request, response, caller, seconds=perf_counter() - started)
        return response


def _waited(error: OperationalError, attempt: int) -> HttpResponse | None:
    """The answer to a wait that ended badly; None where another try is due."""
    state = getattr(error.__cause__, "sqlstate", "")
    if state in DEADLOCK and attempt < TRIES:
        return None
    if state in DEADLOCK or state == LOCK_TIMEOUT:
        return problem(
            "BUSY", "Others held what this call needs for too long. Nothing was done: send it again."
        )
    logger.error("the database failed: %s", error)
    return _broken()


def _rewind(request: HttpRequest) -> None:
    for _, files in request.FILES.lists():
        for file in files:
            file.seek(0)


def _in_our_shape(response: HttpResponse) -> HttpResponse:
    """ninja's own answer to a method that an address does not take."""
    if response.status_code != 405:
        return response
    allowed = response["Allow"]
    ours = problem("METHOD_NOT_ALLOWED", f"This address takes {allowed}.", {"allowed": allowed.split(", ")})
    ours["Allow"] = allowed
    return ours


def _broken() -> HttpResponse:
    return problem(
        "INTERNAL_ERROR", "That failed by a mistake of ours; the log tells more. Nothing was done."
    )
