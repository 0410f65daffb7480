"""What every kind of file is given, and what it answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import repeat
from typing import Any, Protocol

from accounts.models import Organization
from imports.reading.issues import Issue, Severity
from inventory.rows import RowOutcome
from inventory.stock_files.shapes import Doubt, Scope, Spot


class Rows(Protocol):
    """The rows of a file that can be read: their numbers, and their values by canonical column name."""

    @property
    def numbers(self) -> Sequence[int]: ...

    @property
    def columns(self) -> Mapping[str, Sequence[Any]]: ...


@dataclass(frozen=True, slots=True)
class Options:
    """What a person said about one file beside its mapping. They concern stock files."""

    counted_at: dt.datetime | None = None
    scope: Scope = Scope.ROWS
    doubt: Doubt = Doubt.ASK
    decisions: Mapping[Spot, Doubt] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picked:
    """Some rows of others."""

    numbers: Sequence[int]
    columns: Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Run:
    """One check or one load. A check writes nothing; a partial load leaves refused rows out.

    `unread` are the rows that reading has refused, as far as they can be read: what they leave out of a sum is unknown.
    """

    organization: Organization
    actor: Any
    reason: str
    batch_id: int
    document_number: str
    today: dt.date
    now: dt.datetime
    is_check: bool
    is_partial: bool
    are_running_totals: bool = False
    options: Options = field(default_factory=Options)
    unread: Rows = field(default_factory=lambda: Picked([], {}))
    advance: Callable[[int], None] = lambda done: None


@dataclass(slots=True)
class Answer:
    """What became of the rows, or would become of them. Issues name columns by their canonical names."""

    outcomes: list[RowOutcome] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    is_written: bool = False
    facts: dict[str, Any] = field(default_factory=dict)

    def refuse(self, row: int | None, column: str, value: object, code: str, message: str) -> None:
        self.issues.append(Issue(row, column, _text(value), code, message))

    def warn(self, row: int | None, column: str, value: object, code: str, message: str) -> None:
        self.issues.append(Issue(row, column, _text(value), code, message, Severity.WARNING))

    def note(self, row: int | None, column: str, value: object, code: str, message: str) -> None:
        self.issues.append(Issue(row, column, _text(value), code, message, Severity.NOTE))

    @property
    def refused_rows(self) -> set[int]:
        return {
            issue.row for issue in self.issues if issue.severity == Severity.ERROR and issue.row is not None
        }

    @property
    def is_refused(self) -> bool:
        """Whether the file as a whole cannot go in, whatever its rows are like."""
        return any(issue.severity == Severity.ERROR and issue.row is None for issue in self.issues)


class Kind(Protocol):
    """One kind of file: `totals` are the columns whose sums a person can check against the source."""

    @property
    def totals(self) -> tuple[str, ...]: ...

    def take(self, rows: Rows, run: Run) -> Answer:
        """Check these rows and, unless it is a check only, load them."""


def column(rows: Rows, name: str) -> Iterable[Any]:
    """The values of a column, None in every row where the file has no such column."""
    return rows.columns.get(name) or repeat(None, len(rows.numbers))


def records(rows: Rows, *names: str) -> Iterator[tuple[Any, ...]]:
    """Row number and the named values, row by row."""
    return zip(rows.numbers, *(column(rows, name) for name in names), strict=True)


def without(rows: Rows, refused: set[int]) -> Rows:
    """These rows without the refused ones."""
    if not refused:
        return rows
    kept = [place for place, number in enumerate(rows.numbers) if number not in refused]
    return Picked(
        [rows.numbers[place] for place in kept],
        {name: [values[place] for place in kept] for name, values in rows.columns.items()},
    )


def unknown_items(
    rows: Rows, names: Sequence[str], known: Mapping[str, int], answer: Answer, *, remedy: str
) -> None:
    """Refuse rows that name an item nobody knows. Names that differ only in case are told."""
    folded: dict[str, str] | None = None
    for name in names:
        for number, sku in zip(rows.numbers, column(rows, name), strict=True):
            if sku is None or sku in known:
                continue
            if folded is None:
                folded = _folded()
            near = folded.get(sku.casefold())
            hint = f" There is {near}: write it the same way." if near else f" {remedy}"
            answer.refuse(number, name, sku, "unknown_item", f"There is no item {sku}.{hint}")


def _folded() -> dict[str, str]:
    from inventory.models import Item

    return {sku.casefold(): sku for (sku,) in Item.objects.values_list("sku")}


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
