"""Rows that are no rows of data, or cannot be placed: totals, and what the levels of an indented list make of rows."""

from __future__ import annotations

from collections.abc import Iterator

from .issues import Severity
from .levels import Levels
from .mapping import Mapping
from .rowchecks import Finding
from .table import Table


def set_aside(table: Table, mapping: Mapping) -> Iterator[Finding]:
    """What is found before any cell is read; each finding holds for rows that no earlier one has left out."""
    yield _totals(table, is_left_out=bool(mapping.skip_totals))
    if table.levels is not None:
        yield from _levels(table.levels)


def _totals(table: Table, *, is_left_out: bool) -> Finding:
    if is_left_out:
        return Finding(
            table.is_total,
            "",
            "total_skipped",
            "The row is a total or a trailer and is left out.",
            Severity.NOTE,
            skips=True,
        )
    return Finding(
        table.is_total,
        "",
        "total_row",
        "The row is a total or a trailer, not a row of data: the columns that name it are blank or say so. "
        'Delete it, or have such rows left out ("skip_totals": true).',
    )


def _levels(levels: Levels) -> Iterator[Finding]:
    """In an indented list products named by themselves, and assemblies listed once more, are no lines of a bill."""
    if levels.has_products:
        yield Finding(
            levels.tops,
            "level",
            "product_row",
            "The row names what is made; the rows below it are its bill.",
            Severity.NOTE,
            skips=True,
        )
    yield Finding(
        levels.repeats,
        "level",
        "repeated_assembly",
        "The assembly stands above with the very same rows; its bill is taken once.",
        Severity.NOTE,
        skips=True,
    )
    yield Finding(
        levels.conflicts,
        "level",
        "other_assembly",
        "The assembly stands above with other rows. An item has one bill: make them the same, or give one of them "
        "another number.",
    )
    yield Finding(
        levels.unclear,
        "level",
        "level_unclear",
        "The level cannot be read, or leaves one out, so nobody can tell what the row belongs to. Mend the level.",
    )
