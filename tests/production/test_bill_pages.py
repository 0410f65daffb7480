"""The pages of bills of materials and of operations."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from inventory.models import Item
from production.models import Operation
from tests.factories import (
    client_of,
    make_bom,
    make_item,
    make_product,
)
from tests.production.looking import assert_constant, text

pytestmark = pytest.mark.django_db
BASE = "/o/acme"


def test_a_bill_shows_its_levels_revisions_and_uses(
    organization: Organization, table: Item, alice_client: Client
) -> None:
    frame, screw, glue = (make_item(organization, sku) for sku in ("FRAME", "SCREW", "GLUE"))
    make_bom(organization, table, [(glue, 2)], revision="A", is_active=False)
    make_bom(organization, table, [(frame, 1)], revision="B")
    make_bom(organization, frame, [(screw, 8)])

    page = text(alice_client, f"{BASE}/bills/{table.pk}/")
    assert page.index("FRAME") < page.index("SCREW")
    assert "Revision A · 1" in page
    assert "Revision B · 2" in page
    assert "TABLE" in text(alice_client, f"{BASE}/bills/{frame.pk}/")
    listed = text(alice_client, f"{BASE}/bills/?q=FR")
    assert "FRAME" in listed
    assert "TABLE" not in listed


def test_a_bill_of_another_item_is_not_found(
    organization: Organization, table: Item, alice_client: Client
) -> None:
    other = make_bom(organization, make_product(organization), [(make_item(organization), 1)])

    assert alice_client.get(f"{BASE}/bills/{table.pk}/?bill={other.pk}").status_code == 404


def test_bills_cost_the_same_whatever_they_hold(
    organization: Organization, table: Item, alice_client: Client
) -> None:
    made: list[Item] = []

    def fill(more: int) -> None:
        for _ in range(more):
            made.append(make_product(organization))
            make_bom(organization, made[-1], [(make_item(organization), 1)])
        make_bom(organization, table, [(item, 1) for item in made])

    assert_constant(alice_client, f"{BASE}/bills/", fill)
    assert_constant(alice_client, f"{BASE}/bills/{table.pk}/", fill)


def test_operations_are_entered_changed_and_taken_away(
    organization: Organization, table: Item, supervisor_client: Client, bob: User
) -> None:
    url = f"{BASE}/bills/{table.pk}/operations/"
    supervisor_client.post(url, {"number": "10", "name": "Saw"})
    supervisor_client.post(url, {"number": "10", "name": "Saw", "is_backflush_point": "on"})
    supervisor_client.post(url, {"number": "20", "name": "Paint"})

    with bind(organization):
        assert list(
            Operation.objects.order_by("number").values_list("number", "name", "is_backflush_point")
        ) == [
            (10, "Saw", True),
            (20, "Paint", False),
        ]
        first = Operation.objects.get(number=10)
    assert client_of(bob).get(url).status_code == 403
    supervisor_client.post(f"{url}{first.pk}/remove/")
    with bind(organization):
        assert Operation.objects.count() == 1
