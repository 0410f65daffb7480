""".xlsx workbooks, read row by row: hostile ones are refused before they are unpacked."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

import openpyxl  # type: ignore[import-untyped]
from openpyxl.reader.excel import ExcelReader  # type: ignore[import-untyped]
from openpyxl.styles.stylesheet import apply_stylesheet  # type: ignore[import-untyped]
from openpyxl.utils.cell import range_boundaries  # type: ignore[import-untyped]
from openpyxl.utils.datetime import MAC_EPOCH  # type: ignore[import-untyped]

from .blocks import Record
from .issues import Issue, MappingError, Severity, UnreadableFile
from .limits import MEGABYTE, Limits, in_words
from .mapping import Mapping
from .source import Source
from .xlsx import DeclaredEntities, Seen, Styles, read_sheet, read_strings

_CELL = re.compile(rb"<(?:\w+:)?(?:v|is|f)[\s/>]")
_STRINGS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
MERGES = 100_000
Cells = dict[int, dict[int, str]]  # row from 1 → column from 0 → text


@dataclass(frozen=True)
class Book:
    """What a workbook's sheets share: where they stand in the archive, their strings and styles."""

    content: bytes
    name: str
    paths: dict[str, str]
    strings: list[str]
    styles: Styles

    def archive(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(self.content))


def open_workbook(content: bytes, *, name: str, limits: Limits) -> WorkbookSource:
    """The workbook at its only sheet with cells, else without one: the mapping or the person names it.

    Raises UnreadableFile for what is no workbook, or unpacks to more than the limits.
    """
    archive = _safe_archive(content, name, limits)
    if not openpyxl.DEFUSEDXML:
        raise RuntimeError("openpyxl must find defusedxml, or workbooks are not safe to read.")
    try:
        reader = ExcelReader(io.BytesIO(content), read_only=True, keep_links=False)
        reader.read_manifest()
        reader.read_workbook()
        apply_stylesheet(reader.archive, reader.wb)
        sheets = [
            (sheet.name, relation.target)
            for sheet, relation in reader.parser.find_sheets()
            if sheet.state == "visible" and "chartsheet" not in relation.Type
        ]
        kept = reader.package.find(_STRINGS)
        strings = []
        if kept is not None:
            with archive.open(kept.PartName.lstrip("/")) as part:
                strings = read_strings(part)
        styles = Styles.of(reader.wb)
    except Exception as error:
        raise _damaged(name, error) from None
    paths = {title: path for title, path in sheets if _has_cells(archive, path)}
    if not paths:
        raise UnreadableFile("empty_file", f"{name} has no visible sheet with cells in it.")
    book = Book(content, name, paths, strings, styles)
    return WorkbookSource(book, next(iter(paths)) if len(paths) == 1 else None, limits)


