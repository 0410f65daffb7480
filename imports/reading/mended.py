"""Rows of a workbook that are mended by a person: as text to begin with, and the cells that came back changed.

The workbook's own bytes stay as they came. Its refused rows are written as CSV, each with its number in the sheet; what
comes back is compared cell by cell, and only what differs is kept. Cells that were left alone keep being the workbook's
own numbers and dates.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from .blocks import Record
from .issues import NATIVE, UnreadableFile, shown
from .mapping import NO_HEADER, Mapping
from .source import Source

ROW = "row"


class MendedCell(NamedTuple):
    """Row as a person counts it (from 1), column from 0, what stood there and what stands there now."""

    row: int
    column: int
    was: str
    now: str


def rows_to_mend(source: Source, mapping: Mapping, rows: Collection[int]) -> str:
    """The header and these rows (counted from 1), each with its number in front."""
    found = dict(_numbered(source, rows))
    header = _header(source, mapping, found.values())
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([ROW, *header])
    for number, record in found.items():
        writer.writerow([number, *map(_plain, record), *[""] * (len(header) - len(record))])
    return out.getvalue()


def mended_cells(text: str, source: Source, mapping: Mapping, rows: Collection[int]) -> list[MendedCell]:
    """The cells that differ from the workbook's. Rows that are not in the text stay as they are.

    Raises UnreadableFile for what is no row of the text that `rows_to_mend` gave.
    """
    there = dict(_numbered(source, rows))
    width = len(_header(source, mapping, there.values()))
    found: list[MendedCell] = []
    seen: set[int] = set()
    for record in _records(text):
        if not any(cell.strip() for cell in record) or record[0].strip() == ROW:
            continue
        number = int(record[0]) if record[0].strip().isdecimal() else 0
        if number not in there:
            raise _no_such_row(record[0])
        if number in seen:
            raise UnreadableFile("row_twice", f"Row {number} stands here twice. Keep one of them.", number)
        seen.add(number)
        cells = record[1:]
        if any(cell.strip() for cell in cells[width:]):
            raise UnreadableFile(
                "too_many_cells",
                f"Row {number} goes on beyond the last column; a text with a comma in it needs quotes around it.",
                number,
            )
        own = there[number]
        for column in range(width):
            was = _plain(own[column]) if column < len(own) else ""
            now = cells[column] if column < len(cells) else ""
            if now != was:
                found.append(MendedCell(number, column, was, now))
    return found


def _records(text: str) -> Iterator[Record]:
    try:
        yield from csv.reader(io.StringIO(_one_newline(text), newline=""), strict=True)
    except csv.Error as error:
        raise UnreadableFile(
            "unreadable_row",
            f'The mended rows cannot be read ({error}). Close every quote ("), and double one that is part of a text.',
        ) from None


def _numbered(source: Source, rows: Collection[int]) -> Iterator[tuple[int, Record]]:
    wanted = set(rows)
    for number, record in enumerate(source.records(), 1):
        if number in wanted:
            yield number, record


def _header(source: Source, mapping: Mapping, records: Iterable[Record]) -> list[str]:
    """The file's own headers, and numbers where the rows are wider or there is no header."""
    place = NO_HEADER if mapping.header_row is None else mapping.header_row
    named = source.top(place + 1)[place] if place != NO_HEADER else []
    width = max([len(named), *map(len, records)])
    heads = [_plain(cell).strip() for cell in named]
    return [heads[i] if i < len(heads) and heads[i] else f"column {i + 1}" for i in range(width)]


def _plain(cell: str) -> str:
    return _one_newline(cell.removeprefix(NATIVE))


def _one_newline(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _no_such_row(cell: str) -> UnreadableFile:
    return UnreadableFile(
        "no_such_row",
        f"{shown(cell) or 'A blank'} is no number of a refused row. Leave the first column as it is; no row can be "
        "added here.",
    )
