"""Every real file behaves as its line in expectations.csv says."""

from __future__ import annotations

import csv
from functools import cache
from typing import Any

import pytest

from imports.reading.issues import Severity
from imports.reading.mapping import Mapping, parse_mapping
from imports.reading.propose import propose_mapping
from imports.reading.read import read_rows
from imports.reading.result import ReadResult
from imports.reading.source import open_source

from .real_data import ROOT, needs_real_data

pytestmark = needs_real_data

KINDS = {
    "bom": "boms",
    "work_order": "completions",
    "cost": "costs",
    "stock": "stock",
    "uom": "units",
    "routing": "operations",
}
OTHER_KINDS = {"adventureworks/items.csv": "items"}

# What the file cannot say: which product it is, for how many, which column is the id. The rest is proven.
BOARD = {"constants": {"parent_sku": "BOARD"}, "usage_per": 100}
CHOICES: dict[str, dict[str, Any]] = {
    "messy/kicost_Aeronav_R.csv": {**BOARD, "columns": {"component_sku": "Refs"}},
    "messy/kicost_300-010.csv": BOARD,
    "messy/kicost_BoulderCreekMotherBoard.csv": {**BOARD, "columns": {"component_sku": "Value"}},
    "messy/kicost_parts_and_comments.csv": BOARD,
    "messy/kicost_SubPartGroupTest_266.csv": BOARD,
    "messy/kicost_board_qty_1.csv": {**BOARD, "usage_per": 50},
    "messy/autoopenraman_bom_totals.tsv": {"constants": {"parent_sku": "RAMAN"}},
    "messy/aw_psql_productinventory_tab_nohdr.csv": {
        "columns": {"sku": 0, "location": 1, "shelf": 2, "bin": 3, "on_hand": 4}
    },
    "messy/aw_mssql_bom_tab_nohdr.csv": {
        "columns": {
            "parent_sku": 1,
            "component_sku": 2,
            "effective_from": 3,
            "effective_to": 4,
            "unit": 5,
            "usage": 7,
        }
    },
    "adventureworks/purchase_prices.csv": {"columns": {"unit_cost": "standard_price"}},
}
ENCODINGS = {
    "utf-8": {"UTF-8"},
    "ascii": {"ASCII"},
    "utf-8 (BOM)": {"UTF-8 with byte order mark"},
    "utf-16-le (BOM)": {"UTF-16"},
    "windows-1252": {"Windows-1252"},
}
DELIMITERS = {",": "comma", ";": "semicolon", "tab": "tab"}
# What each cause of refusal is called in the expectations.
CAUSES = {
    "trailer row (blank reference)": {"total_row"},
    "total row": {"total_row"},
    "blank item id": {"blank_required", "total_row"},
    "blank parent": {"blank_required"},
    "date unreadable": {"date_ruined"},
    "no quantity column": {"no_quantity_column"},
}


