"""Write a file's bytes, show its cells, and say what does not fit."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import connection
from django_scopes import get_scope

from accounts.errors import AppError
from accounts.tenancy.plans import whole_tables
from exports.choices import ColumnSource, Encoding
from inventory.models import StockEntry

from .layouts import Layout, LayoutColumn
from .statements import (
    DATE_PATTERNS,
    FORMULA_STARTS,
    Parameters,
    body_statement,
    cells_statement,
    lines_statement,
)

MAX_MISFITS = 100
# A long file is joined and sorted in memory; the setting ends with the transaction.
MANY, MEMORY = 5_000, "64MB"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """The bytes and their control figures: lines, quantity over all units, money in minor units."""

    content: bytes
    line_count: int
    total_quantity: Decimal
    total_minor: int


@dataclass(frozen=True, slots=True)
class CellRow:
    """One entry's cells as they stand in the file; None where the value, kept in `raw`, does not fit."""

    line_number: int
    entry_id: int
    raw: tuple[str, ...]
    cells: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that cannot be written, with what to do about it."""

    line_number: int
    entry_id: int
    column: str
    value: str
    message: str
    item: str = ""
    document: str = ""

    @property
    def place(self) -> str:
        if not self.line_number:
            return "the header"
        return f"line {self.line_number} (item {self.item}, {self.document})"

    def as_json(self) -> dict[str, Any]:
        return {
            "line": self.line_number,
            "entry": self.entry_id,
            "item": self.item,
            "document": self.document,
            "column": self.column,
            "value": self.value,
            "message": self.message,
        }


def write_file(layout: Layout, entry_ids: Sequence[int], *, batch_number: str) -> WrittenFile:
    """The file of these entries, in this order. Nothing is cut: what does not fit refuses the file, row by row."""
    parameters = _parameters(layout, entry_ids, batch_number)
    is_long = len(entry_ids) > MANY
    with connection.cursor() as cursor, whole_tables() if is_long else nullcontext():
        if is_long:
            cursor.execute("SELECT set_config('work_mem', %s, true)", [MEMORY])
        cursor.execute(body_statement(layout, parameters), parameters.values)
        body, quantity, amount_minor, lines, unfit = cursor.fetchone()
    if lines != len(entry_ids):
        raise AppError("NOT_FOUND", f"{len(entry_ids) - lines} of these entries are not in the ledger.")
    if unfit:
        raise _refusal(layout, entry_ids, batch_number)
    try:
        content = (_header(layout) + body).encode(layout.encoding)
    except UnicodeEncodeError:
        raise _refusal(layout, entry_ids, batch_number) from None
    return WrittenFile(content, lines, quantity, amount_minor)


def read_lines(layout: Layout, entry_ids: Sequence[int], *, batch_number: str) -> list[str]:
    """The file's first lines as they would be written; those that do not fit are left out."""
    parameters = _parameters(layout, entry_ids, batch_number)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT line FROM ({lines_statement(layout, parameters)}) lines WHERE line IS NOT NULL ORDER BY n",
            parameters.values,
        )
        lines = [row[0] for row in cursor.fetchall()]
    header = _header(layout).removesuffix(layout.end)
    return [header, *lines] if layout.has_header else lines


def read_cells(layout: Layout, entry_ids: Sequence[int], *, batch_number: str) -> list[CellRow]:
    """The cells of these entries, unquoted, with what stands behind them."""
    parameters = _parameters(layout, entry_ids, batch_number)
    width = len(layout.columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({cells_statement(layout, parameters)}) cells ORDER BY n", parameters.values
        )
        return [
            CellRow(
                line_number=row[0],
                entry_id=row[1],
                raw=tuple(_plain(value) for value in row[4 : 4 + width]),
                cells=row[4 + width : 4 + 2 * width],
            )
            for row in cursor.fetchall()
        ]


