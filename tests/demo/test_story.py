"""The demo company: told from its beginning, in every state, and with books that hold."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.books import prove
from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from approvals.models import ApprovalDecision
from backflush.choices import BackflushStatus
from backflush.models import Backflush
from backflush.queries.documents import documents_of
from backflush.queries.staleness import builder_for, stale_ids
from backflush.queries.waiting import waiting_count
from exports.models import ExportLine
from exports.queries.due import due_count
from imports.actions.load import import_file
from imports.choices import FileKind
from imports.demo.catalogue import catalogue
from imports.demo.clock import Calendar, wound
from imports.demo.company import LARKFIELD, NORTHMERE, PASSWORD
from imports.demo.files import sample
from imports.demo.plan import make_plan
from imports.demo.story import told_on
from imports.models import ImportBatch
from imports.queries.samples import samples
from inventory.models import StockEntry, StockException
from production.models import Completion
from tests.factories import make_member, make_organization

NOW = dt.datetime(2025, 11, 19, 12, tzinfo=dt.UTC)  # a Wednesday


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[Organization]:
    """Three weeks of the story, made once for this file and taken back after it."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        said = io.StringIO()
        call_command("seed_demo", weeks=3, stdout=said)
        organization = Organization.objects.get(slug=LARKFIELD.slug)
        organization.said = said.getvalue()  # type: ignore[attr-defined]
        yield organization
        transaction.set_rollback(True)


@pytest.fixture
def inside(told: Organization, db: None) -> Iterator[Organization]:
    with bind(told):
        yield told


def test_plan_is_the_same_every_time_and_ends_alike_with_fewer_weeks() -> None:
    whole, again, end = (make_plan(catalogue(), weeks) for weeks in (12, 12, 3))
    assert whole == again
    assert len(whole.orders) == 637
    assert sum(len(order.parts) for order in whole.orders) == 662
    last = [(order.sku, order.quantity, len(order.parts)) for order in whole.of_week(11)]
    assert [(order.sku, order.quantity, len(order.parts)) for order in end.of_week(2)] == last


def test_calendar_ends_on_the_last_working_day() -> None:
    calendar = Calendar(10, now=dt.datetime(2025, 11, 17, 15, tzinfo=dt.UTC), zone="America/Chicago")
    assert calendar.date(9) == dt.date(2025, 11, 14)  # asked on a Monday: Friday
    assert calendar.date(0) == dt.date(2025, 11, 3)
    assert calendar.date(-1) == dt.date(2025, 10, 31)
    assert calendar.date(10) == dt.date(2025, 11, 17)
    assert calendar.at(9, 16, 35) == dt.datetime(2025, 11, 14, 22, 35, tzinfo=dt.UTC)


def test_clock_stands_where_it_is_set_and_runs_again_afterwards() -> None:
    before = timezone.now()
    with wound() as clock:
        clock.set(NOW)
        first, second = timezone.now(), timezone.now()
        assert NOW < first < second < NOW + dt.timedelta(seconds=1)
        assert Completion._meta.get_field("created_at").get_default() < NOW + dt.timedelta(seconds=1)
    assert before <= timezone.now()


def test_books_hold(told: Organization, db: None) -> None:
    breaches: list[Any] = []
    for slug in (LARKFIELD.slug, NORTHMERE.slug):
        organization = Organization.objects.get(slug=slug)
        with bind(organization):
            prove(organization, lambda proof, found: breaches.extend((proof.title, f) for f in found))
    assert breaches == []


def test_something_waits_at_every_step(inside: Organization) -> None:
    by_status = {
        status: list(Backflush.objects.filter(status=status).values_list("pk", flat=True))
        for status in (
            BackflushStatus.DRAFT,
            BackflushStatus.SUBMITTED,
            BackflushStatus.RETURNED,
            BackflushStatus.POSTED,
            BackflushStatus.REVERSED,
        )
    }
    assert all(by_status.values())
    assert waiting_count() > 3
    half_signed = Backflush.objects.filter(
        status=BackflushStatus.SUBMITTED,
        pk__in=ApprovalDecision.objects.filter(role="controller", decision="approve").values(
            "request__backflush_id"
        ),
    )
    assert half_signed.exists()
    drafts = documents_of(by_status[BackflushStatus.DRAFT])
    assert len(stale_ids(builder_for(inside, drafts), drafts)) == 1
    assert due_count() > 100
    assert ExportLine.objects.filter(answer="rejected").count() == 3
    assert StockException.objects.exclude(resolved_by=None).exists()


def test_what_happened_has_its_time_and_its_people(inside: Organization) -> None:
    posted = Backflush.objects.filter(status=BackflushStatus.POSTED)
    for document in posted:
        assert document.drafted_by_id != document.posted_by_id
        assert (
            document.completion.completed_at
            < document.drafted_at
            < document.submitted_at
            < document.posted_at
        )  # type: ignore[operator]
    days = sorted({document.posted_at.date() for document in posted})  # type: ignore[union-attr]
    assert len(days) > 5
    assert max(entry.posted_at for entry in StockEntry.objects.all()) < timezone.now()
    history = Backflush.history.filter(id=posted.earliest("pk").pk).order_by("history_id")
    assert next(row.history_user.name for row in history) in {"Priya Nair", "Jonas Weber"}
    assert all(a.history_date <= b.history_date for a, b in pairwise(history))


def test_everybody_can_sign_in_and_the_command_says_how(told: Organization, db: None) -> None:
    assert PASSWORD in told.said  # type: ignore[attr-defined]
    for person in (*LARKFIELD.people, LARKFIELD.admin, *NORTHMERE.people):
        user = User.objects.get(email=person.email)
        assert user.name == person.name
        assert user.check_password(PASSWORD)
    assert all(person.email in told.said for person in LARKFIELD.people)  # type: ignore[attr-defined]


def test_second_time_makes_nothing_and_says_how_to_sign_in(told: Organization, db: None) -> None:
    with bind(told):
        before = ImportBatch.objects.count()
    said = io.StringIO()
    call_command("seed_demo", stdout=said)
    assert said.getvalue().startswith("Sign in to Larkfield Espresso")
    with bind(told):
        assert ImportBatch.objects.count() == before
    assert Organization.objects.count() == 2


@pytest.mark.parametrize("hours", [0, 1, 24 * 3, 24 * 7 - 1])
def test_story_ends_on_a_tuesday_whenever_it_is_told(hours: int) -> None:
    assert told_on(NOW + dt.timedelta(hours=hours)) == NOW
    assert Calendar(5, now=NOW, zone=LARKFIELD.time_zone).date(4) == dt.date(2025, 11, 18)


def test_samples_load_in_their_order_into_an_empty_organization(db: None) -> None:
    organization = make_organization("fresh")
    planner = make_member(organization)
    loaded = {}
    for each in samples():
        with bind(organization):
            imported = import_file(
                kind=each.kind, file_name=each.name, content=sample(each.name), actor=planner
            )
        assert imported.is_loaded, (each.name, imported.issues[:3])
        assert imported.batch.refused_count == 0
        loaded[each.kind] = imported.batch.created_count
    assert loaded == {
        FileKind.ITEMS: 335,
        FileKind.BOMS: 694,
        FileKind.COSTS: 334,
        FileKind.STOCK: 376,
        FileKind.WORK_ORDERS: 12,
        FileKind.COMPLETIONS: 10,
    }
