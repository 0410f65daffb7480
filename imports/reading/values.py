"""From a cell's text to its value: one reader per type of column, used once per distinct text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial

from inventory.codes import FORMULA_STARTS, HIDDEN

from .beside import USUAL, split_unit
from .currencies import currencies_of
from .dates import day_number, parse_moment
from .issues import NATIVE, Severity, shown
from .kinds import ColumnSpec, ColumnType
from .mapping import Mapping
from .numbers import BadValue, parse_number
from .words import FLAG_WORDS, NULL_WORDS, SPREADSHEET_ERRORS, STATUS_WORDS, plain

Value = str | Decimal | int | date | datetime | bool | tuple[tuple[str, Decimal], ...] | None
Reader = Callable[[str], "Reading"]

NATIVE_FORMULA = NATIVE + "="
_ROUNDED_CODE = re.compile(r"^\d([.,]\d+)?E\+\d{2,3}$")
_MADE_A_DATE = re.compile(
    r"^(\d{1,2}[-.](jan|feb|mar|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)\w*"
    r"|(jan|feb|mar|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)\w*[-.]\d{2})$",
    re.IGNORECASE,
)
_USAGE_WORDS = {
    plain(word): canonical
    for canonical, words in {
        "unit": "false|unit|each|ea|per unit|piece|pc|pcs|stuck|stk|einheit|unite|piece|per piece",
        "batch": "batch|per batch|charge|lot|per lot",
        "order": "true|order|per order|fixed|auftrag|ordre|once",
        "ordered": "ordered|ordered quantity|per ordered quantity|per ordered unit|order quantity",
        "whole lot": "whole lot|the whole lot|entire lot|whole batch|whole roll",
    }.items()
    for word in words.split("|")
}
# A word with its number: how large a batch is, how many pieces one component gives.
_USAGE_SIZES = re.compile(
    r"^\s*(?:(?:per\s+)?(?P<batch>batch|charge|lot)(?:\s+of)?\s+(?P<size>\S+)"
    r"|(?P<count>\S+)\s+(?:pieces|pcs)(?:\s+each|\s+per\s+component)?)\s*$",
    re.IGNORECASE,
)
_STATUS_CODE = re.compile(r"^[A-ZÄÖÜ]{2,5}$")
_STATUS_ORDER = list(dict.fromkeys(STATUS_WORDS.values()))
MAX_NUMBER = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text became: its value, or why not; or a value that is worth a look. `unit` stood beside a number."""

    value: Value
    code: str = ""
    message: str = ""
    severity: Severity | None = None
    unit: str = ""

    @property
    def refused(self) -> bool:
        return self.severity is Severity.ERROR


BLANK = Reading(None)


@dataclass(frozen=True, slots=True)
class Conventions:
    """How numbers and dates are written in one file, and which units may stand beside a number (folded → written)."""

    decimal_mark: str = "."
    thousands_mark: str | None = None
    date_order: str | None = None
    allow_negative_stock: bool = False
    currency: str = ""  # of the books; a cost in another is refused
    units: dict[str, str] = field(default_factory=lambda: dict(USUAL), hash=False)
    day_zero: str | None = None  # how spreadsheets' days are counted in `day_columns`
    day_columns: frozenset[str] = frozenset()

    @classmethod
    def of(cls, mapping: Mapping, units: dict[str, str] | None = None) -> Conventions:
        mark = mapping.decimal_mark
        if mark is None:
            mark = "," if mapping.thousands_mark == "." else "."
        negatives = bool(mapping.negative_stock)
        known = dict(USUAL) if units is None else units
        return cls(mark, mapping.thousands_mark, mapping.date_order, negatives, units=known)


def is_blank(text: str) -> bool:
    """Nothing, or the word that a database writes for nothing."""
    bare = text.strip()
    return not bare or bare in NULL_WORDS


def reader_for(spec: ColumnSpec, conventions: Conventions) -> Reader:
    """The function that reads one text of this column. It never raises."""
    read = _READERS[spec.type]
    return partial(_read, spec, conventions, read)


def _read(
    spec: ColumnSpec,
    conventions: Conventions,
    read: Callable[[str, ColumnSpec, Conventions], Value | Reading],
    text: str,
) -> Reading:
    if is_blank(text):
        return BLANK
    try:
        _refuse_what_no_column_takes(text)
        number, unit = split_unit(text, conventions.units) if spec.takes_unit else (text, "")
        value = read(number, spec, conventions)
        if isinstance(value, Reading):
            return value
        if isinstance(value, Decimal):
            _check_bounds(value, text, spec, conventions)
        return Reading(value, unit=unit)
    except BadValue as bad:
        return Reading(None, bad.code, bad.message, Severity.ERROR)


