"""A quantity with its unit beside it is read where the unit is known and nothing contradicts it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from imports.reading.beside import known_units, split_unit
from imports.reading.mapping import parse_mapping
from imports.reading.propose import propose_mapping
from imports.reading.read import read_rows
from imports.reading.result import ReadResult
from imports.reading.source import open_source

KNOWN = known_units(["Kanister", "KG"])


def read(text: str, kind: str = "issues", units: tuple[str, ...] = (), **mapping: Any) -> ReadResult:
    return read_rows(open_source(text.encode()), kind, parse_mapping(mapping, kind), units=units)


def troubles(result: ReadResult) -> list[tuple[int | None, str, str]]:
    return [(issue.row, issue.column, issue.code) for issue in result.issues]


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("1 EA", "1", "EA"),
        ("12,5 kg", "12,5", "KG"),
        ("1.200 STK", "1.200", "stk"),
        ("12 Stk.", "12", "stk"),
        ("7kanister", "7", "Kanister"),
        ("1\u00a0234,5\u00a0kg", "1\u00a0234,5", "KG"),
        ("3- ST", "3-", "st"),
        ("(3) ea", "(3)", "EA"),
        ("−3 m²", "−3", "m²"),
        (" 2 m3 ", "2", "m3"),
    ],
)
def test_known_unit_is_taken_off(text: str, number: str, unit: str) -> None:
    assert split_unit(text, KNOWN) == (number, unit)


@pytest.mark.parametrize(
    "text",
    ["5 XYZ", "5 EUR", "1E5", "5-pack", "5 %", "EA 5", "5 EA 2", "5 K", "kg", "5", "", "-", "5 e" + "a" * 70],
)
def test_what_is_no_number_with_a_known_unit_stays_whole(text: str) -> None:
    assert split_unit(text, KNOWN) == (text, "")


def test_unit_beside_the_quantity_is_the_unit_of_the_row() -> None:
    result = read("wo_number,component_sku,quantity\nW,A,12.5 kg\nW,B,3 EA\nW,C,4\n")

    assert result.values("quantity") == [Decimal("12.5"), Decimal(3), Decimal(4)]
    assert result.values("unit") == ["kg", "EA", None]
    assert troubles(result) == []


def test_unit_beside_the_quantity_must_agree_with_the_unit_column() -> None:
    result = read("wo_number,component_sku,quantity,UoM\nW,A,12.5 kg,KG\nW,B,3 kg,g\nW,C,4 g,\nW,D,5,pcs\n")

    assert result.values("quantity") == [Decimal("12.5"), Decimal(4), Decimal(5)]
    assert result.values("unit") == ["KG", "g", "pcs"]
    assert troubles(result) == [(3, "UoM", "unit_differs")]


def test_two_units_in_one_row_contradict_each_other() -> None:
    text = "parent_sku,component_sku,usage,fixed_quantity\nP,A,2 kg,10 g\nP,B,2 kg,1 kg\nP,C,2,5 g\n"
    result = read(text, "boms")

    assert troubles(result) == [(2, "unit", "unit_differs")]
    assert result.values("unit") == ["kg", "g"]


def test_unit_that_nobody_knows_is_refused_with_the_remedy() -> None:
    text = "wo_number,component_sku,quantity\nW,A,3 XYZ\nW,B,3 ea\n"

    [issue] = read(text).issues
    assert (issue.row, issue.value, issue.code) == (2, "3 XYZ", "not_a_number")
    assert issue.message.endswith("keep the number here and put the unit in the unit column.")
    assert read(text, units=("XYZ",)).values("unit") == ["XYZ", "EA"]


def test_unit_of_the_files_own_column_is_known() -> None:
    result = read("wo_number,component_sku,quantity,unit\nW,A,3 Fass,\nW,B,2,Fass\n")

    assert result.values("unit") == ["Fass", "Fass"]


def test_decimal_mark_is_proven_from_quantities_with_units_and_asked_where_it_is_open() -> None:
    proven = read("wo_number;component_sku;quantity\nW;A;12,5 kg\nW;B;1.200,25 kg\n")
    assert proven.values("quantity") == [Decimal("12.5"), Decimal("1200.25")]

    text = "wo_number;component_sku;quantity\nW;A;1.200 STK\n"
    [question] = propose_mapping(open_source(text.encode()), "issues").questions
    assert question.code == "ask_decimal_mark"
    assert read(text, decimal_mark=",").values("quantity") == [Decimal(1200)]
    assert read(text, decimal_mark=".").values("quantity") == [Decimal("1.2")]


def test_factor_and_step_take_no_unit() -> None:
    assert troubles(read("sku,rounding_step\nA,1 kg\n", "items")) == [(2, "rounding_step", "not_a_number")]
    assert troubles(read("from_unit,to_unit,factor\nkg,g,1000 g\n", "units")) == [
        (2, "factor", "not_a_number")
    ]
