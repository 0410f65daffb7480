"""The API: its calls, put together."""

from __future__ import annotations

from typing import NoReturn

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from accounts.errors import AppError
from api.parsing import ExactParser
from api.problems import problem, problem_of
from api.routes import ROUTERS

ABOUT = """
Everything that the pages do, for programs. A key acts as its member: `Authorization: Bearer bf_…`.

Quantities and unit costs are exact and come as texts of digits; money comes in minor units of `currency_code`. Items,
locations, lots and reasons are named by their codes. Lists answer `{"items": [...], "next": …}`; send `next` as
`after` for the rest. Every write takes an `Idempotency-Key` header or an `external_id` in its body: sent again it
answers what it answered before and does nothing twice. Refusals are `{"code", "message", "details"}`.
"""

MOST_PROBLEMS = 100

api = NinjaAPI(
    title="Backflush",
    version="1",
    description=ABOUT.strip(),
    urls_namespace="v1",
    openapi_url="/openapi.json",
    docs_url="/docs",
    parser=ExactParser(),
)
for router, tag in ROUTERS:
    api.add_router("", router, tags=[tag])


@api.exception_handler(AppError)
def _refused(request: HttpRequest, error: AppError) -> HttpResponse:
    return problem_of(error)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem("NOT_FOUND", str(error) or "There is no such thing.")


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem("UNAUTHENTICATED", "Send a key that is valid: Authorization: Bearer bf_…")


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Every field that is wrong, at once, with its place and what it should be; of very many the first."""
    found = [
        {
            "field": ".".join(str(part) for part in one["loc"][_start(one["loc"]) :]),
            "message": one["msg"].removeprefix("Value error, "),
        }
        for one in error.errors[:MOST_PROBLEMS]
    ]
    first = (
        f"{found[0]['field']}: {found[0]['message']}" if found else "The request is not what this call takes"
    )
    more = f" (and {len(error.errors) - 1} more)" if len(found) > 1 else ""
    return problem("INVALID", f"{first}{more}.", found)


def _start(place: tuple[str | int, ...]) -> int:
    """Where a field's name begins: ninja puts the part of the request before it, and the view's parameter."""
    return min(2, len(place) - 1) if place[0] in {"body", "form"} else 1


@api.exception_handler(HttpError)
def _unread(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(
        "INVALID",
        "The body is no JSON that this call takes: cut off, too deep, with a name twice, or a number that is none.",
    )


@api.exception_handler(Exception)
def _failed(request: HttpRequest, error: Exception) -> NoReturn:
    raise error  # the middleware undoes the call and answers
