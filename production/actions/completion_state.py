"""Orders and their reports as a plan sees them, before anything is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from production.choices import BackflushState
from production.queries.recipes import RecipeBook

from .rows import ZERO, CompletionRow

POSTED = BackflushState.POSTED.value
Key = tuple[int | None, str]


@dataclass(slots=True)
class Report:
    """A completion, stored or to be stored."""

    id: int
    operation: int | None
    reference: str
    good: Decimal
    scrap: Decimal
    scrap_operation: int | None
    scrap_reason_id: int | None
    lot: str
    is_final: bool
    is_stated_final: bool
    completed_at: dt.datetime
    state: str = ""
    row: int | None = None
    import_row: int | None = None
    is_changed: bool = False
    is_reported: bool = (
        False  # its own figures were made or changed here, not only whether it is the final one
    )

    def differs_from(
        self, row: CompletionRow, good: Decimal, scrap: Decimal, scrap_operation: int | None
    ) -> bool:
        """Whether the row says anything else; what it does not say does not differ."""
        return (
            self.good != good
            or self.scrap != scrap
            or (row.scrap_operation_number is not None and self.scrap_operation != scrap_operation)
            or (row.scrap_reason_id is not None and self.scrap_reason_id != row.scrap_reason_id)
            or (row.output_lot_code is not None and self.lot != row.output_lot_code)
            or (row.completed_at is not None and self.completed_at != row.completed_at)
            or (row.is_final is not None and row.is_final and not self.is_stated_final and not self.is_final)
        )


@dataclass(slots=True)
class Output:
    """An order's output line with everything reported on it."""

    id: int
    item_id: int
    quantity: Decimal | None
    points: list[int]
    route: list[int]
    reports: dict[Key, Report] = field(default_factory=dict)
    # Whether the route is known: by the item's operations or by the order's recipe.
    is_settled: bool = True
    is_changed: bool = False
    is_touched: bool = False
    sums: dict[int | None, tuple[Decimal, Decimal]] = field(default_factory=dict)

    @property
    def is_backflushed(self) -> bool:
        return any(report.state for report in self.reports.values())

    def is_last(self, operation: int | None) -> bool:
        """Whether what is reported there is finished."""
        return operation is None or not self.points or operation >= self.points[-1]

    def add(self, report: Report) -> None:
        self.reports[(report.operation, report.reference)] = report
        self.count(report.operation, report.good, report.scrap)

    def count(self, operation: int | None, good: Decimal, scrap: Decimal) -> None:
        """Keep the sums of good and scrap per operation."""
        before = self.sums.get(operation, (ZERO, ZERO))
        self.sums[operation] = (before[0] + good, before[1] + scrap)

    def series(self, operation: int | None, reference: str) -> list[Report]:
        """The reports of one running total: its reference, and those numbered after it."""
        start = f"{reference}#"
        return [
            report
            for report in self.reports.values()
            if report.operation == operation
            and (
                report.reference == reference
                or (report.reference.startswith(start) and report.reference[len(start) :].isdigit())
            )
        ]

    def settle_finals(self) -> None:
        """Say which report is the final one: it says so, or with it the last operation reaches the order's quantity.

        Without a quantity, a report without a reference is the whole order. Posted reports stay as they are, and one of
        them that is final already is the one.
        """
        last = sorted(
            (r for r in self.reports.values() if r.operation is None),
            key=lambda r: (r.completed_at, r.id or 2**62),
        )
        free = [report for report in last if report.state != POSTED]
        is_found = any(report.is_final for report in last if report.state == POSTED)
        is_reached = (
            self.quantity is not None and sum((r.good + r.scrap for r in last), ZERO) >= self.quantity
        )
        for report in free:
            is_final = report.is_stated_final or (is_reached and not is_found and report is free[-1])
            if self.quantity is None and not report.reference:
                is_final = True
            if report.is_final != is_final:
                report.is_final = is_final
                report.is_changed = True


@dataclass(slots=True)
class Order:
    """An order that is there, or that its completion makes."""

    id: int
    number: str
    status: str
    is_closed: bool
    started_on: dt.date | None = None
    is_new: bool = False
    is_changed: bool = False
    due_on: dt.date | None = None
    work_site_id: int | None = None
    row: int = 0
    outputs: dict[int, Output] = field(default_factory=dict)


@dataclass(slots=True)
class Rules:
    """What the plan needs to know of the organization and of the moment."""

    moment: dt.datetime
    zone: dt.tzinfo
    over_completion_percent: Decimal | None
    is_running: bool
    skus: dict[int, str]
    book: RecipeBook

    def day(self, moment: dt.datetime) -> dt.date:
        return moment.astimezone(self.zone).date()


class Refused(Exception):
    """A row that cannot be taken: the column, its value, a code, and what to do."""

    def __init__(self, column: str, value: object, code: str, message: str) -> None:
        super().__init__(message)
        self.column, self.value, self.code, self.message = column, value, code, message
