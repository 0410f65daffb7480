"""How large a file may be. Every limit has its message where it is checked."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The defaults hold a million lines of a bill of materials with room to spare."""

    bytes: int = 256 * MEGABYTE
    rows: int = 2_000_000
    columns: int = 1_000
    line: int = 1_000_000  # signs between two line breaks
    pasted: int = 8 * MEGABYTE
    workbook_entries: int = 2_000
    workbook_bytes: int = 512 * MEGABYTE  # unpacked
    workbook_ratio: int = 250  # unpacked to packed, for parts above a megabyte
    workbook_cells: int = 12_000_000


LIMITS = Limits()


def in_words(number: int) -> str:
    """Bytes as people say them."""
    return f"{number / MEGABYTE:,.0f} MB" if number >= MEGABYTE else f"{number:,} bytes"
