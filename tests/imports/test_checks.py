"""What a file says against what is there and against itself: refused, or pointed out."""

from __future__ import annotations

import pytest

from accounts.models import Organization
from imports.results import Results
from production.models import BillOfMaterials
from tests.factories import make_item, make_order, make_product
from tests.imports.loading import counts, load, told

pytestmark = pytest.mark.django_db
BILL = "parent_sku,component_sku,usage\nP-1,M-1,1\nP-1,M-2,1\nP-1,M-3,2\n"


@pytest.fixture
def shop(bound: Organization) -> Organization:
    """A product, three components and an order for ten."""
    product = make_product(bound, "P-1")
    for sku in ("M-1", "M-2", "M-3"):
        make_item(bound, sku, cost="2")
    make_order(bound, product, 10, "WO-1")
    return bound


def messages(kind: str, text: str, severity: str = "warning", *, code: str = "") -> list[str]:
    checked = load(kind, text, is_check=True)
    return [i.message for i in checked.issues if i.severity == severity and code in ("", i.code)]


def test_usage_a_thousand_times_its_neighbours_is_pointed_out(shop: Organization) -> None:
    text = "parent_sku,component_sku,usage,unit\nP-1,M-1,2,g\nP-1,M-2,3,g\nP-1,M-3,3500,g\n"

    (message,) = messages("boms", text, code="absurd_usage")

    assert message.startswith("The usage is 1,166 times as much as what the other lines of this bill say")


def test_usage_far_from_the_present_bill_is_pointed_out(shop: Organization) -> None:
    load("boms", BILL)

    (message,) = messages("boms", BILL.replace("M-2,1", "M-2,0.001"), code="absurd_usage")

    assert message.startswith("The usage is 1/1,000 of what the present bill says (1)")


def test_usages_of_another_unit_are_no_neighbours(shop: Organization) -> None:
    text = "parent_sku,component_sku,usage,unit\nP-1,M-1,2,kg\nP-1,M-2,3,kg\nP-1,M-3,2500,g\n"

    assert messages("boms", text, code="absurd_usage") == []


def test_cost_far_from_the_present_one_is_pointed_out(shop: Organization) -> None:
    text = "sku,unit_cost\nM-1,3000\nM-2,0.001\nM-3,2.1\n"

    assert [row for row, _, _ in told(load("costs", text, is_check=True), "warning")] == [2, 3]
    assert "1,250 times" in messages("items", "sku,standard_cost\nM-1,2500\n")[0]


def test_use_far_from_the_others_and_negative_use_are_pointed_out(shop: Organization) -> None:
    text = (
        "wo_number,component_sku,quantity,lot\nWO-1,M-1,5,A\nWO-1,M-1,6,B\nWO-1,M-1,6000,C\nWO-1,M-1,-5,A\n"
    )

    loaded = load("issues", text)

    pointed_out = [(row, code) for row, column, code in told(loaded, "warning") if column == "quantity"]
    assert pointed_out == [(4, "absurd_use"), (5, "negative_use")]
    assert loaded.is_loaded


def test_completion_beyond_the_order_is_pointed_out(shop: Organization) -> None:
    assert messages("completions", "wo_number,sku,completed_qty\nWO-1,P-1,50\n") == [
        "Order WO-1 has 50 good of 10 ordered."
    ]


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("completions", "wo_number,sku,completed_qty\nWO-1,M-1,4\n", "Order WO-1 makes P-1"),
        ("completions", "wo_number,sku,completed_qty\nWO-1,P-1,-4\n", "would leave less than nothing"),
        ("completions", "wo_number,sku,completed_qty\nWO-1,P-1,4\nWO-1,P-1,5\n", "with other figures"),
        ("work_orders", "wo_number,sku,quantity\nWO-9,P-1,4\nWO-9,P-1,5\n", "Row 2 gives other figures"),
        ("items", "sku,description\nX,a\nX,b\n", "X stands in row 2 too"),
        ("costs", "sku,unit_cost\nM-1,3\nM-1,4\n", "M-1 has a cost from the same day in row 2 too"),
        ("operations", "sku,operation,name\nP-1,10,Cut\nP-1,10,Weld\n", "Row 2 says something else"),
        ("units", "from_unit,to_unit,factor\nkg,x,1000\nkg,x,100\n", "Row 2 gives another factor"),
        ("boms", "parent_sku,component_sku,usage\nP-1,P-1,1\n", "This closes a circle: P-1 → P-1"),
        ("boms", "parent_sku,component_sku,usage\nM-1,P-1,1\n", "This closes a circle: M-1 → P-1 → M-1"),
    ],
)
def test_what_contradicts_itself_or_what_is_there_is_refused(
    shop: Organization, kind: str, text: str, words: str
) -> None:
    load("boms", BILL)

    (message,) = messages(kind, text, "error")

    assert words in message


def test_bill_of_which_every_row_is_refused_leaves_the_present_one(shop: Organization) -> None:
    first = load("boms", BILL)

    load("boms", "parent_sku,component_sku,usage\nP-1,P-1,1\n", is_partial=True)

    assert list(BillOfMaterials.objects.values_list("import_id", "is_active")) == [(first.batch.pk, True)]


def test_preview_of_a_bill_tells_line_by_line_and_what_goes(shop: Organization) -> None:
    load("boms", BILL)
    text = "parent_sku,component_sku,usage,scrap_percent\nP-1,M-1,1,5\nP-1,M-2,1,\n"

    checked = load("boms", text, is_check=True)

    assert counts(checked) == (0, 2, 0, 0)
    assert [[tuple(change) for change in row.changes] for row in Results(checked.batch.results).rows()] == [
        [("loss_percent", "0.0000", "5")],
        [("line", None, "as before")],
    ]
    assert [i.message for i in checked.issues] == [
        "1 line of the present bill stands in no row and goes with its new revision: M-3."
    ]
