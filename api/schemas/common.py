"""What many calls take and answer."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from ninja import Path, Query, Schema
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

MOST_ID = 2**63 - 1
MOST_DIGITS = 12
PLAIN = r"^[^\x00-\x1f\x7f]*$"
LINES = r"^[^\x00]*$"
NAMED = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"  # something of it can be seen
EXTERNAL_ID = "Your own name for this request: sent again, it has the same answer and no second effect."


DIGITS = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"


def _no_float(value: Any) -> Any:
    """Numbers come exactly; true is no number."""
    if isinstance(value, bool | float):
        raise ValueError("send a number or its digits as a text")
    return value


def _digits(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(DIGITS, value):
        raise ValueError("send plain digits, twelve at most before the point and six behind it")
    if isinstance(value, Decimal) and value.adjusted() > MOST_DIGITS:
        raise ValueError("this number is too large")
    return _no_float(value)


def _written(lowest: int, pattern: str) -> WithJsonSchema:
    number = {"type": "number", "minimum": lowest, "maximum": 999_999_999_999}
    return WithJsonSchema({"anyOf": [number, {"type": "string", "pattern": pattern}]})


Exact = Annotated[Decimal, BeforeValidator(_digits), Field(max_digits=18, decimal_places=6)]
Quantity = Annotated[Exact, _written(-999_999_999_999, DIGITS)]
NotNegative = Annotated[Exact, Field(ge=0), _written(0, DIGITS.replace("-?", ""))]
Positive = Annotated[Exact, Field(gt=0), _written(0, DIGITS.replace("-?", ""))]


def _near(value: dt.datetime | dt.date) -> Any:
    if not 1900 <= value.year <= 2200:
        raise ValueError("this lies outside of the years 1900 to 2200")
    return value


def _written_out(value: Any) -> Any:
    """20251119 is a day in nobody's calendar, though it could be counted as seconds since 1970."""
    if not isinstance(value, str | dt.date) or (isinstance(value, str) and "-" not in value[1:]):
        raise ValueError("write it out, as 2025-11-19 or 2025-11-19T09:30:00Z")
    return value


Day = Annotated[dt.date, BeforeValidator(_written_out), AfterValidator(_near)]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_written_out),
    AfterValidator(_near),
    Field(description="A moment with its time zone, such as 2025-11-19T09:30:00Z."),
]
Code = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=PLAIN)]
Short = Annotated[str, StringConstraints(max_length=80, pattern=PLAIN)]
LotCode = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=PLAIN)]
Words = Annotated[str, StringConstraints(max_length=500, pattern=LINES)]
OrderNumber = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=PLAIN)]
Whole = Annotated[int, BeforeValidator(_no_float)]
RowId = Annotated[Whole, Field(ge=1, le=MOST_ID)]
PathId = Annotated[int, Path(ge=1, le=MOST_ID)]
PathCode = Annotated[str, Path(min_length=1, max_length=255, pattern=PLAIN)]
After = Annotated[
    str | None,
    Query(
        pattern=r"^[0-9]{1,18}$", max_length=18, description="Where to go on: `next` of the answer before."
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]


class Answer(Schema):
    """What a call answers."""


class Body(Schema):
    """What a call takes: nothing that it does not know."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    external_id: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=80, pattern=NAMED),
        Field(description=EXTERNAL_ID),
    ] = None


class Problem(Answer):
    """Why a call was refused."""

    code: str
    message: str
    details: Any = None
