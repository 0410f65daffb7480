"""Today for a supervisor: orders to release and orders on the floor, those that are due first."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from accounts.models import Organization
from inventory.models import Item
from production.choices import OrderStatus
from tests.factories import client_of, make_member, make_order, make_product
from tests.production.looking import assert_constant

pytestmark = pytest.mark.django_db
TODAY = "/o/acme/"
MONDAY = dt.date(2026, 3, 2)


@pytest.fixture
def product(organization: Organization) -> Item:
    return make_product(organization, "P")


@pytest.fixture
def supervisor(organization: Organization) -> Client:
    return client_of(make_member(organization, "supervisor"))


def orders_on(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"WO-\w+", page)))


def test_supervisor_sees_what_to_release_and_what_is_made_by_its_day(
    organization: Organization, product: Item, supervisor: Client
) -> None:
    for number, status, days in (
        ("WO-later", OrderStatus.ENTERED, 3),
        ("WO-never", OrderStatus.DRAFT, None),
        ("WO-first", OrderStatus.PLACED, 1),
        ("WO-made", OrderStatus.PRODUCTION, 9),
        ("WO-part", OrderStatus.PARTIAL, 5),
        ("WO-done", OrderStatus.COMPLETED, 0),
        ("WO-gone", OrderStatus.CANCELLED, 0),
    ):
        due = None if days is None else MONDAY + dt.timedelta(days=days)
        make_order(organization, product, 10, number, status=status, due_on=due)
    page = supervisor.get(TODAY).content.decode()
    assert orders_on(page) == ["WO-first", "WO-later", "WO-never", "WO-part", "WO-made"]
    assert (
        page.index("To release") < page.index("WO-first") < page.index("On the floor") < page.index("WO-part")
    )


def test_many_orders_are_cut_and_the_rest_is_counted(
    organization: Organization, product: Item, supervisor: Client
) -> None:
    for number in range(11):
        make_order(organization, product, 10, f"WO-{number}", status=OrderStatus.PRODUCTION)
    page = supervisor.get(TODAY).content.decode()
    assert len(orders_on(page)) == 8
    assert "3 more orders" in page
    assert "No order waits to be released." in page


def test_others_are_not_shown_the_floor(organization: Organization, product: Item) -> None:
    make_order(organization, product, 10, "WO-1")
    page = client_of(make_member(organization, "controller")).get(TODAY).content.decode()
    assert "On the floor" not in page


def test_floor_takes_as_many_queries_for_three_orders_as_for_one(
    organization: Organization, product: Item, supervisor: Client
) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            make_order(organization, product, 10)

    assert_constant(supervisor, TODAY, add)
