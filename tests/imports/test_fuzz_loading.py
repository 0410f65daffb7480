"""Whatever rows come: all of them go in or none, and what went in, written again, is what stood in the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Organization
from imports.actions.load import Imported, import_file
from imports.actions.mapping import save_mapping
from imports.models import ImportBatch
from inventory.models import Item, ItemCost, StockBalance
from production.models import BomLine
from tests.factories import make_item

pytestmark = pytest.mark.django_db
# Each example is undone, so the fixtures may be shared by all of them.
FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))

codes = st.sampled_from(
    [
        "007",
        "1E5",
        "A-1",
        "a-1",
        "ÄÖ 1",
        "N/A",
        "1/2",
        "3-4",
        "1,5",
        "0,50",
        "MAY-12",
        "12.5.7",
        "é",
        "e\u0301",
    ]
)
bad_codes = st.sampled_from(["", "=1+1", "@x", "9.55167E+12", "x" * 300, "NULL"])
texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp"), exclude_characters="\x00"), max_size=15
)
numbers = st.decimals(Decimal("0.000001"), 999_999, places=6, allow_nan=False, allow_infinity=False)
bad_numbers = st.sampled_from(["x", "-", "1.2.3", "1,23,4", "12 XYZ", "5E400", "1.0000001", "", "--1"])
conventions = st.sampled_from([(".", ","), (".", ""), (",", "."), (",", " "), (",", ""), (".", "'")])


def written(number: Decimal, convention: tuple[str, str]) -> str:
    mark, thousands = convention
    whole, _, part = f"{number:,f}".partition(".")
    part = part.rstrip("0")
    return whole.replace(",", thousands) + (mark + part if part else "")


def load(
    kind: str, rows: list[list[str]], convention: tuple[str, str], *, is_partial: bool = False
) -> Imported:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(rows)
    said: dict[str, Any] = {"delimiter": ";", "decimal_mark": convention[0], "header_row": 0}
    save_mapping(kind=kind, name="test", document=said | {"thousands_mark": convention[1]}, actor=None)
    content = out.getvalue().encode()
    return import_file(
        kind=kind, file_name="x.csv", content=content, mapping_name="test", is_partial=is_partial, actor=None
    )


@contextmanager
def undone() -> Iterator[None]:
    """One example; nothing of it stays for the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def check_counts(imported: Imported, *, is_partial: bool) -> None:
    batch = imported.batch
    assert batch.row_count >= batch.accepted_count + batch.refused_count
    assert batch.accepted_count == batch.created_count + batch.updated_count + batch.unchanged_count
    if not is_partial:
        assert imported.is_loaded == (batch.refused_count == 0 and batch.accepted_count > 0)


@FEW
@given(
    rows=st.lists(st.tuples(codes | bad_codes, texts, numbers | bad_numbers), min_size=1, max_size=6),
    convention=conventions,
    is_partial=st.booleans(),
)
def test_items_go_in_whole_or_not_and_come_out_as_they_stood(
    bound: Organization,
    rows: list[tuple[str, str, Decimal | str]],
    convention: tuple[str, str],
    is_partial: bool,
) -> None:
    cells = [
        [sku, text, written(cost, convention) if isinstance(cost, Decimal) else cost]
        for sku, text, cost in rows
    ]
    with undone():
        imported = load(
            "items", [["sku", "description", "standard_cost"], *cells], convention, is_partial=is_partial
        )

        check_counts(imported, is_partial=is_partial)
        refused = {issue.row for issue in imported.issues if issue.severity == "error" and issue.row}
        taken = {
            row[0].strip(): row
            for number, row in enumerate(cells, 2)
            if number not in refused and any(cell.strip() for cell in row)
        }
        there = {item.sku: item for item in Item.objects.all()}
        assert set(there) == (set(taken) if imported.is_loaded else set())
        costs = dict(ItemCost.objects.values_list("item__sku", "standard_cost"))
        for sku, item in there.items():
            _, text, cost = taken[sku]
            assert item.description == ("" if text.strip() in ("NULL", "null") else text.strip())
            assert (written(costs[sku], convention) if sku in costs else "") == cost
        assert ImportBatch.objects.count() == 1


@FEW
@given(
    usages=st.lists(numbers | bad_numbers, min_size=1, max_size=6),
    convention=conventions,
    is_partial=st.booleans(),
)
def test_usages_and_counts_come_out_as_they_stood(
    bound: Organization, usages: list[Decimal | str], convention: tuple[str, str], is_partial: bool
) -> None:
    cells = [written(usage, convention) if isinstance(usage, Decimal) else usage for usage in usages]
    good = {f"M-{n}": cell for n, cell in enumerate(cells) if isinstance(usages[n], Decimal)}
    goes_in = bool(good) and (is_partial or len(good) == len(cells))
    with undone():
        make_item(bound, "P-1")
        for n in range(len(cells)):
            make_item(bound, f"M-{n}")
        lines = [["P-1", f"M-{n}", cell] for n, cell in enumerate(cells)]
        counts = [[f"M-{n}", "MAIN", cell] for n, cell in enumerate(cells)]

        bill = load(
            "boms", [["parent_sku", "component_sku", "usage"], *lines], convention, is_partial=is_partial
        )
        stock = load("stock", [["sku", "location", "on_hand"], *counts], convention, is_partial=is_partial)

        for imported in (bill, stock):
            check_counts(imported, is_partial=is_partial)
            assert imported.is_loaded == goes_in
        used = BomLine.objects.values_list("component__sku", "usage")
        held = StockBalance.objects.values_list("item__sku", "on_hand")
        for rows in (used, held):
            assert {sku: written(number, convention) for sku, number in rows} == (good if goes_in else {})
