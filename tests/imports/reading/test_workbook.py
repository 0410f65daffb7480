"""Workbooks: cells as text that loses nothing, the right sheet, merged cells and formulas."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock  # type: ignore[import-untyped]
from openpyxl.cell.text import InlineFont  # type: ignore[import-untyped]

from imports.reading.issues import MappingError, UnreadableFile
from imports.reading.mapping import parse_mapping
from imports.reading.propose import propose_mapping
from imports.reading.read import read_rows
from imports.reading.refused import write_refused
from imports.reading.source import open_source
from imports.reading.xlsx import text_behind


def saved(fill: Callable[[Any], None]) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def of_rows(*rows: list[Any]) -> bytes:
    def fill(book: Any) -> None:
        for row in rows:
            book.active.append(row)

    return saved(fill)


def with_results(content: bytes, results: dict[str, str]) -> bytes:
    """The workbook with stored results put beside its formulas, as a spreadsheet saves it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            for formula, result in results.items():
                part = part.replace(
                    f"<f>{formula}</f><v></v>".encode(), f"<f>{formula}</f><v>{result}</v>".encode()
                ).replace(f"<f>{formula}</f><v />".encode(), f"<f>{formula}</f><v>{result}</v>".encode())
            new.writestr(name, part)
    return out.getvalue()


def test_numbers_are_what_the_spreadsheet_shows() -> None:
    content = of_rows(["sku", "on_hand"], ["A", 0.1 + 0.2], ["B", 1234.5], ["C", 3], ["D", 1e-06])
    result = read_rows(open_source(content), "stock")
    assert [str(value) for value in result.values("on_hand")] == ["0.3", "1234.5", "3", "0.000001"]


def test_decimal_mark_of_the_mapping_touches_text_cells_only() -> None:
    content = of_rows(["sku", "on_hand"], ["A", 1.5], ["B", "1,5"], ["C", "1.500"])
    result = read_rows(open_source(content), "stock", parse_mapping({"decimal_mark": ","}, "stock"))
    assert result.values("on_hand") == [Decimal("1.5"), Decimal("1.5"), Decimal(1500)]


def test_leading_zeros_of_a_format_survive() -> None:
    def fill(book: Any) -> None:
        book.active.append(["sku", "on_hand"])
        book.active.append([9551667812741, 1])
        book.active["A2"].number_format = "00000000000000"

    assert read_rows(open_source(saved(fill)), "stock").values("sku") == ["09551667812741"]


def test_dates_need_no_order_and_codes_are_never_dates() -> None:
    day = dt.datetime(2024, 5, 6)  # noqa: DTZ001 - workbooks know no zones
    content = of_rows(["sku", "on_hand", "received_on"], ["A", 1, day], [day, 1, day])
    result = read_rows(open_source(content), "stock")
    assert result.values("received_on") == [dt.date(2024, 5, 6)]
    assert [(issue.row, issue.code) for issue in result.issues] == [(3, "code_is_date")]


def test_percent_cells_are_percents() -> None:
    def fill(book: Any) -> None:
        book.active.append(["parent_sku", "component_sku", "usage", "scrap_percent"])
        book.active.append(["A", "B", 1, 0.05])
        book.active["D2"].number_format = "0.0%"

    assert read_rows(open_source(saved(fill)), "boms").values("scrap_percent") == [Decimal(5)]


def test_formula_is_taken_by_its_stored_result_and_said() -> None:
    content = with_results(of_rows(["sku", "on_hand"], ["A", "=2+3"], ["B", 1]), {"2+3": "5"})
    result = read_rows(open_source(content), "stock")
    assert result.values("on_hand") == [Decimal(5), Decimal(1)]
    assert [(issue.row, issue.column, issue.code, issue.severity) for issue in result.issues] == [
        (2, "on_hand", "formula_result", "warning")
    ]


def test_formula_without_a_result_is_refused() -> None:
    result = read_rows(open_source(of_rows(["sku", "on_hand"], ["A", "=2+3"], ["B", 1])), "stock")
    assert result.values("sku") == ["B"]
    assert [(issue.row, issue.code) for issue in result.issues] == [(2, "formula_without_value")]


