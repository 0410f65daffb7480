"""What one person did at one time, told once: `history_of` tells it row by row, in every table that it touched.

events = told_once(history_of([backflush, *lines, *requests, completion]))
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import chain

from django.utils import timezone

from ui import formats
from ui.components import Event as Entry

from .history import CHANGED, WORDS, Event

# Rows that one action writes differ by less; what the same person does next, for the same reason, comes later.
AT_ONCE = timedelta(seconds=2)
SHOWN_FACTS = 6


def told_once(events: Iterable[Event]) -> list[Entry]:
    """Entries of a time line, newest first, as the events came."""
    gathered: list[list[Event]] = []
    for event in events:
        if gathered and _belongs(event, gathered[-1]):
            gathered[-1].append(event)
        else:
            gathered.append([event])
    return [_entry(group) for group in gathered]


def _belongs(event: Event, group: list[Event]) -> bool:
    """What has nothing to tell by itself, such as a mark set at the end of a long job, goes with what came before."""
    newest = group[0]
    same = bool(event.reason) and (event.who, event.reason) == (newest.who, newest.reason)
    return same and (newest.at - event.at <= AT_ONCE or not _facts(group))


def _entry(group: list[Event]) -> Entry:
    newest = group[0]
    moment = formats.moment(newest.at, timezone.get_current_timezone(), this_year=timezone.localdate().year)
    facts = _facts(group)
    more = [f"and {len(facts) - SHOWN_FACTS} more"] if len(facts) > SHOWN_FACTS + 1 else []
    shown = facts[:SHOWN_FACTS] if more else facts
    return Entry(newest.title, " · ".join([newest.who, moment, *shown, *more]), newest.tone, newest.url)


def _facts(group: list[Event]) -> list[str]:
    """What changed to what, else what was made or removed, in the order it was done."""
    in_order = group[::-1]
    changes = list(chain.from_iterable(_changes(event) for event in in_order))
    if changes or not group[0].reason:  # without a reason the title names the row already
        return changes
    return [f"{event.subject} {WORDS[event.action]}" for event in in_order if event.action != CHANGED]


def _changes(event: Event) -> list[str]:
    named = event.is_one_of_many and len(event.subjects) == 1 and bool(event.subjects[0])
    changed = event.changed()
    return [f"{event.subjects[0]}: {change}" for change in changed] if named else changed
