"""Numbers, money and moments, printed exactly."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from ui import formats

S = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("0"), "0"),
        (Decimal("-0.000000"), "0"),
        (Decimal("180.000000"), "180"),
        (Decimal("0.484000"), "0.484"),
        (Decimal("1234.5"), "1,234.5"),
        (Decimal("-12"), "−12"),
        (Decimal("1E+3"), "1,000"),
        (Decimal("1E-6"), "0.000001"),
        (Decimal("123456789012.123456"), "123,456,789,012.123456"),
        (
            Decimal("1000000000000000000000000000000.000001"),
            "1,000,000,000,000,000,000,000,000,000,000.000001",
        ),
        (7, "7"),
        (-1204, "−1,204"),
        (None, "–"),
    ],
)
def test_quantity_prints_every_digit(value: Decimal | int | None, shown: str) -> None:
    assert formats.quantity(value) == shown


def test_quantity_signed_marks_more_and_less() -> None:
    assert formats.quantity(Decimal("0.183"), signed=True) == "+0.183"
    assert formats.quantity(Decimal("-2.0"), signed=True) == "−2"
    assert formats.quantity(Decimal("0.0"), signed=True) == "0"


@pytest.mark.parametrize(
    ("minor", "code", "decimals", "shown"),
    [
        (421260, "USD", 2, "$4,212.60"),
        (-1805, "USD", 2, "−$18.05"),
        (0, "USD", 2, "$0.00"),
        (5, "EUR", 2, "€0.05"),
        (1200, "JPY", 0, "¥1,200"),
        (1234567, "KWD", 3, f"KWD{S}1,234.567"),
        (-7, "CHF", 2, f"−CHF{S}0.07"),
        (123456789012345678901234567890, "USD", 2, "$1,234,567,890,123,456,789,012,345,678.90"),
        (None, "USD", 2, "–"),
    ],
)
def test_money_follows_the_currency(minor: int | None, code: str, decimals: int, shown: str) -> None:
    assert formats.money(minor, code, decimals) == shown


def test_money_signed_leaves_nothing_unsigned() -> None:
    assert formats.money(421260, "USD", 2, signed=True) == "+$4,212.60"
    assert formats.money(0, "USD", 2, signed=True) == "$0.00"


def test_bare_money_names_no_currency() -> None:
    assert formats.bare_money(-464777, 2) == "−4,647.77"
    assert formats.bare_money(464777, 0) == "464,777"
    assert formats.bare_money(None, 2) == "–"


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (Decimal("5"), 2, "$5.00"),
        (Decimal("5.100000"), 2, "$5.10"),
        (Decimal("0.024500"), 2, "$0.0245"),
        (Decimal("1060.000001"), 2, "$1,060.000001"),
        (Decimal("12.500"), 0, "$12.5"),
        (Decimal("0"), 2, "$0.00"),
        (None, 2, "no cost"),
    ],
)
def test_unit_cost_keeps_digits_beyond_the_currency(value: Decimal | None, decimals: int, shown: str) -> None:
    assert formats.unit_cost(value, "USD", decimals) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("37.78"), f"37.8{S}%"),
        (Decimal("1.05"), f"1.1{S}%"),
        (Decimal("-1.05"), f"−1.1{S}%"),
        (Decimal("4"), f"4{S}%"),
        (Decimal("100"), f"100{S}%"),
        (Decimal("1234.5"), f"1,234.5{S}%"),
        (Decimal("0.04"), f"<0.1{S}%"),
        (Decimal("-0.04"), f"−<0.1{S}%"),
        (0, f"0{S}%"),
        (None, "–"),
    ],
)
def test_percent_rounds_half_away_and_hides_nothing(value: Decimal | int | None, shown: str) -> None:
    assert formats.percent(value) == shown


def test_percent_with_other_places() -> None:
    assert formats.percent(Decimal("37.785"), places=2) == f"37.79{S}%"
    assert formats.percent(Decimal("37.5"), places=0) == f"38{S}%"
    assert formats.percent(Decimal("0.4"), places=0) == f"<1{S}%"


@pytest.mark.parametrize(
    ("minor", "shown", "letter", "tone"),
    [(31280, f"+$312.80{S}U", "U", "u"), (-1805, f"−$18.05{S}F", "F", "f"), (0, "$0.00", "", "")],
)
def test_variance_prints_sign_and_letter(minor: int, shown: str, letter: str, tone: str) -> None:
    assert formats.variance_money(minor, "USD", 2) == shown
    assert formats.letter(minor) == letter
    assert formats.tone(minor) == tone


def test_ratio_percent_without_a_whole() -> None:
    assert formats.ratio_percent(Decimal("3"), Decimal("8")) == Decimal("37.5")
    assert formats.ratio_percent(Decimal("3"), Decimal("0")) is None


def test_count_bends_the_word() -> None:
    assert formats.count(1, "line") == "1 line"
    assert formats.count(0, "line") == "0 lines"
    assert formats.count(1204, "entry", "entries") == "1,204 entries"


def test_day_leaves_out_the_present_year() -> None:
    assert formats.day(date(2025, 11, 19)) == "19 Nov 2025"
    assert formats.day(date(2025, 11, 19), this_year=2025) == "19 Nov"
    assert formats.day(date(2024, 2, 29), this_year=2025) == "29 Feb 2024"
    assert formats.day(None) == "–"


def test_moment_is_told_in_the_zone_of_the_organization() -> None:
    at = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    assert formats.moment(at, ZoneInfo("Europe/Oslo")) == "1 Jan 2026 00:30"
    assert formats.moment(at, ZoneInfo("America/Chicago"), this_year=2025) == "31 Dec 17:30"
    assert formats.clock(at, ZoneInfo("Asia/Kolkata")) == "05:00"
    assert formats.moment(None, UTC) == "–"


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (4249, "4.2 kB"),
        (18_000, "18 kB"),
        (1_000_000, "1 MB"),
        (18_400_000, "18 MB"),
    ],
)
def test_file_size_in_thousands(size: int, shown: str) -> None:
    assert formats.file_size(size) == shown


def test_money_format_binds_the_currency() -> None:
    book = formats.MoneyFormat(SimpleNamespace(currency_code="EUR", currency_decimals=2))
    assert book.money(421260) == "€4,212.60"
    assert book.variance(-1) == f"−€0.01{S}F"
    assert book.unit_cost(Decimal("2.5")) == "€2.50"
