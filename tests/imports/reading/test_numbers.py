"""Numbers as people write them become exactly what they mean, or are refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from imports.reading.currencies import currencies_of
from imports.reading.issues import NATIVE
from imports.reading.numbers import BadValue, parse_number


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("12", ".", "12"),
        ("  12.50 ", ".", "12.5"),
        ("13,75", ",", "13.75"),
        ("1.912,1544", ",", "1912.1544"),
        ("1,912.1544", ".", "1912.1544"),
        ("1 234,5", ",", "1234.5"),
        ("1\u202f234,5", ",", "1234.5"),
        ("1'234.50", ".", "1234.5"),
        ("1’234.50", ".", "1234.5"),
        ("1,00,000", ".", "100000"),
        ("12,34,567.5", ".", "1234567.5"),
        (".5", ".", "0.5"),
        ("5.", ".", "5"),
        ("-3", ".", "-3"),
        ("−3", ".", "-3"),
        ("3-", ".", "-3"),
        ("(3.5)", ".", "-3.5"),
        ("+3", ".", "3"),
        ("0", ".", "0"),
        ("-0", ".", "0"),
        ("007", ".", "7"),
        ("1E5", ".", "100000"),
        ("5E-3", ".", "0.005"),
        ("1,5e2", ",", "150"),
        ("1.000000000", ".", "1"),
        ("999999999999.999999", ".", "999999999999.999999"),
    ],
)
def test_number_is_read_exactly(text: str, mark: str, number: str) -> None:
    found = parse_number(text, mark, None)
    assert (str(found), found) == (number, Decimal(number))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("$1,059.31 ", "1059.31"),
        ("$0", "0"),
        ("$.50", "0.5"),
        ("-$5", "-5"),
        ("$-5", "-5"),
        ("($5.00)", "-5"),
        ("5 €", "5"),
        ("CHF 12.50", "12.5"),
        ("12.50 EUR", "12.5"),
        ("US$ 3", "3"),
        ("kr. 3", "3"),
        ("5.00 $-", "-5"),
    ],
)
def test_currency_may_stand_around_a_cost(text: str, number: str) -> None:
    assert str(parse_number(text, ".", None, currency=True)) == number


@pytest.mark.parametrize("text", ["5 STK", "PCS 5", "5 BOX", "5 XYZ"])
def test_three_letters_that_are_no_currency_do_not_stand_beside_a_cost(text: str) -> None:
    with pytest.raises(BadValue) as bad:
        parse_number(text, ".", None, currency=True)
    assert bad.value.code == "not_a_number"


@pytest.mark.parametrize(
    ("text", "own"),
    [("5 €", "USD"), ("$5", "EUR"), ("CHF 5", "EUR"), ("5 EUR-", "USD"), ("(£5)", "USD"), ("US$ 5", "CAD")],
)
def test_cost_in_another_currency_is_told(text: str, own: str) -> None:
    assert own not in (currencies_of(text) or {own})


@pytest.mark.parametrize(
    ("text", "own"),
    [("5", "USD"), ("$5", "USD"), ("$ 5", "CAD"), ("5 kr.", "NOK"), ("-5,00 €", "EUR"), ("¥5", "CNY")],
)
def test_cost_in_the_books_currency_is_taken(text: str, own: str) -> None:
    found = currencies_of(text)
    assert found is None or own in found


@pytest.mark.parametrize("text", ["$5", "5 kg", "10 EA", "5 €"])
def test_quantity_takes_nothing_beside_the_number(text: str) -> None:
    with pytest.raises(BadValue) as bad:
        parse_number(text, ".", None)
    assert bad.value.code == "not_a_number"


@pytest.mark.parametrize(
    ("text", "mark", "thousands"),
    [
        ("13,75", ".", None),  # never 1375
        ("1.5", ",", None),
        ("1,2,3", ".", None),
        ("12,3456", ".", None),
        ("0,500", ".", None),  # no thousands begin with zero
        ("1,234", ".", ""),  # thousands were said not to be marked
        ("1 234", ".", ","),
        ("1.234,5", ".", None),
        ("1,234.5", ",", None),
        ("--5", ".", None),
        ("(-5)", ".", None),
        ("-5-", ".", None),
        ("-", ".", None),
        (".", ".", None),
        ("", ".", None),
        ("abc", ".", None),
        ("1e", ".", None),
        ("NaN", ".", None),
        ("Infinity", ".", None),
        ("0x10", ".", None),
        ("1_000", ".", None),
        ("½", ".", None),
        ("１２", ".", None),
        ("12:30", ".", None),
        ("5%", ".", None),
    ],
)
def test_text_that_is_no_such_number_is_refused(text: str, mark: str, thousands: str | None) -> None:
    with pytest.raises(BadValue) as bad:
        parse_number(text, mark, thousands)
    assert bad.value.code == "not_a_number"


def test_seventh_decimal_is_refused_not_rounded() -> None:
    with pytest.raises(BadValue) as bad:
        parse_number("0.1234567", ".", None)
    assert bad.value.code == "too_many_decimals"


@pytest.mark.parametrize("text", ["1000000000000", "1E12", "9" * 500, "1E999", "9E+300"])
def test_number_beyond_twelve_digits_is_refused(text: str) -> None:
    with pytest.raises(BadValue) as bad:
        parse_number(text, ".", None)
    assert bad.value.code == "number_too_large"


def test_percent_may_carry_its_sign() -> None:
    assert parse_number("5 %", ".", None, percent=True) == 5


def test_number_of_a_workbook_needs_no_mark() -> None:
    assert parse_number(f"{NATIVE}1.5", ",", ".") == Decimal("1.5")
