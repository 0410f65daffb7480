"""What the components of a page are given: small frozen records, made by views and queries, read by templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# The tones a pill, a tag, a notice or a figure can have. Tone accompanies words and never replaces them.
TONES = ("mute", "info", "accent", "good", "warn", "bad")


@dataclass(frozen=True, slots=True)
class Crumb:
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the navigation at the left. ``icon`` names a heroicon, ``count`` what waits there."""

    label: str
    url: str
    icon: str
    count: int | None = None
    active: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """An organization of the switcher."""

    name: str
    url: str
    active: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the three or four figures on top of a page. ``tone`` is ``u``, ``f`` or nothing."""

    label: str
    value: str
    note: str = ""
    tone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What somebody did. ``tone`` is ``now`` for what is waited for, ``bad`` for what went wrong, or nothing."""

    title: str
    note: str = ""
    tone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    count: int | None = None
    active: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class KeyHint:
    """Keys of the foot bar: ``keys`` separated by a space, and what they do."""

    keys: str
    does: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a longer task: before, at or after the present one."""

    label: str
    state: str = "todo"  # done | now | todo


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far long work has come. ``url`` answers the same component again and is asked while it runs."""

    label: str
    done: int
    total: int
    url: str = ""
    is_running: bool = True
    note: str = ""

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A line of a journal, its amounts already printed. One of ``debit`` and ``credit`` is empty."""

    account: str
    name: str
    debit: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Journal:
    rows: Sequence[JournalRow]
    debit_total: str
    credit_total: str
    currency: str