def _refuse_what_no_column_takes(text: str) -> None:
    if text.startswith(NATIVE_FORMULA):
        raise BadValue(
            "formula_without_value",
            f"{shown(text)} is a formula whose result is not stored in the file; open it in a spreadsheet, save "
            "it, or paste the values over the formulas.",
        )
    if "\x00" in text[len(NATIVE) if text.startswith(NATIVE) else 0 :]:
        raise BadValue("nul_sign", "The cell holds a NUL sign, which no text can; remove it from the file.")
    if text[:1] == "#" and text.strip() in SPREADSHEET_ERRORS:
        raise BadValue(
            "spreadsheet_error", f"{shown(text)} is a formula's error; mend the formula and export it again."
        )


def _check_bounds(value: Decimal, text: str, spec: ColumnSpec, conventions: Conventions) -> None:
    if spec.name == "on_hand" and value < 0:
        if not conventions.allow_negative_stock:
            raise BadValue(
                "negative_stock",
                f"{shown(text)} is a negative stock. Count it again, or say in the mapping that the ERP's own "
                'negatives are to be loaded ("negative_stock": true).',
            )
        return
    if spec.least is not None and value < spec.least:
        raise BadValue("too_small", f"{shown(text)} is less than {spec.least}; mend the figure.")
    if spec.above is not None and value <= spec.above:
        raise BadValue("too_small", f"{shown(text)} is not more than {spec.above}; mend the figure.")
    if spec.below is not None and value >= spec.below:
        raise BadValue("too_large", f"{shown(text)} is not less than {spec.below}; mend the figure.")


def _code(text: str, spec: ColumnSpec, conventions: Conventions) -> Value | Reading:
    if text.startswith(NATIVE) and text[5:6] == "-" and text[8:9] == "-":
        raise BadValue(
            "code_is_date",
            f"{shown(text)} is stored as a date: a spreadsheet has turned the code into it. Format the column as "
            "text and enter the code again.",
        )
    if text.startswith(NATIVE):
        digits = text[len(NATIVE) :].removesuffix("%")
        if len(digits.lstrip("-")) > 15 or "E" in digits:
            raise BadValue(
                "code_rounded",
                f"{shown(text)} is stored as a number with more digits than a spreadsheet keeps, so the code may "
                "be wrong; format the column as text and enter it again.",
            )
        return digits
    code = text.strip()
    bare = code.removeprefix("'")  # our own guard, in rows that were refused and have come back
    if bare.startswith(FORMULA_STARTS):
        raise BadValue(
            "formula_code",
            f"{shown(code)} starts with {bare[0]}, which spreadsheets run as a formula; a code must not.",
        )
    if not code.isprintable():
        code = _without_odd_spaces(code)
    if len(code) > spec.max_length:
        raise BadValue(
            "code_too_long", f"{shown(code)} has {len(code)} signs; {spec.name} takes {spec.max_length}."
        )
    if _ROUNDED_CODE.match(code):
        raise BadValue(
            "code_rounded",
            f"{code} is a long code that a spreadsheet has turned into a rounded number; export it again with "
            "the column as text.",
        )
    if _MADE_A_DATE.match(code):
        return Reading(
            code,
            "code_like_date",
            f"{code} looks like a code that a spreadsheet has turned into a date; compare it with the source.",
            Severity.WARNING,
        )
    return code


def _without_odd_spaces(code: str) -> str:
    """The code, where only unusual spaces make it unprintable; line breaks and invisible signs are refused."""
    for sign in code:
        if unicodedata.category(sign) in HIDDEN:
            name = unicodedata.name(sign, f"U+{ord(sign):04X}").lower()
            what = "a line break" if sign in "\r\n" else "a tab" if sign == "\t" else f"the sign {name}"
            raise BadValue(
                "code_with_hidden_sign", f"{shown(code)} holds {what}; a code is one visible line."
            )
    return code


def _text(text: str, spec: ColumnSpec, conventions: Conventions) -> Value:
    words = text.removeprefix(NATIVE).strip()
    if len(words) > spec.max_length:
        raise BadValue(
            "text_too_long",
            f"{shown(words)} has {len(words)} signs; {spec.name} takes {spec.max_length}. Shorten it.",
        )
    return words


def _quantity(text: str, spec: ColumnSpec, conventions: Conventions) -> Value:
    return parse_number(text, conventions.decimal_mark, conventions.thousands_mark)


def _cost(text: str, spec: ColumnSpec, conventions: Conventions) -> Value:
    cost = parse_number(text, conventions.decimal_mark, conventions.thousands_mark, currency=True)
    said = currencies_of(text) if conventions.currency else None
    if said and conventions.currency not in said:
        raise BadValue(
            "other_currency",
            f"{shown(text)} is not in {conventions.currency}, in which the books are kept; convert it, or take the "
            "sign away if it only looks so.",
        )
    return cost


def _percent(text: str, spec: ColumnSpec, conventions: Conventions) -> Value:
    return parse_number(text, conventions.decimal_mark, conventions.thousands_mark, percent=True, decimals=4)


