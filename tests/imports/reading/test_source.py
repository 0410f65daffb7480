"""Encodings, delimiters and quotes are told from the bytes, or the file is refused in words."""

from __future__ import annotations

import codecs

import pytest

from imports.reading.issues import UnreadableFile
from imports.reading.mapping import parse_mapping
from imports.reading.source import open_source

ROWS = [["sku", "description", "on_hand"], ["A-1", "Größe 5", "1"], ["B-2", "née", "2"]]


def text(delimiter: str = ",", newline: str = "\n") -> str:
    return "".join(delimiter.join(row) + newline for row in ROWS)


@pytest.mark.parametrize(
    ("codec", "mark", "words"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8", codecs.BOM_UTF8, "UTF-8 with byte order mark"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "UTF-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "UTF-16"),
        ("utf-16-le", b"", "UTF-16 without byte order mark"),
        ("utf-16-be", b"", "UTF-16 without byte order mark"),
        ("cp1252", b"", "Windows-1252"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encoding_is_recognised(codec: str, mark: bytes, words: str, newline: str) -> None:
    source = open_source(mark + text(newline=newline).encode(codec))
    assert source.facts()["encoding"] == words
    assert list(source.records()) == ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~"])
def test_delimiter_is_recognised(delimiter: str) -> None:
    assert list(open_source(text(delimiter).encode()).records()) == ROWS


def test_decimal_commas_do_not_make_commas_the_delimiter() -> None:
    content = b"sku;cost\nA;1,5\nB;2,25\nC;3,125\n"
    assert next(open_source(content).records()) == ["sku", "cost"]


def test_first_line_can_name_the_delimiter() -> None:
    source = open_source(b"sep=;\nsku;cost\nA;1,5\n")
    assert list(source.records()) == [["sep=", ""], ["sku", "cost"], ["A", "1,5"]]


def test_mapping_names_the_delimiter() -> None:
    source = open_source(b"a:b,c\n1:2,3\n").mapped(parse_mapping({"delimiter": ":"}, "items"))
    assert list(source.records()) == [["a", "b,c"], ["1", "2,3"]]


def test_quotes_hold_delimiters_breaks_and_quotes() -> None:
    content = b'sku,description\nA,"5"" pipe, long\nand thin"\n'
    assert list(open_source(content).records())[1] == ["A", '5" pipe, long\nand thin']


def test_inch_sign_inside_a_cell_is_a_sign() -> None:
    content = 'sku\tdescription\nA\tØ1" mirror\nB\tplain\n'.encode()
    assert list(open_source(content).records())[1] == ["A", 'Ø1" mirror']


def test_tab_file_whose_quotes_are_plain_signs_is_read() -> None:
    content = b'sku\tdescription\nA\t"A"-frame\nB\t1" pipe\n'
    source = open_source(content)
    assert list(source.records())[1] == ["A", '"A"-frame']
    assert source.facts()["quotes"] == "plain signs"


def test_quotes_escaped_by_backslashes_are_read() -> None:
    content = b'sku,description\nA,"5\\" pipe, long"\nB,"x"\n'
    assert list(open_source(content).records())[1] == ["A", '5" pipe, long']


def test_space_before_a_quote_is_no_part_of_the_cell() -> None:
    content = b'sku, description\nA, "x, y"\n'
    assert list(open_source(content).records())[1] == ["A", "x, y"]


def test_pasted_cells_are_parted_by_tabs() -> None:
    source = open_source(b'sku\tdescription\r\nA\t"two\nlines"\r\n')
    assert list(source.records()) == [["sku", "description"], ["A", "two\nlines"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b" \n\n", "empty_file"),
        (codecs.BOM_UTF8, "empty_file"),
        (b"sku,on_hand\nA\x00,1\n", "nul_sign"),
        ("sku,on_hand\nA\x00,1\n".encode("utf-16"), "nul_sign"),
        (b'sku,on_hand\n"A,1\nB,2\n', "quote_not_closed"),
        (b'sku,on_hand\n"A"x,1\nB,2\n', "quote_inside"),
        (b"\xd0\xcf\x11\xe0rest", "old_workbook"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"<!DOCTYPE html><html><table>", "not_a_table"),
        (b'<?xml version="1.0"?><Workbook/>', "not_a_table"),
        (b'{"sku": 1}', "not_a_table"),
        (b"PK\x03\x04 not a zip", "damaged_workbook"),
        ("sku,on_hand\nСталь лист,1\n".encode("cp1251"), "encoding"),
        ("sku,on_hand\nStückliste,1\n".encode("cp850"), "encoding"),
        ("sku,on_hand\nGröße,1\nGröße,2\n".encode() + b"\xe9,3\n", "mixed_encoding"),
        ("sku,on_hand\nGröße,1\nnée".encode()[:-2], "mixed_encoding"),
        (codecs.BOM_UTF16_LE + b"a\x00b", "encoding"),
        (codecs.BOM_UTF8 + b"\xff\xfe\xfd,", "encoding"),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as error:
        list(open_source(content, file_name="list.csv").records())
    assert error.value.code == code
    assert error.value.message.endswith(".")


def test_unclosed_quote_names_its_row() -> None:
    with pytest.raises(UnreadableFile) as error:
        open_source(b'sku,on_hand\nA,1\n"B,2\nC,3\n')
    assert error.value.row == 3
    assert "row 3" in error.value.message
