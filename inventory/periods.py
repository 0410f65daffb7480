"""Which days may be posted to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from accounts.errors import AppError
from inventory.choices import PeriodStatus
from inventory.models import Period


def closed_spans() -> list[tuple[dt.date, dt.date]]:
    """The organization's closed periods, in order."""
    return list(
        Period.objects.filter(status=PeriodStatus.CLOSED)
        .order_by("starts_on")
        .values_list("starts_on", "ends_on")
    )


def first_open_day(day: dt.date, closed: list[tuple[dt.date, dt.date]]) -> dt.date:
    """This day, or the first day after it that is in no closed period."""
    for starts_on, ends_on in closed:
        if starts_on <= day <= ends_on:
            day = ends_on + dt.timedelta(days=1)
    return day


def demand_open(days: Iterable[dt.date]) -> None:
    """Refuse closed days, and say which day is open."""
    closed = closed_spans()
    for day in sorted(set(days)):
        if (open_day := first_open_day(day, closed)) != day:
            raise AppError(
                "PERIOD_CLOSED",
                f"The period of {day:%d %b %Y} is closed. Post on {open_day:%d %b %Y}, the first open day, "
                "or ask finance to open the period.",
                {"date": day.isoformat(), "first_open_date": open_day.isoformat()},
            )
