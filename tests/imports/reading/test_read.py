"""A file read whole: what is taken, what is refused and why, what is asked, what comes back to be mended."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from imports.reading import read as reading
from imports.reading.mapping import parse_mapping
from imports.reading.propose import propose_mapping
from imports.reading.read import read_rows
from imports.reading.refused import write_refused
from imports.reading.result import ReadResult
from imports.reading.source import open_source


def read(text: str, kind: str = "boms", **mapping: Any) -> ReadResult:
    return read_rows(open_source(text.encode()), kind, parse_mapping(mapping, kind))


def troubles(result: ReadResult) -> list[tuple[int | None, str, str]]:
    return [(issue.row, issue.column, issue.code) for issue in result.issues]


HEAD = "parent_sku,component_sku,usage\n"


def test_all_issues_come_at_once_with_row_column_and_value() -> None:
    result = read(HEAD + "P,A,1\nP,,x\n,=B,2\nP,C,-1\nP,D,0\n")
    assert [(issue.row, issue.column, issue.value, issue.code) for issue in result.issues] == [
        (3, "component_sku", "", "blank_required"),
        (3, "usage", "x", "not_a_number"),
        (4, "parent_sku", "", "blank_required"),
        (4, "component_sku", "=B", "formula_code"),
        (5, "usage", "-1", "negative_usage"),
        (6, "usage", "0", "zero_usage"),
    ]
    assert (result.rows, result.accepted, result.refused) == (5, 1, 4)
    assert result.row_numbers.tolist() == [2]


def test_rows_count_as_a_person_counts_them() -> None:
    text = 'Bill of materials\n\nparent_sku,component_sku,usage\nP,A,1\n\nP,"B\nC",1\nP,D,1\n'
    result = read(text)
    assert result.row_numbers.tolist() == [4, 7]
    assert troubles(result) == [
        (None, "", "rows_above_header"),
        (None, "", "blank_rows"),
        (6, "component_sku", "code_with_hidden_sign"),
    ]


def test_zero_usage_is_taken_beside_a_fixed_quantity() -> None:
    result = read("parent_sku,component_sku,usage,fixed_quantity\nP,A,0,10\nP,B,0,\n")
    assert result.values("component_sku") == ["A"]


def test_totals_are_refused_unless_they_are_to_be_left_out() -> None:
    text = "sku;on_hand\nA;1\nGesamtsumme;1\n"
    refused = read(text, "stock")
    assert (refused.accepted, refused.refused, refused.skipped) == (1, 1, 0)
    assert troubles(refused) == [(3, "", "total_row")]
    skipped = read(text, "stock", skip_totals=True)
    assert (skipped.accepted, skipped.refused, skipped.skipped) == (1, 0, 1)
    assert troubles(skipped) == [(3, "", "total_skipped")]


@pytest.mark.parametrize(
    "word",
    ["Total", "TOTAL:", "Sub-Total", "Summe", "Sous-total", "** Total **", "Total (3 items)", "Total: 3"],
)
def test_words_for_totals_are_known(word: str) -> None:
    result = read(f"sku,location,on_hand\nA,X,1\n{word},,1\n", "stock")
    assert [(issue.code, issue.row) for issue in result.issues] == [("total_row", 3)]


@pytest.mark.parametrize("code", ["TOTAL-1", "Totalizer", "SUM7", "Ende"])
def test_codes_that_begin_like_totals_are_codes(code: str) -> None:
    assert read(f"sku,on_hand\n{code},1\n", "stock").values("sku") == [code]


@pytest.mark.parametrize("word", ["A-1 Total", "A-1 Ergebnis", "Total A-1", "Gesamtergebnis"])
def test_sum_named_after_its_group_is_a_total(word: str) -> None:
    result = read(f"sku,location,on_hand\nA-1,X,1\n{word},,1\n", "stock")

    assert (result.values("sku"), troubles(result)) == (["A-1"], [(3, "", "total_row")])


def test_code_that_ends_like_a_total_is_a_code() -> None:
    assert read("sku,on_hand\nPUMP Total,1\n", "stock").values("sku") == ["PUMP Total"]


def test_total_with_a_location_is_an_item() -> None:
    assert read("sku,location,on_hand\nTotal,MAIN,1\n", "stock").values("sku") == ["Total"]


def test_header_printed_on_every_page_is_left_out() -> None:
    result = read(HEAD + "P,A,1\n" + HEAD + "P,B,1\n----------,----------,-----\n")
    assert result.values("component_sku") == ["A", "B"]
    assert (result.rows, result.blank_rows) == (2, 1)
    assert troubles(result) == [(None, "", "blank_rows"), (None, "", "repeated_header")]


def test_row_beyond_the_last_header_is_refused() -> None:
    """A decimal comma in a comma file: 1,5 must never become 1."""
    result = read(HEAD + "P,A,1,5\nP,B,2\n")
    assert result.values("component_sku") == ["B"]
    assert troubles(result) == [(2, "", "too_many_cells")]


def test_short_rows_are_filled_with_blanks() -> None:
    assert read("parent_sku,component_sku,usage,unit\nP,A,1\n").values("unit") == [None]


def test_ambiguous_numbers_are_asked_and_nothing_is_read() -> None:
    text = 'sku,on_hand\nA,"1,234"\nB,12\n'
    result = read(text, "stock")
    assert (result.is_refused_whole, result.accepted, result.refused) == (True, 0, 2)
    assert troubles(result) == [(None, "", "ask_decimal_mark")]
    assert read(text, "stock", decimal_mark=".").values("on_hand") == [Decimal(1234), Decimal(12)]
    assert read(text, "stock", decimal_mark=",").values("on_hand") == [Decimal("1.234"), Decimal(12)]
    assert read(text, "stock", thousands_mark=",").values("on_hand") == [Decimal(1234), Decimal(12)]


def test_ambiguous_dates_are_asked() -> None:
    text = "sku,unit_cost,from\nA,1,05/06/2024\n"
    assert troubles(read(text, "costs")) == [(None, "", "ask_date_order")]
    assert read(text, "costs", date_order="mdy").values("effective_from") == [date(2024, 5, 6)]


def test_same_day_and_month_needs_no_question() -> None:
    assert read("sku,unit_cost,from\nA,1,05/05/2024\n", "costs").values("effective_from") == [
        date(2024, 5, 5)
    ]


def test_one_odd_cell_does_not_decide_for_a_long_column() -> None:
    rows = "".join(f'A{n},"{n},234"\n' for n in range(1, 100))
    assert troubles(read("sku,on_hand\n" + rows + 'Z,"1,5"\n', "stock")) == [(None, "", "ask_decimal_mark")]


def test_typing_error_in_a_proven_column_is_refused_alone() -> None:
    rows = "".join(f"A{n};{n},25\n" for n in range(1, 100))
    result = read("sku;on_hand\n" + rows + "Z;1.5\n", "stock")
    assert (result.accepted, troubles(result)) == (99, [(101, "on_hand", "not_a_number")])


def test_sums_of_the_rows_prove_the_mark() -> None:
    text = 'wo;order_qty;completed;scrap\n1;"1,132";"1,111";21\n2;"1,431";"1,389";42\n3;"4,600";"4,600";0\n'
    result = read(text, "completions")
    assert result.values("order_qty") == [Decimal(1132), Decimal(1431), Decimal(4600)]


def test_evidence_is_told_in_numbers() -> None:
    text = "sku;on_hand\nA;1,5\nB;2,75\nC;3\n"
    proposal = propose_mapping(open_source(text.encode()), "stock")
    evidence = {decision.key: decision.evidence for decision in proposal.decisions}
    assert evidence == {
        "delimiter": "4 of 4 rows have 2 cells parted by semicolon",
        "header_row": "row 1 has 2 known headers",
        "columns.sku": "sku is a known name of sku",
        "columns.on_hand": "on_hand is a known name of on_hand",
        "decimal_mark": "3 of 3 values read as decimal comma; 1 as decimal point; 1,5 cannot be read otherwise",
    }


def test_missing_column_is_asked_with_what_could_be_it() -> None:
    proposal = propose_mapping(open_source(b"sku,colour,figure\nA,red,1\nB,blue,2\n"), "stock")
    (question,) = proposal.questions
    assert (question.key, question.code, question.likely) == (
        "columns.on_hand",
        "no_quantity_column",
        "figure",
    )
    assert not proposal.is_settled


def test_proposal_read_again_gives_the_same() -> None:
    content = b"Liste\n\nArtikel;Bestand;Lagerort\nA;1,5;X\n"
    proposal = propose_mapping(open_source(content), "stock")
    again = read_rows(open_source(content), "stock", proposal.mapping)
    assert again.values("on_hand") == [Decimal("1.5")]
    assert proposal.mapping.header_row == 2


def test_remembered_mapping_finds_a_header_that_moved() -> None:
    mapping = {"columns": {"sku": "Was", "on_hand": "Wieviel"}, "header_row": 1}
    assert read("Titel\nWas;Wieviel\nA;1\n", "stock", **mapping).values("sku") == ["A"]
    assert read("Titel\nnoch einer\nWas;Wieviel\nA;1\n", "stock", **mapping).values("sku") == ["A"]


def test_signature_is_of_the_headers_alone() -> None:
    first, second, third = (
        propose_mapping(open_source(text), "stock").signature
        for text in (b"sku,On hand\nA,1\n", b"title\n\nSKU;on_hand\nB;2\n", b"sku,on_hand,lot\nA,1,\n")
    )
    assert first == second != third


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"columns": {"sku": "Nosuch"}}, "'Nosuch'"),
        ({"columns": {"sku": 9}}, "2 columns, counted from 0"),
        ({"columns": {"sku": "on_hand"}, "header_row": -1}, "by number"),
        ({"header_row": 500}, "beyond the first"),
    ],
)
def test_mapping_that_does_not_fit_the_file_is_told(mapping: dict[str, Any], words: str) -> None:
    result = read("sku,on_hand\nA,1\n", "stock", **mapping)
    assert result.is_refused_whole
    assert [issue.code for issue in result.issues] == ["mapping_does_not_fit"]
    assert words in result.issues[0].message


def test_header_over_several_columns_is_given_by_number() -> None:
    text = "sku,Qty,Qty\nA,1,2\n"
    result = read(text, "stock", columns={"on_hand": "Qty"})
    assert "give its number" in result.issues[0].message
    assert read(text, "stock", columns={"on_hand": 2}).values("on_hand") == [Decimal(2)]


def test_headers_that_differ_in_case_alone_are_told_apart() -> None:
    text = "sku,Value,VALUE\nA,1,2\n"
    assert read(text, "stock", columns={"on_hand": "VALUE"}).values("on_hand") == [Decimal(2)]


def test_column_can_be_left_unread() -> None:
    assert read("sku,on_hand,lot\nA,1,L\n", "stock", columns={"lot": None}).values("lot") == [None]


def test_constants_stand_in_every_row() -> None:
    result = read("component,qty\nA,100\nB,200\n", constants={"parent_sku": "P", "unit": "EA"}, usage_per=100)
    assert result.values("parent_sku") == ["P", "P"]
    assert result.values("usage_per") == [Decimal(100), Decimal(100)]
    assert result.values("unit") == ["EA", "EA"]


def test_constant_that_its_column_cannot_hold_refuses_every_row() -> None:
    result = read("component,qty\nA,1\n", constants={"parent_sku": "=P"})
    assert (result.accepted, troubles(result)) == (0, [(2, "parent_sku", "formula_code")])


BLANKS = "parent_sku,component_sku,usage\nP1,A,1\n,B,2\nP2,A,3\n,C,4\n,,10\n"


def test_blank_is_nothing_unless_declared() -> None:
    result = read(BLANKS)
    assert result.values("component_sku") == ["A", "A"]
    assert propose_mapping(open_source(BLANKS.encode()), "boms").questions[0].key == "blank"


def test_blank_as_above_fills_the_group_but_not_a_sum() -> None:
    result = read(BLANKS, blank="above")
    rows = list(zip(result.values("parent_sku"), result.values("component_sku"), strict=True))
    assert rows == [("P1", "A"), ("P1", "B"), ("P2", "A"), ("P2", "C")]
    assert {issue.row for issue in result.issues} == {6}


def test_inner_group_is_not_carried_into_a_new_order() -> None:
    text = "wo_number,sku,completed_qty,completed_at\n1,A,5,2024-05-01\n,,3,2024-05-02\n2,,4,2024-05-03\n"
    result = read(text, "completions", blank="above")
    rows = list(zip(result.values("wo_number"), result.values("sku"), strict=True))
    assert rows == [("1", "A"), ("1", "A"), ("2", None)]


@pytest.mark.parametrize(
    ("blank", "counts", "values"),
    [(None, (1, 1, 0), [1]), ("keep", (1, 0, 1), [1]), ("empty", (2, 0, 0), [1, None])],
)
def test_blank_count_is_not_zero(blank: str | None, counts: tuple[int, int, int], values: list[Any]) -> None:
    result = read("sku,on_hand\nA,1\nB,\n", "stock", **({"blank": blank} if blank else {}))
    assert (result.accepted, result.refused, result.skipped) == counts
    assert result.values("on_hand") == values


def test_negative_stock_is_refused_unless_allowed() -> None:
    text = "sku,on_hand\nA,-1\n"
    assert troubles(read(text, "stock")) == [(2, "on_hand", "negative_stock")]
    assert read(text, "stock", negative_stock=True).values("on_hand") == [Decimal(-1)]


def test_days_in_the_wrong_order_are_refused() -> None:
    result = read("sku,unit_cost,from,to\nA,1,2024-05-02,2024-05-01\nA,1,2024-05-01,\n", "costs")
    assert troubles(result) == [(2, "to", "days_reversed")]


def test_duplicates_are_counted_not_refused() -> None:
    result = read("sku,on_hand,lot\nA,1,L\nA,2,L\nA,3,M\n", "stock")
    assert (result.accepted, result.duplicates) == (3, 1)
    assert troubles(result) == [(3, "", "duplicate_key")]


def test_running_totals_and_board_quantities_are_hinted_at() -> None:
    running = read("wo,completed_qty\n1,10\n2,5\n1,30\n2,50\n", "completions")
    assert [issue.code for issue in running.issues if issue.row is None] == ["ask_running"]
    falling = read("wo,completed_qty\n1,10\n1,9\n2,5\n2,50\n", "completions")
    assert "ask_running" not in {issue.code for issue in falling.issues}


def test_refused_rows_come_back_in_their_shape_with_reasons() -> None:
    text = 'List;;\n;;\nsku;on_hand;note\nA;1,5;ok\nB;many;"a;b"\n;3;=cmd\n'
    source = open_source(text.encode())
    result = read_rows(source, "stock")
    again = write_refused(source, result)
    assert again.decode("utf-8-sig").splitlines()[:3] == ["List;;", ";;", "sku;on_hand;note;reason"]
    assert len(again.decode("utf-8-sig").splitlines()) == 5
    mended = again.decode("utf-8-sig").replace("many", "2,5").replace(";3;", "C;3,0;").encode("utf-8-sig")
    repaired = read_rows(open_source(mended), "stock", result.mapping)
    assert repaired.values("sku") == ["B", "C"]
    assert repaired.values("on_hand") == [Decimal("2.5"), Decimal(3)]
    assert "'=cmd" in again.decode("utf-8-sig")


def test_file_refused_whole_comes_back_with_the_question() -> None:
    source = open_source(b'sku,on_hand\nA,"1,234"\n')
    lines = write_refused(source, read_rows(source, "stock")).decode("utf-8-sig").splitlines()
    assert lines[1].startswith('A,"1,234",')
    assert "decimal" in lines[1]


def test_alike_mistakes_are_listed_so_far_and_counted_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LISTED", 5)
    result = read("sku,on_hand\n" + "".join(f"A{n},x{n}\n" for n in range(20)), "stock")
    assert [issue.row for issue in result.issues] == [None, 2, 3, 4, 5, 6]
    assert result.issues[0].message.startswith("15 more rows")
    assert result.refused == 20


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_large_regular_files_are_read_like_small_ones(newline: str) -> None:
    """Above a megabyte pandas reads what is regular; the result is the same, row by row."""
    lines = [f"P{n // 7},C-{n:05},{n % 13}.{n % 7}50,, Ä{n % 3} ,0{n % 5}" for n in range(40_000)]
    lines[7] = ",,,,,"
    lines[11] = ",C,x,,,1"
    head = "parent_sku,component_sku,usage,unit,revision,position"
    text = newline.join(["title,,,,,", head, *lines]) + newline
    large = read_rows(open_source(text.encode()), "boms")
    # One quote, in a blank row at the end, and the file is no longer regular: it is read record by record.
    quoted = read_rows(open_source(text.encode() + b'"",,,,,\n'), "boms")
    assert (large.rows, large.blank_rows) == (39_999, 1)
    assert large.blank_rows + 1 == quoted.blank_rows
    assert large.issues[2:] == quoted.issues[2:]
    assert np.array_equal(large.row_numbers, quoted.row_numbers)
    for name in large.columns:
        assert large.values(name) == quoted.values(name)


def test_losses_that_look_like_fractions_are_pointed_out() -> None:
    head = "parent_sku,component_sku,usage,scrap_percent\n"
    fractions = read(head + "P,A,1,0.05\nP,B,1,\nP,C,1,0\n")
    assert troubles(fractions) == [(2, "scrap_percent", "percent_below_one")]
    assert fractions.values("scrap_percent") == [Decimal("0.05"), None, Decimal(0)]
    assert read(head + "P,A,1,0.5\nP,B,1,5\n").issues == []


def test_decimal_comma_without_quotes_is_told_with_the_question() -> None:
    result = read('item,std cost\nA,1.234,50\nB,"1,234"\n', "costs")
    assert troubles(result) == [(None, "", "ask_decimal_mark"), (2, "", "too_many_cells")]
    assert '"decimal_mark": "," or "."' in result.issues[0].message


def test_list_with_rulers_and_bars_is_read() -> None:
    text = (
        "Dynamic List Display\n\n-------------\n|Material|IDNRK|    Menge|ME|\n-------------\n"
        "|P-100   |C-1  |    2,500|ST|\n|P-100   |C-2  |1.250,000|G |\n-------------\n"
    )
    result = read(text)
    assert result.values("usage") == [Decimal("2.5"), Decimal(1250)]
    assert result.values("parent_sku") == ["P-100", "P-100"]


def test_reason_of_a_short_row_stands_in_its_own_column() -> None:
    text = "sku,on_hand,lot,unit_cost\nA,x\nB,1,,2\n"
    result = read(text, "stock")

    again = write_refused(open_source(text.encode()), result).decode("utf-8-sig")

    head, row = again.splitlines()
    assert head == "sku,on_hand,lot,unit_cost,reason"
    assert row.startswith("A,x,,,")
