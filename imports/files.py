"""From an import's stored bytes to rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from imports.mended import rows_read, with_mended
from imports.models import ImportBatch
from imports.reading.issues import UnreadableFile
from imports.reading.mapping import Mapping, parse_mapping
from imports.reading.read import nothing_read, read_rows
from imports.reading.result import ReadResult
from imports.reading.source import Source, open_source
from inventory.queries.units import units_in_use


@dataclass(frozen=True, slots=True)
class FileRows:
    """The accepted rows of a file, as the kinds take them."""

    numbers: list[int]
    columns: dict[str, list[Any]]

    @classmethod
    def of(cls, read: ReadResult) -> FileRows:
        return cls(
            read.row_numbers.tolist(), {name: column.values() for name, column in read.columns.items()}
        )

    @classmethod
    def unread(cls, read: ReadResult) -> FileRows:
        """The refused rows, as far as they can be read: None stands where they cannot."""
        return cls(
            read.refused_numbers.tolist(),
            {name: column.values() for name, column in read.refused_columns.items()},
        )


def source_of(batch: ImportBatch) -> Source:
    """The file as rows of cells, mended ones in place. Raises UnreadableFile."""
    return with_mended(open_source(bytes(batch.content), file_name=batch.file_name), batch.mended)


def mapping_of(batch: ImportBatch) -> Mapping:
    """How the file is read, as it was decided. Raises MappingError."""
    return parse_mapping(batch.mapping, batch.kind)


def read_batch(batch: ImportBatch) -> ReadResult:
    """The file read whole by its mapping; what is wrong with it is in the result's issues."""
    mapping = mapping_of(batch)
    try:
        source, only = source_of(batch), rows_read(batch.mended)
        currency = batch.organization.currency_code
        return read_rows(source, batch.kind, mapping, units=units_in_use(), only=only, currency=currency)
    except UnreadableFile as error:
        return nothing_read(batch.kind, mapping, error)
