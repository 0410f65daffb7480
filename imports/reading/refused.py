"""The refused rows as a file in the original shape, each with its reasons: mended, it can be sent again."""

from __future__ import annotations

import csv
import io

from .aliases import match_headers
from .header import LONG_REASON, REASON, SEARCHED, without_reason
from .issues import NATIVE, MappingError, Severity, UnreadableFile
from .kinds import NUMERIC, ColumnType
from .mapping import NO_HEADER
from .result import ReadResult
from .source import Source, TextSource
from .table import columns_of

_RUN_BY_SPREADSHEETS = ("=", "@", "\t", "\r")


def write_refused(source: Source, result: ReadResult) -> bytes:
    """CSV bytes: the rows down to the header as they stand, then the refused ones, with a last column `reason`.

    The delimiter is the file's (a comma for a workbook), the encoding UTF-8 with byte order mark, so that the
    same mapping reads it: a workbook's own numbers are written with the mapping's decimal mark. A cell that a
    spreadsheet would run is written with an apostrophe in front. The reasons of an earlier refusal give way to the new
    ones.
    """
    source = source.mapped(result.mapping)
    delimiter = source.delimiter if isinstance(source, TextSource) else ","
    reasons: dict[int, list[str]] = {}
    for issue in result.issues:
        if issue.row is not None and issue.severity is Severity.ERROR:
            where = f"{issue.column}: " if issue.column else ""
            reasons.setdefault(issue.row, []).append(where + issue.message)
    whole = [
        issue.message for issue in result.issues if issue.row is None and issue.severity is Severity.ERROR
    ]
    general = " ".join(whole) or "Refused like the rows before it."
    refused = set(result.refused_rows.tolist())
    header_row = NO_HEADER if result.mapping.header_row is None else result.mapping.header_row
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    width = None
    full = max(map(len, source.top(SEARCHED)), default=0) if header_row == NO_HEADER else 0
    numeric = _comma_columns(source, result)
    for number, record in enumerate(source.records()):
        if numeric and number > header_row:
            record = [_with_comma(cell) if i in numeric else cell for i, cell in enumerate(record)]
        cells = [_safe(cell) for cell in record]
        if number < header_row:
            writer.writerow(cells)
        elif number == header_row:
            heads = without_reason(cells)
            width = len(heads) if len(heads) < len(cells) else None
            full = len(heads)
            writer.writerow([*heads, _reason_head(heads, result.kind.name)])
        elif number + 1 in refused:
            cells = cells[:width]
            cells += [""] * (full - len(cells))  # a short row's reason stands in its own column too
            writer.writerow([*cells, " ".join(reasons.get(number + 1, [general]))])
    return out.getvalue().encode("utf-8-sig")


def _reason_head(heads: list[str], kind: str) -> str:
    """A name that is not taken for a column of the kind (completions have a scrap reason)."""
    return REASON if len(heads) not in match_headers([*heads, REASON], kind).values() else LONG_REASON


def _comma_columns(source: Source, result: ReadResult) -> frozenset[int]:
    """The columns of numbers, where the mapping reads them with a comma; none where the file cannot be laid out."""
    if result.mapping.decimal_mark != ",":
        return frozenset()
    try:
        found = columns_of(source, result.kind, result.mapping)
    except (MappingError, UnreadableFile):
        return frozenset()
    types = NUMERIC | {ColumnType.NUMBER}
    return frozenset(place for name, place in found.items() if result.kind.column(name).type in types)


def _with_comma(cell: str) -> str:
    return cell.replace(".", ",") if cell.startswith(NATIVE) else cell


def _safe(cell: str) -> str:
    text = cell.removeprefix(NATIVE)
    return "'" + text if text.startswith(_RUN_BY_SPREADSHEETS) else text
