"""Shortages that were posted by policy: listed, taken, resolved."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import AppError
from accounts.tenancy.binding import bind
from inventory.actions.exceptions import resolve_exception, take_exception
from inventory.choices import Resolution
from inventory.models import StockException
from tests import factories
from tests.backflush.shop import Shop, open_shop

pytestmark = pytest.mark.django_db


def _short(shop: Shop, number: str) -> None:
    org = shop.organization
    material = factories.make_item(org, f"M-{number}", cost=5)
    product = factories.make_product(org, f"P-{number}")
    factories.make_bom(org, product, [(material, 1)])
    factories.set_stock(org, material, 4, unit_cost=5)
    factories.make_completion(org, factories.make_order(org, product, 10, number), 10)
    shop.post(shop.draft(order_numbers=[number]))


def test_shortage_is_taken_and_resolved_with_what_was_found() -> None:
    shop = open_shop()
    _short(shop, "WO-1")
    with bind(shop.organization):
        pk = StockException.objects.get().pk
    take_exception(organization=shop.organization, exception_id=pk, actor=shop.planner)
    resolved = resolve_exception(
        organization=shop.organization,
        exception_id=pk,
        resolution=Resolution.MISCOUNTED,
        note="Stood in the annex",
        actor=shop.controller,
    )
    assert (resolved.owner, resolved.resolved_by, resolved.resolution) == (
        shop.planner,
        shop.controller,
        "miscounted",
    )
    assert shop.balance("M-WO-1")[0] == -6
    with pytest.raises(AppError, match="resolved already"):
        take_exception(organization=shop.organization, exception_id=pk, actor=shop.planner)


def test_resolving_needs_words_and_the_right() -> None:
    shop = open_shop()
    _short(shop, "WO-1")
    auditor = factories.make_member(shop.organization, "auditor")
    with bind(shop.organization):
        pk = StockException.objects.get().pk
    with pytest.raises(AppError) as wordless:
        resolve_exception(
            organization=shop.organization,
            exception_id=pk,
            resolution=Resolution.ACCEPTED,
            note=" ",
            actor=shop.controller,
        )
    assert wordless.value.code == "REASON_REQUIRED"
    with pytest.raises(AppError) as rightless:
        take_exception(organization=shop.organization, exception_id=pk, actor=auditor)
    assert rightless.value.code == "FORBIDDEN"


def test_list_says_what_stock_has_covered_since_and_costs_the_same_for_more_rows() -> None:
    shop = open_shop()
    _short(shop, "WO-1")
    client = factories.client_of(shop.planner)
    url = f"/o/{shop.organization.slug}/stock/shortages/"
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        page = client.get(url)
    assert "Covered since" not in page.content.decode()
    for number in ("WO-2", "WO-3"):
        _short(shop, number)
    with bind(shop.organization):
        from inventory.models import Item

        item = Item.objects.get(sku="M-WO-1")
    factories.set_stock(shop.organization, item, 100, unit_cost=5)
    with CaptureQueriesContext(connection) as three:
        page = client.get(url)
    assert len(three) == len(one)
    assert page.content.decode().count("Covered since") == 1
