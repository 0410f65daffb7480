"""Columns of a spreadsheet's day numbers: asked about as a whole, and read as days once somebody says so."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import MAC_EPOCH

from imports.reading.dates import day_number
from imports.reading.issues import NATIVE
from imports.reading.mapping import parse_mapping
from imports.reading.propose import Proposal, propose_mapping
from imports.reading.read import read_rows
from imports.reading.result import ReadResult
from imports.reading.source import Source, open_source

HEAD = "wo_number,sku,quantity,due\n"


def source(text: str) -> Source:
    return open_source(text.encode())


def read(file: Source, kind: str = "work_orders", **mapping: Any) -> ReadResult:
    return read_rows(file, kind, parse_mapping(mapping, kind))


def propose(file: Source, **mapping: Any) -> Proposal:
    return propose_mapping(file, "work_orders", parse_mapping(mapping, "work_orders"))


def workbook(rows: list[list[Any]], *, is_mac: bool = False) -> Source:
    book = openpyxl.Workbook()
    if is_mac:
        book.epoch = MAC_EPOCH
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return open_source(out.getvalue(), file_name="book.xlsx")


@pytest.mark.parametrize(
    ("text", "system", "moment"),
    [
        ("45992", "1900", "2025-12-01 00:00:00"),
        ("45992", "1904", "2029-12-02 00:00:00"),
        ("32874", "1900", "1990-01-01 00:00:00"),
        ("73050", "1900", "2099-12-31 00:00:00"),
        ("45992.75", "1900", "2025-12-01 18:00:00"),
        ("45992,25", "1900", "2025-12-01 06:00:00"),
        ("45992.7083333333", "1900", "2025-12-01 17:00:00"),
        ("45992.999999999", "1900", "2025-12-02 00:00:00"),
        (f"{NATIVE}44530", "1904", "2025-12-01 00:00:00"),
        ("32873", "1900", None),
        ("73051", "1900", None),
        ("-45992", "1900", None),
        ("45,992", "1900", None),
        ("2025-12-01", "1900", None),
    ],
)
def test_day_number_is_counted_as_spreadsheets_do(text: str, system: str, moment: str | None) -> None:
    found = day_number(text, system)
    assert (found.isoformat(" ") if found else None) == moment


def test_column_of_day_numbers_is_asked_about_and_not_read_before() -> None:
    file = source(HEAD + "W1,P,1,45992\nW2,P,1,\nW3,P,1,45999\n")

    [question] = propose(file).questions
    assert (question.key, question.likely, question.is_blocking) == ("day_numbers", "1900", True)
    assert [choice.value for choice in question.choices] == ["1900", "1904", "no"]
    assert [choice.label for choice in question.choices] == [
        "01 December 2025 (counted from 1900)",
        "02 December 2029 (counted from 1904)",
        "no: refuse them",
    ]
    result = read(file)
    assert (result.accepted, [issue.code for issue in result.issues]) == (0, ["ask_day_numbers"])
    assert '"day_numbers": "1900" or "1904" or "no"' in result.issues[0].message


def test_answer_reads_the_column() -> None:
    file = source(HEAD + "W1,P,1,45992\nW2,P,1,\nW3,P,1,45999\n")

    assert read(file, day_numbers="1900").values("due") == [dt.date(2025, 12, 1), None, dt.date(2025, 12, 8)]
    assert read(file, day_numbers="1904").values("due")[0] == dt.date(2029, 12, 2)
    assert [issue.code for issue in read(file, day_numbers="no").issues] == ["date_is_serial"] * 2
    assert [d.value for d in propose(file, day_numbers="1900").decisions if d.key == "day_numbers"] == [
        "1900"
    ]


@pytest.mark.parametrize("other", ["01.12.2025", "4599", "99999", "soon", "0"])
def test_one_cell_that_is_no_such_number_keeps_the_column_from_being_days(other: str) -> None:
    file = source(HEAD + f"W1,P,1,45992\nW2,P,1,{other}\n")

    assert [question.key for question in propose(file).questions if question.key == "day_numbers"] == []
    result = read(file, day_numbers="1900", date_order="dmy")
    assert "date_is_serial" in [issue.code for issue in result.issues]


def test_each_column_is_judged_by_itself() -> None:
    text = "wo_number,completed_qty,completed_at,due\nW1,1,45992.5,2025-12-24\nW2,1,45993.25,2025-12-24\n"

    result = read(source(text), "completions", day_numbers="1900")

    assert list(map(str, result.values("completed_at"))) == ["2025-12-01 12:00:00", "2025-12-02 06:00:00"]
    assert result.values("due") == [dt.date(2025, 12, 24)] * 2


def test_time_of_day_of_a_day_is_left_out_with_a_warning() -> None:
    result = read(source(HEAD + "W1,P,1,45992.5\n"), day_numbers="1900")

    assert result.values("due") == [dt.date(2025, 12, 1)]
    assert [issue.code for issue in result.issues] == ["time_left_out"]


@pytest.mark.parametrize(("is_mac", "number"), [(False, 45992), (True, 44530)])
def test_workbook_counts_its_own_way_whatever_was_said_of_another_file(is_mac: bool, number: int) -> None:
    head = ["wo_number", "sku", "quantity", "due"]
    file = workbook([head, ["W1", "P", 1, number], ["W2", "P", 1, number + 1]], is_mac=is_mac)

    [question] = propose(file).questions
    assert [choice.value for choice in question.choices] == ["1904" if is_mac else "1900", "no"]
    for said in ("1900", "1904"):
        assert read(file, day_numbers=said).values("due") == [dt.date(2025, 12, 1), dt.date(2025, 12, 2)]


def test_dates_of_a_1904_workbook_are_the_days_they_show() -> None:
    head = ["wo_number", "sku", "quantity", "due"]
    file = workbook([head, ["W1", "P", 1, dt.date(2025, 12, 1)]], is_mac=True)

    assert read(file).values("due") == [dt.date(2025, 12, 1)]
