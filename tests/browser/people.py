"""People at their browsers: signed in, and listened to, so that a test can say that no page complained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import APIResponse, Browser, Page

from accounts.models import User
from tests.factories import PASSWORD

NARROW = {"width": 390, "height": 800}


@dataclass
class Person:
    """Somebody signed in, in a browser of their own. `complaints` are refused scripts and styles, and errors."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def goes_to(self, path: str = "") -> Page:
        """Open a page of the organization."""
        self.page.goto(f"{self.url}{path}")
        return self.page

    def asks(self, path: str) -> int:
        """The status of an address that is typed by hand."""
        return int(self.page.request.get(f"{self.url}{path}").status)

    def sends(self, path: str, **fields: str) -> APIResponse:
        """A form that no page offers, with a good token."""
        cookies = {cookie.get("name"): cookie.get("value", "") for cookie in self.page.context.cookies()}
        headers = {"X-CSRFToken": cookies["csrftoken"]}
        return self.page.request.post(f"{self.url}{path}", headers=headers, form=dict(fields))

    def scrolls_sideways(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))

    def menu(self) -> list[str]:
        """The paths of every page in the navigation and on the settings page."""
        self.goes_to()
        found = self.page.locator("a.nav-link").evaluate_all("links => links.map(link => link.href)")
        self.goes_to("settings/")
        found += self.page.locator("main a[href]").evaluate_all("links => links.map(link => link.href)")
        return list(dict.fromkeys(link.removeprefix(self.url) for link in found if link.startswith(self.url)))


def sitting_down(browser: Browser, url: str, user: User, **looks: Any) -> Person:
    """Sign in with the password, in a context of one's own. `url` is the organization's."""
    usual = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US", "timezone_id": "UTC"}
    page = browser.new_context(**usual | looks).new_page()
    person = Person(page, url)
    page.on("console", lambda said: _note(person, said.type, said.text))
    page.on("pageerror", lambda error: person.complaints.append(str(error)))
    page.goto(urljoin(url, "/account/login/"))
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password", exact=True).press("Enter")
    page.wait_for_url(url)
    return person


def _note(person: Person, kind: str, text: str) -> None:
    """A form that is answered with what is wrong in it (422) is no complaint, though browsers write it down."""
    if "status of 422" not in text and (kind in {"error", "warning"} or "Content Security Policy" in text):
        person.complaints.append(text)
