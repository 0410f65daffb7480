"""The look as numbers: nothing widens a page, a lone figure is named, paper keeps its columns and its heads."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from accounts.models import Organization
from accounts.tenancy.binding import bind
from approvals.actions.signing import approve_backflush
from backflush.models import Backflush
from tests import documents, factories
from tests.browser.people import NARROW, Person, sitting_down

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "W" * 60
A4 = {"width": 703, "height": 1030}  # what 12 mm of margin leave of a sheet


@pytest.fixture
def acme() -> Organization:
    return factories.make_organization("acme")


def person(browser: Browser, live_server: Any, organization: Organization, role: str, **looks: Any) -> Person:
    user = factories.make_member(organization, role)
    return sitting_down(browser, f"{live_server.url}/o/{organization.slug}/", user, **looks)


def long_draft(organization: Organization, lines: int) -> Backflush:
    """A draft whose codes have sixty characters, and so many components; the last has no description."""
    planner = factories.make_member(organization, "planner")
    product = factories.make_product(organization, LONG, description=f"Words {'and more words ' * 6}")
    place = factories.make_location(organization, LONG)
    materials = [
        factories.make_item(organization, f"M-{n:03d}{LONG}"[:60], cost=5, description=f"Part {n}")
        for n in range(lines - 1)
    ]
    materials.append(factories.make_item(organization, "M-LAST", cost=5, description=""))
    for material in materials:
        factories.set_stock(organization, material, 1000, unit_cost=5, location=place)
    factories.make_bom(organization, product, [(material, 2) for material in materials])
    order = factories.make_order(organization, product, 10, LONG)
    completion = factories.make_completion(organization, order, 10)
    from backflush.actions.drafting import draft_backflushes

    drafted = draft_backflushes(
        organization=organization, actor=planner, completion_ids=[completion.pk]
    ).drafted
    with bind(organization):
        return Backflush.objects.get(pk=drafted[0])


def open_lines(page: Page) -> None:
    page.get_by_role("button", name="Open every line").click()
    assert page.locator("tr.inside:not(.is-open)").count() == 0


@pytest.mark.parametrize("width", [390, 1440])
def test_code_of_sixty_characters_widens_no_page(
    browser: Browser, live_server: Any, acme: Organization, width: int
) -> None:
    draft = long_draft(acme, 3)
    planner = person(browser, live_server, acme, "planner", viewport={"width": width, "height": 900})
    for path in (
        "",
        "orders/",
        f"orders/{LONG}/",
        "backflushes/",
        "stock/",
        "bills/",
        f"review/{draft.number}/",
    ):
        planner.goes_to(path)
        assert planner.page.evaluate("document.documentElement.scrollWidth") == width, path
    open_lines(planner.page)
    overs = planner.page.locator("table.mini").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().right - one.parentElement.getBoundingClientRect().right)"
    )
    assert [by for by in overs if by > 1] == []


def test_message_with_a_long_code_widens_no_page(
    browser: Browser, live_server: Any, acme: Organization
) -> None:
    factories.make_product(acme, LONG)
    supervisor = person(browser, live_server, acme, "supervisor", viewport=NARROW)
    page = supervisor.goes_to("new-order/")
    page.get_by_label("Number").fill(LONG)
    page.get_by_label("SKU").fill(LONG)
    page.get_by_label("Quantity").fill("5")
    page.get_by_role("button", name="Enter the order").click()
    page.get_by_text("is entered.").wait_for()
    assert not supervisor.scrolls_sideways()


def test_code_without_a_description_stands_on_one_line(
    browser: Browser, live_server: Any, acme: Organization
) -> None:
    draft = long_draft(acme, 2)
    page = person(browser, live_server, acme, "planner").goes_to(f"review/{draft.number}/")
    heights = page.locator(".disclose > .code", has_text="M-LAST").evaluate_all(
        "codes => codes.map(code => code.getClientRects().length)"
    )
    assert heights == [1]


def test_figure_beside_a_folded_row_is_named(browser: Browser, live_server: Any, acme: Organization) -> None:
    factories.make_order(acme, factories.make_product(acme), 10, "WO-1")
    page = person(browser, live_server, acme, "planner", viewport=NARROW).goes_to("orders/")
    label = "cell => getComputedStyle(cell, '::before').content"
    assert page.locator("td.key").first.evaluate(label) == '"Good "'


def test_paper_has_every_line_its_heads_and_who_signed(
    browser: Browser, live_server: Any, acme: Organization
) -> None:
    draft = documents.make_submitted(acme)
    signer = factories.make_member(acme, "controller", "ada@example.com")
    approve_backflush(organization=acme, backflush_id=draft.pk, actor=signer, note="seen on the floor")
    page = person(browser, live_server, acme, "auditor", viewport=A4).goes_to(f"review/{draft.number}/")
    assert (
        page.locator("table.data > thead").evaluate("head => getComputedStyle(head).position") == "absolute"
    )

    page.emulate_media(media="print")

    style = "(head) => [getComputedStyle(head).display, getComputedStyle(head).position]"
    assert page.locator("table.data > thead").evaluate(style) == ["table-header-group", "static"]
    rows = page.locator("table.data tr[data-keys-item]")
    assert rows.evaluate_all("all => all.map(row => getComputedStyle(row).display)") == ["table-row"] * 2
    assert rows.evaluate_all("all => all.map(row => getComputedStyle(row).breakInside)") == ["avoid"] * 2
    for gone in (".nav", ".foot", ".actions", ".btn"):
        assert page.locator(f"{gone}:visible").count() == 0, gone
    assert page.get_by_text("seen on the floor").is_visible()
    assert page.get_by_text("ada@example.com").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == A4["width"]


def test_long_document_is_printed_whole(browser: Browser, live_server: Any, acme: Organization) -> None:
    draft = long_draft(acme, 60)
    page = person(browser, live_server, acme, "planner", viewport=A4).goes_to(f"review/{draft.number}/")
    assert page.locator("tr[data-keys-item]").count() == 50
    page.get_by_role("link", name="All 60 lines, to print").click()
    page.get_by_role("link", name="By pages").wait_for()
    page.emulate_media(media="print")
    assert page.locator("tr[data-keys-item]:visible").count() == 60
    assert page.locator("tr.inside:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == A4["width"]
