"""What only several cells of one row, or the rows around it, can show to be wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from .issues import Severity
from .kinds import ColumnType
from .mapping import Mapping
from .table import Table
from .texts import Mask
from .values import BLANK, Reading

SUMMED = (ColumnType.QUANTITY, ColumnType.COST)


@dataclass(frozen=True, slots=True)
class Finding:
    """The same thing wrong in these rows, in a canonical column. `skips`: they are left out, not refused."""

    rows: Mask
    name: str
    code: str
    message: str
    severity: Severity = Severity.ERROR
    skips: bool = False


def row_checks(
    table: Table, readings: dict[str, list[Reading]], rows: Mask, mapping: Mapping
) -> Iterator[Finding]:
    """All findings in the rows given; readings are the columns' values as they were read."""
    checks = _Checks(table, readings, rows, mapping)
    yield from checks.blank_counts()
    yield from checks.usages()
    yield from checks.losses()
    yield from checks.fractions("scrap_percent")
    yield from checks.fractions("planned_loss_percent")
    yield from checks.fractions("scrap_allowance")
    yield from checks.days_in_order("effective_from", "effective_to", Severity.ERROR)
    yield from checks.days_in_order("received_on", "expires_on", Severity.WARNING)


def sums_of(table: Table, readings: dict[str, list[Reading]], rows: Mask) -> dict[str, Decimal]:
    """The sum of each column of quantities or costs over these rows, as far as they can be read."""
    found = {}
    for name, values in readings.items():
        if table.kind.column(name).type in SUMMED:
            counts = table.columns[name].counts(rows).tolist()
            found[name] = sum(
                (
                    reading.value * count
                    for reading, count in zip(values, counts, strict=True)
                    if count and isinstance(reading.value, Decimal)
                ),
                Decimal(0),
            )
    return found


class _Checks:
    def __init__(
        self, table: Table, readings: dict[str, list[Reading]], rows: Mask, mapping: Mapping
    ) -> None:
        self.table, self.readings, self.rows, self.mapping = table, readings, rows, mapping

    def blank_counts(self) -> Iterator[Finding]:
        """A blank count is not zero, unless the person said so."""
        if "on_hand" not in self.readings or self.mapping.blank == "empty":
            return
        blank = self._where("on_hand", lambda reading: reading is BLANK)
        if self.mapping.blank == "keep":
            yield Finding(
                blank,
                "on_hand",
                "count_kept",
                "The count is blank, so the balance is left as it is.",
                Severity.NOTE,
                skips=True,
            )
        else:
            yield Finding(
                blank,
                "on_hand",
                "blank_required",
                "The count is blank, which is not zero. Fill it in, or say in the mapping what blank means: "
                '"blank": "keep" leaves the balance as it is, "empty" makes it zero.',
            )

    def usages(self) -> Iterator[Finding]:
        if "usage" not in self.readings:
            return
        negative = self._where(
            "usage", lambda reading: isinstance(reading.value, Decimal) and reading.value < 0
        )
        yield Finding(
            negative,
            "usage",
            "negative_usage",
            "The usage is negative. If the line is a by-product, write it as a positive number and declare it with "
            "byproduct in line_type.",
        )
        zero = self._where("usage", lambda reading: reading.value == 0 and reading.value is not None)
        if "fixed_quantity" in self.readings:
            zero &= ~self._where(
                "fixed_quantity", lambda reading: isinstance(reading.value, Decimal) and reading.value > 0
            )
        yield Finding(
            zero,
            "usage",
            "zero_usage",
            "The usage is zero, so the line would use nothing. Write how much is used, or delete the line.",
        )

    def losses(self) -> Iterator[Finding]:
        if "scrap_percent" not in self.readings or "scrap_method" not in self.readings:
            return
        whole = self._where(
            "scrap_percent", lambda reading: isinstance(reading.value, Decimal) and reading.value >= 100
        )
        by_yield = self._where("scrap_method", lambda reading: reading.value == "yield")
        yield Finding(
            whole & by_yield,
            "scrap_percent",
            "loss_too_large",
            "A loss by the yield method is below 100 percent. Mend the percent or the method.",
        )

    def fractions(self, name: str) -> Iterator[Finding]:
        """Percents that are all below one are most often fractions: 0.05 for 5 percent."""
        if name not in self.readings or name not in self.table.sources:
            return
        used = self.table.columns[name].counts(self.rows)
        losses = [
            reading.value
            for reading, count in zip(self.readings[name], used.tolist(), strict=True)
            if count and isinstance(reading.value, Decimal) and reading.value
        ]
        if losses and max(losses) < 1:
            yield Finding(
                self._where(name, lambda reading: bool(reading.value)),
                name,
                "percent_below_one",
                f"All losses of this column are below 1. They are read as percents, so {losses[0]} is {losses[0]} "
                "percent; if they are fractions, write them as percents.",
                Severity.WARNING,
            )

    def days_in_order(self, first: str, last: str, severity: Severity) -> Iterator[Finding]:
        if first not in self.readings or last not in self.readings:
            return
        starts, ends = (
            np.asarray(
                [
                    reading.value.toordinal() if isinstance(reading.value, date) else blank
                    for reading in readings
                ]
                or [blank],
                np.int64,
            )
            for readings, blank in ((self.readings[first], 0), (self.readings[last], 10**7))
        )
        reversed_ = starts[self.table.columns[first].ids] > ends[self.table.columns[last].ids]
        yield Finding(
            reversed_ & self.rows,
            last,
            "days_reversed",
            f"The row ends ({self.table.label(last)}) before it begins ({self.table.label(first)}). Mend one of them.",
            severity,
        )

    def _where(self, name: str, is_so: Callable[[Reading], bool]) -> Mask:
        flags = [is_so(reading) for reading in self.readings[name]]
        return self.table.columns[name].where(flags) & self.rows
