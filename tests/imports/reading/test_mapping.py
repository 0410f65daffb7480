"""The mapping document: every key optional, every mistake named at once."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from imports.reading.issues import MappingError
from imports.reading.kinds import KINDS
from imports.reading.mapping import Mapping, parse_mapping

WHOLE: dict[str, Any] = {
    "columns": {"sku": "Artikel", "on_hand": 3},
    "header_row": 4,
    "delimiter": ";",
    "decimal_mark": ",",
    "thousands_mark": ".",
    "date_order": "dmy",
    "blank": "keep",
    "quantities": "running",
    "skip_totals": True,
    "constants": {"location": "MAIN"},
}


def test_whole_mapping_comes_back_as_it_was() -> None:
    assert parse_mapping(WHOLE, "stock").as_json() == WHOLE


def test_empty_mapping_says_nothing() -> None:
    assert parse_mapping({}, "items") == Mapping()
    assert Mapping().as_json() == {}


@pytest.mark.parametrize(
    ("value", "read", "written"),
    [
        (100, Decimal(100), 100),
        ("0.5", Decimal("0.5"), "0.5"),
        ("batch", "batch", "batch"),
        ("100", Decimal(100), 100),
    ],
)
def test_usage_per_stays_exact(value: Any, read: Any, written: Any) -> None:
    mapping = parse_mapping({"usage_per": value}, "boms")
    assert mapping.usage_per == read
    assert mapping.as_json() == {"usage_per": written}


@pytest.mark.parametrize(
    "document",
    [
        [],
        "x",
        None,
        {"decimal": ","},
        {"columns": []},
        {"columns": {"nosuch": "A"}},
        {"columns": {"sku": -1}},
        {"columns": {"sku": True}},
        {"columns": {"sku": 1.5}},
        {"columns": {"sku": "  "}},
        {"columns": {"sku": "A", "on_hand": "A"}},
        {"columns": {"sku": 1, "on_hand": 1}},
        {"header_row": -2},
        {"header_row": "4"},
        {"header_row": True},
        {"delimiter": ";;"},
        {"delimiter": '"'},
        {"delimiter": "\n"},
        {"delimiter": "a"},
        {"decimal_mark": "·"},
        {"decimal_mark": ",", "thousands_mark": ","},
        {"thousands_mark": "x"},
        {"date_order": "ydm"},
        {"blank": "zero"},
        {"quantities": "some"},
        {"usage_per": 0},
        {"usage_per": -1},
        {"usage_per": 0.5},
        {"usage_per": "dozen"},
        {"usage_per": "1e99"},
        {"usage_per": "nan"},
        {"skip_totals": "yes"},
        {"negative_stock": 1},
        {"sheet": ""},
        {"constants": {"nosuch": "x"}},
        {"constants": {"location": ""}},
        {"constants": {"location": "a\x00"}},
        {"constants": {"sku": "x"}, "columns": {"sku": "A"}},
        {"columns": {"sku": ["A"]}},
        {"columns": {"sku": {}}},
        {"blank": ["keep"]},
        {"delimiter": 5},
    ],
)
def test_wrong_mapping_is_refused_in_words(document: Any) -> None:
    with pytest.raises(MappingError) as error:
        parse_mapping(document, "stock" if "usage_per" not in (document or {}) else "boms")
    assert error.value.problems
    assert all(problem.endswith((".", ")")) for problem in error.value.problems)


def test_all_problems_come_at_once() -> None:
    with pytest.raises(MappingError) as error:
        parse_mapping({"blank": "x", "date_order": "x", "nosuch": 1}, "stock")
    assert len(error.value.problems) == 3


def test_null_means_not_said() -> None:
    assert parse_mapping({"decimal_mark": None, "columns": {"lot": None}}, "stock") == Mapping(
        columns={"lot": None}
    )


def test_mapping_survives_json() -> None:
    for kind in KINDS:
        document = {"columns": {KINDS[kind].names[0]: 0}, "header_row": -1, "delimiter": "\t"}
        mapping = parse_mapping(document, kind)
        assert parse_mapping(json.loads(json.dumps(mapping.as_json())), kind) == mapping
