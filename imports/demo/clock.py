"""Time as the story has it: which days are worked, and a clock that stands still until it is set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.utils import timezone


class Calendar:
    """Working days by number: 0 is the first of the story, the last is the last working day before `now`."""

    def __init__(self, days: int, *, now: dt.datetime, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        day = now.astimezone(self.zone).date()
        found: list[dt.date] = []
        while len(found) < days:
            day -= dt.timedelta(days=1)
            if day.weekday() < 5:
                found.append(day)
        self.dates = found[::-1]

    def date(self, day: int) -> dt.date:
        """The date of a working day; days before the first are weekdays before it, days after the last follow it."""
        if 0 <= day < len(self.dates):
            return self.dates[day]
        step = 1 if day > 0 else -1
        date, left = (self.dates[-1], day - len(self.dates) + 1) if day > 0 else (self.dates[0], -day)
        while left:
            date += dt.timedelta(days=step)
            left -= date.weekday() < 5
        return date

    def at(self, day: int, hour: int, minute: int = 0) -> dt.datetime:
        """A moment of a working day, as the clock on the wall shows it."""
        return dt.datetime.combine(self.date(day), dt.time(hour, minute), self.zone).astimezone(dt.UTC)


class Clock:
    """What `timezone.now()` answers while it is wound: the moment that was set, a little later at every look."""

    def __init__(self) -> None:
        self.moment = dt.datetime.now(dt.UTC)

    def set(self, moment: dt.datetime) -> None:
        self.moment = moment

    def tick(self) -> dt.datetime:
        self.moment += dt.timedelta(milliseconds=7)
        return self.moment


@contextmanager
def wound() -> Iterator[Clock]:
    """Let this process live at the moments that the clock is set to.

    History, ledger and documents take their moments from `timezone.now`, also as a default of columns, which hold the
    function itself. So what it asks is replaced, not the function. Nothing else may run in this process meanwhile.
    """
    clock = Clock()

    class Standing(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            moment = clock.tick()
            return moment.astimezone(tz) if tz is not None else moment.replace(tzinfo=None)

    real = timezone.datetime  # type: ignore[attr-defined]
    timezone.datetime = Standing  # type: ignore[attr-defined]
    try:
        yield clock
    finally:
        timezone.datetime = real  # type: ignore[attr-defined]
