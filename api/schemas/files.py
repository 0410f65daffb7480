"""Files in and out, as calls take and answer them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from api.schemas.common import Answer, Body, Code, Moment, Whole, Words
from api.schemas.jobs import JobOut

Kind = Literal[
    "items", "boms", "work_orders", "completions", "issues", "stock", "costs", "units", "operations"
]
ImportState = Literal[
    "uploaded", "mapped", "checked", "loading", "loaded", "refused", "taken_back", "dropped"
]


class IssueOut(Answer):
    """What is wrong, where, and what to do about it. Without a row it concerns the whole file."""

    row: int | None = Field(examples=[7])
    column: str = Field(examples=["On hand"])
    value: str = Field(examples=["twelve"])
    code: str = Field(examples=["not_a_number"])
    message: str = Field(examples=["“twelve” is no number: write digits."])
    severity: Literal["error", "warning", "note"] = Field(examples=["error"])


class ImportOut(Answer):
    """A file and what became of its rows."""

    id: int = Field(examples=[31])
    number: int = Field(description="As the pages name it.", examples=[12])
    kind: Kind = Field(examples=["stock"])
    file_name: str = Field(examples=["stock.csv"])
    status: ImportState = Field(examples=["loaded"])
    is_already_loaded: bool = Field(description="This very file was loaded before.", examples=[False])
    rows: int = Field(examples=[336])
    accepted: int = Field(examples=[336])
    refused: int = Field(examples=[0])
    created: int = Field(examples=[336])
    updated: int = Field(examples=[0])
    unchanged: int = Field(examples=[0])
    issue_count: int = Field(examples=[0])
    issues: list[IssueOut] = Field(description="The first thousand.", examples=[[]])
    job: JobOut | None = Field(description="The work that a large file still needs.", examples=[None])
    uploaded_at: dt.datetime = Field(examples=["2025-11-19T14:02:00Z"])
    loaded_at: dt.datetime | None = Field(examples=["2025-11-19T14:02:01Z"])


class ExportIn(Body):
    """Which file is wanted."""

    template: Code = Field(description="A template's name.", examples=["NetSuite inventory adjustment"])


class AnswerCounts(Answer):
    """How many lines have which answer."""

    accepted: int = Field(examples=[0])
    rejected: int = Field(examples=[0])
    open: int = Field(examples=[21])
    ended: int = Field(description="Put back or withdrawn.", examples=[0])


class ExportOut(Answer):
    """A file for the ERP, as it was written."""

    id: int = Field(examples=[9])
    number: str = Field(examples=["EX-000009"])
    template: str = Field(examples=["NetSuite inventory adjustment"])
    status: Literal["live", "withdrawn"] = Field(examples=["live"])
    file_name: str = Field(examples=["acme-EX-000009-netsuite-inventory-adjustment.csv"])
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    line_count: int = Field(examples=[21])
    total_quantity: str = Field(examples=["-430.5"])
    total_minor: int = Field(examples=[-125075])
    currency_code: str = Field(examples=["USD"])
    exported_at: dt.datetime = Field(examples=["2025-11-19T15:00:00Z"])
    answers: AnswerCounts


class ExportList(Answer):
    """Files for the ERP, newest first."""

    items: list[ExportOut]
    next: str | None = Field(examples=["9"])


class ExportLineOut(Answer):
    """One ledger entry in a file, and the ERP's answer to it."""

    line: int = Field(examples=[1])
    external_id: str = Field(description="As it stands in the file.", examples=["EX-000009-1"])
    txn_id: int = Field(examples=[20417])
    item: str = Field(examples=["B-117"])
    location: str = Field(examples=["MAIN"])
    lot: str | None = Field(examples=["L-2025-117"])
    quantity: str = Field(examples=["-20"])
    document: str = Field(examples=["BF-000412"])
    work_order: str | None = Field(examples=["WO-1042"])
    is_live: bool = Field(examples=[True])
    answer: Literal["accepted", "rejected"] | None = Field(examples=[None])
    loaded_at: dt.datetime | None = Field(examples=[None])
    message: str = Field(examples=[""])


class ExportLineList(Answer):
    """The lines of a file, in its order."""

    items: list[ExportLineOut]
    next: str | None = Field(examples=["200"])


class LineAnswerIn(Schema):
    """What the ERP said to one line, which is named by its number or by its external id."""

    model_config = {"extra": "forbid"}

    line: Annotated[Whole, Field(ge=1, le=2**31 - 1)] | None = Field(default=None, examples=[1])
    external_id: Code | None = Field(default=None, examples=["EX-000009-1"])
    answer: Literal["accepted", "rejected"] = Field(examples=["accepted"])
    loaded_at: Moment | None = Field(
        default=None, description="When the ERP booked it.", examples=["2025-11-19T15:05:00Z"]
    )
    message: Words = Field(default="", examples=[""])


class OpenAnswerIn(Schema):
    """One answer to every line that has none yet."""

    model_config = {"extra": "forbid"}

    answer: Literal["accepted", "rejected"] = Field(examples=["accepted"])
    loaded_at: Moment | None = Field(default=None, examples=["2025-11-19T15:05:00Z"])
    message: Words = Field(default="", examples=[""])


class AcknowledgementsIn(Body):
    """The ERP's answers: line by line, or one for all that are open."""

    lines: Annotated[list[LineAnswerIn], Field(max_length=100_000)] = Field(
        default=[], examples=[[{"line": 1, "answer": "accepted", "loaded_at": "2025-11-19T15:05:00Z"}]]
    )
    open_lines: OpenAnswerIn | None = Field(default=None, examples=[None])


class AcknowledgedOut(Answer):
    """How many lines have a new answer, how many were answered like this before, and the file since."""

    accepted: int = Field(examples=[21])
    rejected: int = Field(examples=[0])
    unchanged: int = Field(examples=[0])
    export: ExportOut
