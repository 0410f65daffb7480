"""What rooms give to pages that belong to nobody: entries of the navigation and of the settings, panels of Today.

The project's settings list, by dotted path, one function per room:
`NAVIGATION_SOURCES`: `(request) -> list[NavEntry]`, `TODAY_PANELS`: `(request) -> list[Panel]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAIN = "main"
SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class NavEntry:
    """A place that this person may go to.

    `icon` names a heroicon, `count` is what waits there. Smaller `order` comes first: Today 10, Work orders 20,
    Review 30, Stock 40, Exports 50, Imports 60, Settings 90. An entry is the present one for every address that
    begins with its `url` or one of `also`; the longest match wins. With `place=SETTINGS` it stands on the settings
    page instead, with its `description`.
    """

    label: str
    url: str
    icon: str = ""
    order: int = 50
    count: int | None = None
    also: tuple[str, ...] = ()
    place: str = MAIN
    description: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the Today page: a template and what it is given as `panel`, beside the page's own context.

    Smaller `order` comes first. `is_wide` takes the whole width; the others share it.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50
    is_wide: bool = True
