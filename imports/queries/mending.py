"""A small text file as it is mended in the page: whole while nothing of it is loaded, else its refused rows."""

from __future__ import annotations

import csv
import io

from imports.choices import ImportStatus
from imports.files import mapping_of, source_of
from imports.models import ImportBatch
from imports.reading.refused import write_refused
from imports.reading.source import TextSource
from imports.refusals import refused_read

MENDABLE = 256 * 1024  # bytes that a person can look through
OPEN = {ImportStatus.CHECKED, ImportStatus.REFUSED}


def is_mendable(batch: ImportBatch) -> bool:
    """Whether rows of it were refused that can be mended in the page. Workbooks are mended where they came from."""
    return (
        batch.refused_count > 0
        and batch.size <= MENDABLE
        and (batch.status in OPEN or batch.status == ImportStatus.LOADED)
        and not batch.file_name.lower().endswith((".xlsx", ".xlsm"))
    )


def mended_from(batch: ImportBatch) -> str:
    """The text to begin with, or "" where there is none."""
    source = source_of(batch).mapped(mapping_of(batch))
    if not isinstance(source, TextSource):
        return ""
    if batch.status == ImportStatus.LOADED:
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