@cache
def expectations() -> dict[str, dict[str, str]]:
    with (ROOT / "expectations.csv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


def _files() -> list[str]:
    return list(expectations()) if (ROOT / "expectations.csv").is_file() else []


@cache
def read(name: str) -> ReadResult:
    kind = kind_of(name)
    return read_rows(open_source((ROOT / name).read_bytes(), file_name=name), kind, mapping_for(name))


def kind_of(name: str) -> str:
    return OTHER_KINDS.get(name) or KINDS[expectations()[name]["kind"]]


def mapping_for(name: str) -> Mapping:
    return parse_mapping(CHOICES.get(name, {}), kind_of(name))


@pytest.mark.parametrize("name", _files())
def test_file_is_counted_as_expected(name: str) -> None:
    expected, result = expectations()[name], read(name)
    counts = (result.rows, result.accepted, result.refused, result.blank_rows)
    assert counts == tuple(
        int(expected[key]) for key in ("data_rows", "rows_accepted", "rows_rejected", "blank_rows")
    )
    assert result.rows == result.accepted + result.refused + result.skipped


# The key of purchase prices includes the vendor, which a cost does not have.
@pytest.mark.parametrize("name", [name for name in _files() if name != "adventureworks/purchase_prices.csv"])
def test_file_counts_duplicates_as_expected(name: str) -> None:
    assert read(name).duplicates == int(expectations()[name]["duplicate_keys"])


@pytest.mark.parametrize("name", _files())
def test_file_is_recognised_as_expected(name: str) -> None:
    expected = expectations()[name]
    source = open_source((ROOT / name).read_bytes())
    facts = source.facts()
    assert facts["encoding"] in ENCODINGS[expected["encoding"]]
    assert facts["delimiter"] == DELIMITERS[expected["delimiter"]]
    proposal = propose_mapping(source, kind_of(name), mapping_for(name))
    assert proposal.mapping.header_row == int(expected["header_row_index"])


@pytest.mark.parametrize("name", _files())
def test_refused_rows_say_why(name: str) -> None:
    expected, result = expectations()[name], read(name)
    codes = {issue.code for issue in result.issues if issue.severity is Severity.ERROR}
    for cause in filter(None, expected["reject_reasons"].split("; ")):
        count, _, words = cause.partition(" ")
        assert codes & CAUSES[words], cause
        assert int(count) <= result.refused
    if not expected["reject_reasons"]:
        assert codes == set()


@pytest.mark.parametrize("name", _files())
def test_accepted_text_is_found_in_its_row(name: str) -> None:
    """Row numbers are the file's own: the cell that a value was read from stands there."""
    result = read(name)
    records = list(open_source((ROOT / name).read_bytes()).records())
    proposal = propose_mapping(open_source((ROOT / name).read_bytes()), kind_of(name), mapping_for(name))
    places = {
        column.canonical: column.index for column in proposal.columns if column.canonical in result.columns
    }
    for at in range(0, result.accepted, max(result.accepted // 50, 1)):
        record = records[result.row_numbers[at] - 1]
        for canonical, place in places.items():
            column = result.columns[str(canonical)]
            cell = record[place] if place < len(record) else ""
            assert column.texts[column.ids[at]] == cell


def test_dollars_and_thousands_are_read_exactly() -> None:
    result = read("messy/aw_excel_product_duplicated.csv")
    costs = dict(zip(result.values("sku"), result.values("unit_cost"), strict=True))
    assert str(costs["FR-R92B-58"]) == "1059.31"


def test_german_costs_equal_their_source() -> None:
    german = read("messy/costs_german_excel_cp1252.csv")
    plain = read("adventureworks/costs.csv")
    for name in ("sku", "unit_cost", "effective_from", "effective_to"):
        assert german.values(name) == plain.values(name)


def test_french_bill_equals_its_source() -> None:
    french = read("messy/bom_french_cp1252.csv")
    plain = read("adventureworks/bom.csv")
    for name in ("parent_sku", "component_sku", "usage", "effective_from", "effective_to"):
        assert french.values(name) == plain.values(name)[:1000]


def test_american_thousands_equal_their_source() -> None:
    american = read("messy/work_orders_first_2000_us_thousands.csv")
    plain = read("adventureworks/work_orders.csv")
    for name in ("wo_number", "order_qty", "completed_qty", "scrap_qty", "completed_at", "due"):
        assert american.values(name) == plain.values(name)[:2000]


def test_utf16_stock_equals_its_source() -> None:
    wide = read("messy/stock_excel_unicode_text_utf16.txt")
    plain = read("adventureworks/stock.csv")
    assert wide.values("on_hand") == plain.values("on_hand")
    assert sum(value for value in plain.values("on_hand")) == 335_974  # type: ignore[arg-type]


def test_all_work_orders_add_up() -> None:
    result = read("adventureworks/work_orders.csv")
    totals = [sum(result.values(name)) for name in ("order_qty", "completed_qty", "scrap_qty")]  # type: ignore[arg-type]
    assert totals == [4_507_721, 4_497_070, 10_651]
    assert sum(value is None for value in result.values("completed_at")) == 7_052


def test_all_bill_rows_name_their_103_blank_parents() -> None:
    result = read("adventureworks/bom_all_rows.csv")
    assert len(result.issues) == 103
    assert {issue.code for issue in result.issues} == {"blank_required"}
    assert {issue.column for issue in result.issues} == {"parent_sku"}


def test_board_quantity_of_the_title_is_asked() -> None:
    name = "messy/kicost_300-010.csv"
    mapping = parse_mapping({"constants": {"parent_sku": "BOARD"}}, "boms")
    result = read_rows(open_source((ROOT / name).read_bytes()), "boms", mapping)
    assert [issue.code for issue in result.issues if issue.row is None and issue.severity == "warning"] == [
        "ask_usage_per"
    ]


def test_leading_zeros_survive() -> None:
    assert "08055C104KAT2A" in read("messy/kicost_board_qty_1.csv").values("component_sku")
