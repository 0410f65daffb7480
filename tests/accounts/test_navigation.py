"""Navigation and Today are put together from the rooms that the settings name."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.utils.module_loading import import_string

from accounts.models import Organization
from accounts.navigation import navigation
from ui.components import NavItem
from ui.navigation import SETTINGS, NavEntry, Panel

HERE = "tests.accounts.test_navigation"


def some(request: HttpRequest) -> list[NavEntry]:
    return [
        NavEntry("Later", "/o/acme/later/", "cube", 60, count=0),
        NavEntry("Rules", "/o/acme/rules/", place=SETTINGS),
    ]


def others(request: HttpRequest) -> list[NavEntry]:
    return [
        NavEntry("First", "/o/acme/", "sun", 10, count=3),
        NavEntry("Orders", "/o/acme/orders/", "cube", 20, also=("/o/acme/completions/",)),
    ]


def panels(request: HttpRequest) -> list[Panel]:
    return [
        Panel("accounts/panels/jobs.html", {"jobs": []}, order=90),
        Panel("ui/key_hints.html", {}, order=10, is_wide=False),
    ]


@pytest.mark.parametrize(
    ("path", "present"),
    [
        ("/o/acme/", "First"),
        ("/o/acme/anything/", "First"),
        ("/o/acme/orders/WO-1/", "Orders"),
        ("/o/acme/completions/7/", "Orders"),
        ("/o/acme/later/", "Later"),
    ],
)
def test_navigation_is_in_order_and_marks_the_present_place(rf: Any, path: str, present: str) -> None:
    with override_settings(NAVIGATION_SOURCES=[f"{HERE}.some", f"{HERE}.others"]):
        shown = navigation(rf.get(path))
    assert [(item.label, item.count) for item in shown] == [("First", 3), ("Orders", None), ("Later", None)]
    assert [item.label for item in shown if item.active] == [present]
    assert all(isinstance(item, NavItem) for item in shown)


def test_nothing_is_marked_where_nothing_fits(rf: Any) -> None:
    with override_settings(NAVIGATION_SOURCES=[f"{HERE}.some"]):
        assert [item.active for item in navigation(rf.get("/profile/"))] == [False]


@pytest.mark.django_db
def test_page_carries_the_navigation_of_all_rooms(organization: Organization, alice_client: Client) -> None:
    shown = alice_client.get("/o/acme/").content.decode()
    assert '<a class="nav-link" href="/o/acme/" aria-current="page">' in shown
    assert 'href="/o/acme/settings/"' in shown
    assert 'href="/o/acme/stock/"' in shown


def test_count_of_a_thousand_and_more_is_cut_short() -> None:
    items = [NavItem("Exports", "/x/", "", count) for count in (999, 1000)]
    shown = render_to_string("ui/navigation.html", {"navigation": items})
    assert re.findall(r'class="count">([^<]+)<', shown) == ["999", "999+"]


@pytest.mark.django_db
def test_today_shows_panels_in_order(organization: Organization, alice_client: Client) -> None:
    with override_settings(TODAY_PANELS=[f"{HERE}.panels"]):
        shown = alice_client.get("/o/acme/").content.decode()
    assert (
        shown.index("<section>")
        < shown.index('<section class="whole">')
        < shown.index("All your background work")
    )


@pytest.mark.django_db
def test_today_without_panels_says_that_nothing_waits(
    organization: Organization, alice_client: Client
) -> None:
    with override_settings(TODAY_PANELS=[]):
        assert "Nothing waits for you" in alice_client.get("/o/acme/").content.decode()


def test_settings_name_functions_that_are_there() -> None:
    for path in [*settings.NAVIGATION_SOURCES, *settings.TODAY_PANELS, *settings.ORGANIZATION_DEFAULTS]:
        assert callable(import_string(path))
