"""A file as rows of text cells, whatever it came as: a text file, a workbook, or pasted cells."""

from __future__ import annotations

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from .blocks import ROWS, Block, Record, RecordBlock, is_regular, read_columns
from .delimiters import SAMPLE, delimiter_name, detect_delimiter
from .encodings import Encoding, detect_encoding
from .issues import Issue, UnreadableFile
from .limits import LIMITS, Limits, in_words
from .mapping import Mapping

_ONE_BYTE_SIGNS = ("utf-8", "utf-8-sig", "cp1252")
_WORTH_PANDAS = 1024 * 1024  # smaller files are read before pandas has begun
_WORKBOOK_MARK = b"PK\x03\x04"
_OLD_WORKBOOK_MARK = b"\xd0\xcf\x11\xe0"


class Source(ABC):
    """Rows of text cells that can be read again and again. Values are text; nothing is interpreted."""

    limits: Limits

    @abstractmethod
    def records(self) -> Iterator[Record]:
        """Every row from the first, blank ones included. Raises UnreadableFile."""

    @abstractmethod
    def mapped(self, mapping: Mapping) -> Source:
        """The same file with what the mapping says of its delimiter or sheet."""

    @abstractmethod
    def facts(self) -> dict[str, str]:
        """How the file was read, for people: encoding, delimiter, sheet."""

    @property
    def sheets(self) -> tuple[str, ...]:
        return ()

    @property
    def needs_sheet(self) -> bool:
        """Could several sheets be meant, and nobody has said which?"""
        return False

    @property
    def day_zero(self) -> str | None:
        """Whether the workbook counts days from "1900" or "1904"; None for a file that does not tell."""
        return None

    def at_sheet(self, sheet: str) -> Source:
        """The same workbook at one of `sheets`."""
        raise NotImplementedError("only a workbook has sheets")

    def top(self, count: int) -> list[Record]:
        """The first rows. Raises UnreadableFile where one has too many columns."""
        rows = list(islice(self.records(), count))
        self._check_width(rows, 0)
        return rows

    def notes(self) -> list[Issue]:
        """What was done to the file while it was read, once it has been read."""
        return []

    def formula_cells(self) -> dict[int, list[int]]:
        """Columns (from 0) that hold formulas taken by their stored result, with the rows (from 0)."""
        return {}

    def texts_behind(self) -> dict[int, dict[int, str]]:
        """Columns (from 0) → rows (from 0) → the text that a cell's format shows behind its number."""
        return {}

    def merged_down(self) -> dict[int, list[tuple[int, int]]]:
        """Columns (from 0) → first and last row (from 0) of cells that are merged over several rows."""
        return {}

    def blocks(self, start: int, width: int) -> Iterator[Block]:
        """The rows from `start` (from 0) on, for a header of this width; rows and columns are held to the limits."""
        rows = islice(self.records(), start, None)
        count = start
        while records := list(islice(rows, ROWS)):
            self._check_width(records, count)
            count += len(records)
            if count > self.limits.rows:
                raise _too_many_rows(self.limits)
            yield RecordBlock(records, width)

    def _check_width(self, records: list[Record], before: int) -> None:
        if max(map(len, records), default=0) > self.limits.columns:
            row = next(i for i, record in enumerate(records) if len(record) > self.limits.columns)
            raise too_many_columns(before + row + 1, len(records[row]), self.limits)


@dataclass(frozen=True)
class TextSource(Source):
    """A text file: bytes, their encoding, the sign between cells and how quotes are meant."""

    content: bytes
    encoding: Encoding
    delimiter: str
    delimiter_evidence: str
    quoting: str = "standard"  # or "backslash", or "none"
    has_spaces_before_quotes: bool = False
    limits: Limits = field(default=LIMITS)

    def records(self) -> Iterator[Record]:
        row = 0
        try:
            for record in self._reader():
                row += 1
                yield record
        except csv.Error as error:
            raise _unreadable(error, row + 1, self.delimiter) from None

    def _reader(self) -> Iterator[Record]:
        quoting = {
            "standard": {"quoting": csv.QUOTE_MINIMAL},
            "backslash": {"quoting": csv.QUOTE_MINIMAL, "doublequote": False, "escapechar": "\\"},
            "none": {"quoting": csv.QUOTE_NONE, "quotechar": None},
        }[self.quoting]
        return csv.reader(
            self._lines(),
            delimiter=self.delimiter,
            skipinitialspace=self.has_spaces_before_quotes,
            strict=True,
            **quoting,  # type: ignore[arg-type]
        )

    def _lines(self) -> Iterator[str]:
        limit = self.limits.line
        lines = io.TextIOWrapper(io.BytesIO(self.content), encoding=self.encoding.codec, newline="")
        for number, line in enumerate(lines, 1):
            if len(line) > limit:
                raise UnreadableFile(
                    "line_too_long",
                    f"Line {number} is {len(line):,} signs long; {limit:,} are read. This is not a table of "
                    "rows, or its line breaks are lost.",
                    number,
                )
            yield line

    def blocks(self, start: int, width: int) -> Iterator[Block]:
        if (
            len(self.content) < _WORTH_PANDAS
            or self.encoding.codec not in _ONE_BYTE_SIGNS
            or width > self.limits.columns
            or not is_regular(self.content, self.delimiter, width, self.limits.line)
        ):
            yield from super().blocks(start, width)
            return
        block = read_columns(self.content, self.encoding.codec, self.delimiter, width, start)
        if start + len(block) > self.limits.rows:
            raise _too_many_rows(self.limits)
        if len(block):
            yield block

    def mapped(self, mapping: Mapping) -> Source:
        if mapping.delimiter is None or mapping.delimiter == self.delimiter:
            return self
        changed = replace(
            self, delimiter=mapping.delimiter, delimiter_evidence="the mapping says so", quoting="standard"
        )
        return _with_quoting(changed)

    def facts(self) -> dict[str, str]:
        found = {"encoding": self.encoding.words, "delimiter": delimiter_name(self.delimiter)}
        if self.quoting != "standard":
            found["quotes"] = {"backslash": "escaped by a backslash", "none": "plain signs"}[self.quoting]
        return found


