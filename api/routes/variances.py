"""Where use and standard part."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router

from api.caller import ApiRequest
from api.endpoint import endpoint
from api.schemas.common import PLAIN, After, Day, Limit
from api.schemas.variances import VarianceList
from backflush.queries.variances import as_record, variance_file, variance_lines, with_causes

router = Router()


@endpoint(
    router,
    "GET",
    "/variances",
    right="read_books",
    answers={200: VarianceList},
    content={"text/csv": {"schema": {"type": "string"}}},
)
def list_variances(
    request: ApiRequest,
    start: Annotated[Day | None, Query(alias="from", description="First day of posting.")] = None,
    end: Annotated[Day | None, Query(alias="to", description="Last day of posting.")] = None,
    item: Annotated[str, Query(max_length=255, pattern=PLAIN)] = "",
    format: Annotated[
        Literal["json", "csv"] | None, Query(description="Left out: what the Accept header asks for.")
    ] = None,
    after: After = None,
    limit: Limit = 50,
) -> Any:
    """Every line that differs from standard, with its four parts and its likely cause.

    As CSV (`format=csv`, or `Accept: text/csv`) all of it comes at once.
    """
    lines = variance_lines(start=start, end=end, item=item)
    code = request.organization.currency_code
    if (format or _accepted(request)) == "csv":
        response = HttpResponse(
            variance_file(lines, currency_code=code), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = 'attachment; filename="variances.csv"'
        return response
    if after:
        lines = lines.filter(pk__lt=int(after))
    rows = list(lines[: limit + 1])
    return {
        "items": [as_record(variance, code) for variance in with_causes(rows[:limit])],
        "next": str(rows[limit - 1].pk) if len(rows) > limit else None,
    }


def _accepted(request: ApiRequest) -> str:
    return "csv" if request.get_preferred_type(["application/json", "text/csv"]) == "text/csv" else "json"
