"""The journal table of the rules, section 8, through drafting, signing and the database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounts.books import prove
from accounts.tenancy.binding import bind
from tests import factories
from tests.backflush.shop import Shop, open_shop

pytestmark = pytest.mark.django_db

COLUMNS: dict[str, tuple[dict[str, object], bool, dict[str, int]]] = {
    "finished goods standard, stock actual": (
        {"finished_goods_at": "standard"},
        False,
        {
            "component_inventory": -14210,
            "byproduct_inventory": 500,
            "wip_in": 12000,
            "substitution_variance": 400,
            "scrap_variance": 2600,
            "usage_variance": 500,
            "price_variance": 210,
            "conversion_absorbed": -2000,
            "finished_goods": 12160,
            "wip_out": -12000,
            "output_variance": -160,
        },
    ),
    "finished goods standard, stock standard": (
        {"finished_goods_at": "standard", "is_stock_at_standard": True},
        False,
        {
            "component_inventory": -14000,
            "byproduct_inventory": 500,
            "wip_in": 12000,
            "substitution_variance": 400,
            "scrap_variance": 2600,
            "usage_variance": 500,
            "conversion_absorbed": -2000,
            "finished_goods": 12160,
            "wip_out": -12000,
            "output_variance": -160,
        },
    ),
    "finished goods actual, scrap normal": (
        {"finished_goods_at": "actual"},
        False,
        {
            "component_inventory": -14210,
            "byproduct_inventory": 500,
            "wip_in": 15710,
            "conversion_absorbed": -2000,
            "finished_goods": 15710,
            "wip_out": -15710,
        },
    ),
    "finished goods actual, scrap abnormal": (
        {"finished_goods_at": "actual"},
        True,
        {
            "component_inventory": -14210,
            "byproduct_inventory": 500,
            "wip_in": 13110,
            "scrap_loss": 2600,
            "conversion_absorbed": -2000,
            "finished_goods": 13110,
            "wip_out": -13110,
        },
    ),
    "finished goods actual, stock standard": (
        {"finished_goods_at": "actual", "is_stock_at_standard": True},
        False,
        {
            "component_inventory": -14000,
            "byproduct_inventory": 500,
            "wip_in": 15500,
            "conversion_absorbed": -2000,
            "finished_goods": 15500,
            "wip_out": -15500,
        },
    ),
}


def _example(shop: Shop, *, good: int, scrap: int, is_abnormal: bool) -> None:
    """A: 2 each at 5.00 from a lot at 5.10; C (3.00), for which B (3.50) stands in; by-product D at 1.00."""
    org = shop.organization
    a = factories.make_item(org, "A", cost=5, tracking="lot")
    b = factories.make_item(org, "B", cost="3.50")
    c = factories.make_item(org, "C", cost=3)
    d = factories.make_item(org, "D", cost=1)
    product = factories.make_product(org, "P", cost="15.20")
    lot = factories.make_lot(org, a, "L1", received_on=dt.date(2025, 1, 1), unit_cost=Decimal("5.10"))
    factories.set_stock(org, a, 100, lot=lot, unit_cost="5.10")
    factories.set_stock(org, b, 100, unit_cost="3.50")
    lines = [(a, 2)]
    if good:
        lines += [(c, 1), (d, "0.5", {"line_type": "byproduct"})]
    factories.make_bom(org, product, lines)
    order = factories.make_order(org, product, 10, output={"conversion_cost": Decimal("2.50")})
    reason = shop.reason(is_abnormal=is_abnormal)
    factories.make_completion(org, order, good, scrap, scrap_reason=reason, is_final=True)


@pytest.mark.parametrize("name", COLUMNS)
def test_journal_of_the_worked_example(name: str) -> None:
    policies, is_abnormal, expected = COLUMNS[name]
    shop = open_shop(**policies)
    _example(shop, good=8, scrap=2, is_abnormal=is_abnormal)
    draft = shop.draft()
    draft = shop.change(draft, "A", actual_quantity=Decimal(21))
    with bind(shop.organization):
        from inventory.models import Item

        b = Item.objects.get(sku="B")
    draft = shop.change(draft, "C", item_used_id=b.pk)
    posted = shop.post(draft)
    assert shop.journal(posted) == expected
    assert (posted.substitution_minor, posted.scrap_minor, posted.usage_minor) == (400, 2600, 500)
    assert posted.price_minor == (0 if policies.get("is_stock_at_standard") else 210)
    with bind(shop.organization):
        assert prove(shop.organization, lambda proof, found: None)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("standard", {"component_inventory": -10200, "scrap_variance": 10000, "price_variance": 200}),
        ("actual", {"component_inventory": -10200, "scrap_loss": 10200}),
    ],
)
def test_journal_of_zero_good(at: str, expected: dict[str, int]) -> None:
    shop = open_shop(finished_goods_at=at)
    _example(shop, good=0, scrap=10, is_abnormal=False)
    posted = shop.post(shop.draft())
    assert shop.journal(posted) == expected
    assert shop.balance("P") == (Decimal(0), 0)