def open_source(content: bytes, *, file_name: str = "", limits: Limits = LIMITS) -> Source:
    """The file's rows. The name decides nothing; the bytes do. Raises UnreadableFile.

    A workbook opens at the sheet that the mapping names later, else at its only sheet with cells.
    """
    name = file_name or "The file"
    if not content.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile("empty_file", f"{name} is empty.")
    if len(content) > limits.bytes:
        raise UnreadableFile(
            "file_too_large",
            f"{name} has {in_words(len(content))}; {in_words(limits.bytes)} are read. Split it.",
        )
    if content.startswith(_OLD_WORKBOOK_MARK):
        raise UnreadableFile(
            "old_workbook", f"{name} is a workbook of the old kind (.xls). Save it as .xlsx or CSV."
        )
    if content.startswith(_WORKBOOK_MARK):
        from .workbook import open_workbook  # openpyxl is only needed for workbooks, and is slow to import

        return open_workbook(content, name=name, limits=limits)
    return open_text(content, limits=limits)


def open_text(content: bytes, *, limits: Limits = LIMITS) -> TextSource:
    """A text file's rows, by the encoding and the delimiter that its bytes show. Raises UnreadableFile."""
    encoding = detect_encoding(content)
    beginning = content[: SAMPLE * 4].decode(encoding.codec, errors="ignore")[:SAMPLE]
    _refuse_other_formats(beginning)
    if content.count(b"\n") > limits.rows * 2:
        raise _too_many_rows(limits)
    longest = max(map(len, beginning.splitlines()), default=0)
    if longest > limits.line // 4 and longest >= len(beginning) - 1:
        delimiter = detect_delimiter(beginning[:10_000])
    else:
        delimiter = detect_delimiter(beginning)
    source = TextSource(
        content,
        encoding,
        delimiter.sign,
        delimiter.evidence,
        has_spaces_before_quotes=f'{delimiter.sign} "' in beginning,
        limits=limits,
    )
    return _with_quoting(source)


def _with_quoting(source: TextSource) -> TextSource:
    """The source with the meaning of quotes that lets all of it be read; a file without quotes needs none."""
    if b'"' not in source.content:
        return source
    try:
        for row, record in enumerate(source.records(), 1):
            if len(record) > source.limits.columns:
                raise too_many_columns(row, len(record), source.limits)
    except UnreadableFile as error:
        if error.code not in ("quote_not_closed", "quote_inside", "cell_too_long"):
            raise
        for other in _other_quotings(source):
            if other is not None:
                return other
        raise
    return source


def _other_quotings(source: TextSource) -> Iterator[TextSource | None]:
    """Readings in which every row is as wide as the widest of the first rows, and nothing else is possible."""
    quotings = ["backslash"] if b'\\"' in source.content else []
    if source.delimiter == "\t":
        quotings.append("none")
    for quoting in quotings:
        other = replace(source, quoting=quoting)
        try:
            widths = [len(record) for record in other.records() if any(record)]
        except UnreadableFile:
            continue
        if widths and min(widths) == max(widths) > 1:
            yield other


def _refuse_other_formats(beginning: str) -> None:
    start = beginning.lstrip("\ufeff \t\r\n")[:200].lower()
    what = None
    if start.startswith(("<!doctype html", "<html", "<table", "<head")):
        what = "a web page (some systems name such exports .xls)"
    elif start.startswith(("<?xml", "<workbook")):
        what = "an XML document"
    elif start.startswith("%pdf-"):
        what = "a PDF"
    elif start.startswith("{\\rtf"):
        what = "a word-processor document"
    elif start.startswith(("{", "[{", "[[")):
        what = "JSON"
    if what:
        raise UnreadableFile(
            "not_a_table", f"This is {what}, not a table. Export it as CSV or save it as .xlsx."
        )


def too_many_columns(row: int, width: int, limits: Limits) -> UnreadableFile:
    return UnreadableFile(
        "too_many_columns",
        f"Row {row} has {width:,} cells; {limits.columns:,} columns are read. Delete the columns that are not "
        "needed, or check the sign between the cells.",
        row,
    )


def _too_many_rows(limits: Limits) -> UnreadableFile:
    return UnreadableFile("too_many_rows", f"The file has more than {limits.rows:,} rows. Split it.")


def _unreadable(error: csv.Error, row: int, delimiter: str) -> UnreadableFile:
    words = str(error)
    if "unexpected end of data" in words:
        return UnreadableFile(
            "quote_not_closed",
            f'A quote (") opened in row {row} is never closed, so everything after it reads as one cell. Close '
            "it, or double a quote that is part of the text.",
            row,
        )
    if "field larger" in words:
        return UnreadableFile(
            "cell_too_long",
            f'A cell in row {row} is longer than any cell can be; most likely a quote (") is opened there and '
            "never closed.",
            row,
        )
    if "expected after" in words:
        return UnreadableFile(
            "quote_inside",
            f'In row {row} a text goes on after its closing quote ("). Double a quote that is part of the text, '
            f"or check that cells are parted by {delimiter_name(delimiter)}.",
            row,
        )
    return UnreadableFile(
        "unreadable_row", f"Row {row} cannot be read ({words}). Export the file again.", row
    )
