"""The parts of an .xlsx file, streamed: strings and sheets, cell by cell, with no document tree in memory.

openpyxl tells sheets and styles. It reads rows too, but takes three passes and builds an object per cell: ten times
as long for a large sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import IO, Any, NoReturn
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE  # type: ignore[import-untyped]
from openpyxl.utils.datetime import from_excel  # type: ignore[import-untyped]

from .issues import NATIVE, UnreadableFile
from .limits import Limits
from .source import too_many_columns

LAST_ROW = 1_048_576  # of any sheet
_BLOCK = 256 * 1024
_ZERO_PADDED = re.compile(r"^0{2,30}$")
# Text that a format puts behind a number (0.0 "kg"); not where commas scale it, as "M" is a million then.
_BEHIND = re.compile(r"[0#?](?:\\? )*(?:\"(?P<quoted>[^\"]+)\"|(?P<escaped>(?:\\[^ ])+))(?:_.|\\? )*$")
_PERCENT = re.compile(r"%(?=[^\"]*$)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_KEPT = 100_000  # texts of numbers that are made once


class DeclaredEntities(Exception):
    """The part declares a document type, as no spreadsheet does: the beginning of an attack."""


@dataclass(frozen=True)
class Styles:
    """By the number of a cell's style: its number format, and whether that shows a date or a duration."""

    formats: list[str]
    behind: dict[int, str]  # the text that it puts behind a number
    dates: set[int]
    durations: set[int]
    epoch: datetime

    @classmethod
    def of(cls, book: Any) -> Styles:
        formats = [
            BUILTIN_FORMATS.get(style.numFmtId, "General")
            if style.numFmtId < BUILTIN_FORMATS_MAX_SIZE
            else book._number_formats[style.numFmtId - BUILTIN_FORMATS_MAX_SIZE]
            for style in book._cell_styles
        ]
        shown = {number: text for number, shape in enumerate(formats) if (text := text_behind(shape))}
        return cls(formats, shown, set(book._date_formats), set(book._timedelta_formats), book.epoch)


def text_behind(shape: str) -> str:
    """What a number format shows behind the number, where that is one word.

    >>> text_behind('0.00 "kg"'), text_behind("0\\ \\g"), text_behind("#,##0.00")
    ('kg', 'g', '')
    """
    found = _BEHIND.search(shape.split(";")[0])
    if not found:
        return ""
    text = (found["quoted"] or found["escaped"].replace("\\", "")).strip()
    return "" if " " in text else text


@dataclass
class Seen:
    """What a sheet turned out to hold, once it has been read: rows and columns count from 0."""

    formulas: dict[int, list[int]] = field(default_factory=dict)  # column → rows
    behind: dict[int, dict[int, str]] = field(default_factory=dict)  # column → row → text behind its number
    merges: list[str] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)  # rows that are not shown, though they hold something


class _Names(dict[str, str]):
    """Names of elements without their namespace, each cut once."""

    def __missing__(self, name: str) -> str:
        local = self[name] = name.rpartition(" ")[2]
        return local


def _refuse(*_: object) -> NoReturn:
    raise DeclaredEntities


def _parser(start: Callable[..., None], end: Callable[[str], None], text: Callable[[str], None]) -> Any:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    return parser


def read_strings(part: IO[bytes]) -> list[str]:
    """The strings that cells refer to; formatted runs are joined, readings beside them (furigana) left out."""
    strings: list[str] = []
    run: list[str] = []
    names = _Names()
    depth = {"t": 0, "rPh": 0}

    def start(name: str, attributes: dict[str, str]) -> None:
        local = names[name]
        if local in depth:
            depth[local] += 1

    def end(name: str) -> None:
        local = names[name]
        if local in depth:
            depth[local] -= 1
        elif local == "si":
            strings.append(unescaped("".join(run)))
            run.clear()

    def text(data: str) -> None:
        if depth["t"] and not depth["rPh"]:
            run.append(data)

    parser = _parser(start, end, text)
    while block := part.read(_BLOCK):
        parser.Parse(block, False)
    parser.Parse(b"", True)
    return strings


def unescaped(text: str) -> str:
    """_x000D_ and its like are how a workbook writes signs that XML cannot hold."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def read_sheet(
    part: IO[bytes], strings: list[str], styles: Styles, limits: Limits, seen: Seen
) -> Iterator[list[str]]:
    """The sheet's rows from its first, gaps as empty rows, each without the empty cells at its end."""
    sheet = _Sheet(strings, styles, limits, seen)
    parser = _parser(sheet.start, sheet.end, sheet.text)
    given, cells = 0, 0
    while True:
        block = part.read(_BLOCK)
        parser.Parse(block, not block)
        for number, record in sheet.rows:
            for _ in range(given, number):
                yield []
            given = number + 1
            cells += len(record)
            if cells > limits.workbook_cells:
                raise UnreadableFile(
                    "too_many_cells",
                    f"The sheet has more than {limits.workbook_cells:,} cells. Save it as CSV.",
                )
            yield record
        sheet.rows.clear()
        if not block:
            return


