"""A file's columns, each distinct text kept once: what a million rows need to be judged whole and at speed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np

from .aliases import match_headers
from .beside import known_units, split_unit
from .blocks import Record
from .fill import fill_groups
from .header import SEARCHED, Header, column_index, find_header, is_blank_row
from .issues import Issue, MappingError, Severity
from .kinds import KindSpec
from .levels import Levels, find_levels
from .mapping import NO_HEADER, Mapping
from .marks import RowMarks
from .source import Source
from .texts import Ids, Mask, Pool, Texts

Mapped = dict[str, int]


@dataclass(frozen=True)
class Table:
    """The rows below the header. Row i of every array is row `first_row + i` of the file, counted from 1."""

    kind: KindSpec
    header: Header
    width: int
    row_count: int
    first_row: int
    columns: dict[str, Texts]
    sources: dict[str, int]  # canonical → column from 0; constants are not in it
    top: list[Record]  # the first rows of the file, header and titles included
    is_blank: Mask
    is_total: Mask
    is_repeated_header: Mask
    extra_cells: dict[int, str] = field(default_factory=dict)  # row → what stands beyond the last header
    levels: Levels | None = None  # where they tell the parents
    units: dict[str, str] = field(default_factory=known_units)  # that may stand beside a number

    @property
    def is_data(self) -> Mask:
        """Rows that are neither blank nor a header printed again; totals are among them."""
        return ~(self.is_blank | self.is_repeated_header)

    @property
    def is_evidence(self) -> Mask:
        """Rows whose cells surely stand in their columns: no totals, and none that goes on beyond the header."""
        rows = self.is_data & ~self.is_total
        rows[list(self.extra_cells)] = False
        return rows

    def number(self, name: str, text: str) -> str:
        """A cell of this column without the unit beside its number."""
        return split_unit(text, self.units)[0] if self.kind.column(name).takes_unit else text

    def label(self, name: str) -> str:
        """The file's own name for a canonical column; ours where the file has none."""
        return self.header.label(self.sources[name]) if name in self.sources else name

    def data_rows(self) -> list[Record]:
        """The first rows below the header, as they stand."""
        return [record for record in self.top[self.first_row - 1 :] if not is_blank_row(record)]


def lay_out(source: Source, kind: KindSpec, mapping: Mapping, units: Collection[str] = ()) -> Table:
    """Reads the whole file once and lays out the columns that the mapping names or the headers tell.

    `units` are known beside the usual ones and those of the file's own column of units.
    Raises UnreadableFile, and MappingError where the mapping does not fit the file.
    """
    top = source.top(SEARCHED)
    header = find_header(top, kind.name, mapping)
    start = header.row + 1
    width = len(header.names) if header.row != NO_HEADER else max(map(len, top), default=0)
    sources = _sources(header, width, kind, mapping)
    pools = {name: Pool() for name in sources}
    parts: dict[str, list[Ids]] = {name: [] for name in sources}
    marks = RowMarks(kind, header, sources, pools)
    for block in source.blocks(start, width):
        ids = {name: block.ids(index, pools[name]) for name, index in sources.items()}
        for name, part in ids.items():
            parts[name].append(part)
        marks.judge(block, ids, width)
    columns = {
        name: Texts(pool.texts, np.concatenate(parts[name]) if parts[name] else np.zeros(0, np.int32))
        for name, pool in pools.items()
    }
    rows = marks.row_count
    merged = source.merged_down() if kind.groups else {}
    if mapping.blank == "above" or merged:
        columns = fill_groups(
            columns,
            sources,
            kind,
            ~marks.mask([*marks.blank, *marks.repeated, *marks.total]),
            merged,
            start + 1,
            is_declared=mapping.blank == "above",
        )
    levels = None
    if is_indented(sources):
        is_row = ~marks.mask([*marks.blank, *marks.repeated, *marks.total])
        same = [columns[name] for name in sources if name not in ("component_sku", "level")]
        levels = find_levels(columns["level"], columns["component_sku"], same, is_row)
        if levels.has_products or "parent_sku" in _constants(mapping):
            columns["parent_sku"] = _parents(
                levels, columns["component_sku"], mapping.constants.get("parent_sku", "")
            )
    for name, text in _constants(mapping).items():
        if name != "parent_sku" or levels is None:
            columns[name] = Texts([text], np.zeros(rows, np.int32))
    return Table(
        kind=kind,
        header=header,
        width=width,
        row_count=rows,
        first_row=start + 1,
        columns=columns,
        sources=sources,
        top=top,
        is_blank=marks.mask(marks.blank),
        is_total=marks.mask(marks.total),
        is_repeated_header=marks.mask(marks.repeated),
        extra_cells=marks.extra,
        levels=levels,
        units=known_units(units, columns["unit"].texts if "unit" in columns else ()),
    )


