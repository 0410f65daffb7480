"""Work that goes on after the answer."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from api.schemas.common import Answer


class JobOut(Answer):
    """Background work: ask again until it is done or failed."""

    id: int = Field(examples=[77])
    kind: str = Field(examples=["draft_backflushes"])
    title: str = Field(examples=["Draft everything that waits"])
    status: Literal["waiting", "running", "done", "failed"] = Field(examples=["running"])
    done: int = Field(examples=[2000])
    total: int = Field(examples=[10000])
    message: str = Field(examples=[""])
    refused: list[str] = Field(
        description="Why some of it was not done, in words; the first fifty.",
        examples=[["WO-1043 is draft: only an order in progress or complete can be backflushed."]],
    )
    export_id: int | None = Field(description="The file that it has written.", examples=[None])
    created_at: dt.datetime = Field(examples=["2025-11-19T14:02:00Z"])
    finished_at: dt.datetime | None = Field(examples=[None])


class StartedOut(Answer):
    """Work that is too much for one answer: `GET /v1/jobs/{id}` tells how far it is."""

    job: JobOut
