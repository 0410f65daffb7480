"""The own rules of items and locations: kept by controllers, told in the history, read by the drafts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import Organization
from accounts.tenancy.binding import bind
from inventory.models import Item, Location
from tests.factories import make_item, make_location
from ui import formats

pytestmark = pytest.mark.django_db


def test_item_gets_its_own_tolerance_class_and_policy(organization: Organization, bob_client: Client) -> None:
    item = make_item(organization, "GLUE")
    path = f"/o/acme/stock/items/{item.pk}/"
    change = {
        "item_class": "CHEM",
        "negative_policy": "block",
        "tolerance_percent": "2.5",
        "tolerance_minor": "12.50",
        "why": "Measured by weight",
    }

    assert bob_client.post(f"{path}rules/", change).status_code == 302

    with bind(organization):
        saved = Item.objects.get(pk=item.pk)
        last = Item.history.filter(id=item.pk).latest("history_id")
    assert (saved.item_class, saved.negative_policy) == ("CHEM", "block")
    assert (saved.tolerance_percent, saved.tolerance_minor) == (Decimal("2.5"), 1250)
    assert (last.history_change_reason, last.history_user.email) == ("Measured by weight", "bob@example.com")
    page = bob_client.get(path).content.decode()
    assert f"{formats.percent(Decimal('2.5'))} and $12.50" in page
    assert "Measured by weight" in page


def test_empty_follows_the_organization_and_zero_does_not(
    organization: Organization, bob_client: Client
) -> None:
    item = make_item(organization, "GLUE", tolerance_percent=Decimal(5), tolerance_minor=100)
    path = f"/o/acme/stock/items/{item.pk}/rules/"

    assert (
        bob_client.post(path, {"tolerance_percent": "", "tolerance_minor": "0", "why": "x"}).status_code
        == 302
    )

    with bind(organization):
        saved = Item.objects.get(pk=item.pk)
    assert (saved.tolerance_percent, saved.tolerance_minor) == (None, 0)


def test_rule_that_cannot_be_is_refused_beside_its_field(
    organization: Organization, bob_client: Client
) -> None:
    item = make_item(organization, "GLUE")
    answer = bob_client.post(f"/o/acme/stock/items/{item.pk}/rules/", {"tolerance_percent": "-1", "why": "x"})
    assert answer.status_code == 422
    assert "greater than or equal to 0" in answer.content.decode()


def test_planner_changes_no_rules(organization: Organization, alice_client: Client) -> None:
    item = make_item(organization, "GLUE")
    assert alice_client.get(f"/o/acme/stock/items/{item.pk}/rules/").status_code == 403
    assert "Change rules" not in alice_client.get(f"/o/acme/stock/items/{item.pk}/").content.decode()


def test_location_gets_its_place_in_the_order_of_picking(
    organization: Organization, bob_client: Client
) -> None:
    location = make_location(organization, "LINE")
    path = f"/o/acme/stock/locations/{location.pk}/"
    change = {"name": "Beside the line", "kind": "shelf", "pick_order": "10", "why": "Emptied first"}

    assert bob_client.post(path, change).status_code == 302

    with bind(organization):
        saved = Location.objects.get(pk=location.pk)
    assert (saved.name, saved.kind, saved.is_stocking, saved.pick_order) == (
        "Beside the line",
        "shelf",
        False,
        10,
    )
    assert "Emptied first" in bob_client.get(path).content.decode()
    assert "not taken from" in bob_client.get("/o/acme/stock/locations/").content.decode()
