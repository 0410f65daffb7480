"""The style guide in a real browser: keys, themes, narrow screens, the content policy."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def developing(settings: LazySettings) -> None:
    settings.DEBUG = True


@pytest.fixture
def guide(page: Page, live_server: Any) -> Page:
    page.goto(f"{live_server.url}/styleguide")
    page.evaluate("document.activeElement.blur()")
    return page


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console says: refused styles and scripts, errors."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def test_page_breaks_no_policy_and_has_no_errors(complaints: list[str], guide: Page) -> None:
    expect(guide.get_by_text("22,600 of 48,210")).to_be_visible()  # htmx asked and swapped
    assert complaints == []


def test_nothing_scrolls_sideways(guide: Page) -> None:
    for width in (360, 640, 861, 1024, 1360):
        guide.set_viewport_size({"width": width, "height": 800})
        assert guide.evaluate("document.documentElement.scrollWidth") == width


def test_keys_walk_open_and_ask(guide: Page) -> None:
    current = guide.locator(".is-current")
    guide.keyboard.press("j")
    guide.keyboard.press("j")
    expect(current).to_contain_text("B-117 Bearing")
    guide.keyboard.press("k")
    expect(current).to_contain_text("G-04 Glue")
    inside = guide.locator("#line-1")
    expect(inside).to_be_visible()
    guide.keyboard.press("o")
    expect(inside).to_be_hidden()
    guide.keyboard.press("a")
    expect(guide.get_by_role("dialog", name="Approve and post BF-000412?")).to_be_visible()
    guide.keyboard.press("Escape")
    expect(guide.get_by_role("dialog")).to_be_hidden()


def test_keys_are_listed_and_can_be_turned_off(guide: Page) -> None:
    guide.keyboard.press("?")
    keys = guide.get_by_role("dialog", name="Keys on this page")
    expect(keys).to_contain_text("Approve and post")
    keys.get_by_label("Single keys are on").uncheck()
    guide.keyboard.press("Escape")
    guide.keyboard.press("j")
    expect(guide.locator(".is-current")).to_have_count(0)
    guide.keyboard.press("?")  # still there, so that they can be turned on again
    expect(keys).to_be_visible()


def test_keys_do_nothing_while_something_is_typed(guide: Page) -> None:
    guide.keyboard.press("/")
    search = guide.get_by_label("Search", exact=True)
    expect(search).to_be_focused()
    guide.keyboard.type("jar?")
    expect(search).to_have_value("jar?")
    expect(guide.get_by_role("dialog")).to_be_hidden()


def test_filters_swap_the_list_and_keep_the_address(guide: Page) -> None:
    guide.get_by_label("Search", exact=True).fill("pump")
    chip = guide.get_by_role("link", name="Search: pump")
    expect(chip).to_be_visible()
    assert "q=pump" in guide.url
    chip.click()
    expect(chip).to_have_count(0)


def test_theme_is_kept(guide: Page) -> None:
    guide.evaluate("localStorage.setItem('theme', 'dark')")
    guide.reload()
    assert guide.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_navigation_opens_as_a_drawer_on_narrow_screens(guide: Page) -> None:
    guide.set_viewport_size({"width": 375, "height": 800})
    link = guide.get_by_role("link", name="Work orders")
    expect(link).to_be_hidden()
    guide.get_by_role("button", name="Menu").click()
    expect(link).to_be_visible()
    guide.keyboard.press("Escape")
    expect(link).to_be_hidden()


def test_dropped_file_is_taken_and_named(guide: Page) -> None:
    guide.evaluate(
        """() => {
          const files = new DataTransfer();
          files.items.add(new File(["sku"], "items.csv"));
          const zone = document.querySelector("[data-drop]");
          zone.dispatchEvent(new DragEvent("drop", {dataTransfer: files, bubbles: true}));
        }"""
    )
    expect(guide.get_by_text("items.csv, 3 B")).to_be_visible()


def test_page_works_without_scripts(browser: Browser, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 800})
    page = context.new_page()
    page.goto(f"{live_server.url}/styleguide")
    expect(page.locator("#line-3")).to_be_visible()
    expect(page.locator("#expected tr").first).to_be_visible()
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Work orders")).to_be_visible()
    context.close()