class _Sheet:
    """Receives the elements of a sheet and puts its rows together."""

    def __init__(self, strings: list[str], styles: Styles, limits: Limits, seen: Seen) -> None:
        self.strings, self.styles, self.limits, self.seen = strings, styles, limits, seen
        self.rows: list[tuple[int, list[str]]] = []
        self.row = -1
        self.record: list[str] = []
        self.column = -1
        self.type, self.style = "n", 0
        self.value: list[str] = []
        self.is_kept = False
        self.is_reading_aid = False
        self.is_formula = False
        self.is_hidden = False
        self.names = _Names()
        self.columns: dict[str, int] = {}
        self.numbers: dict[tuple[int, str], str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = self.names[name]
        if local == "c":
            reference = attributes.get("r")
            self.column = self._column(reference) if reference else self.column + 1
            self.type = attributes.get("t", "n")
            self.style = int(attributes.get("s", 0))
            self.is_formula = False
            self.value.clear()
        elif local in ("v", "t"):
            self.is_kept = not self.is_reading_aid
        elif local == "f":
            self.is_formula = True
        elif local == "row":
            number = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
            if not self.row < number < LAST_ROW:
                raise ValueError("row out of order")
            self.row, self.column, self.record = number, -1, []
            self.is_hidden = attributes.get("hidden") in ("1", "true")
        elif local == "rPh":
            self.is_reading_aid = True
        elif local == "mergeCell" and "ref" in attributes:
            self.seen.merges.append(attributes["ref"])

    def text(self, data: str) -> None:
        if self.is_kept:
            self.value.append(data)

    def end(self, name: str) -> None:
        local = self.names[name]
        if local == "c":
            self._take_cell()
        elif local in ("v", "t"):
            self.is_kept = False
        elif local == "rPh":
            self.is_reading_aid = False
        elif local == "row":
            while self.record and not self.record[-1]:
                self.record.pop()
            if self.is_hidden and self.record:
                self.seen.hidden.append(self.row)
            self.rows.append((self.row, self.record))

    def _column(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        found = self.columns.get(letters)
        if found is None:
            if not letters.isalpha() or not letters.isascii() or len(letters) > 3:
                raise ValueError("no column")
            found = 0
            for letter in letters.upper():
                found = found * 26 + ord(letter) - 64
            found = self.columns[letters] = found - 1
        return found

    def _take_cell(self) -> None:
        text = self._text("".join(self.value)) if self.value else ""
        if self.is_formula:
            if text:
                self.seen.formulas.setdefault(self.column, []).append(self.row)
            else:
                text = f"{NATIVE}="
        if not text:
            return
        if self.type == "n" and self.style in self.styles.behind:
            self.seen.behind.setdefault(self.column, {})[self.row] = self.styles.behind[self.style]
        if self.column >= self.limits.columns:
            raise too_many_columns(self.row + 1, self.column + 1, self.limits)
        record = self.record
        if self.column == len(record):
            record.append(text)
        elif self.column > len(record):
            record.extend([""] * (self.column - len(record)))
            record.append(text)
        else:
            record[self.column] = text

    def _text(self, value: str) -> str:
        """The cell as text that loses nothing; numbers and dates carry the mark of native cells."""
        if self.type == "n":
            key = (self.style, value)
            found = self.numbers.get(key)
            if found is None:
                found = self._number(value)
                if len(self.numbers) < _KEPT:
                    self.numbers[key] = found
            return found
        if self.type == "s":
            text = self.strings[int(value)]
        elif self.type == "b":
            return "TRUE" if value.strip() == "1" else "FALSE"
        elif self.type == "d":
            return NATIVE + _moment(datetime.fromisoformat(value))
        else:
            text = unescaped(value)
        if "\x00" in text:
            raise UnreadableFile(
                "nul_sign",
                f"Row {self.row + 1} holds a NUL sign, which no text can. Remove it.",
                self.row + 1,
            )
        return text

    def _number(self, value: str) -> str:
        """What the spreadsheet shows of a number: 15 digits at most, leading zeros where the format gives them."""
        if self.style in self.styles.dates:
            found = from_excel(float(value), self.styles.epoch, timedelta=self.style in self.styles.durations)
            if isinstance(found, datetime):
                return NATIVE + _moment(found)
            return str(found)
        bare = value.strip()
        number = Decimal(int(bare)) if bare.isdigit() and len(bare) < 400 else _as_shown(float(bare))
        if not number.is_finite():
            return "#NUM!"
        shape = self.styles.formats[self.style] if self.style < len(self.styles.formats) else "General"
        if _PERCENT.search(shape.split(";")[0]):
            return f"{NATIVE}{_plain(number * 100)}%"
        if number >= 0 and number == number.to_integral_value() and _ZERO_PADDED.match(shape):
            return f"{int(number):0{len(shape)}d}"
        return NATIVE + _plain(number)


def _as_shown(number: float) -> Decimal:
    return Decimal(format(number, ".15g"))


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _moment(value: datetime) -> str:
    if value.microsecond > 998_000:  # days are stored as fractions, which miss the full second
        value = (value + timedelta(milliseconds=2)).replace(microsecond=0)
    if value.time() == time():
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="seconds" if not value.microsecond else "microseconds")