def _number(text: str, spec: ColumnSpec, conventions: Conventions) -> Value:
    number = parse_number(text, conventions.decimal_mark, conventions.thousands_mark)
    if number != number.to_integral_value() or not 0 <= number <= MAX_NUMBER:
        raise BadValue("not_a_whole_number", f"{shown(text)} is not a whole number from 0; mend it.")
    return int(number)


def _date(text: str, spec: ColumnSpec, conventions: Conventions) -> Value | Reading:
    moment = _said_moment(text, spec, conventions)
    if moment is None:
        return BLANK
    if moment.time() != time():
        return Reading(
            moment.date(),
            "time_left_out",
            f"{shown(text)}: {spec.name} is a day; its time of day is left out.",
            Severity.WARNING,
        )
    return moment.date()


def _moment(text: str, spec: ColumnSpec, conventions: Conventions) -> Value | Reading:
    moment = _said_moment(text, spec, conventions)
    return BLANK if moment is None else moment


def _said_moment(text: str, spec: ColumnSpec, conventions: Conventions) -> datetime | None:
    counted = None
    if conventions.day_zero is not None and spec.name in conventions.day_columns:
        counted = day_number(text, conventions.day_zero)
    return parse_moment(text, conventions.date_order) if counted is None else counted


def _choice(text: str, spec: ColumnSpec, conventions: Conventions) -> Value:
    if meaning := spec.words.get(plain(text.removeprefix(NATIVE))):
        return meaning
    if spec.words is STATUS_WORDS and (meaning := _farthest_status(text)):
        return meaning
    able = ", ".join(dict.fromkeys(spec.words.values()))
    raise BadValue("unknown_word", f"{shown(text)} is not one of {able}; write one of these.")


def _farthest_status(text: str) -> str | None:
    """Some systems list every status that an order has had, in codes (REL PRC MANC): the farthest counts."""
    codes = text.split()
    if len(codes) < 2 or not all(_STATUS_CODE.match(code) for code in codes):
        return None
    found = [meaning for code in codes if (meaning := STATUS_WORDS.get(plain(code)))]
    return max(found, key=_STATUS_ORDER.index) if found else None


def _flag(text: str, spec: ColumnSpec, conventions: Conventions) -> Value:
    if meaning := FLAG_WORDS.get(plain(text.removeprefix(NATIVE))):
        return meaning == "yes"
    raise BadValue("unknown_word", f"{shown(text)} is neither yes nor no; write one of these.")


def _usage_per(text: str, spec: ColumnSpec, conventions: Conventions) -> Value:
    if word := _USAGE_WORDS.get(plain(text)):
        return word
    sized = _USAGE_SIZES.match(text.removeprefix(NATIVE))
    number = (sized["size"] or sized["count"]) if sized else text
    try:
        size = parse_number(number, conventions.decimal_mark, conventions.thousands_mark)
    except BadValue as bad:
        if bad.code != "not_a_number":
            raise
        raise BadValue(
            "not_a_number",
            f"{shown(text)} is not a number or one of unit, batch, batch of 50, 4 pieces, order, ordered, whole lot; "
            "write one of these.",
        ) from None
    if sized is None:
        return size
    if size <= 0:
        raise BadValue("too_small", f"{shown(text)}: a batch, and what a component gives, is more than 0.")
    return f"{'batch' if sized['batch'] else 'pieces'} {size.normalize():f}"


def _substitutes(text: str, spec: ColumnSpec, conventions: Conventions) -> Value:
    code = ColumnSpec(spec.name, ColumnType.CODE, "", max_length=spec.max_length)
    found: dict[str, Decimal] = {}
    for entry in re.split(r"[;|\n]", text.removeprefix(NATIVE)):
        if not entry.strip():
            continue
        name, is_said, factor = entry.rpartition("=")
        sku = _code(name if is_said else entry, code, conventions)
        sku = sku.value if isinstance(sku, Reading) else sku
        if not isinstance(sku, str) or not sku:
            raise BadValue("bad_substitute", f"{shown(text)}: write substitutes as B2; B3=1.5.")
        if sku in found:
            raise BadValue("bad_substitute", f"{shown(text)} names {sku} twice; keep one.")
        number = Decimal(1)
        if is_said:
            number = parse_number(factor, conventions.decimal_mark, conventions.thousands_mark)
        if number <= 0:
            raise BadValue("bad_substitute", f"{shown(entry)}: a factor is more than 0.")
        found[sku] = number
    return tuple(found.items())


_READERS: dict[ColumnType, Callable[[str, ColumnSpec, Conventions], Value | Reading]] = {
    ColumnType.CODE: _code,
    ColumnType.TEXT: _text,
    ColumnType.QUANTITY: _quantity,
    ColumnType.COST: _cost,
    ColumnType.PERCENT: _percent,
    ColumnType.NUMBER: _number,
    ColumnType.DATE: _date,
    ColumnType.MOMENT: _moment,
    ColumnType.CHOICE: _choice,
    ColumnType.FLAG: _flag,
    ColumnType.USAGE_PER: _usage_per,
    ColumnType.SUBSTITUTES: _substitutes,
}
