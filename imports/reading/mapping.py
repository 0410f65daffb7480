"""The mapping: how one site's file is read. A small JSON document, every key optional."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from .issues import MappingError
from .kinds import KINDS, KindSpec

DECIMAL_MARKS = (".", ",")
THOUSANDS_MARKS = (",", ".", " ", "'", "_", "")
DATE_ORDERS = ("dmy", "mdy", "ymd")
BLANKS = ("keep", "empty", "above")
DAY_NUMBERS = ("1900", "1904", "no")
QUANTITIES = ("each", "running")
USAGE_PER_WORDS = ("unit", "batch", "order")
NO_HEADER = -1


@dataclass(frozen=True, slots=True)
class Mapping:
    """What was decided about a file; None is "not said", and then it must be provable from the file.

    columns: canonical name → the file's header, or its column counted from 0, or None for "not in this file".
    header_row: the row of the header counted from 0, title and blank rows included; -1 is "no header".
    usage_per, constants: what stands for every row where the file has no such column.
    """

    columns: dict[str, str | int | None] = field(default_factory=dict)
    header_row: int | None = None
    delimiter: str | None = None
    decimal_mark: str | None = None
    thousands_mark: str | None = None
    date_order: str | None = None
    day_numbers: str | None = None
    blank: str | None = None
    quantities: str | None = None
    usage_per: Decimal | str | None = None
    skip_totals: bool | None = None
    negative_stock: bool | None = None
    sheet: str | None = None
    constants: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Only what was said; a number that is whole stays a number, any other is kept as text."""
        said: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if value is None or value == {}:
                continue
            if isinstance(value, Decimal):
                value = int(value) if value == value.to_integral_value() else str(value)
            said[one.name] = dict(value) if isinstance(value, dict) else value
        return said

    def with_(self, **changes: Any) -> Mapping:
        return replace(self, **changes)


def parse_mapping(document: Any, kind: str | KindSpec) -> Mapping:
    """The mapping in a decoded JSON document. Raises MappingError with every problem at once."""
    spec = KINDS[kind] if isinstance(kind, str) else kind
    if not isinstance(document, dict):
        raise MappingError(['A mapping is a JSON object, for example {"decimal_mark": ","}.'])
    problems: list[str] = []
    said: dict[str, Any] = {}
    for key, value in document.items():
        check = _CHECKS.get(key)
        if check is None:
            problems.append(f"{key!r} is not a key of a mapping. Keys: {', '.join(_CHECKS)}.")
        elif value is not None:
            try:
                said[key] = check(value, spec)
            except ValueError as error:
                problems.append(f"{key}: {error}")
    if said.get("decimal_mark") and said.get("decimal_mark") == said.get("thousands_mark"):
        problems.append("decimal_mark and thousands_mark are the same sign; they must differ.")
    both = sorted(name for name in said.get("constants", {}) if said.get("columns", {}).get(name) is not None)
    if both:
        problems.append(f"{', '.join(both)}: give a column or a constant, not both.")
    if "usage_per" in said and said.get("columns", {}).get("usage_per") is not None:
        problems.append("usage_per: give a column or one value for the file, not both.")
    if problems:
        raise MappingError(problems)
    return Mapping(**said)


def _one_of(choices: tuple[str, ...]) -> Callable[[Any, KindSpec], str]:
    named = ", ".join(repr(choice) for choice in choices)

    def check(value: Any, spec: KindSpec) -> str:
        if value not in choices or not isinstance(value, str):
            raise ValueError(f"{value!r} is not one of {named}.")
        return value

    return check


def _flag(value: Any, spec: KindSpec) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is not true or false.")
    return value


def _columns(value: Any, spec: KindSpec) -> dict[str, str | int | None]:
    if not isinstance(value, dict):
        raise ValueError('it is an object such as {"sku": "Artikel", "on_hand": 3}.')
    problems = []
    used: dict[str | int, str] = {}
    for name, source in value.items():
        if name not in spec.names:
            problems.append(f"{spec.name} has no column {name!r}; it has {', '.join(spec.names)}.")
        elif source is None:
            continue
        elif isinstance(source, bool) or not isinstance(source, (str, int)):
            problems.append(f"{name} is given by a header or by a number counted from 0, not by {source!r}.")
        elif isinstance(source, int) and source < 0:
            problems.append(f"{name}: columns are counted from 0, so {source} is none.")
        elif isinstance(source, str) and not source.strip():
            problems.append(f"{name}: the header is empty; give the column's number instead.")
        elif source in used:
            problems.append(f"{used[source]} and {name} are both read from {source!r}; give each its own.")
        else:
            used[source] = name
    if problems:
        raise ValueError(" ".join(problems))
    return dict(value)


def _header_row(value: Any, spec: KindSpec) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < NO_HEADER:
        raise ValueError(f"{value!r} is not a row counted from 0, or -1 for no header.")
    return value


def _delimiter(value: Any, spec: KindSpec) -> str:
    named = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
    sign = named.get(value, value) if isinstance(value, str) else value
    if not isinstance(sign, str) or len(sign) != 1 or sign in '"\r\n\x00' or sign.isalnum():
        raise ValueError(f"{value!r} is not one sign that can stand between cells, such as ';'.")
    return sign


def _usage_per(value: Any, spec: KindSpec) -> Decimal | str:
    if isinstance(value, str) and value in USAGE_PER_WORDS:
        return value
    if isinstance(value, (int, str)) and not isinstance(value, bool):
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal(0)
        if number.is_finite() and number > 0 and _fits(number):
            return number
    if isinstance(value, float):
        raise ValueError(
            f'{value!r} has decimals; write it in quotes, such as "0.5", so that it stays exact.'
        )
    raise ValueError(f"{value!r} is not a number above 0 or one of unit, batch, order.")


def _fits(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -6 and number < Decimal(10) ** 12


def _constants(value: Any, spec: KindSpec) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError('it is an object such as {"location": "MAIN"}.')
    problems = []
    for name, text in value.items():
        if name not in spec.names:
            problems.append(f"{spec.name} has no column {name!r}; it has {', '.join(spec.names)}.")
        elif not isinstance(text, (str, int)) or isinstance(text, bool) or not str(text).strip():
            problems.append(f"{name}: {text!r} is not a text.")
        elif "\x00" in str(text):
            problems.append(f"{name}: the text holds a NUL sign.")
    if problems:
        raise ValueError(" ".join(problems))
    return {name: str(text) for name, text in value.items()}


def _sheet(value: Any, spec: KindSpec) -> str:
    if not isinstance(value, str) or not re.search(r"\S", value):
        raise ValueError(f"{value!r} is not the name of a sheet.")
    return value


_CHECKS: dict[str, Callable[[Any, KindSpec], Any]] = {
    "columns": _columns,
    "header_row": _header_row,
    "delimiter": _delimiter,
    "decimal_mark": _one_of(DECIMAL_MARKS),
    "thousands_mark": _one_of(THOUSANDS_MARKS),
    "date_order": _one_of(DATE_ORDERS),
    "day_numbers": _one_of(DAY_NUMBERS),
    "blank": _one_of(BLANKS),
    "quantities": _one_of(QUANTITIES),
    "usage_per": _usage_per,
    "skip_totals": _flag,
    "negative_stock": _flag,
    "sheet": _sheet,
    "constants": _constants,
}
