"""Reading a file, asking its kind, and counting what came of it: the same for a check and for a load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.utils import timezone

from imports.choices import FileKind
from imports.files import FileRows, read_batch
from imports.kinds.options import options_of
from imports.kinds.registry import KINDS
from imports.kinds.shapes import Answer, Run
from imports.models import ImportBatch
from imports.reading.issues import Issue
from imports.reading.result import ReadResult
from inventory.rows import CREATED, UNCHANGED, UPDATED, RowOutcome

REFUSED = "refused"
FATES = (CREATED, UPDATED, UNCHANGED, REFUSED)
_PLACES = {fate: place for place, fate in enumerate(FATES)}


class _NotWritten(Exception):
    """Nothing was written, so nothing that was prepared for it may stay."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A file's rows and what became of each, or would become of it."""

    read: ReadResult
    answer: Answer
    issues: list[Issue]
    outcomes: list[RowOutcome]
    refused: frozenset[int]
    totals: dict[str, dict[str, str]]

    @property
    def is_loaded(self) -> bool:
        return self.answer.is_written

    @property
    def rows(self) -> int:
        return self.read.rows

    @property
    def skipped(self) -> int:
        return self.read.skipped

    def count(self, outcome: str) -> int:
        return sum(1 for row in self.outcomes if row.outcome == outcome)


def examine(
    *,
    batch: ImportBatch,
    is_check: bool,
    is_partial: bool,
    actor: Any,
    advance: Callable[[int], None] = lambda done: None,
) -> Examined:
    """Check the file whole and, unless it is a check only, load it: everything, or with `is_partial` the good rows.

    `advance` is called with the rows done in each of three steps: read, taken, counted.
    """
    read = read_batch(batch)
    advance(read.rows)
    answer = Answer()
    # A file that will not go in is checked to its end all the same: its issues come all at once.
    only_check = is_check or (bool(read.refused) and not is_partial)
    if not read.is_refused_whole and read.accepted:
        answer = _take(batch, read, is_check=only_check, is_partial=is_partial, actor=actor)
    advance(read.rows)
    issues = [*read.issues, *(_labelled(issue, read) for issue in answer.issues)]
    issues.sort(key=lambda issue: (issue.row or 0, issue.severity))
    refused = {*read.refused_rows.tolist(), *answer.refused_rows}
    if answer.is_refused:
        refused |= set(read.row_numbers.tolist())
    outcomes = [outcome for outcome in answer.outcomes if outcome.row not in refused]
    return Examined(
        read, answer, issues, outcomes, frozenset(refused), _totals(batch.kind, read, outcomes, refused)
    )


def reason_of(batch: ImportBatch) -> str:
    """The reason that every row this import writes carries in its history."""
    return f"Import {batch.number}: {batch.file_name}"


def _take(batch: ImportBatch, read: ReadResult, *, is_check: bool, is_partial: bool, actor: Any) -> Answer:
    organization = batch.organization
    now = timezone.now()
    run = Run(
        organization=organization,
        actor=actor,
        reason=reason_of(batch),
        batch_id=batch.pk,
        document_number=f"IMP-{batch.number:06}",
        today=now.astimezone(ZoneInfo(organization.time_zone)).date(),
        now=now,
        is_check=is_check,
        is_partial=is_partial or is_check,
        are_running_totals=read.mapping.quantities == "running",
        options=options_of(batch),
        unread=FileRows.unread(read),
    )
    answer = Answer()
    try:
        with transaction.atomic():
            answer = KINDS[batch.kind].take(FileRows.of(read), run)
            if not answer.is_written:
                raise _NotWritten
    except _NotWritten:
        pass
    return answer


def _labelled(issue: Issue, read: ReadResult) -> Issue:
    """The issue with the file's own name of the column."""
    return replace(issue, column=read.labels.get(issue.column, issue.column))


def _totals(
    kind: str, read: ReadResult, outcomes: list[RowOutcome], refused: set[int]
) -> dict[str, dict[str, str]]:
    """Sums that a person can hold against the source: in the file = new + changed + unchanged + refused.

    Refused rows count as far as their figure can be read; rows that are totals themselves do not.
    """
    fates = _fates(read, outcomes, refused)
    found: dict[str, dict[str, str]] = {}
    for name in KINDS[FileKind(kind)].totals:
        if name not in read.columns:
            continue
        column = read.columns[name]
        sums = {
            fate: _sum(
                column.pool, np.bincount(column.ids[fates == place], minlength=len(column.pool)).tolist()
            )
            for place, fate in enumerate(FATES)
        }
        sums = {"file": sum(sums.values(), Decimal(0)), **sums}
        outside = read.refused_sums.get(name, Decimal(0))
        sums["file"] += outside
        sums[REFUSED] += outside
        found[name] = {fate: f"{total:f}" for fate, total in sums.items()}
    return found


def _fates(read: ReadResult, outcomes: list[RowOutcome], refused: set[int]) -> npt.NDArray[np.int8]:
    """For each accepted row the place of its fate in FATES; a row of which nothing was said is unchanged."""
    numbers = read.row_numbers
    fates = np.full(len(numbers), FATES.index(UNCHANGED), np.int8)
    told = np.fromiter((outcome.row for outcome in outcomes), np.int64, len(outcomes))
    codes = np.fromiter((_PLACES[outcome.outcome] for outcome in outcomes), np.int8, len(outcomes))
    known = np.isin(told, numbers)
    fates[np.searchsorted(numbers, told[known])] = codes[known]
    fates[np.isin(numbers, np.fromiter(refused, np.int64, len(refused)))] = FATES.index(REFUSED)
    return fates


def _sum(values: list[Any], counts: list[int]) -> Decimal:
    return sum(
        (
            value * count
            for value, count in zip(values, counts, strict=True)
            if count and isinstance(value, Decimal)
        ),
        Decimal(0),
    )
