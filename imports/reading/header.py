"""Where the header stands, below titles and group lines, and what is no row of data: blanks and totals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .aliases import match_headers
from .issues import NATIVE, MappingError, shown
from .mapping import NO_HEADER, Mapping
from .values import is_blank
from .words import TOTAL_STARTS, TOTAL_WORDS, plain

REASON = "reason"  # the column that the refused rows come back with
LONG_REASON = "reason why refused"
SEARCHED = 60  # rows from the top in which a header is looked for
_NUMBERLIKE = re.compile(r"^[\x00($€£-]*[0-9][0-9.,'/: )%-]*$")


@dataclass(frozen=True, slots=True)
class Header:
    """`row` from 0 or -1; `names` are the file's own, "" where a column has none. `is_sure`: proven, not likely."""

    row: int
    names: tuple[str, ...]
    evidence: str
    is_sure: bool = True

    def label(self, index: int) -> str:
        """How a column is called in messages."""
        if index < len(self.names) and self.names[index].strip():
            return shown(self.names[index].strip())
        return f"column {index + 1}"


def find_header(top: Sequence[list[str]], kind: str, mapping: Mapping) -> Header:
    """The header among the first rows: what the mapping says, else the row that most of our columns know.

    Raises MappingError where the mapping names headers that no row has.
    """
    named = [source for source in mapping.columns.values() if isinstance(source, str)]
    if mapping.header_row is not None:
        return _told(top, mapping.header_row, named)
    if named:
        return _with_names(top, named, "it has the headers that the mapping names")
    best, best_row = 0, NO_HEADER
    for row, record in enumerate(top):
        found = match_headers(record, kind)
        if len(found) > best:
            best, best_row = len(found), row
    if best >= 2 or (best == 1 and _is_header_like(top, best_row)):
        words = f"row {best_row + 1} has {best} known header{'s' if best > 1 else ''}"
        return Header(best_row, _names(top[best_row]), words)
    return _by_shape(top)


def _told(top: Sequence[list[str]], row: int, named: list[str]) -> Header:
    if row == NO_HEADER:
        if named:
            raise MappingError(
                [
                    f"The mapping says that there is no header, so give {', '.join(map(repr, named))} by number."
                ]
            )
        return Header(NO_HEADER, (), "the mapping says that there is no header")
    if row < len(top) and _has(top[row], named):
        return Header(row, _names(top[row]), "the mapping says so")
    if named:
        return _with_names(top, named, f"the mapping names row {row + 1}, but its headers stand here")
    if row >= len(top):
        raise MappingError(
            [f"header_row {row} is beyond the first {len(top)} rows, in which a header is looked for."]
        )
    return Header(row, _names(top[row]), "the mapping says so")


def _with_names(top: Sequence[list[str]], named: list[str], evidence: str) -> Header:
    rows = [row for row, record in enumerate(top) if _has(record, named)]
    if rows:
        return Header(rows[0], _names(top[rows[0]]), f"row {rows[0] + 1}: {evidence}")
    nearest = max(range(len(top)), key=lambda row: sum(_has(top[row], [name]) for name in named), default=0)
    there = top[nearest] if top else []
    missing = [name for name in named if not _has(there, [name])]
    heads = ", ".join(repr(cell.strip()) for cell in there[:20] if cell.strip())
    raise MappingError(
        [
            f"No row has the header{'s' if len(missing) > 1 else ''} {', '.join(map(repr, missing))} that the "
            f"mapping names. Row {nearest + 1} has {heads or 'none'}."
        ]
    )


def _names(record: list[str]) -> tuple[str, ...]:
    return tuple(cell.removeprefix(NATIVE) for cell in record)


def _has(record: list[str], named: list[str]) -> bool:
    cells = {cell.strip() for cell in record}
    folded = {plain(cell) for cell in record}
    return all(name.strip() in cells or (plain(name) and plain(name) in folded) for name in named)


def _is_header_like(top: Sequence[list[str]], row: int) -> bool:
    """No cell of it is a number."""
    filled = [cell for cell in top[row] if cell.strip()]
    return not any(_NUMBERLIKE.match(cell.strip()) for cell in filled)


def _by_shape(top: Sequence[list[str]]) -> Header:
    """No known header anywhere: does the first full row look unlike the rows under it?"""
    widths = [sum(1 for cell in record if cell.strip()) for record in top]
    if not any(widths):
        return Header(NO_HEADER, (), "there are no filled rows", is_sure=False)
    usual = sorted(width for width in widths if width)[sum(1 for width in widths if width) // 2]
    row = next(i for i, width in enumerate(widths) if width >= usual)
    below = [record for record, width in zip(top[row + 1 :], widths[row + 1 :], strict=True) if width]
    unlike = 0
    for index, cell in enumerate(top[row]):
        under = [record[index].strip() for record in below if index < len(record) and record[index].strip()]
        if not under or not cell.strip():
            continue
        digits = sum(any(sign.isdigit() for sign in text) for text in under) / len(under)
        has_digit = any(sign.isdigit() for sign in cell)
        if digits > 0.7:
            unlike += -1 if has_digit else 1
    if unlike > 0:
        return Header(
            row,
            _names(top[row]),
            f"row {row + 1} has words where the rows under it have figures",
            is_sure=False,
        )
    return Header(NO_HEADER, (), "no row is unlike the rows under it", is_sure=unlike < 0)


def without_reason(names: Sequence[str]) -> list[str]:
    """The headers without the column that we added to rows we refused."""
    heads = list(names)
    if len(heads) > 1 and heads[-1].strip() in (REASON, LONG_REASON):
        heads.pop()
    return heads


def column_index(header: Header, source: str | int, width: int) -> int:
    """The column (from 0) that a mapping means. Raises ValueError, in words, where it means none or several."""
    if isinstance(source, int):
        if source >= width:
            raise ValueError(
                f"column {source} is beyond the last one: the file has {width} columns, counted from 0."
            )
        return source
    exact = [index for index, name in enumerate(header.names) if name.strip() == source.strip()]
    folded = [index for index, name in enumerate(header.names) if plain(name) == plain(source)]
    for found in (exact, folded):
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            numbers = ", ".join(map(str, found[:10]))
            raise ValueError(
                f"{source!r} stands over {len(found)} columns ({numbers}, counted from 0); give its number."
            )
    raise ValueError(f"the header has no column {source!r}.")


def is_total_word(text: str) -> bool:
    """Does the cell call its row a total? "Total", "Total:", "Gesamtsumme", "Total (12 items)"."""
    bare = text.strip(" \t\r\n*-=:#.>_")
    if len(bare) > 40 or bare[:2].casefold() not in TOTAL_STARTS:
        return False
    bare = re.sub(r"[(\[].*?[)\]]", " ", bare)
    return plain(re.sub(r"(?<=[:=\s])[0-9.,\s]+$", "", bare)) in TOTAL_WORDS


def is_blank_row(record: list[str]) -> bool:
    """No cell of it says anything."""
    return not any(cell and not is_blank(cell) for cell in record)
