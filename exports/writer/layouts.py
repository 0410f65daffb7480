"""A file's form as plain values: what a template says, frozen when a file is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from exports.choices import ColumnSource, DateFormat, DecimalMark, Delimiter, Encoding, LineEnd
from exports.models import ExportTemplate

NUMBERS = frozenset(
    {
        ColumnSource.SIGNED_QUANTITY,
        ColumnSource.RELIEF_QUANTITY,
        ColumnSource.ABSOLUTE_QUANTITY,
        ColumnSource.UNIT_COST,
        ColumnSource.AMOUNT,
    }
)
# What we make ourselves can hold neither a delimiter nor a formula.
PLAIN = frozenset(
    {
        ColumnSource.ENTRY_ID,
        ColumnSource.BATCH_NUMBER,
        ColumnSource.BATCH_DATE,
        ColumnSource.EXTERNAL_ID,
        ColumnSource.LINE_NUMBER,
        ColumnSource.EFFECTIVE_DATE,
    }
)


@dataclass(frozen=True, slots=True)
class LayoutColumn:
    """One column. `decimals` None writes every digit a number has; `pad_to` fills digits with zeros on the left."""

    header: str
    source: str
    constant: str = ""
    decimals: int | None = None
    max_length: int | None = None
    pad_to: int | None = None
    is_required: bool = False
    translations: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        return self.source in NUMBERS

    @property
    def is_text(self) -> bool:
        """Whether the cell's text came from people: such cells are guarded and quoted where that is needed."""
        return self.source not in NUMBERS and (self.source not in PLAIN or bool(self.translations))


@dataclass(frozen=True, slots=True)
class Layout:
    """The form of a file. `is_guarded` puts an apostrophe before text that a spreadsheet would compute."""

    columns: tuple[LayoutColumn, ...]
    delimiter: str = Delimiter.COMMA
    encoding: str = Encoding.UTF8
    line_end: str = LineEnd.CRLF
    decimal_mark: str = DecimalMark.POINT
    date_format: str = DateFormat.ISO
    has_header: bool = True
    is_guarded: bool = True

    @property
    def end(self) -> str:
        return "\r\n" if self.line_end == LineEnd.CRLF else "\n"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "columns": [asdict(column) for column in self.columns]}


def layout_of(template: ExportTemplate) -> Layout:
    """The layout as the template has it now."""
    return Layout(
        columns=tuple(
            LayoutColumn(
                header=column.header,
                source=column.source,
                constant=column.constant,
                decimals=column.decimals,
                max_length=column.max_length,
                pad_to=column.pad_to,
                is_required=column.is_required,
                translations=column.translations,
            )
            for column in template.columns.order_by("position")
        ),
        delimiter=template.delimiter,
        encoding=template.encoding,
        line_end=template.line_end,
        decimal_mark=template.decimal_mark,
        date_format=template.date_format,
        has_header=template.has_header,
        is_guarded=template.is_guarded,
    )


def layout_from_json(kept: Mapping[str, Any]) -> Layout:
    """The layout that a batch keeps."""
    columns = tuple(LayoutColumn(**column) for column in kept["columns"])
    return Layout(**{**kept, "columns": columns})
