"""Variances over everything posted: the list under Review and its file."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.tenancy.binding import bind
from backflush.queries import variances
from backflush.queries.variances import variance_lines
from tests import factories
from tests.backflush.shop import Shop, open_shop, simple_order

pytestmark = pytest.mark.django_db
PATH = "/o/acme/variances/"


@pytest.fixture
def shop() -> Shop:
    """WO-1: 22 of M used where 20 were expected, posted; M cost 5.00."""
    shop = open_shop()
    simple_order(shop)
    shop.post(shop.change(shop.draft(), "M", actual_quantity=22))
    return shop


def client_of(shop: Shop) -> Client:
    return factories.client_of(shop.controller)


def post_another(shop: Shop, used: int) -> None:
    with bind(shop.organization):
        product = variance_lines().first().backflush.completion.output.item  # type: ignore[union-attr]
    factories.make_completion(shop.organization, factories.make_order(shop.organization, product, 10), 10)
    shop.post(shop.change(shop.draft(), "M", actual_quantity=used))


def test_most_money_comes_first_whatever_its_sign(shop: Shop) -> None:
    post_another(shop, 15)
    post_another(shop, 20)
    with bind(shop.organization):
        found = [line.variance_minor for line in variance_lines(by_money=True)]
    assert found == [-2500, 1000]
    page = client_of(shop).get(PATH).content.decode()
    assert "2 posted lines away from standard" in page
    assert page.index("−$25.00") < page.index("$10.00")


def test_reversed_postings_and_other_days_are_not_among_them(shop: Shop) -> None:
    client = client_of(shop)
    assert "WO-1" in client.get(PATH, {"start": "2025-11-19", "end": "2025-11-19"}).content.decode()
    assert "WO-1" not in client.get(PATH, {"start": "2025-11-20"}).content.decode()
    assert "WO-1" not in client.get(PATH, {"item": "X"}).content.decode()


def test_file_has_every_line_with_its_four_parts(shop: Shop) -> None:
    answer = client_of(shop).get(PATH, {"format": "csv"})
    assert answer["Content-Disposition"].startswith('attachment; filename="acme-variances-')
    (row,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert (row["work_order"], row["product"], row["item"]) == ("WO-1", "P", "M")
    assert (row["expected_quantity"], row["actual_quantity"]) == ("20", "22")
    assert [row[name] for name in variances.PARTS] == ["0", "0", "1000", "0", "1000"]
    assert row["posted_on"] == "2025-11-19"


def test_file_that_nobody_opens_is_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    post_another(shop, 15)
    monkeypatch.setattr(variances, "MOST_IN_A_FILE", 1)
    answer = client_of(shop).get(PATH, {"format": "csv"})
    assert answer.status_code == 422
    assert "ask for fewer days" in answer.content.decode()


def test_page_asks_as_often_for_one_line_as_for_three(shop: Shop) -> None:
    client = client_of(shop)
    counts = []
    for used in ((), (23, 24)):
        for quantity in used:
            post_another(shop, quantity)
        client.get(PATH)
        with CaptureQueriesContext(connection) as asked:
            client.get(PATH)
        counts.append(len(asked))
    assert counts[0] == counts[1]
