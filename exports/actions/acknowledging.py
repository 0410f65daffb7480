"""Record what the ERP answered to the lines of a batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.choices import EventName
from accounts.errors import AppError
from accounts.models import Organization
from accounts.rights import demand
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import update_rows
from exports.acknowledgements import MAX_PROBLEMS, LineAnswer
from exports.choices import Answer
from exports.models import ExportBatch, ExportLine

from .batches import guard_live
from .locks import lock_exports, locked_batch
from .marks import list_below_mark
from .outcomes import note_answers
from .telling import tell_of_batch

# Clocks of two machines differ; more than this is a wrong day or a wrong time zone.
CLOCKS_DIFFER = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many lines have a new answer, and how many were answered like this before."""

    accepted: int
    rejected: int
    unchanged: int


def record_acknowledgements(
    *,
    organization: Organization,
    batch_id: int,
    answers: Sequence[LineAnswer],
    actor: Any,
    reason: str = "The ERP answered",
) -> Recorded:
    """Write each line's answer, the moment it was loaded and the ERP's message; the same answer again changes nothing.

    A corrected answer replaces the one before, whose history stays. All problems are raised at once as INVALID. Where
    a stock file had assumed otherwise, the balance moves by the difference.
    """
    if actor is not None:
        demand(actor, organization, "export_batches")
    with bind(organization):
        lock_exports(organization)
        batch = locked_batch(batch_id)
        guard_live(batch)
        given = _one_each(answers)
        lines = {line.line_number: line for line in ExportLine.objects.filter(batch=batch)}
        if problems := _problems(batch, lines, given):
            raise _refusal(problems)
        now = timezone.now()
        changed = [
            _answered(lines[number], answer, now)
            for number, answer in given.items()
            if not _is_same(lines[number], answer)
        ]
        update_rows(
            ExportLine,
            ["answer", "loaded_at", "answered_at", "message"],
            ((line.pk, line.answer, line.loaded_at, line.answered_at, line.message) for line in changed),
            actor=actor,
            reason=reason,
        )
        note_answers(organization, batch, changed, actor=actor, reason=reason)
        list_below_mark([line.entry_id for line in changed])
        accepted = sum(line.answer == Answer.ACCEPTED for line in changed)
        if changed:
            answered = sorted(line.line_number for line in changed if line.answer == Answer.REJECTED)
            told = {
                "accepted": accepted,
                "rejected": len(changed) - accepted,
                "unanswered": sum(line.is_live and line.answer == Answer.NONE for line in lines.values()),
                "rejected_lines": answered[:MAX_PROBLEMS],
            }
            tell_of_batch(EventName.EXPORT_ACKNOWLEDGED, batch, told, actor=actor)
        return Recorded(accepted, len(changed) - accepted, len(given) - len(changed))


def acknowledge_all(
    *,
    organization: Organization,
    batch_id: int,
    answer: Answer,
    loaded_at: dt.datetime | None,
    message: str,
    actor: Any,
) -> Recorded:
    """Give one answer to every line that has none yet."""
    with bind(organization):
        lock_exports(organization)
        batch = locked_batch(batch_id)
        open_lines = ExportLine.objects.filter(batch=batch, is_live=True, answer=Answer.NONE)
        numbers = list(open_lines.values_list("line_number", flat=True))
        if not numbers:
            raise AppError("INVALID_STATE", f"Every line of {batch.number} is answered already.")
        return record_acknowledgements(
            organization=organization,
            batch_id=batch_id,
            answers=[LineAnswer(number, answer, loaded_at, message) for number in numbers],
            actor=actor,
            reason="One answer for all open lines",
        )


def _one_each(answers: Sequence[LineAnswer]) -> dict[int, LineAnswer]:
    """By line; the same answer twice is one, two different ones are refused."""
    given: dict[int, LineAnswer] = {}
    problems = []
    for answer in answers:
        if given.setdefault(answer.line_number, answer) != answer:
            problems.append(
                {
                    "line": answer.line_number,
                    "message": f"line {answer.line_number} has two different answers.",
                }
            )
    if problems:
        raise _refusal(problems)
    return given


def _problems(
    batch: ExportBatch, lines: dict[int, ExportLine], given: dict[int, LineAnswer]
) -> list[dict[str, Any]]:
    earliest, latest = batch.exported_at - CLOCKS_DIFFER, timezone.now() + CLOCKS_DIFFER
    found = []
    for number, answer in given.items():
        line = lines.get(number)
        if line is None:
            message = f"{batch.number} has no line {number}; it has 1 to {batch.line_count}."
        elif answer.answer not in {Answer.ACCEPTED, Answer.REJECTED}:
            message = f"line {number} needs an answer: accepted or rejected."
        elif not line.is_live and not _is_same(line, answer):
            message = f"line {number} was put back and is no longer part of {batch.number}."
        elif answer.loaded_at is not None and answer.answer == Answer.REJECTED:
            message = f"line {number} is rejected, so it was never loaded: leave the moment out."
        elif answer.loaded_at is not None and answer.loaded_at < earliest:
            message = (
                f"line {number} cannot be loaded before {batch.number} was written: check day and time zone."
            )
        elif answer.loaded_at is not None and answer.loaded_at > latest:
            message = f"line {number} cannot be loaded in the future: check day and time zone."
        else:
            continue
        found.append({"line": number, "message": message})
    return found


def _refusal(problems: Sequence[dict[str, Any]]) -> AppError:
    first = str(problems[0]["message"])
    more = f" {len(problems) - 1} more lines are refused." if len(problems) > 1 else ""
    return AppError("INVALID", f"{first[:1].upper()}{first[1:]}{more}", details=list(problems[:MAX_PROBLEMS]))


def _is_same(line: ExportLine, answer: LineAnswer) -> bool:
    return (line.answer, line.loaded_at, line.message) == (answer.answer, answer.loaded_at, answer.message)


def _answered(line: ExportLine, answer: LineAnswer, now: dt.datetime) -> ExportLine:
    line.answer = answer.answer
    line.loaded_at = answer.loaded_at
    line.message = answer.message
    line.answered_at = now
    return line
