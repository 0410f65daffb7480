"""A file read whole: typed columns of the rows that are sound, and everything that is wrong with the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from .aside import set_aside
from .beside import units_beside
from .daynumbers import day_columns, said_day_zero
from .issues import Issue, MappingError, Severity, UnreadableFile, shown
from .kinds import KINDS, ColumnSpec, KindSpec
from .mapping import Mapping
from .propose import Settled, settle
from .result import ReadResult, TypedColumn
from .rowchecks import row_checks, sums_of
from .source import Source
from .table import Table, notes_on_rows
from .texts import Ids, Mask, Pool, Texts
from .values import BLANK, Conventions, Reading, Value, reader_for

# So many of one cause in one column are listed one by one; the rest are counted.
LISTED = 10_000
# Hints that a person who never sees the page must see too; the others show in the rows.
TOLD = ("usage_per", "quantities")
ALIKE = "Refused for the same cause as rows before it."


def read_rows(
    source: Source,
    kind: str,
    mapping: Mapping | None = None,
    *,
    units: Collection[str] = (),
    only: Collection[int] | None = None,
    currency: str = "",
) -> ReadResult:
    """Reads and checks a file whole. Never raises for what stands in the file: that becomes issues.

    `units` may stand beside a quantity, as the usual ones and those of the file's unit column may. Of `only` these rows
    (counted from 1) anything is taken or said, though all of the file is evidence for how it is read. Costs that are
    marked as another currency than `currency` are refused.
    """
    spec, mapping = KINDS[kind], mapping or Mapping()
    try:
        settled = settle(source, spec, mapping, units=units)
    except UnreadableFile as error:
        return _nothing(spec, mapping, [error.issue()])
    except MappingError as error:
        return _nothing(
            spec, mapping, [Issue(None, "", "", "mapping_does_not_fit", text) for text in error.problems]
        )
    return _Reader(settled, only, currency).result()


def nothing_read(kind: str, mapping: Mapping, error: UnreadableFile) -> ReadResult:
    """The result of a file of which no row could be read at all."""
    return _nothing(KINDS[kind], mapping, [error.issue()])


def _nothing(kind: KindSpec, mapping: Mapping, issues: list[Issue]) -> ReadResult:
    none = np.zeros(0, np.int32)
    return ReadResult(kind, mapping, {}, none, issues, 0, none, none, 0, 0, is_refused_whole=True)


class _Reader:
    """One reading of one file; `result` runs its steps in order."""

    def __init__(self, settled: Settled, only: Collection[int] | None, currency: str) -> None:
        self.settled, self.source = settled, settled.source
        self.table: Table = settled.table
        self.mapping = settled.mapping
        self.kind = self.table.kind
        self.conventions = replace(Conventions.of(self.mapping, self.table.units), currency=currency)
        if day_zero := said_day_zero(self.mapping, self.source.day_zero):
            days = day_columns(self.table, day_zero)
            self.conventions = replace(self.conventions, day_zero=day_zero, day_columns=days)
        self.issues: list[Issue] = []
        # (severity, code, column): rows, also those that are not listed
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.refused: Mask = np.zeros(self.table.row_count, np.bool_)
        self.skipped: Mask = np.zeros(self.table.row_count, np.bool_)
        self.checked: Mask = np.zeros(self.table.row_count, np.bool_)
        self.part: Mask = np.full(self.table.row_count, only is None)
        places = np.asarray(sorted(only or ()), np.int64) - self.table.first_row
        self.part[places[(places >= 0) & (places < self.table.row_count)]] = True
        self.readings: dict[str, list[Reading]] = {}
        self.columns = dict(self.table.columns)

    def result(self) -> ReadResult:
        table = self.table
        data = table.is_data & self.part
        self.issues += notes_on_rows(table, self.part)
        self.issues += self.source.notes()
        self.issues += [
            Issue(None, "", "", question.code, f"{question.text} {question.remedy}", Severity.WARNING)
            for question in self.settled.questions
            if question.key in TOLD and not question.is_blocking
        ]
        questions = [question for question in self.settled.questions if question.is_blocking]
        if questions or not data.any():
            return self._refused_whole(data)
        self._set_aside(data)
        self.checked = data & ~self.skipped & ~self.refused
        self._refuse_long_rows()
        for name, column in table.columns.items():
            self._read_column(name, column)
        self._settle_units()
        self._tell_formulas()
        for finding in row_checks(table, self.readings, self.checked, self.mapping):
            self._report(
                finding.rows,
                self.table.label(finding.name),
                finding.code,
                finding.message,
                finding.severity,
                self.table.columns[finding.name],
            )
            if finding.skips:
                self.skipped |= finding.rows
        accepted = self.checked & ~self.refused & ~self.skipped
        duplicates = self._find_duplicates(accepted)
        return self._result(accepted, data, duplicates)

    def _refused_whole(self, data: Mask) -> ReadResult:
        for question in self.settled.questions:
            if question.is_blocking:
                self.issues.append(Issue(None, "", "", question.code, f"{question.text} {question.remedy}"))
        if not data.any():
            self.issues.append(
                Issue(
                    None,
                    "",
                    "",
                    "no_rows",
                    "There is no row below the header. Check that the export is complete.",
                )
            )
        self.checked = data
        self._refuse_long_rows()
        self.refused = data.copy()
        result = self._result(np.zeros_like(data), data, 0)
        return replace(result, is_refused_whole=True)

    def _set_aside(self, data: Mask) -> None:
        """Rows that are no rows of data leave before their cells are read."""
        for finding in set_aside(self.table, self.mapping):
            rows = finding.rows & data & ~self.skipped
            if finding.skips:
                self.skipped |= rows
            column = self.table.columns.get(finding.name)
            label = self.table.label(finding.name) if finding.name else ""
            self._report(rows, label, finding.code, finding.message, finding.severity, column)

    def _refuse_long_rows(self) -> None:
        extra = self.table.extra_cells
        self._list(
            [row for row in extra if self.checked[row]],
            "",
            "too_many_cells",
            Severity.ERROR,
            lambda row: (
                f"The row goes on beyond the last header with {shown(extra[row])}; a text with the sign between "
                "cells in it (or a number with a decimal comma) needs quotes around it.",
                shown(extra[row]),
            ),
        )

    def _read_column(self, name: str, column: Texts) -> None:
        spec = self.kind.column(name)
        readings = _read_texts(spec, self.conventions, column.texts)
        self.readings[name] = readings
        label = self.table.label(name)
        causes: dict[tuple[str, Severity], int] = {}
        cause_of = np.zeros(len(readings), np.int32)
        for number, reading in enumerate(readings):
            if reading.severity is not None:
                cause_of[number] = causes.setdefault((reading.code, reading.severity), len(causes) + 1)
        if causes:
            by_row = np.where(self.checked, cause_of[column.ids], 0)
            for (code, severity), cause in causes.items():
                self._list(
                    np.flatnonzero(by_row == cause).tolist(),
                    label,
                    code,
                    severity,
                    lambda row: (
                        readings[column.ids[row]].message or ALIKE,
                        shown(column.texts[column.ids[row]]),
                    ),
                )
        if spec.required and name != "on_hand":
            blank = column.where([reading is BLANK for reading in readings]) & self.checked
            self._report(
                blank,
                label,
                "blank_required",
                f"{name} is blank; every row needs it. Fill it in, or delete the row.",
                Severity.ERROR,
            )

    def _settle_units(self) -> None:
        """Units that stand beside quantities count as the rows' units, where nothing contradicts them."""
        said = [
            (self.table.columns[name], [reading.unit for reading in readings])
            for name, readings in self.readings.items()
            if any(reading.unit for reading in readings)
        ]
        said += self._units_of_formats()
        if not said:
            return
        own = self.table.columns.get("unit") or Texts([""], np.zeros(len(self.checked), np.int32))
        readings = self.readings.setdefault("unit", [BLANK])
        stated = [reading.value if isinstance(reading.value, str) else "" for reading in readings]
        found = units_beside([(own, stated), *said], self.checked)
        self._report(
            found.contradictions,
            self.table.label("unit"),
            "unit_differs",
            "Beside the quantity stands another unit than in the unit column, or beside another quantity of the row. "
            "Make them the same.",
            Severity.ERROR,
            own,
        )
        is_blank_here = own.where([not unit for unit in stated])
        self.readings["unit"] = [*readings, *(Reading(unit) for unit in found.units)]
        self.columns["unit"] = Texts(
            [*own.texts, *found.units],
            np.where(is_blank_here & (found.ids > 0), len(own.texts) + found.ids - 1, own.ids),
        )

    def _units_of_formats(self) -> Iterator[tuple[Texts, list[str]]]:
        """Known units that a workbook's formats show behind its numbers."""
        behind = self.source.texts_behind()
        for name, index in self.table.sources.items():
            if not self.kind.column(name).takes_unit or index not in behind:
                continue
            pool = Pool()
            ids = np.full(len(self.checked), pool[""], np.int32)
            for row, text in behind[index].items():
                place = row - self.table.first_row + 1
                if 0 <= place < len(ids):
                    ids[place] = pool[self.table.units.get(text.rstrip(".").casefold(), "")]
            if len(pool) > 1:
                yield Texts(pool.texts, ids), pool.texts

    def _tell_formulas(self) -> None:
        for name, index in self.table.sources.items():
            if places := self.source.formula_cells().get(index):
                rows = np.zeros_like(self.checked)
                shifted = np.asarray(places) - self.table.first_row + 1
                rows[shifted[(shifted >= 0) & (shifted < len(rows))]] = True
                self._report(
                    rows & self.checked,
                    self.table.label(name),
                    "formula_result",
                    "The cell is a formula; its last stored result is taken. Recalculate and save the workbook if it "
                    "may be old.",
                    Severity.WARNING,
                )

    def _report(
        self,
        rows: Mask,
        column: str,
        code: str,
        message: str,
        severity: Severity,
        texts: Texts | None = None,
    ) -> None:
        """The same message for all these rows, with the cell of each where its column is given."""
        self._list(
            np.flatnonzero(rows).tolist(),
            column,
            code,
            severity,
            lambda row: (message, shown(texts.texts[texts.ids[row]].strip()) if texts else ""),
        )

    def _list(
        self,
        rows: list[int],
        column: str,
        code: str,
        severity: Severity,
        tell: Callable[[int], tuple[str, str]],
    ) -> None:
        """Counts all rows, refuses them if that is how severe it is, and lists the first with (message, value)."""
        if not rows:
            return
        if severity is Severity.ERROR:
            self.refused[rows] = True
        key = (severity.value, code, column)
        room = max(LISTED - self.counts[key], 0)
        self.counts[key] += len(rows)
        for row in rows[:room]:
            message, value = tell(row)
            self.issues.append(Issue(row + self.table.first_row, column, value, code, message, severity))

    def _find_duplicates(self, accepted: Mask) -> int:
        told = {"parent_sku"} if self.table.levels is not None else set()
        names = [name for name in self.kind.key if name in self.table.sources or name in told]
        if not names or not accepted.any():
            return 0
        keys = {}
        for name in names:
            numbers: dict[Value, int] = {}
            same = [numbers.setdefault(reading.value, len(numbers)) for reading in self.readings[name]]
            keys[name] = np.asarray(same, np.int32)[self.table.columns[name].ids[accepted]]
        repeated = pd.DataFrame(keys).duplicated().to_numpy()
        rows = np.zeros_like(accepted)
        rows[np.flatnonzero(accepted)[repeated]] = True
        self._report(
            rows,
            "",
            "duplicate_key",
            f"{', '.join(map(self.table.label, names))}: these stand in an earlier row too.",
            Severity.WARNING,
        )
        return int(repeated.sum())

    def _result(self, accepted: Mask, data: Mask, duplicates: int) -> ReadResult:
        table = self.table
        first = table.first_row
        self._count_unlisted()
        self.issues.sort(key=lambda issue: (issue.row or 0, issue.severity))
        refused = self.refused & data & ~self.skipped
        unread = refused & ~table.is_total
        return ReadResult(
            kind=self.kind,
            mapping=self.mapping,
            columns=self._columns(accepted),
            row_numbers=_numbers(accepted, first),
            issues=self.issues,
            rows=int(data.sum()),
            refused_rows=_numbers(refused, first),
            skipped_rows=_numbers(self.skipped & data, first),
            blank_rows=int(table.is_blank.sum()),
            duplicates=duplicates,
            labels={name: table.label(name) for name in table.columns},
            refused_columns=self._columns(unread),
            refused_numbers=_numbers(unread, first),
            refused_sums=sums_of(table, self.readings, unread),
        )

    def _columns(self, rows: Mask) -> dict[str, TypedColumn]:
        found = {}
        for name, readings in self.readings.items():
            column, spec = self.columns[name], self.kind.column(name)
            pool = [reading.value for reading in readings]
            found[name] = TypedColumn(spec, pool, column.texts, column.ids[rows])
        return found

    def _count_unlisted(self) -> None:
        for (severity, code, column), count in self.counts.items():
            if count > LISTED:
                self.issues.append(
                    Issue(
                        None,
                        column,
                        "",
                        code,
                        f"{count - LISTED:,} more rows have the same trouble; the first {LISTED:,} are listed.",
                        Severity(severity),
                    )
                )


def _read_texts(spec: ColumnSpec, conventions: Conventions, texts: list[str]) -> list[Reading]:
    """Each text read once. Of one cause only so many messages are kept as are ever listed."""
    read = reader_for(spec, conventions)
    told: Counter[str] = Counter()
    readings = []
    for text in texts:
        reading = read(text)
        if reading.severity is not None:
            told[reading.code] += 1
            if told[reading.code] > LISTED:
                reading = Reading(reading.value, reading.code, "", reading.severity)
        readings.append(reading)
    return readings


def _numbers(rows: Mask, first: int) -> Ids:
    return (np.flatnonzero(rows) + first).astype(np.int32)
