"""The stock pages show what stands where, and say unknown where nobody knows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organization
from accounts.tenancy.binding import bind
from inventory.models import Item, UnitConversion
from tests.factories import make_item, make_lot, set_stock

pytestmark = pytest.mark.django_db


def page(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(f"inventory:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def stocked(organization: Organization) -> Organization:
    bolt = make_item(organization, "BOLT", description="Bolt M6", cost=2)
    set_stock(organization, bolt, 100, unit_cost=2)
    set_stock(organization, bolt, 20, location="EAST", lot=make_lot(organization, bolt, "L-7"), unit_cost=3)
    set_stock(organization, make_item(organization, "NUT"), -4)
    make_item(organization, "WASHER")
    return organization


def test_stock_list_shows_places_and_unknown(stocked: Organization, alice_client: Client) -> None:
    text = page(alice_client, "stock", "acme")

    assert "BOLT" in text
    assert "L-7" in text
    assert "$260.00" in text
    assert "unknown" in text


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ({"q": "BO"}, "BOLT", "NUT"),
        ({"q": "m6"}, "BOLT", "NUT"),
        ({"state": "negative"}, "NUT", "BOLT"),
        ({"state": "unknown"}, "WASHER", "BOLT"),
        ({"location": "EAST"}, "BOLT", "NUT"),
    ],
)
def test_stock_list_filters(
    stocked: Organization, alice_client: Client, query: dict[str, str], shown: str, hidden: str
) -> None:
    text = page(alice_client, "stock", "acme", **query).split('id="list"')[1]

    assert f">{shown}<" in text
    assert f">{hidden}<" not in text


def test_item_page_shows_facts_costs_and_ledger(stocked: Organization, alice_client: Client) -> None:
    with bind(stocked):
        pk = Item.objects.get(sku="BOLT").pk
    text = page(alice_client, "item", "acme", pk)

    assert "Bolt M6" in text
    assert "EA (assumed)" in text
    assert "OPENING" in text


def test_ledger_goes_on_by_key(organization: Organization, alice_client: Client) -> None:
    item = make_item(organization, "BOLT")
    for _ in range(53):
        set_stock(organization, item, 1)

    first = page(alice_client, "ledger", "acme")
    assert first.count("<tr data-keys-item>") == 50
    key = first.split("before=")[1].split('"')[0]
    assert page(alice_client, "ledger", "acme", before=key).count("<tr data-keys-item>") == 3


def test_ledger_leads_with_the_item_and_names_its_unit(stocked: Organization, alice_client: Client) -> None:
    shown = alice_client.get("/o/acme/stock/ledger/").content.decode()
    assert '<th scope="col" class="lead">Item</th>' in shown
    assert '<td data-label="Unit">EA</td>' in shown


def test_stock_of_another_organization_is_not_found(stocked: Organization, charlie_client: Client) -> None:
    assert charlie_client.get(reverse("inventory:stock", args=["acme"])).status_code == 404


def test_stock_list_asks_the_same_number_of_queries(organization: Organization, alice_client: Client) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            set_stock(organization, make_item(organization), 5)
        page(alice_client, "stock", "acme")
        with CaptureQueriesContext(connection) as queries:
            page(alice_client, "stock", "acme")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_controller_enters_and_removes_a_conversion(organization: Organization, bob_client: Client) -> None:
    make_item(organization, "BOLT")
    said = {"from_unit": "BOX", "factor": "12.5", "to_unit": "EA", "sku": "BOLT"}

    bob_client.post(reverse("inventory:enter_unit", args=["acme"]), said)

    with bind(organization):
        conversion = UnitConversion.objects.get(item__sku="BOLT")
        assert (conversion.numerator, conversion.denominator) == (25, 2)
    assert "1 BOX = 12.5 EA" in page(bob_client, "units", "acme")
    bob_client.post(reverse("inventory:remove_unit", args=["acme", conversion.pk]))
    assert "BOX" not in page(bob_client, "units", "acme")


@pytest.mark.parametrize(
    ("numerator", "denominator", "words"),
    [(45_359_237, 100_000, "453.59237"), (254, 10, "25.4"), (1000, 1, "1,000"), (1, 3, "1 ÷ 3")],
)
def test_factor_is_a_fraction_only_where_no_decimal_is_exact(
    numerator: int, denominator: int, words: str
) -> None:
    assert UnitConversion(numerator=numerator, denominator=denominator).words == words


def test_planner_reads_conversions_and_enters_none(organization: Organization, alice_client: Client) -> None:
    assert "1 kg = 1,000 g" in page(alice_client, "units", "acme")
    assert alice_client.post(reverse("inventory:enter_unit", args=["acme"])).status_code == 403
