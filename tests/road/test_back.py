"""The browser's back button, over lists that htmx swapped."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect

from accounts.models import Organization
from tests import factories
from tests.browser.people import sitting_down


@pytest.mark.django_db
def test_page_and_its_part_are_kept_apart_by_browsers(
    organization: Organization, alice_client: Client
) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        answer = alice_client.get("/o/acme/orders/", headers=headers)
        assert "HX-Request" in answer.headers["Vary"].split(", ")


@pytest.mark.django_db(transaction=True)
def test_back_shows_the_filtered_list_as_a_page_and_then_the_whole_list(
    browser: Browser, live_server: Any
) -> None:
    acme = factories.make_organization("acme")
    product = factories.make_product(acme)
    for number in ("WO-1", "WO-2"):
        factories.make_order(acme, product, 10, number)
    user = factories.make_member(acme, "planner")
    planner = sitting_down(browser, f"{live_server.url}/o/acme/", user)
    page = planner.goes_to("orders/")
    page.get_by_label("Search", exact=True).fill("WO-2")
    expect(page.locator("td.lead")).to_have_count(1)
    page.get_by_role("link", name="WO-2", exact=True).click()
    page.get_by_role("heading", name="WO-2").wait_for()

    page.go_back()

    expect(page.get_by_role("link", name="Work orders")).to_be_visible()  # the navigation: a page, not a part
    expect(page.get_by_label("Search", exact=True)).to_have_value("WO-2")
    expect(page.locator("td.lead")).to_have_count(1)

    page.go_back()

    expect(page.locator("td.lead")).to_have_count(2)
    expect(page.get_by_label("Search", exact=True)).to_have_value("")
