"""Batches, their lines and what the ERP answered."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from accounts.errors import AppError
from exports.choices import Answer
from exports.models import ExportBatch, ExportLine, ExportTemplate

LINE_STATES: dict[str, dict[str, Any]] = {
    "open": {"is_live": True, "answer": Answer.NONE},
    "accepted": {"answer": Answer.ACCEPTED},
    "rejected": {"answer": Answer.REJECTED},
    "ended": {"is_live": False},
}


@dataclass(slots=True)
class Answers:
    """How many of a batch's lines have which answer. `rejected` and `open` count live lines alone."""

    accepted: int = 0
    rejected: int = 0
    open: int = 0
    ended: int = 0


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """What somebody recorded at one moment, and for how many lines."""

    at: dt.datetime
    who: str
    reason: str
    answer: str
    is_live: bool
    lines: int


def batches_newest_first(*, status: str = "", template_id: int | None = None) -> QuerySet[ExportBatch]:
    """Batches without their bytes."""
    found = ExportBatch.objects.defer("content", "layout").select_related("template", "exported_by")
    if status:
        found = found.filter(status=status)
    if template_id:
        found = found.filter(template_id=template_id)
    return found.order_by("-id")


def batch_by_id(pk: int) -> ExportBatch:
    """One batch without its bytes, or NOT_FOUND."""
    found = batches_newest_first().filter(pk=pk).first()
    if found is None:
        raise AppError("NOT_FOUND", "There is no such export.", {"export": pk})
    return found


def answers_of(batch_ids: Sequence[int]) -> dict[int, Answers]:
    """The answers of these batches, in one query."""
    found: dict[int, Answers] = defaultdict(Answers)
    rows = (
        ExportLine.objects.filter(batch_id__in=list(batch_ids))
        .values("batch_id", "answer", "is_live")
        .annotate(lines=Count("id"))
        .order_by()
    )
    for row in rows:
        sums = found[row["batch_id"]]
        if row["answer"] == Answer.ACCEPTED:
            sums.accepted += row["lines"]
        elif not row["is_live"]:
            sums.ended += row["lines"]
        elif row["answer"] == Answer.REJECTED:
            sums.rejected += row["lines"]
        else:
            sums.open += row["lines"]
    return found


def lines_of(batch: ExportBatch, *, state: str = "") -> QuerySet[ExportLine]:
    """The batch's lines in the order of the file, with what a page shows of their entries."""
    found = ExportLine.objects.filter(batch=batch, **LINE_STATES.get(state, {}))
    return found.select_related("entry__item", "entry__location", "entry__lot").order_by("line_number")


def answer_events(batch: ExportBatch) -> list[AnswerEvent]:
    """What was recorded about the batch's lines since it was written, newest first."""
    history = ExportLine.history.model.objects
    rows = (
        history.filter(id__in=ExportLine.objects.filter(batch=batch).values("id"), history_type="~")
        .values(
            "history_date",
            "history_user__name",
            "history_user__email",
            "history_change_reason",
            "answer",
            "is_live",
        )
        .annotate(lines=Count("history_id"))
        .order_by("-history_date")
    )
    return [
        AnswerEvent(
            at=row["history_date"],
            who=row["history_user__name"] or row["history_user__email"] or "The system",
            reason=row["history_change_reason"] or "",
            answer=row["answer"],
            is_live=row["is_live"],
            lines=row["lines"],
        )
        for row in rows
    ]


def rejected_line_count() -> int:
    """Lines that the ERP refused and that nobody has dealt with."""
    return ExportLine.objects.filter(is_live=True, answer=Answer.REJECTED).count()


def batch_with_rejections() -> ExportBatch | None:
    """The oldest batch with such lines."""
    line = (
        ExportLine.objects.filter(is_live=True, answer=Answer.REJECTED)
        .select_related("batch")
        .defer("batch__content", "batch__layout")
        .order_by("batch_id")
        .first()
    )
    return line.batch if line is not None else None


def template_by_name(name: str) -> ExportTemplate:
    """One template by its name, or NOT_FOUND naming those that can be used."""
    found = ExportTemplate.objects.filter(name=name).first()
    if found is None:
        names = sorted(templates_in_use().values_list("name", flat=True))
        raise AppError(
            "NOT_FOUND",
            f"There is no template {name}. There are: {', '.join(names) or 'none'}.",
            {"templates": names},
        )
    return found


def templates_in_use() -> QuerySet[ExportTemplate]:
    """The templates that can be exported with."""
    return ExportTemplate.objects.filter(is_active=True).order_by("id")


def all_templates() -> QuerySet[ExportTemplate]:
    """Every template with the number of its columns and of its batches, those in use first."""
    return ExportTemplate.objects.annotate(
        column_count=Count("columns", distinct=True), batch_count=Count("batches", distinct=True)
    ).order_by("-is_active", "id")
