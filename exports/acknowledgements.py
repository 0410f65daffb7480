"""Read the ERP's answers from a file: which lines it took, which it refused and why."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from accounts.errors import AppError
from exports.choices import Answer

MAX_BYTES = 64 * 1024 * 1024
MAX_PROBLEMS = 100

LINE_HEADERS = ("line", "line number", "line no", "batch line")
REFERENCE_HEADERS = ("external id", "externalid", "reference", "external reference")
ANSWER_HEADERS = ("answer", "status", "result", "state")
LOADED_HEADERS = ("loaded at", "loaded", "booked at", "posted at", "processed at")
MESSAGE_HEADERS = ("message", "error", "errors", "error message", "reason", "note")

ANSWER_WORDS = {
    **dict.fromkeys(
        ("accepted", "ok", "success", "successful", "loaded", "posted", "booked"), Answer.ACCEPTED
    ),
    **dict.fromkeys(("complete", "completed", "imported", "yes", "true", "1"), Answer.ACCEPTED),
    **dict.fromkeys(
        ("rejected", "error", "failed", "failure", "refused", "no", "false", "0"), Answer.REJECTED
    ),
}


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What the ERP says of one line of a batch. `loaded_at` is the moment at which it booked the line, if it tells."""

    line_number: int
    answer: Answer
    loaded_at: dt.datetime | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where each thing stands, None where the file does not have it."""

    line: int | None
    reference: int | None
    answer: int
    loaded: int | None
    message: int | None


def read_answers(content: bytes, *, batch_number: str, zone: ZoneInfo) -> list[LineAnswer]:
    """Answers from a CSV file with a header row; all problems at once as INVALID.

    A line is named by its number (`line`) or by the batch and line that we wrote (`external_id`, `EX-000012-7`). Times
    without an offset are in `zone`.
    """
    rows = _rows(content)
    columns = _columns(rows[0])
    answers: list[LineAnswer] = []
    problems: list[dict[str, Any]] = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            answers.append(_answer(row, columns, batch_number, zone))
        except ValueError as error:
            problems.append({"row": number, "message": str(error)})
    if problems:
        more = f" {len(problems) - 1} more rows cannot be read." if len(problems) > 1 else ""
        raise AppError(
            "INVALID",
            f"Row {problems[0]['row']}: {problems[0]['message']}{more}",
            details=problems[:MAX_PROBLEMS],
        )
    if not answers:
        raise AppError("INVALID", "The file has no rows below its header.")
    return answers


def parse_answer(text: str) -> Answer:
    """The answer that a word stands for."""
    found = ANSWER_WORDS.get(text.strip().casefold())
    if found is None:
        raise ValueError(f"“{text.strip()}” is no answer; write accepted or rejected.")
    return found


def parse_moment(text: str, zone: ZoneInfo) -> dt.datetime | None:
    """A moment with date and time, None for an empty text. A date alone is refused: midnight would be a guess."""
    text = text.strip()
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}” is no moment; write for example 2026-03-09 14:05.") from None
    if len(text) <= len("2026-03-09"):
        raise ValueError(
            f"“{text}” has no time of day; write for example 2026-03-09 14:05, or leave it empty."
        )
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def _rows(content: bytes) -> list[list[str]]:
    if len(content) > MAX_BYTES:
        raise AppError("INVALID", "The file is larger than 64 MB. Send the answers in parts.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("windows-1252", errors="replace")
    head = text.partition("\n")[0]
    delimiter = max(",;\t|", key=head.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if not rows:
        raise AppError("INVALID", "The file is empty.")
    return rows


def _columns(header: Sequence[str]) -> _Columns:
    names = [" ".join(cell.replace("_", " ").split()).casefold() for cell in header]

    def place(known: Sequence[str]) -> int | None:
        return next((at for at, name in enumerate(names) if name in known), None)

    line, reference, answer = place(LINE_HEADERS), place(REFERENCE_HEADERS), place(ANSWER_HEADERS)
    if answer is None or (line is None and reference is None):
        raise AppError(
            "INVALID",
            "The first row must name the columns: line (or external_id) and answer; loaded_at and message if known.",
            {"columns": list(header)},
        )
    return _Columns(line, reference, answer, place(LOADED_HEADERS), place(MESSAGE_HEADERS))


def _answer(row: Sequence[str], columns: _Columns, batch_number: str, zone: ZoneInfo) -> LineAnswer:
    def cell(at: int | None) -> str:
        return row[at].strip() if at is not None and at < len(row) else ""

    return LineAnswer(
        line_number=line_number_of(cell(columns.line), cell(columns.reference), batch_number),
        answer=parse_answer(cell(columns.answer)),
        loaded_at=parse_moment(cell(columns.loaded), zone),
        message=cell(columns.message),
    )


def line_number_of(line: str, reference: str, batch_number: str) -> int:
    """The line that its number or its reference (batch and line) names. Raises ValueError with what is wrong."""
    if reference:
        batch, _, tail = reference.rpartition("-")
        if batch != batch_number:
            raise ValueError(f"“{reference}” does not belong to {batch_number}.")
        line = line or tail
        if line != tail:
            raise ValueError(f"line {line} and “{reference}” are two different lines.")
    if not (line.isascii() and line.isdigit()):
        raise ValueError(f"“{line}” is no line number.")
    return int(line)
