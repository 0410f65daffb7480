"""A file on its whole road in a real browser, by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from inventory.models import ItemCost
from tests.factories import PASSWORD, make_item

pytestmark = pytest.mark.django_db(transaction=True)
CELLS = "Artikel\tStückkosten\nBOLT\t1,250\nNUT\t2,125\nSCREW\t3,500\n"


@pytest.fixture
def planner(page: Page, live_server: LiveServer, alice: User) -> Page:
    """Alice's browser."""
    page.goto(f"{live_server.url}/account/login/")
    page.get_by_label("Email").fill(alice.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password", exact=True).press("Enter")
    page.wait_for_url("**/o/**")
    return page


def test_pasted_cells_are_mapped_fixed_loaded_and_looked_at(
    planner: Page, live_server: LiveServer, organization: Organization
) -> None:
    for sku in ("BOLT", "NUT"):
        make_item(organization, sku)
    planner.goto(f"{live_server.url}/o/acme/imports/")

    planner.keyboard.press("n")
    planner.wait_for_url("**/imports/new/")
    kind = planner.get_by_label("What is in it?")
    kind.focus()
    planner.keyboard.type("Standard")
    cells = planner.get_by_label("Or cells from a spreadsheet")
    cells.focus()
    planner.keyboard.insert_text(CELLS)
    planner.get_by_role("button", name="Continue").focus()
    planner.keyboard.press("Enter")

    planner.wait_for_url("**/columns/")
    expect(planner.get_by_text("decimal comma or a decimal point")).to_be_visible()
    planner.get_by_label("Decimal mark").focus()
    planner.keyboard.type("comma")
    planner.get_by_role("button", name="Check the file").focus()
    planner.keyboard.press("Enter")

    planner.wait_for_url("**/imports/1/")
    expect(planner.get_by_text("There is no item SCREW")).to_be_visible()
    planner.get_by_role("button", name="Load the good rows").focus()
    planner.keyboard.press("Enter")
    planner.get_by_role("dialog").get_by_role("button", name="Load the good rows").focus()
    planner.keyboard.press("Enter")

    expect(planner.get_by_text("2 rows are loaded.")).to_be_visible()
    planner.get_by_role("link", name="What became of each row").focus()
    planner.keyboard.press("Enter")
    expect(planner.get_by_text("BOLT")).to_be_visible()
    with bind(organization):
        assert sorted(str(cost) for cost in ItemCost.objects.values_list("standard_cost", flat=True)) == [
            "1.250000",
            "2.125000",
        ]
