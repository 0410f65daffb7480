"""The outbox: events are written with what they tell of, and read in an order without gaps.

An event gets its row in the transaction that makes it true, so there is never one without the other. Its primary key
cannot be the reader's cursor: keys are handed out before their transactions commit, and a reader that has seen key 12
would never look back for key 11, which commits a moment later. Comparing transaction numbers with the oldest one
still running would do, but then one long import holds up every organization's events, and a dump that is restored into
another server brings numbers that are ahead of that server's own.

So the order is made afterwards. Whoever reads first numbers what has been committed without a number, alone (an
advisory lock per organization), in the order of the keys: 1, 2, 3, … A reader sees either all of a numbering or none
of it, and what commits later gets later numbers. Writers wait for nobody and nothing. Transactions that touch the same
work order follow one another by the order's own lock, so its events have keys, and therefore numbers, in the order in
which they happened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone
from django_scopes import get_scope

from .choices import EventName
from .models import Event, Organization
from .tenancy.writes import insert_rows, update_rows
from .webhooks.queue import queue_deliveries, wake_if_wanted

AT_ONCE = 10_000  # what one transaction numbers at most


class NewEvent(NamedTuple):
    """An event to be written. `subjects` are ids and numbers of what it is about, `data` what became of it.

    Both are JSON: codes and numbers that people know, quantities and unit costs as decimal strings, money in minor
    units. `ordering_key` is given where it is no work order that the event belongs to.
    """

    name: EventName
    subjects: dict[str, Any]
    data: dict[str, Any]
    work_order: str = ""
    ordering_key: str = ""


def record_events(events: Sequence[NewEvent], *, actor: Any) -> None:
    """Write events in the transaction that is open and bound: one statement, however many there are."""
    if not events:
        return
    insert_rows(
        Event,
        ["name", "subjects", "data", "work_order", "ordering_key"],
        [
            (
                event.name.value,
                event.subjects,
                event.data,
                event.work_order,
                event.ordering_key or event.work_order,
            )
            for event in events
        ],
        constants={"occurred_at": timezone.now(), "actor_id": actor.pk if actor is not None else None},
        actor=actor,
        reason="",
    )
    wake_if_wanted({event.name.value for event in events})


def events_after(position: int, *, limit: int) -> list[Event]:
    """The organization's events that follow this one, oldest first. No event ever appears before one that was read.

    Numbers what is new, unless somebody else is doing so: then it is there at the next call.
    """
    number_events()
    found = Event.objects.filter(position__gt=position).select_related("actor").order_by("position")
    return list(found[:limit])


def number_events(*, is_waiting: bool = False) -> list[int]:
    """Give committed events their place in the order, and queue them for the endpoints that want them.

    Returns the keys of those numbered now, at most AT_ONCE.

    While another transaction does the same nothing is numbered, or with `is_waiting` it goes first.
    """
    organization_id = get_scope()["organization"].pk
    if not _is_alone(organization_id, is_waiting):
        return []
    new = list(Event.objects.filter(position=None).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    if new:
        numbered = Event.objects.filter(position__isnull=False).order_by("-position")
        last = numbered.values_list("position", flat=True).first() or 0
        places = ((pk, place) for place, pk in enumerate(new, start=last + 1))
        update_rows(Event, ["position"], places, actor=None, reason="")
        queue_deliveries(new)
    return new


def _is_alone(organization_id: int, is_waiting: bool) -> bool:
    call = "pg_advisory_xact_lock" if is_waiting else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {call}(%s, hashtext('events'))", [organization_id % 2**31])
        return bool(cursor.fetchone()[0] is not False)


def as_json(event: Event, organization: Organization) -> dict[str, Any]:
    """An event as it is read and delivered."""
    return {
        "id": event.position,
        "name": event.name,
        "occurred_at": moment(event.occurred_at),
        "organization": organization.slug,
        "currency_code": organization.currency_code,
        "work_order": event.work_order or None,
        "by": event.actor.email if event.actor is not None else None,
        "subjects": event.subjects,
        "data": event.data,
    }


def decimal(value: Decimal) -> str:
    """A quantity or unit cost as events carry it: exact, without an exponent or needless zeros."""
    return f"{value.normalize():f}"


def moment(value: dt.datetime) -> str:
    """In UTC, to the millisecond, with a Z."""
    return value.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
