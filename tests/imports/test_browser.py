"""A file on its whole road in a real browser, by keyboard alone, with a picture of every step wide and narrow."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from imports.models import ImportBatch
from inventory.models import ItemCost
from tests.factories import PASSWORD, make_item

pytestmark = pytest.mark.django_db(transaction=True)
CELLS = "Artikel\tStückkosten\nBOLT\t1,250\nNUT\t2,125\nSCREW\t3,500\n"
SIZES = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 390, "height": 780}}
FARTHEST = 80  # presses of Tab to whatever is on a page


class Walk:
    """Alice's browser: she presses keys, and looks at every step."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page, self.pictures, self.steps = page, pictures, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def tab_to(self, target: Locator) -> None:
        """Reach it as a keyboard does."""
        expect(target).to_be_visible()
        for _ in range(FARTHEST):
            if target.evaluate("one => one === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"no way to {target} by Tab")

    def look(self, *there: Locator) -> None:
        """Take the step's pictures: what matters is on them, whole, and nothing scrolls sideways."""
        self.steps += 1
        for name, size in SIZES.items():
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            picture = self.pictures / f"{self.steps:02}-{name}.png"
            self.page.screenshot(path=picture, full_page=True, animations="disabled")
            assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
            assert self.page.evaluate("document.documentElement.scrollWidth") <= size["width"], picture.name
            for one in there:
                box = one.bounding_box()
                assert box is not None, f"{picture.name}: {one} is not shown"
                assert box["x"] >= 0, f"{picture.name}: {one} is cut at the left"
                assert box["x"] + box["width"] <= size["width"], f"{picture.name}: {one} is cut at the right"
        self.page.set_viewport_size(SIZES["wide"])  # type: ignore[arg-type]


@pytest.fixture
def walk(page: Page, live_server: LiveServer, alice: User, tmp_path: Path) -> Walk:
    page.goto(f"{live_server.url}/account/login/")
    page.get_by_label("Email").fill(alice.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password", exact=True).press("Enter")
    page.wait_for_url("**/o/**")
    return Walk(page, tmp_path)


def test_pasted_cells_are_mapped_mended_loaded_and_looked_at(
    walk: Walk, live_server: LiveServer, organization: Organization
) -> None:
    for sku in ("BOLT", "NUT"):
        make_item(organization, sku, cost="1")
    page = walk.page
    page.goto(f"{live_server.url}/o/acme/imports/")
    walk.look(page.get_by_role("link", name="New import"))

    walk.press("n")
    page.wait_for_url("**/imports/new/")
    kind = page.get_by_label("What is in it?")
    walk.tab_to(kind)
    page.keyboard.type("Standard")
    cells = page.get_by_label("Or cells from a spreadsheet")
    walk.tab_to(cells)
    page.keyboard.insert_text(CELLS)
    walk.look(kind, cells, page.get_by_role("button", name="Continue"))
    walk.tab_to(page.get_by_role("button", name="Continue"))
    walk.press("Enter")

    page.wait_for_url("**/columns/")
    question = page.get_by_text("written with a decimal comma or a decimal point")
    expect(question).to_contain_text("3 of 3 values read as decimal comma; 3 as decimal point")
    mark = page.get_by_label("Decimal mark")
    walk.tab_to(mark)
    page.keyboard.type("comma")
    walk.look(question, mark, page.get_by_text("BOLT", exact=True), page.get_by_text("1,250", exact=True))
    walk.tab_to(page.get_by_role("button", name="Check the file"))
    walk.press("Enter")

    page.wait_for_url("**/imports/1/")
    issue = page.get_by_text("There is no item SCREW")
    walk.look(issue, page.get_by_role("link", name="Mend the rows here"), page.get_by_text("Control totals"))
    walk.press("m")

    page.wait_for_url("**/imports/new/?mends=1")
    rows = page.get_by_label("The file’s rows")
    expect(rows).to_be_focused()
    expect(page.get_by_text("There is no item SCREW")).to_be_visible()
    walk.look(rows, page.get_by_role("button", name="Continue"))
    for key in ("Control+End", "ArrowUp", "Home", "Shift+End", "Shift+ArrowRight", "Delete"):
        walk.press(key)
    walk.tab_to(page.get_by_role("button", name="Continue"))
    walk.press("Enter")

    page.wait_for_url("**/imports/2/")
    expect(page.get_by_text("Read as the last file with these headers was")).to_be_visible()
    walk.look(page.get_by_text("Nothing is wrong with it"), page.get_by_role("button", name="Load 2 rows"))
    walk.press("p")
    page.wait_for_url("**/imports/2/rows/")
    preview = page.get_by_role("row", name="BOLT")
    expect(preview).to_contain_text("1 → 1.25")
    walk.look(preview, page.get_by_text("What would become of each row"))
    page.go_back()
    walk.press("l")

    expect(page.get_by_text("2 rows are loaded.")).to_be_visible()
    walk.look(page.get_by_role("link", name="What became of each row"), page.get_by_text("Unit cost"))
    walk.tab_to(page.get_by_role("link", name="What became of each row"))
    walk.press("Enter")
    page.wait_for_url("**/imports/2/rows/")
    walk.look(page.get_by_role("row", name="NUT"))

    page.goto(f"{live_server.url}/o/acme/imports/")
    walk.look(page.get_by_role("link", name="pasted cells, mended"))
    assert walk.steps == 10
    with bind(organization):
        assert dict(ItemCost.objects.filter(effective_to=None).values_list("item__sku", "standard_cost")) == {
            "BOLT": Decimal("1.25"),
            "NUT": Decimal("2.125"),
        }
        assert list(ImportBatch.objects.order_by("number").values_list("status", flat=True)) == [
            "dropped",
            "loaded",
        ]
