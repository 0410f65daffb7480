"""The entries of the navigation, gathered from the rooms, and those of this room."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string

from ui.components import NavItem
from ui.navigation import MAIN, SETTINGS, NavEntry


@cache
def sources(paths: tuple[str, ...]) -> tuple[Callable[[HttpRequest], list[Any]], ...]:
    """The functions that the settings name."""
    return tuple(import_string(path) for path in paths)


def gathered(request: HttpRequest) -> list[NavEntry]:
    """Every room's entries for this request, asked for once."""
    kept: list[NavEntry] | None = getattr(request, "_navigation", None)
    if kept is None:
        kept = [entry for source in sources(tuple(settings.NAVIGATION_SOURCES)) for entry in source(request)]
        kept.sort(key=lambda entry: entry.order)
        request._navigation = kept  # type: ignore[attr-defined]
    return kept


def navigation(request: HttpRequest) -> list[NavItem]:
    """What stands at the left of every page, the present place marked."""
    shown = [entry for entry in gathered(request) if entry.place == MAIN]
    present = _present(shown, request.path)
    return [
        NavItem(entry.label, entry.url, entry.icon, entry.count or None, entry is present) for entry in shown
    ]


def settings_entries(request: HttpRequest) -> list[NavEntry]:
    """What stands on the settings page."""
    return [entry for entry in gathered(request) if entry.place == SETTINGS]


def _present(shown: Iterable[NavEntry], path: str) -> NavEntry | None:
    matches = [
        (len(prefix), entry)
        for entry in shown
        for prefix in (entry.url, *entry.also)
        if path.startswith(prefix)
    ]
    return max(matches, key=lambda match: match[0])[1] if matches else None


def entries(request: HttpRequest) -> list[NavEntry]:
    """This room's own."""
    slug, rights = request.organization.slug, request.rights  # type: ignore[attr-defined]

    def url(name: str) -> str:
        return reverse(f"accounts:{name}", args=[slug])

    found = [
        NavEntry("Today", url("today"), "sun", 10, also=(url("jobs"),)),
        NavEntry(
            "Settings",
            url("settings"),
            "cog-6-tooth",
            90,
            also=(url("members"),),
        ),
        NavEntry(
            "Members",
            url("members"),
            "users",
            10,
            place=SETTINGS,
            description="Who belongs to the organization, in which role, and who is invited.",
        ),
        NavEntry(
            "Policies",
            url("policies"),
            "adjustments-horizontal",
            20,
            place=SETTINGS,
            description="Name and time zone, scrap, lots, costing, shortage, and what the ERP books itself.",
        ),
        NavEntry(
            "Tolerance and standard runs",
            url("tolerance"),
            "scale",
            30,
            place=SETTINGS,
            description="From where on a difference needs a reason, and which runs post without a signature.",
        ),
    ]
    if "manage_members" in rights:
        found.append(
            NavEntry(
                "API keys",
                url("keys"),
                "key",
                40,
                place=SETTINGS,
                description="Keys with which programs act as a member.",
            )
        )
    if "manage_settings" in rights:
        found.append(
            NavEntry(
                "Webhooks",
                url("webhooks"),
                "bolt",
                41,
                place=SETTINGS,
                description="Addresses that are told of events as they happen, and what came of it.",
            )
        )
    return found