def columns_of(source: Source, kind: KindSpec, mapping: Mapping) -> Mapped:
    """Canonical column → column of the file, told from its first rows. Raises as `lay_out` does."""
    top = source.top(SEARCHED)
    header = find_header(top, kind.name, mapping)
    width = len(header.names) if header.row != NO_HEADER else max(map(len, top), default=0)
    return _sources(header, width, kind, mapping)


def is_indented(sources: Mapped) -> bool:
    """Does the level of the rows tell their parents? A column of parents tells more."""
    return "level" in sources and "component_sku" in sources and "parent_sku" not in sources


def _parents(levels: Levels, component: Texts, top: str) -> Texts:
    """The parent of each row; of rows without one what the mapping names, or nothing."""
    texts = [*component.texts, top]
    ids = np.full(len(component.ids), len(component.texts), np.int32)
    has_one = levels.parent_of >= 0
    ids[has_one] = component.ids[levels.parent_of[has_one]]
    return Texts(texts, ids)


def _sources(header: Header, width: int, kind: KindSpec, mapping: Mapping) -> dict[str, int]:
    """Canonical column → column of the file: as the mapping says, the rest as the headers tell."""
    problems = []
    found: dict[str, int] = {}
    for name, source in mapping.columns.items():
        if source is None:
            continue
        try:
            index = column_index(header, source, width)
        except ValueError as error:
            problems.append(f"{name}: {error}")
            continue
        if index in found.values():
            other = next(known for known, place in found.items() if place == index)
            problems.append(
                f"{other} and {name} are both read from {header.label(index)!r}; give each its own."
            )
        found[name] = index
    if problems:
        raise MappingError(problems)
    said = set(mapping.columns) | set(_constants(mapping))
    for name, index in match_headers(list(header.names), kind.name).items():
        if name not in said and index not in found.values():
            found[name] = index
    return {name: found[name] for name in kind.names if name in found}


def _constants(mapping: Mapping) -> dict[str, str]:
    constants = dict(mapping.constants)
    if mapping.usage_per is not None:
        constants["usage_per"] = "\x00" * (not isinstance(mapping.usage_per, str)) + str(mapping.usage_per)
    return constants


def notes_on_rows(table: Table, part: Mask) -> Iterator[Issue]:
    """What was left out of this part of the file, said."""
    if table.header.row > 0:
        yield Issue(
            None,
            "",
            "",
            "rows_above_header",
            f"The header is row {table.header.row + 1} ({table.header.evidence}); the rows above it are left out.",
            Severity.NOTE,
        )
    for mask, code, what in (
        (table.is_blank & part, "blank_rows", "blank"),
        (table.is_repeated_header & part, "repeated_header", "the header once more"),
    ):
        if count := int(mask.sum()):
            rows = "row is" if count == 1 else "rows are"
            first = int(np.flatnonzero(mask)[0]) + table.first_row
            yield Issue(
                None,
                "",
                "",
                code,
                f"{count:,} {rows} {what} and left out (the first is row {first}).",
                Severity.NOTE,
            )
