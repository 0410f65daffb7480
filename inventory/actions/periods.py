"""Add, close and open periods."""

from __future__ import annotations

import datetime as dt

from accounts.choices import EventName
from accounts.errors import AppError
from accounts.events import NewEvent, record_events
from accounts.models import Organization, User
from accounts.rights import demand
from accounts.tenancy.writes import save_row
from accounts.validation import refuse_invalid
from inventory.choices import PeriodStatus
from inventory.models import Period


def add_period(
    *, organization: Organization, starts_on: dt.date, ends_on: dt.date, is_closed: bool, actor: User
) -> Period:
    """Add a period to the organization that is bound, both days inclusive. Raises INVALID when periods overlap."""
    demand(actor, organization, "close_periods")
    if (
        starts_on > ends_on
    ):  # asked here, because a range that ends before it starts is an error to the database
        message = "The first day is after the last."
        raise AppError("INVALID", message, {"ends_on": [message]})
    status = PeriodStatus.CLOSED if is_closed else PeriodStatus.OPEN
    period = Period(organization=organization, starts_on=starts_on, ends_on=ends_on, status=status)
    refuse_invalid(period)
    save_row(period, actor=actor, reason="Added, closed" if is_closed else "Added")
    if is_closed:
        _tell(period, "Added, closed", actor)
    return period


def close_period(*, period: Period, actor: User, why: str) -> Period:
    """Nothing is posted into the period any more: postings go to the first open day after it."""
    return _set_status(period, PeriodStatus.CLOSED, actor, why)


def open_period(*, period: Period, actor: User, why: str) -> Period:
    """Let postings into the period again."""
    return _set_status(period, PeriodStatus.OPEN, actor, why)


def _set_status(period: Period, status: PeriodStatus, actor: User, why: str) -> Period:
    demand(actor, period.organization, "close_periods")
    if not why.strip():
        raise AppError("REASON_REQUIRED", f"Say why the period becomes {status.label.lower()}.")
    locked = Period.objects.select_for_update(of=("self",)).get(pk=period.pk)
    if locked.status != status:
        locked.status = status
        save_row(locked, actor=actor, reason=why.strip(), fields=["status"])
        _tell(locked, why.strip(), actor)
    return locked


def _tell(period: Period, why: str, actor: User) -> None:
    is_closed = period.status == PeriodStatus.CLOSED
    told = {"starts_on": period.starts_on.isoformat(), "ends_on": period.ends_on.isoformat(), "reason": why}
    name = EventName.PERIOD_CLOSED if is_closed else EventName.PERIOD_OPENED
    event = NewEvent(name, {"period_id": period.pk}, told, ordering_key=f"period {period.pk}")
    record_events([event], actor=actor)
