"""Cells become values by the type of their column."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from imports.reading.issues import NATIVE, Severity
from imports.reading.kinds import KINDS, ColumnSpec
from imports.reading.values import Conventions, Reading, reader_for

CONVENTIONS = Conventions(".", None, "dmy")


def spec(kind: str, name: str) -> ColumnSpec:
    return KINDS[kind].column(name)


def read(kind: str, name: str, text: str, conventions: Conventions = CONVENTIONS) -> Reading:
    return reader_for(spec(kind, name), conventions)(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("00123", "00123"),
        ("1E5", "1E5"),
        ("12E3", "12E3"),
        (" EA ", "EA"),
        ("-A1", "-A1"),
        ("245046060600829+", "245046060600829+"),
        ("N/A", "N/A"),
        ("A\u00a0B", "A\u00a0B"),
        ("3.14", "3.14"),
        (f"{NATIVE}9551667812741", "9551667812741"),
    ],
)
def test_code_stays_as_it_stands(text: str, code: str) -> None:
    assert read("items", "sku", text) == Reading(code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("=1+1", "formula_code"),
        ("@SUM(A1)", "formula_code"),
        ("'=1+1", "formula_code"),
        ("+49", "formula_code"),
        (f"{NATIVE}=", "formula_without_value"),
        ("9.55167E+12", "code_rounded"),
        ("1E+05", "code_rounded"),
        (f"{NATIVE}1234567890123456", "code_rounded"),
        (f"{NATIVE}2024-05-31", "code_is_date"),
        ("#REF!", "spreadsheet_error"),
        ("A\nB", "code_with_hidden_sign"),
        ("A\u200bB", "code_with_hidden_sign"),
        ("A\x00B", "nul_sign"),
        ("A" * 256, "code_too_long"),
    ],
)
def test_code_that_may_be_damaged_is_refused(text: str, code: str) -> None:
    reading = read("items", "sku", text)
    assert (reading.value, reading.code, reading.severity) == (None, code, Severity.ERROR)


@pytest.mark.parametrize("text", ["5-Mar", "Mar-05", "01.Mai"])
def test_code_like_a_date_is_taken_with_a_warning(text: str) -> None:
    reading = read("items", "sku", text)
    assert (reading.value, reading.code, reading.severity) == (text, "code_like_date", Severity.WARNING)


@pytest.mark.parametrize("text", ["", "  ", "\u00a0", "NULL", "null", "(null)", "\\N"])
def test_blank_and_null_are_nothing(text: str) -> None:
    for kind in KINDS.values():
        for column in kind.columns:
            assert reader_for(column, CONVENTIONS)(text) == Reading(None)


@pytest.mark.parametrize(
    ("kind", "name", "text", "value"),
    [
        ("boms", "usage", "0.125", Decimal("0.125")),
        ("costs", "unit_cost", "$1,059.31 ", Decimal("1059.31")),
        ("boms", "scrap_percent", "2.5 %", Decimal("2.5")),
        ("boms", "position", "0010", 10),
        ("boms", "operation", "20.0", 20),
        ("boms", "usage_per", "100", Decimal(100)),
        ("boms", "usage_per", "Batch", "batch"),
        ("boms", "usage_per", "per unit", "unit"),
        ("boms", "usage_per", "batch of 50", "batch 50"),
        ("boms", "usage_per", "4 pieces", "pieces 4"),
        ("boms", "usage_per", "whole lot", "whole lot"),
        ("boms", "phantom", "Ja", True),
        ("boms", "phantom", "-1", True),
        ("boms", "phantom", "FALSE", False),
        ("boms", "supply", "Manual", "hand"),
        ("boms", "line_type", "By-Product", "byproduct"),
        ("boms", "scrap_method", "Yield", "yield"),
        ("boms", "effective_from", "31.05.2011", date(2011, 5, 31)),
        ("boms", "substitute_skus", "B2; B3=1.5", (("B2", Decimal(1)), ("B3", Decimal("1.5")))),
        ("items", "kind", "yes", "sku"),
        ("items", "kind", "no", "material"),
        ("items", "kind", "FERT", "sku"),
        ("items", "tracking", "By Lots", "lot"),
        ("work_orders", "status", "In Progress", "PRODUCTION"),
        ("work_orders", "status", "TECO", "COMPLETED"),
        ("work_orders", "status", "PDLV", "PARTIAL"),
        ("work_orders", "status", "Void", "CANCELLED"),
        ("work_orders", "status", "REL  PRC MANC", "PLACED"),
        ("work_orders", "status", "FREI RÜCK TEIL", "PRODUCTION"),
        ("work_orders", "status", "REL PDLV TECO", "COMPLETED"),
        ("boms", "usage_per", "TRUE", "order"),
        ("work_orders", "status", "Released", "PLACED"),
        ("completions", "completed_at", "2011-06-13", datetime(2011, 6, 13)),  # noqa: DTZ001
        ("completions", "completed_qty", "-2", Decimal(-2)),
    ],
)
def test_value_is_read(kind: str, name: str, text: str, value: Any) -> None:
    assert read(kind, name, text) == Reading(value)


@pytest.mark.parametrize(
    ("kind", "name", "text", "code"),
    [
        ("stock", "on_hand", "-3", "negative_stock"),
        ("costs", "unit_cost", "-1", "too_small"),
        ("work_orders", "quantity", "0", "too_small"),
        ("boms", "scrap_percent", "1000", "too_large"),
        ("boms", "scrap_percent", "0.00001", "too_many_decimals"),
        ("boms", "position", "10.5", "not_a_whole_number"),
        ("boms", "position", "-1", "not_a_whole_number"),
        ("boms", "phantom", "perhaps", "unknown_word"),
        ("work_orders", "status", "Zombie", "unknown_word"),
        ("boms", "usage_per", "dozen", "not_a_number"),
        ("boms", "substitute_skus", "B2; B2", "bad_substitute"),
        ("boms", "substitute_skus", "B2=0", "bad_substitute"),
        ("boms", "substitute_skus", "=2", "bad_substitute"),
        ("items", "description", "x" * 256, "text_too_long"),
    ],
)
def test_value_that_the_column_cannot_hold_is_refused(kind: str, name: str, text: str, code: str) -> None:
    reading = read(kind, name, text)
    assert (reading.value, reading.code, reading.severity) == (None, code, Severity.ERROR)


def test_negative_stock_is_taken_where_the_mapping_allows_it() -> None:
    allowed = Conventions(".", None, None, allow_negative_stock=True)
    assert read("stock", "on_hand", "-3", allowed) == Reading(Decimal(-3))


def test_time_of_a_day_column_is_left_out_and_said() -> None:
    reading = read("stock", "received_on", "31.05.2024 07:12")
    assert (reading.value, reading.code, reading.severity) == (
        date(2024, 5, 31),
        "time_left_out",
        Severity.WARNING,
    )


def test_every_message_says_what_to_do() -> None:
    for kind in KINDS.values():
        for column in kind.columns:
            for text in ("=x", "#REF!", "a b c " * 100, "-999999999999999", "1E+09", "00:00.0"):
                reading = reader_for(column, CONVENTIONS)(text)
                if reading.refused:
                    assert reading.message.endswith((".", '").', "."))
                    assert len(reading.message) > 30
