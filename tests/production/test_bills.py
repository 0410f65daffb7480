"""Bills of materials from rows: made, recognised, revised; circles refused with their path."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organization
from inventory.models import Item
from production.actions.bills import load_bills
from production.actions.rows import BillRow, LoadResult, SubstituteRow
from production.models import BillOfMaterials, BomLine, Substitute
from tests.factories import make_item, make_product

pytestmark = pytest.mark.django_db


def load(*lines: BillRow, **options: Any) -> LoadResult:
    return load_bills(lines=lines, actor=None, reason="Bills file", **options)


def row(number: int, parent: Item, component: Item, usage: str = "1", **columns: Any) -> BillRow:
    return BillRow(number, parent.pk, component.pk, Decimal(usage), **columns)


def active(item: Item) -> list[tuple[str, int, bool]]:
    return list(
        BillOfMaterials.objects.filter(item=item)
        .order_by("sequence")
        .values_list("revision", "sequence", "is_active")
    )


def test_a_new_bill_has_its_lines_in_the_order_of_the_rows(bound: Organization) -> None:
    table, leg, top = (
        make_product(bound, "TABLE"),
        make_item(bound, "LEG"),
        make_item(bound, "TOP", unit="M2"),
    )

    result = load(
        row(2, table, leg, "4"), row(3, table, top, "1.5", loss_percent=Decimal("2.5")), import_id=7
    )

    assert (result.created, result.updated, result.unchanged, result.refused) == (2, 0, 0, 0)
    assert list(
        BomLine.objects.order_by("position").values_list("component__sku", "position", "usage", "unit")
    ) == [
        ("LEG", 10, Decimal(4), "EA"),
        ("TOP", 20, Decimal("1.5"), "M2"),
    ]
    bill = BillOfMaterials.objects.get(pk=result.made_ids[0])
    assert (bill.import_id, bill.sequence, bill.output_quantity) == (7, 1, Decimal(1))
    assert list(BomLine.objects.order_by("position").values_list("import_row", flat=True)) == [2, 3]
    assert set(BomLine.history.values_list("history_change_reason", flat=True)) == {"Bills file"}


def test_the_same_bill_again_is_unchanged_in_any_order(bound: Organization) -> None:
    table, leg, top = make_product(bound), make_item(bound), make_item(bound)
    other = make_item(bound)
    lines = [
        row(2, table, leg, "4", substitutes=(SubstituteRow(other.pk, Decimal("1.5")),)),
        row(3, table, top, "1"),
    ]
    load(*lines)

    again = load(lines[1]._replace(row=2), lines[0]._replace(row=3, usage=Decimal("4.000")))

    assert again.outcomes == {2: "unchanged", 3: "unchanged"}
    assert again.made_ids == []
    assert active(table) == [("", 1, True)]
    assert list(Substitute.objects.values_list("item_id", "factor")) == [(other.pk, Decimal("1.5"))]


def test_an_edited_bill_becomes_the_next_in_sequence_and_the_old_one_stays(bound: Organization) -> None:
    table, leg = make_product(bound), make_item(bound)
    load(row(2, table, leg, "4"))

    result = load(row(2, table, leg, "3"))

    assert result.outcomes == {2: "updated"}
    assert active(table) == [("", 1, False), ("", 2, True)]
    assert list(BomLine.objects.order_by("bom__sequence").values_list("usage", flat=True)) == [
        Decimal(4),
        Decimal(3),
    ]


def test_another_revision_stands_beside_the_first(bound: Organization) -> None:
    table, leg = make_product(bound), make_item(bound)
    july = dt.date(2025, 7, 1)
    load(row(2, table, leg, "4", revision="A"))

    load(row(2, table, leg, "3", revision="B", effective_from=july))

    assert active(table) == [("A", 1, True), ("B", 2, True)]
    assert BillOfMaterials.objects.get(revision="B").effective_from == july


@pytest.mark.parametrize(
    ("column", "columns"),
    [
        ("usage", {"usage": "-1"}),
        ("usage", {"usage": "0"}),
        ("usage", {"usage": "0.1234567"}),
        ("usage", {"usage": "1000000000000"}),
        ("usage_per", {"usage_per": Decimal(0)}),
        ("fixed_quantity", {"fixed_quantity": Decimal(-1)}),
        ("scrap_percent", {"loss_percent": Decimal(-1)}),
        ("scrap_percent", {"loss_percent": Decimal(100), "loss_method": "yield"}),
        ("phantom", {"is_phantom": True, "line_type": "byproduct"}),
        ("effective_to", {"effective_from": dt.date(2025, 2, 1), "effective_to": dt.date(2025, 1, 1)}),
    ],
)
def test_a_line_that_cannot_stand_is_refused_by_its_column(
    bound: Organization, column: str, columns: dict[str, Any]
) -> None:
    table, leg = make_product(bound), make_item(bound)

    result = load(row(2, table, leg, columns.pop("usage", "1"), **columns))

    assert [(issue.row, issue.column, issue.code) for issue in result.errors] == [(2, column, "INVALID")]
    assert not result.is_written
    assert not BillOfMaterials.objects.exists()


def test_a_zero_line_in_the_middle_does_not_cut_the_bill_short(bound: Organization) -> None:
    """Dolibarr#23739."""
    table, parts = make_product(bound), [make_item(bound) for _ in range(3)]
    lines = [row(n, table, part, usage) for n, part, usage in zip((2, 3, 4), parts, "102", strict=True)]

    assert load(*lines).outcomes == {2: "created", 3: "refused", 4: "created"}
    assert not BomLine.objects.exists()

    assert load(*lines, is_partial=True).is_written
    assert list(BomLine.objects.order_by("position").values_list("component_id", "usage")) == [
        (parts[0].pk, Decimal(1)),
        (parts[2].pk, Decimal(2)),
    ]


