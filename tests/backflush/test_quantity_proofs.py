"""`verify_books` proves standard and expected quantities again: from each line's sum, and from what was reported."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from backflush.actions.drafting import draft_backflushes
from backflush.models import Backflush
from inventory.models import Item
from production.actions.changing import change_work_order
from production.choices import Basis, Supply
from production.models import ReportedUse, WorkOrder, WorkOrderOutput
from tests import factories
from tests.backflush.crowd import breaches
from tests.backflush.shop import Shop, open_shop, simple_order

pytestmark = pytest.mark.django_db

BY_SUM = "A line's quantities are what its sum says"
BY_REPORTS = "What was reported is consumed"


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop()


def tamper(shop: Shop, assignments: str) -> set[str]:
    """Change every line of M past all of our code; which proofs of quantities find it."""
    with bind(shop.organization), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE backflush_backflushline SET {assignments} "
            "WHERE item_id = (SELECT id FROM inventory_item WHERE sku = 'M')"
        )
        assert cursor.rowcount
    found = breaches(shop.organization)
    return {title for title in (BY_SUM, BY_REPORTS) if any(title in breach for breach in found)}


@pytest.mark.parametrize(
    ("assignments", "proofs"),
    [
        ("expected_quantity = expected_quantity + 1", {BY_SUM}),
        ("expected_quantity = expected_quantity + 1, scrap_quantity = scrap_quantity + 1", {BY_SUM}),
        ("standard_quantity = standard_quantity - 1, scrap_quantity = scrap_quantity + 1", {BY_SUM}),
        ("origin_expected_quantity = origin_expected_quantity + 1", {BY_SUM, BY_REPORTS}),
        ("terms = jsonb_set(terms, '{target}', '\"25\"')", {BY_SUM}),
        (
            "expected_quantity = 25, scrap_quantity = 25 - standard_quantity, origin_expected_quantity = 25, "
            "terms = jsonb_set(jsonb_set(terms, '{target}', '\"25\"'), '{standard_target}', '\"16\"')",
            {BY_REPORTS},
        ),
        (
            "standard_quantity = 20, scrap_quantity = 0, origin_standard_quantity = 20, "
            "terms = terms - 'standard_target'",
            {BY_REPORTS},
        ),
    ],
)
def test_changed_quantities_of_a_posted_line_are_found(
    shop: Shop, assignments: str, proofs: set[str]
) -> None:
    """8 good and 2 scrapped at 2 each: standard 16, scrap 4, expected 20."""
    simple_order(shop, good=8, scrap=2)
    shop.post(shop.draft())
    assert breaches(shop.organization) == []
    assert tamper(shop, assignments) == proofs


def test_changed_quantities_of_one_part_of_several_are_found(shop: Shop) -> None:
    order = simple_order(shop, good=4)
    factories.make_completion(shop.organization, order, 6, reference="b")
    for part in _both(shop):
        shop.post(part)
    assert breaches(shop.organization) == []
    assert tamper(shop, "expected_quantity = expected_quantity + 1, scrap_quantity = 1") == {BY_SUM}


def test_changed_quantity_of_a_draft_is_found(shop: Shop) -> None:
    simple_order(shop)
    shop.draft()
    assert tamper(shop, "expected_quantity = 19, scrap_quantity = -1") == {BY_SUM}


def test_changed_quantity_of_a_substitute_is_found(shop: Shop) -> None:
    simple_order(shop)
    other = factories.make_item(shop.organization, "ALT", cost=5)
    factories.set_stock(shop.organization, other, 100, unit_cost=5)
    shop.post(shop.change(shop.draft(), "M", item_used_id=other.pk, factor=Decimal(2)))
    assert breaches(shop.organization) == []
    with bind(shop.organization), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE backflush_backflushline SET expected_quantity = 39, scrap_quantity = -1 WHERE item_id = %s",
            [other.pk],
        )
    assert any(BY_SUM in breach for breach in breaches(shop.organization))


def test_order_that_is_changed_after_its_first_part_is_no_breach(shop: Shop) -> None:
    """0.1 per ordered unit is consumed once, for the quantity that was ordered then."""
    order = _made_of(shop, quantity=100, good=60, usage="0.1", basis=Basis.ORDER_QUANTITY)
    shop.post(shop.draft())
    supervisor = factories.make_member(shop.organization, "supervisor")
    with bind(shop.organization):
        change_work_order(
            WorkOrder.objects.get(pk=order.pk),
            quantities={WorkOrderOutput.objects.get(work_order=order).pk: Decimal(150)},
            due_on=None,
            work_site=None,
            actor=supervisor,
            reason="More were asked for",
        )
    assert breaches(shop.organization) == []


def test_use_that_is_reported_after_the_posting_is_no_breach(shop: Shop) -> None:
    order = _made_of(shop, quantity=100, good=60, usage=2, supply=Supply.HAND)
    shop.post(shop.draft())
    with bind(shop.organization):
        row = ReportedUse(
            organization=shop.organization,
            work_order=order,
            item=Item.objects.get(sku="HAND"),
            quantity=Decimal(120),
        )
        save_row(row, actor=None, reason="test")
    assert breaches(shop.organization) == []


def _both(shop: Shop) -> list[Backflush]:
    result = draft_backflushes(organization=shop.organization, actor=shop.planner)
    return [shop.again(pk) for pk in result.drafted]


def _made_of(shop: Shop, *, quantity: Any, good: Any, usage: Any, **line: Any) -> WorkOrder:
    """An order of a product that takes one M a unit and another item as `line` says."""
    org = shop.organization
    material, other = factories.make_item(org, "M", cost=5), factories.make_item(org, "HAND", cost=1)
    product = factories.make_product(org, "P")
    factories.make_bom(org, product, [(material, 1), (other, usage, line)])
    for item in (material, other):
        factories.set_stock(org, item, 1000, unit_cost=5)
    order = factories.make_order(org, product, quantity, "WO-1")
    factories.make_completion(org, order, good)
    return order
