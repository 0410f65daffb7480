"""Numbers as people and systems write them, read exactly."""

from __future__ import annotations

import re
from decimal import Decimal, localcontext
from functools import lru_cache

from .currencies import PATTERN as CURRENCY
from .issues import NATIVE, shown

WHOLE_DIGITS = 12
DECIMALS = 6
SPACES = "\u00a0\u202f\u2009\u2007"
_TO_PLAIN = str.maketrans(dict.fromkeys(SPACES, " ") | {"’": "'", "´": "'", "−": "-", "–": "-"})
_SIGNED_AFTER = re.compile(r"^([0-9].*?)\s*-$")
_IN_BRACKETS = re.compile(r"^\(\s*(.+?)\s*\)$")
_CURRENCY_BEFORE = re.compile(rf"^([-+]?)\s*{CURRENCY}\s*")
_CURRENCY_AFTER = re.compile(rf"\s*{CURRENCY}(-?)$")
_EXPONENT = re.compile(r"^(.*[0-9.,])[eE]([+-]?[0-9]{1,3})$")
_CLOCK = re.compile(r"^\d{1,2}:\d{2}")


class BadValue(ValueError):
    """A cell that its column cannot take: why, and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@lru_cache(maxsize=64)
def number_pattern(decimal_mark: str, thousands_mark: str | None) -> re.Pattern[str]:
    """Digits with one decimal mark; a thousands mark only where it parts groups of three (or lakhs).

    Where no thousands mark is said, any sign but the decimal mark may group, as it can mean nothing else.
    """
    if thousands_mark is None:
        marks = [mark for mark in (",", ".", " ", "'") if mark != decimal_mark]
    else:
        marks = [thousands_mark] if thousands_mark else []
    groups = [r"[0-9]+"]
    for mark in marks:
        one = re.escape(mark)
        groups.append(rf"[1-9][0-9]{{0,2}}(?:{one}[0-9]{{3}})+")
        groups.append(rf"[1-9][0-9]?(?:{one}[0-9]{{2}})+{one}[0-9]{{3}}")
    part = re.escape(decimal_mark)
    return re.compile(rf"^(?P<whole>{'|'.join(groups)})?(?:{part}(?P<part>[0-9]*))?$")


def bare(text: str, *, currency: bool = False, percent: bool = False) -> tuple[str, int]:
    """The digits and marks of a number, and its sign (1 or -1), with all that may stand around it taken off.

    Raises BadValue where signs contradict each other.
    """
    body, sign = text.translate(_TO_PLAIN).strip(), 1
    if brackets := _IN_BRACKETS.match(body):
        body, sign = brackets[1], -1
        if body.startswith(("-", "+")) or body.endswith("-"):
            raise BadValue("not_a_number", f"{shown(text)} has two signs; write a minus in front, or none.")
    if percent:
        body = body.removesuffix("%").rstrip()
    if currency:
        body = _CURRENCY_AFTER.sub(r"\1", _CURRENCY_BEFORE.sub(r"\1", body, count=1), count=1)
    if after := _SIGNED_AFTER.match(body):
        body = "-" + after[1]
    if body[:1] in ("-", "+"):
        if sign < 0 or body[1:].lstrip()[:1] in ("-", "+"):
            raise BadValue("not_a_number", f"{shown(text)} has two signs; write a minus in front, or none.")
        sign = -1 if body[0] == "-" else 1
        body = body[1:].lstrip()
    return body, sign


def parse_number(
    text: str,
    decimal_mark: str,
    thousands_mark: str | None,
    *,
    currency: bool = False,
    percent: bool = False,
    decimals: int = DECIMALS,
) -> Decimal:
    """The exact number. Raises BadValue for what is no number, or has more digits than are kept."""
    if text.startswith(NATIVE):
        decimal_mark, thousands_mark, text = ".", "", text[len(NATIVE) :]
    body, sign = bare(text, currency=currency, percent=percent)
    exponent = 0
    if scientific := _EXPONENT.match(body):
        body, exponent = scientific[1], int(scientific[2])
    found = number_pattern(decimal_mark, thousands_mark).match(body)
    if not found or not (found["whole"] or found["part"]):
        raise BadValue("not_a_number", _why(text, body, decimal_mark, thousands_mark))
    whole = "".join(sign for sign in found["whole"] or "0" if sign.isdigit())
    part = found["part"] or ""
    if len(whole) + len(part) > 400:
        raise BadValue("number_too_large", f"{shown(text)} has too many digits to be a quantity.")
    with localcontext() as context:
        context.prec = 1500
        number = Decimal(f"{whole}.{part or '0'}E{exponent}") * sign
        if abs(number) >= Decimal(10) ** WHOLE_DIGITS:
            raise BadValue(
                "number_too_large",
                f"{shown(text)} is larger than {WHOLE_DIGITS} digits; check the decimal mark and the unit.",
            )
        kept = number.quantize(Decimal(1).scaleb(-decimals))
        if kept != number:
            raise BadValue(
                "too_many_decimals",
                f"{shown(text)} has more than {decimals} decimals, which would be lost; "
                f"round it in the file, or use a smaller unit.",
            )
        number = kept.normalize()
        if number == 0:
            return Decimal(0)
        return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def _why(text: str, body: str, decimal_mark: str, thousands_mark: str | None) -> str:
    named = {",": "comma", ".": "point"}[decimal_mark]
    what = shown(text)
    if _CLOCK.match(body):
        return f"{what} is a time, not a number; format the column as a number and export it again."
    if not any(sign.isdigit() for sign in body):
        return f"{what} is not a number; write the number, or leave the cell empty if it may be."
    if set(body) <= set("0123456789., '"):
        return (
            f"{what} does not read as a number with decimal {named}"
            f"{'' if thousands_mark is None else f' and thousands mark {thousands_mark!r}'}; "
            "mend the cell, or change the decimal mark in the mapping."
        )
    if re.match(r"^[0-9.,' ]+[^0-9.,' ]+$", body):
        return f"{what} holds more than a number; keep the number here and put the unit in the unit column."
    return f"{what} is not a number; mend the cell."
