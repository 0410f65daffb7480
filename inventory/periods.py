"""Which days may be posted to."""

from __future__ import annotations

import datetime as dt

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