def test_formula_in_a_column_that_is_not_read_is_nobodys_matter() -> None:
    content = of_rows(["sku", "on_hand", "our check"], ["A", 1, "=2+3"])
    assert read_rows(open_source(content), "stock").issues == []


def test_only_sheet_with_the_columns_is_chosen() -> None:
    def fill(book: Any) -> None:
        book.active.append(["notes"])
        page = book.create_sheet("Stock")
        page.append(["sku", "on_hand"])
        page.append(["A", 1])

    result = read_rows(open_source(saved(fill)), "stock")
    assert result.values("sku") == ["A"]
    assert result.mapping.sheet == "Stock"


def test_several_sheets_are_asked() -> None:
    def fill(book: Any) -> None:
        for name in ("March", "April"):
            page = book.create_sheet(name)
            page.append(["sku", "on_hand"])
            page.append([name, 1])
        del book["Sheet"]

    source = open_source(saved(fill))
    proposal = propose_mapping(source, "stock")
    assert [
        (question.key, [choice.value for choice in question.choices]) for question in proposal.questions
    ] == [("sheet", ["March", "April"])]
    assert read_rows(source, "stock").is_refused_whole
    result = read_rows(source, "stock", parse_mapping({"sheet": "April"}, "stock"))
    assert result.values("sku") == ["April"]
    with pytest.raises(MappingError):
        source.mapped(parse_mapping({"sheet": "May"}, "stock"))


def test_hidden_sheets_are_not_read() -> None:
    def fill(book: Any) -> None:
        book.active.append(["sku", "on_hand"])
        book.active.append(["A", 1])
        page = book.create_sheet("Old")
        page.append(["sku", "on_hand"])
        page.append(["B", 1])
        page.sheet_state = "hidden"

    assert open_source(saved(fill)).sheets == ("Sheet",)


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ('0.00 "kg"', "kg"),
        ('#,##0.0" STK";-#,##0.0" STK"', "STK"),
        (r"0\ \k\g", "kg"),
        ('0.0"m²"', "m²"),
        ('0 "EA"_-', "EA"),
        ("#,##0.00", ""),
        ("General", ""),
        ('0.0,, "M"', ""),
        ('0 "boxes of 5"', ""),
        ('"M-"0000', ""),
    ],
)
def test_text_behind_a_number_is_told_from_its_format(shape: str, text: str) -> None:
    assert text_behind(shape) == text


def test_unit_that_a_format_shows_behind_a_quantity_is_the_rows() -> None:
    def fill(book: Any) -> None:
        for row in (
            ["sku", "on_hand", "UoM"],
            ["A", 1.5, None],
            ["B", 2, "g"],
            ["C", 3, None],
            ["D", 4, None],
        ):
            book.active.append(row)
        for cell, shape in (("B2", '0.00 "kg"'), ("B3", '0.00 "kg"'), ("B4", '0.00 "€"')):
            book.active[cell].number_format = shape

    source = open_source(saved(fill))
    result = read_rows(source, "stock")

    assert result.values("on_hand") == [Decimal("1.5"), Decimal(3), Decimal(4)]
    assert result.values("unit") == ["kg", None, None]
    assert [(issue.row, issue.column, issue.code) for issue in result.issues] == [(3, "UoM", "unit_differs")]


def test_hidden_rows_are_read_and_said() -> None:
    def fill(book: Any) -> None:
        for row in (["sku", "on_hand"], ["A", 1], ["B", 2], ["C", 3]):
            book.active.append(row)
        for number in (3, 4, 9):
            book.active.row_dimensions[number].hidden = True

    result = read_rows(open_source(saved(fill)), "stock")

    assert result.values("sku") == ["A", "B", "C"]
    [issue] = [issue for issue in result.issues if issue.code != "blank_rows"]
    assert (issue.code, issue.severity.value) == ("hidden_rows", "warning")
    assert issue.message.startswith(
        "2 rows are hidden in the sheet, by hand or by a filter (the first is row 3)"
    )


