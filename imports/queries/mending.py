"""A small file as it is mended in the page.

A text file is mended whole while nothing of it is loaded, else its refused rows; what comes back is a file of its own.
Of a workbook the refused rows are mended, and the cells that were changed are kept beside it.
"""

from __future__ import annotations

import csv
import io

from imports.choices import FileKind, ImportStatus
from imports.files import mapping_of, source_of
from imports.models import ImportBatch
from imports.reading.mended import rows_to_mend
from imports.reading.refused import write_refused
from imports.reading.source import TextSource
from imports.refusals import refused_read

MENDABLE = 256 * 1024  # bytes of a text file that a person can look through
MENDABLE_ROWS = 500  # refused rows of a workbook
MENDABLE_SHEET = 5_000  # all of its rows: a page waits for the reading
OPEN = {ImportStatus.CHECKED, ImportStatus.REFUSED}
TOGETHER = {FileKind.BOMS}  # a bill is all of its rows, also of those that are loaded already


def is_mendable(batch: ImportBatch) -> bool:
    """Whether rows of it were refused that can be mended in the page."""
    if not batch.refused_count or batch.status not in OPEN | {ImportStatus.LOADED}:
        return False
    if has_workbook_name(batch):
        return batch.refused_count <= MENDABLE_ROWS and batch.row_count <= MENDABLE_SHEET
    return batch.size <= MENDABLE


def has_workbook_name(batch: ImportBatch) -> bool:
    """Whether it says that it is a workbook, which is told without its bytes."""
    return batch.file_name.lower().endswith((".xlsx", ".xlsm"))


def is_mended_whole(batch: ImportBatch) -> bool:
    """Whether all rows of a text file are mended together, not the refused ones alone."""
    return batch.status != ImportStatus.LOADED or batch.kind in TOGETHER


def mended_from(batch: ImportBatch) -> str:
    """The text to begin with."""
    mapping = mapping_of(batch)
    source = source_of(batch).mapped(mapping)
    if not isinstance(source, TextSource):
        return rows_to_mend(source, mapping, refused_read(batch).refused_rows.tolist())
    if not is_mended_whole(batch):
        return write_refused(source, refused_read(batch)).decode("utf-8-sig")
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=source.delimiter, lineterminator="\n")
    writer.writerows(source.records())
    return out.getvalue()


def mended_name(batch: ImportBatch) -> str:
    """`stock.csv` mended is `stock, mended.csv`, however often."""
    stem, dot, end = batch.file_name.rpartition(".")
    if not dot:
        stem, end = batch.file_name, ""
    return f"{stem.removesuffix(', mended')}, mended{dot}{end}"