@dataclass(frozen=True)
class WorkbookSource(Source):
    """One sheet of a workbook. `sheet` is None while several could be meant and nobody has said which."""

    book: Book
    sheet: str | None
    limits: Limits
    mended: Cells = field(default_factory=dict)
    mended_sheet: str | None = None
    _seen: Seen = field(default_factory=Seen, repr=False, compare=False)

    @property
    def sheets(self) -> tuple[str, ...]:
        return tuple(self.book.paths)

    @property
    def day_zero(self) -> str | None:
        return "1904" if self.book.styles.epoch == MAC_EPOCH else "1900"

    @property
    def needs_sheet(self) -> bool:
        return self.sheet is None

    def mapped(self, mapping: Mapping) -> Source:
        if mapping.sheet is None or mapping.sheet == self.sheet:
            return self
        if mapping.sheet not in self.book.paths:
            named = ", ".join(map(repr, self.sheets))
            raise MappingError([f"There is no sheet {mapping.sheet!r} with cells; there is {named}."])
        return self.at_sheet(mapping.sheet)

    def at_sheet(self, sheet: str) -> WorkbookSource:
        return replace(self, sheet=sheet, _seen=Seen())

    def with_cells(self, sheet: str, cells: Cells) -> WorkbookSource:
        """The same workbook with some cells of one sheet as a person has mended them; they are text."""
        return replace(self, mended=cells, mended_sheet=sheet, _seen=Seen())

    def facts(self) -> dict[str, str]:
        return {"encoding": "workbook (.xlsx)", "sheet": self.sheet or ", ".join(self.sheets)}

    def records(self) -> Iterator[Record]:
        self._seen.formulas.clear()
        self._seen.behind.clear()
        self._seen.merges.clear()
        self._seen.hidden.clear()
        path = self.book.paths[self.sheet or self.sheets[0]]
        try:
            with self.book.archive().open(path) as part:
                records = read_sheet(part, self.book.strings, self.book.styles, self.limits, self._seen)
                yield from self._as_mended(records)
        except UnreadableFile:
            raise
        except Exception as error:
            raise _damaged(self.book.name, error) from None

    def _as_mended(self, records: Iterator[Record]) -> Iterator[Record]:
        mended = self.mended if self.mended_sheet == (self.sheet or self.sheets[0]) else {}
        if not mended:
            yield from records
            return
        for number, record in enumerate(records, 1):
            for column, text in mended.get(number, {}).items():
                record.extend([""] * (column + 1 - len(record)))
                record[column] = text
            yield record

    def formula_cells(self) -> dict[int, list[int]]:
        if not self.mended:
            return self._seen.formulas
        return {
            column: [row for row in rows if column not in self.mended.get(row + 1, {})]
            for column, rows in self._seen.formulas.items()
        }

    def texts_behind(self) -> dict[int, dict[int, str]]:
        return {
            column: {row: text for row, text in rows.items() if column not in self.mended.get(row + 1, {})}
            for column, rows in self._seen.behind.items()
        }

    def merged_down(self) -> dict[int, list[tuple[int, int]]]:
        found: dict[int, list[tuple[int, int]]] = {}
        for reference in islice(self._seen.merges, MERGES):
            try:
                left, top, _, bottom = range_boundaries(reference)
            except ValueError:
                continue
            if None not in (left, top, bottom) and bottom > top:
                found.setdefault(left - 1, []).append((top - 1, bottom - 1))
        return found

    def notes(self) -> list[Issue]:
        found = []
        if others := [name for name in self.sheets if name != self.sheet]:
            message = f"Sheet {self.sheet!r} is read; {', '.join(map(repr, others))} is not."
            found.append(Issue(None, "", "", "other_sheets", message, Severity.NOTE))
        if hidden := self._seen.hidden:
            rows = "1 row is" if len(hidden) == 1 else f"{len(hidden):,} rows are"
            message = (
                f"{rows} hidden in the sheet, by hand or by a filter (the first is row {hidden[0] + 1}), and read like "
                "the others. Delete what is not meant."
            )
            found.append(Issue(None, "", "", "hidden_rows", message, Severity.WARNING))
        return found


def _safe_archive(content: bytes, name: str, limits: Limits) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _damaged(name, error) from None
    if len(parts) > limits.workbook_entries:
        raise UnreadableFile(
            "workbook_too_large",
            f"{name} has {len(parts):,} parts; {limits.workbook_entries:,} are read. Save the sheet alone.",
        )
    unpacked = sum(part.file_size for part in parts)
    swollen = next(
        (
            part
            for part in parts
            if part.file_size > MEGABYTE
            and part.file_size > limits.workbook_ratio * max(part.compress_size, 1)
        ),
        None,
    )
    if unpacked > limits.workbook_bytes or swollen:
        raise UnreadableFile(
            "workbook_too_large",
            f"{name} has {in_words(len(content))} but unpacks to {in_words(unpacked)}, more than a sheet of rows "
            "does. Save the sheet as CSV.",
        )
    if any(
        part.flag_bits & 1 or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        for part in parts
    ):
        raise UnreadableFile(
            "locked_workbook", f"{name} is encrypted or packed unusually. Save it as .xlsx again."
        )
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names:
        raise UnreadableFile("old_workbook", f"{name} is a binary workbook (.xlsb). Save it as .xlsx or CSV.")
    if "content.xml" in names and "mimetype" in names:
        raise UnreadableFile("old_workbook", f"{name} is an OpenDocument file. Save it as .xlsx or CSV.")
    if "[Content_Types].xml" not in names or not any(part.startswith("xl/") for part in names):
        raise UnreadableFile(
            "not_a_table", f"{name} is a packed file, but no workbook. Unpack it and send the table in it."
        )
    return archive


def _damaged(name: str, error: Exception) -> UnreadableFile:
    cause = error.__cause__ or error
    kind = type(cause).__name__
    if isinstance(cause, DeclaredEntities) or kind in ("EntitiesForbidden", "DTDForbidden"):
        return UnreadableFile(
            "hostile_workbook", f"{name} declares entities, which no spreadsheet does. It is not read."
        )
    return UnreadableFile(
        "damaged_workbook",
        f"{name} cannot be read as a workbook ({kind}). Open it in a spreadsheet and save it again.",
    )


def _has_cells(archive: zipfile.ZipFile, path: str) -> bool:
    """Is there any value, text or formula in this sheet? A damaged one is left for the reading to report."""
    try:
        with archive.open(path) as part:
            kept = b""
            while block := part.read(MEGABYTE):
                if _CELL.search(kept + block):
                    return True
                kept = block[-20:]
    except KeyError:
        return False
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError):
        return True
    return False
