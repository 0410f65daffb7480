"""Variances, as calls answer them."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from api.schemas.common import Answer


class VarianceOut(Answer):
    """A line of a posted backflush that differs from standard."""

    posted_on: dt.date = Field(examples=["2025-11-19"])
    backflush: str = Field(examples=["BF-000412"])
    work_order: str = Field(examples=["WO-1042"])
    product: str = Field(examples=["P-100"])
    item: str = Field(examples=["B-117"])
    stands_in_for: str | None = Field(examples=[None])
    unit: str = Field(examples=["EA"])
    expected_quantity: str = Field(examples=["20"])
    actual_quantity: str = Field(examples=["21"])
    substitution_minor: int = Field(examples=[0])
    scrap_minor: int = Field(examples=[0])
    usage_minor: int = Field(examples=[250])
    price_minor: int = Field(examples=[0])
    variance_minor: int = Field(
        description="The four parts together; positive is unfavourable.", examples=[250]
    )
    currency_code: str = Field(examples=["USD"])
    reason: str | None = Field(description="What a person said.", examples=["OVERUSE"])
    note: str = Field(examples=["One bracket bent"])
    cause: str | None = Field(description="What the figures point to.", examples=["Scrap not reported?"])
    evidence: str | None = Field(examples=["The excess is what 1 more unit would take."])


class VarianceList(Answer):
    """Variances, newest first."""

    items: list[VarianceOut]
    next: str | None = Field(examples=["5512"])
