"""Hostile files are refused within seconds, with a message, and without much memory."""

from __future__ import annotations

import contextlib
import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import openpyxl  # type: ignore[import-untyped]
import pytest

from imports.reading.issues import UnreadableFile
from imports.reading.limits import Limits
from imports.reading.read import read_rows
from imports.reading.source import open_source

SECONDS = 10.0
MEGABYTE = 1024 * 1024


@pytest.fixture
def refused() -> Callable[[bytes], str]:
    """Reads a file that must be refused, and answers with the code; slow reading fails."""

    def read(content: bytes) -> str:
        started = time.monotonic()
        try:
            result = read_rows(open_source(content), "stock")
        except UnreadableFile as error:
            code = error.code
        else:
            assert result.accepted == 0
            code = next(issue.code for issue in result.issues if issue.severity == "error")
        assert time.monotonic() - started < SECONDS
        return code

    return read


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, part)
    return out.getvalue()


PLAIN = workbook([["sku", "on_hand"], ["A", 1]])
SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def test_ten_million_columns_in_one_line(refused: Callable[[bytes], str]) -> None:
    assert refused(b"sku" + b"," * 10_000_000 + b"\nA\n") in ("line_too_long", "too_many_columns")


def test_ten_million_columns_in_many_lines(refused: Callable[[bytes], str]) -> None:
    assert refused(b"sku,on_hand\n" + (b"A" + b"," * 500_000 + b"\n") * 20) == "too_many_columns"


def test_millions_of_columns_in_quoted_breaks(refused: Callable[[bytes], str]) -> None:
    assert refused(b"sku,on_hand\n" + b'"\n",' * 3_900_000) == "too_many_columns"


def test_more_columns_than_a_table_has(refused: Callable[[bytes], str]) -> None:
    assert refused(b",".join(b"c%d" % i for i in range(1_500)) + b"\nA,1\n") == "too_many_columns"


def test_quote_never_closed_in_a_long_file(refused: Callable[[bytes], str]) -> None:
    assert refused(b'sku,on_hand\n"A,1\n' + b"B,2\n" * 2_000_000) in ("cell_too_long", "quote_not_closed")


def test_one_endless_line(refused: Callable[[bytes], str]) -> None:
    assert refused(b"sku,on_hand\n" + b"A" * 50_000_000) == "line_too_long"


def test_nul_bytes_everywhere(refused: Callable[[bytes], str]) -> None:
    assert refused(b"\x00" * 20_000_000) == "empty_file"
    assert refused(b"sku,on_hand\n" + b"A\x00B,1\n" * 1_000_000) == "nul_sign"


def test_formula_cells_in_codes(refused: Callable[[bytes], str]) -> None:
    assert refused(b'sku,on_hand\n"=HYPERLINK(""http://x"")",1\n@SUM(A1),2\n') == "formula_code"


def test_formula_without_a_stored_result(refused: Callable[[bytes], str]) -> None:
    assert refused(workbook([["sku", "on_hand"], ["A", "=1+1"]])) == "formula_without_value"


def test_zip_bomb_of_one_part(refused: Callable[[bytes], str]) -> None:
    bomb = with_part(
        PLAIN, SHEET, HEAD + b"<sheetData>" + b" " * (200 * MEGABYTE) + b"</sheetData></worksheet>"
    )
    assert len(bomb) < MEGABYTE
    assert refused(bomb) == "workbook_too_large"


def test_zip_bomb_of_many_parts(refused: Callable[[bytes], str]) -> None:
    out = io.BytesIO(PLAIN)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3_000):
            archive.writestr(f"xl/media/{number}.bin", b"x")
    assert refused(out.getvalue()) == "workbook_too_large"


def test_sheet_that_claims_to_be_endless_is_read_as_it_is() -> None:
    sheet = (
        HEAD + b'<dimension ref="A1:XFD1048576"/><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>sku</t></is></c><c r="B1" t="inlineStr"><is><t>on_hand</t></is>'
        b'</c></row><row r="2"><c r="A2" t="inlineStr"><is><t>A</t></is></c><c r="B2"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    started = time.monotonic()
    assert read_rows(open_source(with_part(PLAIN, SHEET, sheet)), "stock").values("sku") == ["A"]
    assert time.monotonic() - started < SECONDS


def test_cell_in_the_last_possible_row_and_column(refused: Callable[[bytes], str]) -> None:
    sheet = (
        HEAD + b'<sheetData><row r="2000000000"><c r="A2000000000"><v>1</v></c></row></sheetData></worksheet>'
    )
    assert refused(with_part(PLAIN, SHEET, sheet)) == "damaged_workbook"
    sheet = HEAD + b'<sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>'
    assert refused(with_part(PLAIN, SHEET, sheet)) == "too_many_columns"


def test_entities_are_not_expanded(refused: Callable[[bytes], str]) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    sheet = laughs + HEAD + b"<sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>"
    assert refused(with_part(PLAIN, SHEET, sheet)) == "hostile_workbook"
    assert (
        refused(with_part(PLAIN, "xl/workbook.xml", laughs + b"<workbook>&b;</workbook>"))
        == "hostile_workbook"
    )


@pytest.mark.parametrize("at", range(0, len(PLAIN), max(len(PLAIN) // 40, 1)))
def test_damaged_workbook_never_raises_anything_else(at: int) -> None:
    broken = PLAIN[:at] + bytes([PLAIN[at] ^ 0xFF]) + PLAIN[at + 1 :]
    for content in (broken, PLAIN[:at]):
        with contextlib.suppress(UnreadableFile):
            read_rows(open_source(content), "stock")


def test_limits_have_their_messages() -> None:
    small = Limits(bytes=1_000, rows=10)
    for content, code in (
        (b"sku,on_hand\n" + b"A,1\n" * 300, "file_too_large"),
        (b"sku,on_hand\n" + b"A,1\n" * 15, "too_many_rows"),
    ):
        with pytest.raises(UnreadableFile) as error:
            for _ in open_source(content, limits=small).blocks(0, 2):
                pass
        assert error.value.code == code


def test_cell_longer_than_any_cell(refused: Callable[[bytes], str]) -> None:
    assert refused(b"sku,on_hand\n" + b"A" * 200_000 + b",1\n") == "cell_too_long"


def test_refusing_takes_little_memory(refused: Callable[[bytes], str]) -> None:
    bomb = with_part(PLAIN, SHEET, HEAD + b" " * (100 * MEGABYTE) + b"</worksheet>")
    line = b"sku" + b"," * 10_000_000 + b"\nA\n"
    tracemalloc.start()
    try:
        assert refused(bomb) == "workbook_too_large"
        assert refused(line) == "line_too_long"
        assert tracemalloc.get_traced_memory()[1] < 100 * MEGABYTE
    finally:
        tracemalloc.stop()
