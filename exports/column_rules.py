"""What a template's columns must be, said in one place for pages, programs and presets."""

from __future__ import annotations

from collections.abc import Sequence

from exports.choices import ColumnSource
from exports.writer import LayoutColumn

MAX_DECIMALS = 6
SIGNED = frozenset({ColumnSource.SIGNED_QUANTITY, ColumnSource.RELIEF_QUANTITY})


def column_problems(column: LayoutColumn) -> dict[str, str]:
    """What is wrong with one column, by field."""
    found: dict[str, str] = {}
    if column.source not in ColumnSource.values:
        found["source"] = f"“{column.source}” is nothing that a column can show."
    if not column.header.strip():
        found["header"] = "Give the column a name; a file without a header row does not print it."
    if column.source == ColumnSource.CONSTANT and not column.constant:
        found["constant"] = "Write the text that stands in every line."
    if column.source == ColumnSource.DIRECTION and not all(
        part.strip() for part in (*column.constant.split("|", 1), "")[:2]
    ):
        found["constant"] = "Write two texts with a bar between them: relief | return."
    if column.decimals is not None and not column.is_number:
        found["decimals"] = "Only quantities, costs and amounts have decimals."
    elif column.decimals is not None and column.decimals > MAX_DECIMALS:
        found["decimals"] = f"At most {MAX_DECIMALS} decimals are kept."
    if column.max_length is not None and column.max_length < 1:
        found["max_length"] = "At least one character."
    if column.pad_to is not None and column.max_length is not None and column.pad_to > column.max_length:
        found["pad_to"] = "Filled with zeros it would be longer than the column allows."
    if column.translations and column.is_number:
        found["translations"] = "Numbers are written as they are."
    return found


def template_problem(columns: Sequence[LayoutColumn]) -> str:
    """What is wrong with the columns together, or nothing."""
    sources = {column.source for column in columns}
    if not columns:
        return "A template needs at least one column."
    if ColumnSource.ABSOLUTE_QUANTITY in sources and not sources & (SIGNED | {ColumnSource.DIRECTION}):
        return (
            "Quantities without sign need a column that tells relief from return; otherwise a reversal would relieve "
            "stock a second time."
        )
    return ""
