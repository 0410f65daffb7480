"""The outbox: an event for every effect, read in order and without gaps however many write at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from threading import Event as Signal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.choices import EventName
from accounts.events import NewEvent, events_after, number_events, record_events
from accounts.models import Event, Organization
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import update_where
from approvals.actions.signing import approve_backflushes
from tests import documents, factories

WRITERS, EACH = 8, 12


def new(label: str, work_order: str = "") -> NewEvent:
    return NewEvent(EventName.PERIOD_CLOSED, {"label": label}, {}, work_order=work_order)


def write(organization: Organization, *labels: str) -> None:
    with bind(organization):
        record_events([new(label) for label in labels], actor=None)


def read(organization: Organization, after: int = 0, limit: int = 1000) -> list[tuple[int, str]]:
    with bind(organization):
        found = events_after(after, limit=limit)
        return [(event.position or 0, event.subjects["label"]) for event in found]


@pytest.mark.django_db
def test_events_are_read_from_a_cursor_on(organization: Organization) -> None:
    write(organization, "a", "b", "c")

    assert read(organization) == [(1, "a"), (2, "b"), (3, "c")]
    assert read(organization, limit=2) == [(1, "a"), (2, "b")]
    assert read(organization, after=2) == [(3, "c")]
    assert read(organization, after=3) == []

    write(organization, "d")

    assert read(organization, after=3) == [(4, "d")]


@pytest.mark.django_db
def test_each_organization_counts_its_own(
    organization: Organization, other_organization: Organization
) -> None:
    write(organization, "ours")
    write(other_organization, "theirs")

    assert read(organization) == [(1, "ours")]
    assert read(other_organization) == [(1, "theirs")]


@pytest.mark.django_db
def test_event_goes_with_its_transaction(organization: Organization) -> None:
    def fail() -> None:
        with bind(organization):
            record_events([new("never happened")], actor=None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert read(organization) == []


@pytest.mark.django_db
def test_event_is_written_once(bound: Organization) -> None:
    record_events([new("a")], actor=None)
    event = Event.objects.get()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        update_where(Event, [event.pk], {"work_order": "WO-2"}, actor=None, reason="")
    (event,) = events_after(0, limit=1)
    for change in (
        lambda: update_where(Event, [event.pk], {"position": 2}, actor=None, reason=""),
        lambda: update_where(Event, [event.pk], {"position": None}, actor=None, reason=""),
        event.delete,
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.django_db
def test_documents_posted_together_write_their_events_together(organization: Organization) -> None:
    """As many statements for five documents as for two."""
    controller = factories.make_member(organization, "controller")

    def statements(count: int) -> int:
        pks = [documents.make_submitted(organization).pk for _ in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            result = approve_backflushes(organization=organization, backflush_ids=pks, actor=controller)
        assert result.posted == pks
        return sum('INSERT INTO "accounts_event"' in query["sql"] for query in captured)

    assert statements(2) == statements(5) == 3  # the postings, the orders that closed, the signatures


def in_threads(*tasks: Callable[[], None]) -> None:
    def run(task: Callable[[], None]) -> None:
        try:
            task()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        for done in [pool.submit(run, task) for task in tasks]:
            done.result(60)


@pytest.mark.django_db(transaction=True)
def test_event_that_commits_late_comes_after_what_was_read_meanwhile(organization: Organization) -> None:
    """The slow transaction's key is the lower one; a cursor over keys would never look back for it."""
    is_written, may_commit = Signal(), Signal()
    seen: list[list[tuple[int, str]]] = []

    def slow() -> None:
        with bind(organization):
            record_events([new("slow")], actor=None)
            is_written.set()
            assert may_commit.wait(30)

    def quick() -> None:
        assert is_written.wait(30)
        write(organization, "quick")
        seen.append(read(organization))
        may_commit.set()

    in_threads(slow, quick)

    assert seen == [[(1, "quick")]]
    assert read(organization, after=1) == [(2, "slow")]
    with bind(organization):
        assert list(Event.objects.order_by("pk").values_list("subjects__label", flat=True)) == [
            "slow",
            "quick",
        ]


@pytest.mark.django_db(transaction=True)
def test_reader_waits_for_no_numbering_and_misses_nothing_by_it(organization: Organization) -> None:
    write(organization, "a")
    is_numbered, may_commit = Signal(), Signal()
    seen: list[list[tuple[int, str]]] = []

    def number() -> None:
        with bind(organization):
            assert len(number_events()) == 1
            is_numbered.set()
            assert may_commit.wait(30)

    def look() -> None:
        assert is_numbered.wait(30)
        seen.append(read(organization))
        may_commit.set()

    in_threads(number, look)

    assert seen == [[]]
    assert read(organization) == [(1, "a")]


@pytest.mark.django_db(transaction=True)
def test_readers_miss_nothing_while_many_write(organization: Organization) -> None:
    barrier = Barrier(WRITERS + 2)
    expected = {f"{writer}-{number}" for writer in range(WRITERS) for number in range(EACH)}
    followed: list[list[tuple[int, str]]] = []

    def writer(which: int) -> Callable[[], None]:
        def task() -> None:
            pauses = Random(which)
            barrier.wait(30)
            for number in range(EACH):
                with bind(organization):
                    record_events([new(f"{which}-{number}")], actor=None)
                    time.sleep(pauses.random() / 100)  # keys are handed out, and others commit before

        return task

    def follow() -> None:
        barrier.wait(30)
        mine: list[tuple[int, str]] = []
        deadline = time.monotonic() + 50
        while len(mine) < len(expected) and time.monotonic() < deadline:
            mine += read(organization, after=mine[-1][0] if mine else 0, limit=7)
        followed.append(mine)

    in_threads(*(writer(which) for which in range(WRITERS)), follow, follow)

    for mine in followed:
        assert [position for position, _ in mine] == list(range(1, len(expected) + 1))
        assert {label for _, label in mine} == expected
        for which in range(WRITERS):  # what one writes after the other is read after it
            own = [label for _, label in mine if label.startswith(f"{which}-")]
            assert own == [f"{which}-{number}" for number in range(EACH)]
    assert followed[0] == followed[1]
