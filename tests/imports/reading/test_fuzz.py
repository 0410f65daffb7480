"""Whatever comes in: no unhandled error, and no value that changes its meaning."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from imports.reading.issues import Severity, UnreadableFile
from imports.reading.kinds import KINDS
from imports.reading.mapping import parse_mapping
from imports.reading.propose import propose_mapping
from imports.reading.read import read_rows
from imports.reading.refused import write_refused
from imports.reading.result import ReadResult
from imports.reading.source import open_source

from .real_data import ROOT, needs_real_data
from .test_expectations import CHOICES, expectations, kind_of

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
CODECS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")

cells = st.text(st.characters(exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    [
        "",
        " ",
        "NULL",
        "A-1",
        "007",
        "1E5",
        "12",
        "1,5",
        "1.5",
        "1,234",
        "=1",
        "Total",
        "2024-05-06",
        "05/06/2024",
        '"',
        "'",
    ]
)
latin = st.text(st.sampled_from("abcXYZ019 ,;.-/äöüéßÆ€\"'\t"), max_size=12)


def written(rows: list[list[str]], delimiter: str, codec: str, newline: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return out.getvalue().encode(codec, errors="ignore")


def reads_as_utf8(content: bytes) -> bool:
    """A few Windows-1252 letters can be sound UTF-8 by chance; then nobody can tell them apart."""
    try:
        return not content.isascii() and bool(content.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def check_invariants(result: ReadResult, content: bytes) -> None:
    """What holds for every file, however odd."""
    assert result.rows == result.accepted + result.refused + result.skipped
    if result.is_refused_whole:
        assert any(issue.severity is Severity.ERROR for issue in result.issues)
        return
    refused = {issue.row for issue in result.issues if issue.severity is Severity.ERROR and issue.row}
    assert refused <= set(result.refused_rows.tolist())
    assert not refused & set(result.row_numbers.tolist())
    source = open_source(content).mapped(result.mapping)
    records = list(source.records())
    labels = {name: label for name, label in result.labels.items() if name in result.columns}
    header = records[result.mapping.header_row] if (result.mapping.header_row or 0) >= 0 else []
    for name, label in labels.items():
        column = result.columns[name]
        if label.strip() not in [cell.strip() for cell in header] or name in result.mapping.constants:
            continue
        places = [place for place, cell in enumerate(header) if cell.strip() == label.strip()]
        for at, row in enumerate(result.row_numbers.tolist()):
            record = records[row - 1]
            assert column.texts[column.ids[at]] in [
                record[place] if place < len(record) else "" for place in places
            ]
            check_value(name, result.kind.name, column[at], column.texts[column.ids[at]])
    write_refused(source, result)


def check_value(name: str, kind: str, value: object, text: str) -> None:
    """A value written out again is what stood in the cell, as far as that can be said without reading it again."""
    if value is None:
        assert (
            not text.strip()
            or text.strip() in ("NULL", "null", "(null)", "\\N", "Null", "<NULL>")
            or "0" in text
        )
    elif KINDS[kind].column(name).type in ("code", "text"):
        assert value == text.strip()
    elif isinstance(value, Decimal):
        digits = [sign for sign in format(abs(value), "f") if sign.isdigit()]
        stood = [sign for sign in text if sign.isdigit()]
        if "e" not in text.lower():
            assert "".join(digits).strip("0") == "".join(stood).strip("0")


@QUICK
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        source = open_source(content)
        propose_mapping(source, "stock")
    except UnreadableFile:
        return
    check_invariants(read_rows(source, "stock"), content)


@QUICK
@given(
    st.lists(st.lists(cells, max_size=6), max_size=12),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(CODECS),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["boms", "stock", "completions", "costs", "items", "issues"]),
)
def test_any_rows_under_a_known_header(
    rows: list[list[str]], delimiter: str, codec: str, newline: str, kind: str
) -> None:
    header = list(KINDS[kind].names[:6])
    content = written([header, *rows], delimiter, codec, newline)
    try:
        source = open_source(content)
    except UnreadableFile:
        return
    check_invariants(read_rows(source, kind), content)


@QUICK
@given(
    st.lists(st.tuples(latin, latin, st.integers(0, 999)), min_size=1, max_size=20), st.sampled_from(CODECS)
)
def test_plain_rows_come_back_exactly(rows: list[tuple[str, str, int]], codec: str) -> None:
    table = [["sku", "lot", "on_hand"], *([sku, lot, str(count)] for sku, lot, count in rows)]
    content = written(table, ";", codec, "\r\n")
    assume(codec != "cp1252" or not reads_as_utf8(content))
    try:
        result = read_rows(open_source(content), "stock", parse_mapping({"delimiter": ";"}, "stock"))
    except UnreadableFile:
        return
    for at, row in enumerate(result.row_numbers.tolist()):
        sku, lot, count = rows[row - 2]
        assert result.columns["sku"][at] == sku.strip()
        assert result.columns["lot"][at] == (lot.strip() or None)
        assert result.columns["on_hand"][at] == count


decimals = st.decimals(0, 9_999_999, places=3, allow_nan=False, allow_infinity=False)


def shaped(number: Decimal, mark: str, thousands: str, places: int) -> str:
    text = f"{number:,.{places}f}"
    return text.replace(",", "\x01").replace(".", mark).replace("\x01", thousands)


@QUICK
@given(
    st.lists(st.tuples(decimals, st.integers(0, 3)), min_size=1, max_size=15),
    st.sampled_from([(".", ","), (".", ""), (",", "."), (",", ""), (",", " "), (".", "'"), (",", "\u00a0")]),
)
def test_numbers_are_read_as_they_were_meant_or_asked(
    numbers: list[tuple[Decimal, int]], convention: tuple[str, str]
) -> None:
    """One convention for the whole column: the file is read as it was written, or it asks; never otherwise."""
    mark, thousands = convention
    meant = [round(number, places) for number, places in numbers]
    texts = [
        shaped(value, mark, thousands, places) for value, (_, places) in zip(meant, numbers, strict=True)
    ]
    rows = [[f"A{at}", text] for at, text in enumerate(texts)]
    content = written([["sku", "on_hand"], *rows], ";", "utf-8", "\n")
    source = open_source(content).mapped(parse_mapping({"delimiter": ";"}, "stock"))
    result = read_rows(source, "stock")
    if result.is_refused_whole:
        assert [issue.code for issue in result.issues if issue.severity is Severity.ERROR] == [
            "ask_decimal_mark"
        ]
    else:
        assert result.values("on_hand") == meant
    told = read_rows(source, "stock", parse_mapping({"decimal_mark": mark}, "stock"))
    assert told.values("on_hand") == meant


@QUICK
@given(
    st.lists(st.dates(date(1970, 1, 1), date(2069, 12, 31)), min_size=1, max_size=15),
    st.sampled_from(["%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y", "%Y%m%d"]),
)
def test_dates_are_read_as_they_were_meant_or_asked(days: list[date], shape: str) -> None:
    rows = [["A", "1", day.strftime(shape)] for day in days]
    content = written([["sku", "unit_cost", "effective_from"], *rows], ",", "utf-8", "\n")
    result = read_rows(open_source(content), "costs")
    if result.is_refused_whole:
        assert [issue.code for issue in result.issues if issue.severity is Severity.ERROR] == [
            "ask_date_order"
        ]
    else:
        assert result.values("effective_from") == days


@cache
def real(name: str) -> bytes:
    return (ROOT / name).read_bytes()[:20_000]


def _names() -> list[str]:
    return list(expectations()) if (ROOT / "expectations.csv").is_file() else ["none"]


@needs_real_data
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_mutated_real_files_never_surprise(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(_names()))
    content = bytearray(real(name))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        how = data.draw(st.sampled_from(["flip", "cut", "insert", "repeat", "quote"]))
        if how == "flip":
            content[at] = data.draw(st.integers(0, 255))
        elif how == "cut":
            del content[at : at + data.draw(st.integers(1, 200))]
        elif how == "insert":
            content[at:at] = data.draw(st.binary(min_size=1, max_size=10))
        elif how == "repeat":
            content[at:at] = content[at : at + 100]
        else:
            content[at:at] = b'"'
        if not content:
            return
    raw = bytes(content)
    try:
        source = open_source(raw)
    except UnreadableFile:
        return
    check_invariants(
        read_rows(source, kind_of(name), parse_mapping(CHOICES.get(name, {}), kind_of(name))), raw
    )


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_reads_its_own_headers(kind: str) -> None:
    names = KINDS[kind].names
    proposal = propose_mapping(
        open_source(written([list(names), ["1"] * len(names)], ",", "utf-8", "\n")), kind
    )
    assert proposal.mapping.columns == {name: name for name in names}
