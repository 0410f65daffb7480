"""Rows that say one figure together go in together: with one of them refused, none of them counts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.models import Organization
from inventory.models import StockBalance
from inventory.stock_files.shapes import Scope
from production.models import ReportedUse
from tests.factories import make_item, make_order, make_product
from tests.imports.loading import load, told


def on_hand() -> dict[str, Decimal]:
    return dict(StockBalance.objects.values_list("item__sku", "on_hand"))


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("sku,location,on_hand\nM-1,A,4\nM-1,A,x\nM-2,A,1\n", [2, 3]),
        ("sku,location,lot,on_hand\nM-1,A,L1,x\nM-1,A,,4\nM-2,A,,1\n", [2, 3]),
        ("sku,location,on_hand\nM-1,A,4\nM-1,=B,5\nM-2,A,1\n", [2, 3]),
        ("sku,location,lot,on_hand\nM-1,A,L1,4\nM-1,A,L2,x\nM-2,A,,1\n", [3]),
        ("sku,location,on_hand\nM-1,A,4\nM-1,B,x\nM-2,A,1\n", [3]),
    ],
)
def test_part_of_a_stock_that_cannot_be_read_refuses_the_sum(
    bound: Organization, text: str, refused: list[int]
) -> None:
    for sku in ("M-1", "M-2"):
        make_item(bound, sku)
    load("stock", "sku,location,on_hand\nM-2,A,0\nM-2,B,0\n")

    loaded = load("stock", text, is_partial=True)

    assert [row for row, _, _ in told(loaded)] == refused
    assert StockBalance.objects.get(item__sku="M-2", location__code="A").on_hand == Decimal(1)
    assert StockBalance.objects.filter(item__sku="M-1").exists() is (len(refused) == 1)


def test_whole_file_with_a_count_that_cannot_be_read_makes_nothing_zero(bound: Organization) -> None:
    for sku in ("M-1", "M-2"):
        make_item(bound, sku)
    load("stock", "sku,location,on_hand\nM-1,A,4\nM-2,A,7\n")

    loaded = load("stock", "sku,location,on_hand\nM-1,A,5\nM-2,A,x\n", is_partial=True, scope=Scope.WHOLE)

    assert told(loaded) == [(None, "", "scope_needs_all_rows"), (3, "on_hand", "not_a_number")]
    assert on_hand() == {"M-1": Decimal(4), "M-2": Decimal(7)}


def test_total_that_is_refused_is_no_part_of_a_whole_file(bound: Organization) -> None:
    make_item(bound, "M-1")

    loaded = load("stock", "sku,location,on_hand\nM-1,A,5\nTotal,,5\n", is_partial=True, scope=Scope.WHOLE)

    assert told(loaded) == [(3, "", "total_row")]
    assert on_hand() == {"M-1": Decimal(5)}


@pytest.mark.parametrize("bad", ["W,A,x,EA", "W,A,3,BOX"])
def test_part_of_a_use_that_is_refused_refuses_the_use(bound: Organization, bad: str) -> None:
    for sku in ("A", "B"):
        make_item(bound, sku)
    make_order(bound, make_product(bound, "P"), 10, "W")

    loaded = load(
        "issues", f"wo_number,component_sku,quantity,unit\nW,A,5,EA\n{bad}\nW,B,1,EA\n", is_partial=True
    )

    assert sorted(row for row, _, _ in told(loaded) if row) == [2, 3]
    assert list(ReportedUse.objects.values_list("item__sku", "quantity")) == [("B", Decimal(1))]
