"""Mails about what waits for people: who gets them, when, what they tell, and that nothing is told twice."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import Job, Membership, Organization, User
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from approvals.actions.notices import choose_frequency, queue_notices
from approvals.actions.signing import approve_backflush, return_backflush
from approvals.actions.submitting import submit_backflush
from approvals.actions.tiers import change_tier
from approvals.choices import NoticeFrequency
from approvals.models import NoticeWish
from approvals.notice_jobs import tell_people
from tests import documents, factories

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def planner(organization: Organization) -> User:
    return factories.make_member(organization, "planner")


@pytest.fixture
def controller(organization: Organization) -> User:
    return factories.make_member(organization, "controller")


def told(organization: Organization, now: dt.datetime = NOON) -> list[tuple[str, str]]:
    """To whom and under which subject mails go out now."""
    mail.outbox.clear()
    queue_notices(organization, now=now)
    factories.run_jobs()
    return sorted((sent.to[0], sent.subject) for sent in mail.outbox)


def choose(organization: Organization, user: User, frequency: NoticeFrequency) -> None:
    with bind(organization):
        membership = Membership.objects.select_related("organization", "user").get(user=user)
    choose_frequency(membership=membership, frequency=frequency, actor=user)


def test_signer_is_told_once_of_what_waits(
    organization: Organization, planner: User, controller: User
) -> None:
    first = documents.make_submitted(organization, planner)
    assert told(organization) == [(controller.email, "1 backflush waits for your signature · Acme")]
    body = mail.outbox[0].body
    assert first.number in body
    assert f"submitted by {planner}" in body
    assert f"/o/acme/review/{first.number}/" in body
    assert told(organization) == []
    second = documents.make_submitted(organization, planner)
    assert told(organization) == [(controller.email, "1 backflush waits for your signature · Acme")]
    assert second.number in mail.outbox[0].body
    assert first.number not in mail.outbox[0].body


def test_who_made_a_document_is_not_asked_to_sign_it(organization: Organization, controller: User) -> None:
    other = factories.make_member(organization, "controller")
    backflush = documents.make_draft(organization)
    planner = factories.make_member(organization, "planner")
    with bind(organization):
        backflush.involved_user_ids = [*backflush.involved_user_ids, other.pk]
        save_row(backflush, actor=None, reason="counted too", fields=["involved_user_ids"])
    submit_backflush(organization=organization, backflush_id=backflush.pk, actor=planner)
    assert [to for to, _ in told(organization)] == [controller.email]


def test_next_tier_is_told_when_the_first_has_signed(
    organization: Organization, planner: User, controller: User
) -> None:
    finance = factories.make_member(organization, "finance")
    change_tier(
        organization=organization,
        tier=None,
        from_amount_minor=1,
        role="finance",
        actor=controller,
        reason="Two pairs of eyes",
    )
    backflush = documents.make_submitted(organization, planner)
    assert [to for to, _ in told(organization)] == [controller.email]
    approve_backflush(organization=organization, backflush_id=backflush.pk, actor=controller)
    assert [to for to, _ in told(organization)] == [finance.email]


def test_planner_is_told_of_what_came_back_and_signer_of_the_next_round(
    organization: Organization, planner: User, controller: User
) -> None:
    backflush = documents.make_submitted(organization, planner)
    told(organization)
    return_backflush(
        organization=organization, backflush_id=backflush.pk, actor=controller, note="Why so many?"
    )
    assert told(organization) == [(planner.email, "1 backflush came back to you · Acme")]
    assert "“Why so many?”" in mail.outbox[0].body
    assert f"returned by {controller}" in mail.outbox[0].body
    assert told(organization) == []
    submit_backflush(
        organization=organization, backflush_id=backflush.pk, actor=planner, note="Counted again"
    )
    assert [to for to, _ in told(organization)] == [controller.email]
    assert "“Counted again”" in mail.outbox[0].body


def test_what_was_signed_before_the_mail_went_is_not_told(
    organization: Organization, planner: User, controller: User
) -> None:
    backflush = documents.make_submitted(organization, planner)
    assert queue_notices(organization, now=NOON) == 1
    approve_backflush(organization=organization, backflush_id=backflush.pk, actor=controller)
    factories.run_jobs()
    assert mail.outbox == []
    with bind(organization):
        message = "Not sent: none of it waits any more"
        assert Job.objects.get(kind="mail_notice").message == message


def test_daily_mail_goes_once_a_day_from_seven_in_the_morning(
    organization: Organization, planner: User, controller: User
) -> None:
    choose(organization, controller, NoticeFrequency.DAILY)
    documents.make_submitted(organization, planner)
    berlin = ZoneInfo("Europe/Berlin")
    monday = dt.datetime(2026, 3, 2, 6, 59, tzinfo=berlin)
    assert told(organization, monday) == []
    assert len(told(organization, monday.replace(hour=7, minute=0))) == 1
    documents.make_submitted(organization, planner)
    assert told(organization, monday.replace(hour=23)) == []
    assert len(told(organization, monday.replace(day=3, hour=8))) == 1


def test_who_wants_none_gets_none(organization: Organization, planner: User, controller: User) -> None:
    choose(organization, controller, NoticeFrequency.NEVER)
    documents.make_submitted(organization, planner)
    assert told(organization) == []


def test_worker_looks_at_every_organization(
    organization: Organization, planner: User, controller: User
) -> None:
    documents.make_submitted(organization, planner)
    tell_people(timestamp=0)
    factories.run_jobs()
    assert [sent.to for sent in mail.outbox] == [[controller.email]]


def test_nothing_of_another_organization_is_told(
    organization: Organization, planner: User, controller: User
) -> None:
    other = factories.make_organization("other")
    theirs = factories.make_member(other, "controller")
    documents.make_submitted(other)
    assert told(organization) == []
    assert [to for to, _ in told(other)] == [theirs.email]


def test_member_chooses_on_the_page_and_the_history_tells(
    organization: Organization, controller: User
) -> None:
    client = factories.client_of(controller)
    address = reverse("approvals:notices", args=["acme"])
    assert controller.email in client.get(address).content.decode()
    assert client.post(address, {"frequency": "hourly"}).status_code == 422
    assert client.post(address, {"frequency": "daily"})["Location"] == address
    with bind(organization):
        wish = NoticeWish.objects.get(member=controller)
        assert wish.frequency == NoticeFrequency.DAILY
        kept = NoticeWish.history.get(id=wish.pk)
        assert (kept.history_user_id, kept.history_change_reason) == (controller.pk, "Chosen")
    assert "Chosen" in client.get(address).content.decode()


def test_role_that_is_told_nothing_has_nothing_to_choose(organization: Organization) -> None:
    client = factories.client_of(factories.make_member(organization, "auditor"))
    address = reverse("approvals:notices", args=["acme"])
    assert 'name="frequency"' not in client.get(address).content.decode()
    client.post(address, {"frequency": "daily"})
    with bind(organization):
        assert not NoticeWish.objects.exists()
