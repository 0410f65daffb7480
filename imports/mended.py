"""Cells of a workbook that people mended, kept beside its bytes; and which of its rows are still to be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from imports.reading.mended import MendedCell
from imports.reading.source import Source
from imports.reading.workbook import WorkbookSource

SHOWN = 50


@dataclass(frozen=True, slots=True)
class MendedRow:
    """One mended cell as it is printed."""

    row: int
    column: str
    was: str
    now: str
    by: str


def with_mended(source: Source, kept: dict[str, Any]) -> Source:
    """The workbook with its mended cells in place."""
    if not kept.get("cells") or not isinstance(source, WorkbookSource):
        return source
    cells: dict[int, dict[int, str]] = {}
    for row, column, _, now, _ in kept["cells"]:
        cells.setdefault(row, {})[column] = now
    return source.with_cells(kept["sheet"], cells)


def mended_more(kept: dict[str, Any], sheet: str, cells: Iterable[MendedCell], *, by: str) -> dict[str, Any]:
    """What is kept once these cells are mended too. A cell that is mended again keeps what the workbook had."""
    there = {(row, column): (was, now, who) for row, column, was, now, who in kept.get("cells", [])}
    for cell in cells:
        first = there.get((cell.row, cell.column), (cell.was,))[0]
        there[cell.row, cell.column] = (first, cell.now, by)
    listed = [[*place, *rest] for place, rest in sorted(there.items())]
    return {**kept, "sheet": sheet, "cells": listed}


def rows_read(kept: dict[str, Any]) -> list[int] | None:
    """The rows of which anything is taken; None for all of them."""
    rows: list[int] | None = kept.get("rows")
    return rows


def mended_rows(kept: dict[str, Any]) -> list[MendedRow]:
    """The first mended cells; columns as a spreadsheet names them."""
    return [
        MendedRow(row, _letters(column), was, now, by)
        for row, column, was, now, by in kept.get("cells", [])[:SHOWN]
    ]


def _letters(column: int) -> str:
    found = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        found = chr(65 + place) + found
    return found
