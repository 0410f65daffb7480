"""Dates and moments as people and systems write them. The order of day and month is told, never guessed here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from fractions import Fraction

from .issues import NATIVE, shown
from .numbers import BadValue
from .words import plain

_TIME = (
    r"(?:[T\s]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$"
)
_YEAR_FIRST = re.compile(r"^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME)
_EIGHT_DIGITS = re.compile(r"^(\d{4})(\d{2})(\d{2})" + _TIME)
_NUMBERS = re.compile(r"^(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})" + _TIME)
_TWO_DIGIT_YEAR_FIRST = re.compile(r"^(\d{2})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME)
_DAY_NAME = re.compile(
    r"^(\d{1,2})(?:\.|er|st|nd|rd|th|º|°)?[-/\s]*(?:de\s+|of\s+)?([^\W\d_]{3,12})\.?[-/\s,]*(?:de[l]?\s+)?(\d{4}|\d{2})"
    + _TIME,
    re.IGNORECASE,
)
_NAME_DAY = re.compile(r"^([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})" + _TIME)
_CUT = re.compile(r"^\d{1,2}:\d{2}(?::\d{2})?([.,]\d{1,3})?$")
_SERIAL = re.compile(r"^[0-9]{4,6}(?:[.,][0-9]{1,20})?$")
_NONE = re.compile(r"^(0{1,4})[-/.]?(0{1,2})[-/.]?(0{1,4})" + _TIME)
# Day 0. Counting from 1900, spreadsheets have a 29 February 1900 that never was; all days here lie behind it.
DAY_ZERO: Mapping[str, date] = {"1900": date(1899, 12, 30), "1904": date(1904, 1, 1)}
FIRST, LAST = date(1990, 1, 1), date(2100, 1, 1)
_MILLISECONDS = 86_400_000
ORDER_WORDS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}

_MONTH_NAMES = (
    "jan january januar janvier enero gennaio januari janeiro janv ene gen jän jänner",
    "feb february februar fevrier febrero febbraio februari fevereiro fevr fev",
    "mar march märz mars marzo maart março mär mrt mrz",
    "apr april avril abril aprile avr abr",
    "may mai mayo maggio mei maio mag",
    "jun june juni juin junio giugno junho giu",
    "jul july juli juillet julio luglio julho juil lug",
    "aug august aout agosto augustus ago",
    "sep sept september septembre septiembre settembre setembro set",
    "oct october oktober octobre octubre ottobre outubro okt ott out",
    "nov november novembre noviembre novembro",
    "dec december dezember decembre diciembre dicembre dezembro dez dic déc",
)
MONTHS = {plain(name): number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}


def parse_moment(text: str, date_order: str | None) -> datetime | None:
    """The moment, naive unless the text names an offset; None for the zero dates that some systems write.

    Raises BadValue where it is no date, or one that needs an order that was not told.
    """
    body = " ".join(text.removeprefix(NATIVE).split())
    if _SERIAL.match(body) or (text.startswith(NATIVE) and not _YEAR_FIRST.match(body)):
        raise BadValue(
            "date_is_serial",
            f"{shown(text)} is a spreadsheet's day number; format the column as a date and save the file again. Where "
            'the whole column is such numbers, the mapping can say so ("day_numbers").',
        )
    if _CUT.match(body):
        raise BadValue(
            "date_ruined",
            f"{shown(text)} is what a spreadsheet left of a date: day, month and year are gone. Export it again "
            "from where it came from, without opening it in between.",
        )
    if _NONE.match(body):
        return None
    for pattern, order in ((_YEAR_FIRST, (0, 2, 3)), (_EIGHT_DIGITS, (0, 1, 2))):
        if found := pattern.match(body):
            parts = found.groups()
            return _moment(text, parts[order[0]], parts[order[1]], parts[order[2]], found)
    for pattern, name_first in ((_DAY_NAME, False), (_NAME_DAY, True)):
        if found := pattern.match(body):
            first, second, year = found.group(1), found.group(2), found.group(3)
            day, name = (second, first) if name_first else (first, second)
            if month := MONTHS.get(plain(name)):
                return _moment(text, year, str(month), day, found)
    if found := _NUMBERS.match(body):
        if date_order is None and not possible_orders(text):
            raise BadValue("not_a_date", f"{shown(text)} is no day of the calendar; mend it.")
        if date_order is None:
            raise BadValue(
                "date_order_unknown",
                f"{shown(text)} can be read in more than one order; say in the mapping whether the day, the "
                'month or the year comes first ("date_order").',
            )
        first, second, third = found.group(1), found.group(3), found.group(4)
        if date_order == "dmy":
            return _moment(text, third, second, first, found, date_order)
        if date_order == "mdy":
            return _moment(text, third, first, second, found, date_order)
        if len(third) == 2 and (short := _TWO_DIGIT_YEAR_FIRST.match(body)):
            return _moment(text, short.group(1), short.group(3), short.group(4), short, date_order)
    raise BadValue(
        "not_a_date", f"{shown(text)} is not a date; write it as YYYY-MM-DD, or leave it empty if it may be."
    )


def _moment(
    text: str, year: str, month: str, day: str, found: re.Match[str], order: str | None = None
) -> datetime:
    number = int(year)
    if len(year) == 2:
        if number >= 70:
            raise BadValue(
                "two_digit_year", f"{shown(text)}: the century is not clear; write the year with four digits."
            )
        number += 2000
    if number < 1900:
        raise BadValue("date_absurd", f"{shown(text)} lies before 1900; mend the year.")
    try:
        on = date(number, int(month), int(day))
    except ValueError:
        read = f" read as {ORDER_WORDS[order]}" if order else ""
        raise BadValue("not_a_date", f"{shown(text)} is no day of the calendar{read}; mend it.") from None
    return _at(text, on, found)


def _at(text: str, on: date, found: re.Match[str]) -> datetime:
    if found["hour"] is None:
        return datetime.combine(on, time())
    hour, half = int(found["hour"]), (found["half"] or "").lower().replace(".", "")
    bad = BadValue("not_a_time", f"{shown(text)} has no possible time of day; mend it.")
    if half:
        if not 1 <= hour <= 12:
            raise bad
        hour = hour % 12 + (12 if half == "pm" else 0)
    fraction = (found["fraction"] or "").ljust(6, "0")[:6]
    try:
        clock = time(hour, int(found["minute"]), int(found["second"] or 0), int(fraction))
    except ValueError:
        raise bad from None
    zone = found["zone"]
    if not zone:
        return datetime.combine(on, clock)
    if zone in ("Z", "UTC", "GMT"):
        return datetime.combine(on, clock, UTC)
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    if offset >= timedelta(hours=24) or int(zone[-2:]) > 59:
        raise bad
    return datetime.combine(on, clock, timezone(-offset if zone[0] == "-" else offset))


def day_number(text: str, system: str) -> datetime | None:
    """The moment that a day number means, to the millisecond; None for what is none of a plausible day."""
    bare = text.removeprefix(NATIVE).strip()
    if not _SERIAL.match(bare):
        return None
    number = Fraction(bare.replace(",", "."))
    days, rest = divmod(round(number * _MILLISECONDS), _MILLISECONDS)
    on = DAY_ZERO[system] + timedelta(days=days)
    if not FIRST <= on < LAST:
        return None
    return datetime.combine(on, time()) + timedelta(milliseconds=rest)


def is_no_date(text: str) -> bool:
    """Is this one of the zero dates that some systems write for none?"""
    return _NONE.match(" ".join(text.split())) is not None


def possible_orders(text: str) -> frozenset[str] | None:
    """The orders in which a text can be a date; None where no order is needed (2024-05-31, 31 May 2024)."""
    body = " ".join(text.split())
    if not (found := _NUMBERS.match(body)) or _NONE.match(body):
        return None
    able = set()
    for order in ORDER_WORDS:
        try:
            parse_moment(text, order)
        except BadValue as bad:
            if bad.code == "two_digit_year":
                able.add(order)
            continue
        able.add(order)
    if len(found.group(4)) == 4:
        able.discard("ymd")
    return frozenset(able)
