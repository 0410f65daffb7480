"""Dates in every order, and what spreadsheets leave of them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from imports.reading.dates import parse_moment, possible_orders
from imports.reading.issues import NATIVE
from imports.reading.numbers import BadValue


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("2024-05-31", None, "2024-05-31T00:00:00"),
        ("2024/5/31", None, "2024-05-31T00:00:00"),
        ("20240531", None, "2024-05-31T00:00:00"),
        ("2021-05-25 00:00:00.000", None, "2021-05-25T00:00:00"),
        ("2021-05-25T07:08:09.25", None, "2021-05-25T07:08:09.250000"),
        ("31.05.2011", "dmy", "2011-05-31T00:00:00"),
        ("5/31/2011", "mdy", "2011-05-31T00:00:00"),
        ("05/06/2011", "dmy", "2011-06-05T00:00:00"),
        ("05/06/2011", "mdy", "2011-05-06T00:00:00"),
        ("31.05.11", "dmy", "2011-05-31T00:00:00"),
        ("11-05-31", "ymd", "2011-05-31T00:00:00"),
        ("08-02-2014 10:01", "dmy", "2014-02-08T10:01:00"),
        ("6/3/2016 12:22:55 PM", "mdy", "2016-06-03T12:22:55"),
        ("6/3/2016 12:22 AM", "mdy", "2016-06-03T00:22:00"),
        ("23/07/2025 9:12", "dmy", "2025-07-23T09:12:00"),
        ("13-JUN-11", None, "2011-06-13T00:00:00"),
        ("31. Mai 2011", None, "2011-05-31T00:00:00"),
        ("31 août 2011", None, "2011-08-31T00:00:00"),
        ("March 5, 2024", None, "2024-03-05T00:00:00"),
        ("March 3rd, 2024", None, "2024-03-03T00:00:00"),
        ("1er janvier 2025", None, "2025-01-01T00:00:00"),
        ("3 de marzo de 2025", None, "2025-03-03T00:00:00"),
        ("14. Dez. 24", None, "2024-12-14T00:00:00"),
        ("9999-12-31", None, "9999-12-31T00:00:00"),
        (f"{NATIVE}2024-05-31", "mdy", "2024-05-31T00:00:00"),
    ],
)
def test_date_is_read(text: str, order: str | None, moment: str) -> None:
    found = parse_moment(text, order)
    assert found is not None
    assert found.isoformat() == moment


def test_offset_is_kept() -> None:
    found = parse_moment("2024-05-31T07:00:00+02:00", None)
    assert found == datetime(2024, 5, 31, 7, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize("text", ["00.00.0000", "0000-00-00", "00000000", "0000-00-00 00:00:00"])
def test_zero_date_is_blank(text: str) -> None:
    assert parse_moment(text, None) is None


@pytest.mark.parametrize(
    ("text", "order", "code"),
    [
        ("00:00.0", "dmy", "date_ruined"),
        ("07:30", "dmy", "date_ruined"),
        ("44927", "dmy", "date_is_serial"),
        (f"{NATIVE}44927", "dmy", "date_is_serial"),
        ("31/05/2011", "mdy", "not_a_date"),
        ("2011-02-30", None, "not_a_date"),
        ("05/06/2011", None, "date_order_unknown"),
        ("31.12.99", "dmy", "two_digit_year"),
        ("0011-05-31", None, "date_absurd"),
        ("tomorrow", "dmy", "not_a_date"),
        ("2024-05-31 25:00", None, "not_a_time"),
        ("2024-05-31 13:00 PM", None, "not_a_time"),
        ("31/5-2011", "dmy", "not_a_date"),
        ("31.31.2026", None, "not_a_date"),
    ],
)
def test_what_is_no_date_is_refused(text: str, order: str | None, code: str) -> None:
    with pytest.raises(BadValue) as bad:
        parse_moment(text, order)
    assert bad.value.code == code


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("2024-05-31", None),
        ("31 May 2024", None),
        ("13/05/2011", {"dmy"}),
        ("05/13/2011", {"mdy"}),
        ("05/06/2011", {"dmy", "mdy"}),
        ("05/06/07", {"dmy", "mdy", "ymd"}),
        ("33/33/2011", set()),
    ],
)
def test_possible_orders_of_one_date(text: str, orders: set[str] | None) -> None:
    assert possible_orders(text) == orders
