"""Numbers, money and moments as people read them.

Plain functions of plain values, exact and without a clock, so that a list formats its rows once, before its template
renders. A quantity keeps every digit it has; only percents and file sizes are rounded, for reading alone.
Amounts are integer minor units. Negative numbers carry a real minus sign (U+2212), thousands a comma.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"
SPACE = "\N{NO-BREAK SPACE}"
UNFAVOURABLE = "U"
FAVOURABLE = "F"

Number = Decimal | int

# Signs that a reader of any country takes for one currency. Every other one is printed by its code.
SYMBOLS = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
    "KRW": "₩",
    "ILS": "₪",
    "TRY": "₺",
    "UAH": "₴",
    "VND": "₫",
    "PHP": "₱",
    "NGN": "₦",
    "CAD": "CA$",
    "AUD": "A$",
    "NZD": "NZ$",
    "MXN": "MX$",
    "BRL": "R$",
    "CNY": "CN¥",
}

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class HasCurrency(Protocol):
    """What an amount needs to be printed: an organization, or anything with the same two fields."""

    currency_code: str
    currency_decimals: int


def symbol(code: str) -> str:
    """The sign before an amount: ``$``, or the code and a space where no sign is clear (``CHF ``)."""
    return SYMBOLS.get(code) or code + SPACE


def _sign(negative: bool, signed: bool) -> str:
    return MINUS if negative else "+" if signed else ""


def _digits(value: Number, least: int = 0) -> str:
    """The absolute value with commas, all its digits, trailing zeros cut down to ``least`` decimals."""
    # copy_abs, because abs() of a Decimal rounds to the context's 28 digits
    text = f"{value.copy_abs():,f}" if isinstance(value, Decimal) else f"{abs(value):,d}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(least, "0")
    return f"{whole}.{fraction}" if fraction else whole


def quantity(value: Number | None, *, signed: bool = False) -> str:
    """``1,234.5``, ``−12``, ``0.484``: every digit, no trailing zeros. ``None`` prints a dash."""
    if value is None:
        return NOTHING
    if not value:
        return "0"
    return _sign(value < 0, signed) + _digits(value)


def money(minor: int | None, code: str, decimals: int, *, signed: bool = False) -> str:
    """``$4,212.60`` from 421260 USD, ``¥1,200`` from 1200 JPY with no decimals. ``None`` prints a dash."""
    if minor is None:
        return NOTHING
    whole, rest = divmod(abs(minor), 10**decimals)
    figures = f"{whole:,d}.{rest:0{decimals}d}" if decimals else f"{whole:,d}"
    return _sign(minor < 0, signed and minor != 0) + symbol(code) + figures


def bare_money(minor: int | None, decimals: int) -> str:
    """An amount without its sign of currency, for a column whose head names it."""
    if minor is None:
        return NOTHING
    whole, rest = divmod(abs(minor), 10**decimals)
    return _sign(minor < 0, False) + (f"{whole:,d}.{rest:0{decimals}d}" if decimals else f"{whole:,d}")


def unit_cost(value: Decimal | None, code: str, decimals: int) -> str:
    """A cost per unit, at least with the currency's decimals and with every further digit it has: ``$0.0245``."""
    if value is None:
        return "no cost"
    return _sign(value < 0, False) + symbol(code) + _digits(value, decimals)


def percent(value: Number | None, *, places: int = 1, signed: bool = False) -> str:
    """``37.8 %``, rounded half away from zero. What would round to nothing prints as ``<0.1 %``."""
    if value is None:
        return NOTHING
    step = Decimal(1).scaleb(-places)
    exact = Decimal(value)
    shown = exact.quantize(step, rounding=ROUND_HALF_UP)
    sign = _sign(exact < 0, signed and exact != 0)
    if not shown and exact:
        return f"{sign}<{step:f}{SPACE}%"
    return sign + _digits(shown) + SPACE + "%"


def letter(value: Number | None) -> str:
    """``U`` (unfavourable) above zero, ``F`` (favourable) below, nothing at zero."""
    if not value:
        return ""
    return UNFAVOURABLE if value > 0 else FAVOURABLE


def tone(value: Number | None) -> str:
    """The class that colours a variance: ``u``, ``f`` or none. It goes with the letter, never without."""
    return letter(value).lower()


def variance_money(minor: int | None, code: str, decimals: int) -> str:
    """``+$312.80 U``, ``−$18.05 F``, ``$0.00``."""
    text = money(minor, code, decimals, signed=True)
    return f"{text}{SPACE}{letter(minor)}" if minor else text


def ratio_percent(part: Number, whole: Number) -> Decimal | None:
    """``part`` as a percent of ``whole``; ``None`` where there is nothing to compare with."""
    return Decimal(part) * 100 / Decimal(whole) if whole else None


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 line``, ``1,204 lines``."""
    return f"{number:,d} {one if number == 1 else many or one + 's'}"


def day(value: date | None, *, this_year: int | None = None) -> str:
    """``19 Nov 2025``, or ``19 Nov`` within ``this_year``."""
    if value is None:
        return NOTHING
    text = f"{value.day} {MONTHS[value.month - 1]}"
    return text if value.year == this_year else f"{text} {value.year}"


def clock(value: datetime | None, zone: tzinfo) -> str:
    """``16:20`` in ``zone``."""
    return NOTHING if value is None else f"{value.astimezone(zone):%H:%M}"


def moment(value: datetime | None, zone: tzinfo, *, this_year: int | None = None) -> str:
    """``19 Nov 2025 16:20`` in ``zone``, the organization's; within ``this_year`` without the year."""
    if value is None:
        return NOTHING
    local = value.astimezone(zone)
    return f"{day(local.date(), this_year=this_year)} {local:%H:%M}"


def file_size(size: int) -> str:
    """``812 B``, ``4.2 kB``, ``18 MB``: in thousands, as file managers count."""
    if size < 1000:
        return f"{size} B"
    amount, unit = (Decimal(size) / 1000, "kB") if size < 1_000_000 else (Decimal(size) / 1_000_000, "MB")
    places = Decimal("0.1") if amount < 10 else Decimal(1)
    return f"{_digits(amount.quantize(places, rounding=ROUND_HALF_UP))} {unit}"


class MoneyFormat:
    """The money functions for one organization, so that a list binds the currency once."""

    __slots__ = ("code", "decimals")

    def __init__(self, organization: HasCurrency) -> None:
        self.code = organization.currency_code
        self.decimals = organization.currency_decimals

    def money(self, minor: int | None, *, signed: bool = False) -> str:
        return money(minor, self.code, self.decimals, signed=signed)

    def variance(self, minor: int | None) -> str:
        return variance_money(minor, self.code, self.decimals)

    def unit_cost(self, value: Decimal | None) -> str:
        return unit_cost(value, self.code, self.decimals)
