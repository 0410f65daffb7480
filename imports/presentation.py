"""Rows of the import pages as they are printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.safestring import SafeString

from imports.choices import ImportStatus, Severity
from imports.kinds.changes import LINE
from imports.models import ImportBatch, ImportIssue, ImportMapping
from inventory.rows import Change, RowOutcome
from ui import cells, formats
from ui.components import Fact, Figure

TONES = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.NOTE: "mute"}
OUTCOME_TONES = {"created": "good", "updated": "warn", "unchanged": "mute"}
OUTCOME_WORDS = {"created": "New", "updated": "Changed", "unchanged": "Unchanged"}
TOTAL_WORDS = {
    "order_qty": "Ordered",
    "completed_qty": "Completed",
    "scrap_qty": "Scrapped",
    "on_hand": "On hand",
    "usage": "Usage",
    "quantity": "Quantity",
    "unit_cost": "Unit cost",
    "standard_cost": "Standard cost",
}


MAPPING_WORDS = {
    "decimal_mark": "Decimal mark",
    "thousands_mark": "Thousands mark",
    "date_order": "Dates",
    "day_numbers": "Numbers as dates",
    "blank": "A blank cell",
    "quantities": "Quantities",
    "usage_per": "Usages are for",
    "skip_totals": "Totals are left out",
    "negative_stock": "Negative stock is loaded",
    "constants": "One value for all rows",
    "header_row": "Header",
    "delimiter": "Between cells",
    "sheet": "Sheet",
}
VALUE_WORDS: dict[tuple[str, Any], str] = {
    ("decimal_mark", ","): "comma",
    ("decimal_mark", "."): "point",
    ("thousands_mark", ","): "comma",
    ("thousands_mark", "."): "point",
    ("thousands_mark", " "): "space",
    ("thousands_mark", "'"): "apostrophe",
    ("thousands_mark", "_"): "underscore",
    ("thousands_mark", ""): "none",
    ("date_order", "dmy"): "day, month, year",
    ("date_order", "mdy"): "month, day, year",
    ("date_order", "ymd"): "year, month, day",
    ("day_numbers", "1900"): "days counted from 1900",
    ("day_numbers", "1904"): "days counted from 1904",
    ("day_numbers", "no"): "refused",
    ("blank", "keep"): "what is there stays",
    ("blank", "empty"): "empty, or zero",
    ("blank", "above"): "as in the row above",
    ("quantities", "each"): "each row counts its own",
    ("quantities", "running"): "running totals",
    ("delimiter", "\t"): "tab",
    ("delimiter", ","): "comma",
    ("delimiter", ";"): "semicolon",
    ("delimiter", "|"): "vertical line",
}


@dataclass(frozen=True, slots=True)
class IssueRow:
    where: str
    column: str
    value: str
    message: str
    severity: SafeString


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What becomes of one row, and from what to what its columns change."""

    row: int
    key: str
    url: str
    outcome: SafeString
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A sum of the file and where it went."""

    label: str
    file: str
    created: str
    updated: str
    unchanged: str
    refused: str
    left_out: str = ""


def issue_rows(issues: Iterable[ImportIssue]) -> list[IssueRow]:
    return [
        IssueRow(
            "The file" if issue.row is None else f"Row {formats.quantity(issue.row)}",
            issue.column,
            issue.value,
            issue.message,
            cells.tag(Severity(issue.severity).label, TONES[Severity(issue.severity)]),
        )
        for issue in issues
    ]


def change_rows(rows: Iterable[RowOutcome], addresses: Mapping[int, str]) -> list[ChangeRow]:
    return [
        ChangeRow(
            row.row,
            row.key,
            addresses.get(row.row, ""),
            cells.tag(OUTCOME_WORDS[row.outcome], OUTCOME_TONES[row.outcome]),
            tuple(_change(change) for change in row.changes),
        )
        for row in rows
    ]


def total_rows(batch: ImportBatch, facts: dict[str, Any]) -> list[TotalRow]:
    """Rows first, then the sums of the kind's figures: in the file = new + changed + unchanged + refused + left out.

    What is left out (totals, blank counts) has no figure of its own.
    """
    found = [
        TotalRow(
            "Rows",
            formats.quantity(batch.row_count),
            formats.quantity(batch.created_count),
            formats.quantity(batch.updated_count),
            formats.quantity(batch.unchanged_count),
            formats.quantity(batch.refused_count),
            formats.quantity(facts.get("skipped", 0)),
        )
    ]
    for name, sums in batch.totals.items():
        shown = {fate: _number(total) for fate, total in sums.items()}
        found.append(
            TotalRow(
                TOTAL_WORDS.get(name, name),
                shown["file"],
                shown["created"],
                shown["updated"],
                shown["unchanged"],
                shown["refused"],
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class MappingRow:
    """A kept mapping as the list prints it."""

    mapping: ImportMapping
    says: str


def mapping_rows(mappings: Iterable[ImportMapping]) -> list[MappingRow]:
    return [
        MappingRow(
            one, " · ".join(f"{fact.label.lower()}: {fact.value}" for fact in mapping_facts(one.mapping)[:4])
        )
        for one in mappings
    ]


def mapping_facts(document: dict[str, Any]) -> list[Fact]:
    """What a mapping says, in words: first the file's headers, then how its values are meant."""
    named = {name: place for name, place in document.get("columns", {}).items() if place is not None}
    found = []
    if named:
        pairs = (f"{name} ← {_place(place)}" for name, place in named.items())
        found.append(Fact("Columns", ", ".join(pairs)))
    for key, label in MAPPING_WORDS.items():
        if key not in document:
            continue
        value = document[key]
        if key == "header_row":
            text = "none" if value < 0 else f"row {value + 1}"
        elif key == "constants":
            text = ", ".join(f"{name} = {constant}" for name, constant in value.items())
        elif isinstance(value, bool):
            text = "yes" if value else "no"
        else:
            text = VALUE_WORDS.get((key, value), str(value))
        found.append(Fact(label, text))
    return found


def _place(place: str | int) -> str:
    return f"column {place + 1}" if isinstance(place, int) else place


def figures(batch: ImportBatch, facts: dict[str, Any]) -> list[Figure]:
    if batch.status in {ImportStatus.UPLOADED, ImportStatus.MAPPED}:
        return []
    is_done = batch.status in {ImportStatus.LOADED, ImportStatus.TAKEN_BACK}
    shown = [
        Figure("Rows", formats.quantity(batch.row_count), _left_out(facts)),
        Figure("Loaded" if is_done else "Good", formats.quantity(batch.accepted_count)),
        Figure("New", formats.quantity(batch.created_count)),
        Figure("Changed", formats.quantity(batch.updated_count)),
    ]
    refused = Figure(
        "Refused", formats.quantity(batch.refused_count), tone="u" if batch.refused_count else ""
    )
    return [*shown, refused]


def _left_out(facts: dict[str, Any]) -> str:
    skipped = facts.get("skipped", 0)
    return f"{formats.count(skipped, 'row')} left out" if skipped else ""


def _change(change: Change) -> tuple[str, str, str]:
    """Column, old and new as they are printed; what has no old is told alone."""
    if change.field == LINE:
        return f"line {change.new}" if change.new != "new" else "new line", "", ""
    return _words(change.field), _shown(change.old), _shown(change.new)


def _words(field: str) -> str:
    return field.removesuffix("_id").replace("_", " ")


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "—"
    return _number(value) if isinstance(value, str) else str(value)


def _number(text: str) -> str:
    try:
        return formats.quantity(Decimal(text))
    except InvalidOperation:
        return text
