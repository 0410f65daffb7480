"""Indented bills: the level tells what a row belongs to, or the row is refused or asked about."""

from __future__ import annotations

from typing import Any

import pytest

from imports.reading.mapping import parse_mapping
from imports.reading.propose import propose_mapping
from imports.reading.read import read_rows
from imports.reading.result import ReadResult
from imports.reading.source import open_source


def read(text: str, mapping: dict[str, Any] | None = None) -> ReadResult:
    return read_rows(open_source(text.encode()), "boms", parse_mapping(mapping or {}, "boms"))


def lines(result: ReadResult) -> list[tuple[Any, Any, str]]:
    names = ("parent_sku", "component_sku", "usage")
    return [
        (parent, component, str(usage))
        for parent, component, usage in zip(*(result.values(name) for name in names), strict=True)
    ]


def told(result: ReadResult) -> list[tuple[int | None, str]]:
    return [(issue.row, issue.code) for issue in result.issues]


def test_product_rows_name_what_the_rows_below_are_for() -> None:
    result = read("Level;Material;Menge\n0;P-1;1\n.1;M-1;1\n..2;R-1;0,25\n.1;M-2;4\n0;P-2;1\n.1;M-2;2\n")

    assert lines(result) == [
        ("P-1", "M-1", "1"),
        ("M-1", "R-1", "0.25"),
        ("P-1", "M-2", "4"),
        ("P-2", "M-2", "2"),
    ]
    assert [row for row, code in told(result) if code == "product_row"] == [2, 6]
    assert (result.rows, result.accepted, result.skipped) == (6, 4, 2)


def test_list_below_an_unnamed_product_is_asked_for_it() -> None:
    text = "Stufe;Komponente;Menge\n.1;M-1;1\n..2;R-1;2\n.1;M-2;4\n"

    (question,) = propose_mapping(open_source(text.encode()), "boms").questions

    assert (question.key, question.is_blocking) == ("columns.parent_sku", True)
    assert lines(read(text, {"constants": {"parent_sku": "P-1"}})) == [
        ("P-1", "M-1", "1"),
        ("M-1", "R-1", "2"),
        ("P-1", "M-2", "4"),
    ]


def test_proposal_says_that_levels_tell_the_parents() -> None:
    proposal = propose_mapping(open_source(b"Level,Part,Qty\n0,P,1\n1,A,1\n"), "boms")

    assert proposal.is_settled
    assert [d.evidence for d in proposal.decisions if d.key == "parents"] == [
        "Level tells what each row belongs to: the last row above that is one level higher"
    ]


def test_outline_numbers_are_levels() -> None:
    text = "Level,Part Number,Qty\n1,A,1\n1.1,B,2\n1.1.1,C,3\n1.2,D,1\n2,E,1\n"

    assert lines(read(text, {"constants": {"parent_sku": "P"}})) == [
        ("P", "A", "1"),
        ("A", "B", "2"),
        ("B", "C", "3"),
        ("A", "D", "1"),
        ("P", "E", "1"),
    ]


def test_assembly_listed_twice_is_taken_once() -> None:
    result = read("Level,Part,Qty\n0,P,1\n1,A,1\n2,R,3\n1,B,1\n2,A,2\n3,R,3\n")

    assert lines(result) == [("P", "A", "1"), ("A", "R", "3"), ("P", "B", "1"), ("B", "A", "2")]
    assert (7, "repeated_assembly") in told(result)


def test_assembly_listed_twice_with_other_rows_is_refused() -> None:
    result = read("Level,Part,Qty\n0,P,1\n1,A,1\n2,R,3\n1,B,1\n2,A,2\n3,R,4\n")

    assert (7, "other_assembly") in told(result)
    assert ("A", "R", "4") not in lines(result)


@pytest.mark.parametrize("level", ["3", "x", "", "1/2"])
def test_level_that_is_left_out_or_unreadable_is_refused(level: str) -> None:
    result = read(f"Level,Part,Qty\n0,P,1\n1,A,1\n{level},B,2\n")

    assert (4, "level_unclear") in told(result)
    assert lines(result) == [("P", "A", "1")]


def test_column_of_parents_tells_more_than_levels() -> None:
    assert lines(read("Level,Parent,Component,Qty\n1,P,A,1\n7,A,B,2\n")) == [("P", "A", "1"), ("A", "B", "2")]
