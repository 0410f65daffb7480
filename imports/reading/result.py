"""What reading a file gives: typed columns of the rows that are sound, and everything that is wrong with the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from .issues import Issue
from .kinds import ColumnSpec, KindSpec
from .mapping import Mapping
from .texts import Ids
from .values import Value


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """The accepted rows' values of one column, each distinct text read once.

    `pool` are the values and `texts` the cells they were read from; `ids` says which row has which. Several
    texts can mean one value ("1" and "1.0"), so equal values may stand in the pool more than once.
    """

    spec: ColumnSpec
    pool: list[Value]
    texts: list[str]
    ids: Ids

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, row: int) -> Value:
        return self.pool[int(self.ids[row])]

    def values(self) -> list[Value]:
        """One value per accepted row, in the file's order."""
        pool = self.pool
        return [pool[number] for number in self.ids.tolist()]


@dataclass(frozen=True)
class ReadResult:
    """`columns` holds the columns that the file or the mapping gives, under their canonical names.

    rows: data rows of the file = accepted + refused + skipped (totals left out, blank counts kept as they are).
    row_numbers: for each accepted row its number in the file, counted from 1. `mapping` is what was used, with
    everything that was proven filled in. `is_refused_whole`: nothing of the file can be taken.
    """

    kind: KindSpec
    mapping: Mapping
    columns: dict[str, TypedColumn]
    row_numbers: Ids
    issues: list[Issue]
    rows: int
    refused_rows: Ids
    skipped_rows: Ids
    blank_rows: int
    duplicates: int
    is_refused_whole: bool = False
    labels: dict[str, str] = field(default_factory=dict)  # canonical → the file's own name of the column
    refused_columns: dict[str, TypedColumn] = field(
        default_factory=dict
    )  # what can be read of the refused rows that are no totals
    refused_numbers: Ids = field(default_factory=lambda: np.zeros(0, np.int32))  # these rows, from 1
    refused_sums: dict[str, Decimal] = field(
        default_factory=dict
    )  # of the refused rows' legible numbers, no totals

    @property
    def accepted(self) -> int:
        return len(self.row_numbers)

    @property
    def refused(self) -> int:
        return len(self.refused_rows)

    @property
    def skipped(self) -> int:
        return len(self.skipped_rows)

    def values(self, name: str) -> list[Value]:
        """One value per accepted row; None throughout where the file has no such column."""
        column = self.columns.get(name)
        return column.values() if column else [None] * self.accepted