def test_a_circle_is_refused_with_its_path(bound: Organization) -> None:
    a, b, c = (make_product(bound, sku) for sku in "ABC")
    load(row(2, a, b), row(3, b, c))

    result = load(row(2, c, a))

    assert [issue.message for issue in result.errors] == [
        "This closes a circle: C → A → B → C. An item cannot be made of itself: remove one of these lines."
    ]
    assert active(c) == []


def test_an_item_made_of_itself_is_a_circle(bound: Organization) -> None:
    a = make_product(bound, "A")

    assert load(row(2, a, a)).errors[0].message.startswith("This closes a circle: A → A.")


def test_a_circle_that_an_edit_takes_away_is_none(bound: Organization) -> None:
    a, b, c = (make_product(bound, sku) for sku in "ABC")
    load(row(2, a, b))

    result = load(row(2, a, c), row(3, b, a))

    assert result.outcomes == {2: "updated", 3: "created"}


def test_the_good_rows_of_a_circle_are_loaded_when_asked(bound: Organization) -> None:
    a, b, m = make_product(bound, "A"), make_product(bound, "B"), make_item(bound, "M")

    result = load(row(2, a, b), row(3, b, a), row(4, b, m), is_partial=True)

    assert result.outcomes == {2: "created", 3: "refused", 4: "created"}
    assert active(a) == active(b) == [("", 1, True)]


def test_a_check_writes_nothing(bound: Organization) -> None:
    table, leg = make_product(bound), make_item(bound)

    result = load(row(2, table, leg), is_check=True)

    assert (result.created, result.is_written) == (1, False)
    assert not BillOfMaterials.objects.exists()


def test_a_unit_without_a_conversion_is_a_warning(bound: Organization) -> None:
    table, paint = make_product(bound), make_item(bound, "PAINT", unit="KG")

    result = load(row(2, table, paint, unit="L"))

    assert result.is_written
    assert [(issue.column, issue.code) for issue in result.warnings] == [("unit", "NO_CONVERSION")]


def test_rows_of_one_bill_agree_about_it(bound: Organization) -> None:
    table, leg, top = make_product(bound), make_item(bound), make_item(bound)

    result = load(
        row(2, table, leg, position=10, planned_loss_percent=Decimal(5)),
        row(3, table, top, position=10, planned_loss_percent=Decimal(5)),
        row(4, table, top, position=20, planned_loss_percent=Decimal(6)),
    )

    assert [(issue.row, issue.column) for issue in result.errors] == [
        (3, "position"),
        (4, "planned_loss_percent"),
    ]


def test_once_per_order_is_a_fixed_quantity(bound: Organization) -> None:
    table, leader = make_product(bound), make_item(bound)

    load(row(2, table, leader, "10", basis="per_order"))

    assert BomLine.objects.values_list("usage", "fixed_quantity").get() == (Decimal(0), Decimal(10))