def misfits(layout: Layout, rows: Sequence[CellRow]) -> list[Misfit]:
    """Every value of these rows that the file cannot hold."""
    found = []
    for row in rows:
        for column, raw, cell in zip(layout.columns, row.raw, row.cells, strict=True):
            message = _why_unfit(column, raw) if cell is None else _why_unwritable(layout, cell)
            if message:
                found.append(Misfit(row.line_number, row.entry_id, column.header, raw, message))
    return found


def guarded_copy(content: bytes, layout: Layout) -> bytes:
    """The same cells for a spreadsheet: UTF-8 with a mark, commas, and no cell that it would compute."""
    text = content.decode(layout.encoding)
    copy = io.StringIO(newline="")
    writer = csv.writer(copy)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter):
        writer.writerow([f"'{cell}" if cell[:1] in FORMULA_STARTS else cell for cell in row])
    return copy.getvalue().encode(Encoding.UTF8_BOM)


def _parameters(layout: Layout, entry_ids: Sequence[int], batch_number: str) -> Parameters:
    organization = get_scope()["organization"]
    return Parameters(
        entry_ids=f"{{{','.join(map(str, entry_ids))}}}",
        batch=batch_number,
        is_long=len(entry_ids) > MANY,
        date_pattern=DATE_PATTERNS[layout.date_format],
        minor_unit=Decimal(1).scaleb(-organization.currency_decimals),
    )


def _header(layout: Layout) -> str:
    if not layout.has_header:
        return ""
    telling = {'"', "\r", "\n", layout.delimiter}
    cells = [
        '"' + column.header.replace('"', '""') + '"' if telling & set(column.header) else column.header
        for column in layout.columns
    ]
    return layout.delimiter.join(cells) + layout.end


def _refusal(layout: Layout, entry_ids: Sequence[int], batch_number: str) -> AppError:
    found = [
        Misfit(0, 0, column.header, column.header, message)
        for column in layout.columns
        if layout.has_header and (message := _why_unwritable(layout, column.header))
    ]
    found += misfits(layout, read_cells(layout, entry_ids, batch_number=batch_number))
    shown = _named(found[:MAX_MISFITS])
    others = len(found) - 1
    more = f" {others} more {'does' if others == 1 else 'do'} not fit." if others else ""
    return AppError(
        "INVALID",
        f"The file cannot be written: {shown[0].place}, column “{shown[0].column}”: {shown[0].message}{more}",
        details=[misfit.as_json() for misfit in shown],
    )


def _named(found: Sequence[Misfit]) -> list[Misfit]:
    """The same, with the item and the document by which people know the entry."""
    entries = {
        entry_id: (sku, document)
        for entry_id, sku, document in StockEntry.objects.filter(
            pk__in={misfit.entry_id for misfit in found}
        ).values_list("pk", "item__sku", "document_number")
    }
    return [
        replace(misfit, item=entries[misfit.entry_id][0], document=entries[misfit.entry_id][1])
        if misfit.entry_id in entries
        else misfit
        for misfit in found
    ]


def _why_unfit(column: LayoutColumn, raw: str) -> str:
    if not raw:
        return "it is empty and this ERP needs it. Fill it in, or make the column optional."
    places = -int(Decimal(raw).as_tuple().exponent) if column.is_number else 0
    if column.decimals is not None and column.source != ColumnSource.UNIT_COST and places > column.decimals:
        return f"{raw} has more than {column.decimals} decimals. Give the column more, or correct the entry."
    return f"“{raw}” is longer than {column.max_length} characters. Nothing is cut: shorten it, or widen the column."


def _why_unwritable(layout: Layout, cell: str) -> str:
    try:
        cell.encode(layout.encoding)
    except UnicodeEncodeError as error:
        label = Encoding(layout.encoding).label
        return f"“{cell}” holds {cell[error.start]!r}, which {label} does not have. Choose UTF-8, or change the text."
    return ""


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "" if value is None else str(value)