def test_merged_group_cells_hold_for_all_their_rows() -> None:
    def fill(book: Any) -> None:
        for row in (
            ["parent_sku", "component_sku", "usage"],
            ["P1", "A", 1],
            [None, "B", 2],
            [None, "C", 3],
            ["P2", "A", 4],
            [None, "B", 5],
        ):
            book.active.append(row)
        book.active.merge_cells("A2:A4")
        book.active.merge_cells("C2:C3")

    result = read_rows(open_source(saved(fill)), "boms")
    rows = list(zip(result.values("parent_sku"), result.values("component_sku"), strict=True))
    assert rows == [("P1", "A"), ("P1", "C"), ("P2", "A")]
    # A merged quantity is not given twice, and a blank that is not merged stays blank.
    assert [(issue.row, issue.column) for issue in result.issues] == [(3, "usage"), (6, "parent_sku")]


def test_empty_workbook_is_refused() -> None:
    with pytest.raises(UnreadableFile) as error:
        open_source(saved(lambda book: None))
    assert error.value.code == "empty_file"


def test_open_document_and_other_archives_are_named() -> None:
    def packed(*names: str) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name in names:
                archive.writestr(name, "x")
        return out.getvalue()

    for names, code in (
        (("mimetype", "content.xml"), "old_workbook"),
        (("xl/workbook.bin",), "old_workbook"),
        (("stock.csv",), "not_a_table"),
    ):
        with pytest.raises(UnreadableFile) as error:
            open_source(packed(*names))
        assert error.value.code == code


def test_refused_rows_of_a_workbook_come_back_as_csv() -> None:
    content = of_rows(["Stock list"], ["sku", "on_hand"], ["A", 1.5], ["B", "many"])
    source = open_source(content)
    result = read_rows(source, "stock")
    again = write_refused(source, result).decode("utf-8-sig").splitlines()
    assert again[:2] == ["Stock list", "sku,on_hand,reason"]
    assert again[2].startswith("B,many,")
    assert len(again) == 3


def test_refused_numbers_of_a_workbook_come_back_with_the_decimal_mark_of_its_texts() -> None:
    content = of_rows(["sku", "on_hand", "lot"], ["A", "1,5", "1.234"], ["", 1.234, 1.25], ["B", "x", None])
    result = read_rows(open_source(content), "stock")
    assert result.mapping.decimal_mark == ","

    again = write_refused(open_source(content), result)

    mended = again.replace(b'\r\n,"1,234",1.25', b'\r\nC,"1,234",1.25').replace(b"B,x", b"B,7")
    result = read_rows(open_source(mended), "stock", result.mapping)
    assert result.values("sku") == ["C", "B"]
    assert result.values("on_hand") == [Decimal("1.234"), Decimal(7)]
    assert result.values("lot") == ["1.25", None]


def test_workbook_survives_every_kind_of_text() -> None:
    texts = ["plain", "  spaced  ", "tab\there", '<tag> & "quotes"', "Größe Ø λ 料号", "1E5", "007", "=text"]

    def fill(book: Any) -> None:
        book.active.append(["sku", "on_hand", "our note"])
        for number, text in enumerate(texts):
            book.active.append([f"A{number}", 1])
            book.active.cell(number + 2, 3).value = text
            book.active.cell(number + 2, 3).data_type = "s"

    source = open_source(saved(fill))
    assert [record[2] for record in source.records()][1:] == texts


def test_flags_errors_and_times_are_text() -> None:
    content = of_rows(["sku", "on_hand", "x", "y", "z"], ["A", 1, True, "#N/A", dt.time(7, 30)])
    assert list(open_source(content).records())[1][2:] == ["TRUE", "#N/A", "07:30:00"]


def test_rich_text_is_joined_and_gaps_are_rows() -> None:
    def fill(book: Any) -> None:
        page = book.active
        page["A1"], page["B1"] = "sku", "on_hand"
        page["B4"], page["A4"] = 2, CellRichText("A", TextBlock(InlineFont(b=True), "-1"))

    assert list(open_source(saved(fill)).records()) == [["sku", "on_hand"], [], [], ["A-1", "\x002"]]
