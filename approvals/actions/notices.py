"""Mails about what waits for people: who wants them, when they are due, and what they tell."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.jobs import start_job
from accounts.models import Membership, Organization
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from approvals.choices import NoticeFrequency
from approvals.models import NoticeWish
from approvals.queries.notices import news_of
from production.actions.locks import lock_room

MORNING = 7  # o'clock, in the organization's time zone


def choose_frequency(
    *, membership: Membership, frequency: NoticeFrequency, actor: Any, reason: str = "Chosen"
) -> NoticeWish:
    """Say how often this member is told by mail."""
    with bind(membership.organization):
        lock_room("notices")
        wish = wish_of(membership)
        wish.frequency = frequency.value
        return save_row(wish, actor=actor, reason=reason)


def wish_of(membership: Membership) -> NoticeWish:
    """The member's choice, perhaps not written yet."""
    found = NoticeWish.objects.filter(member=membership.user).first()
    return found or NoticeWish(organization=membership.organization, member=membership.user)


def queue_notices(organization: Organization, *, now: dt.datetime) -> int:
    """Queue a mail for each member whom something new waits for and who is to be told by now; returns how many.

    What a mail tells is told no more; a document that comes back after another round or signature is new again.
    `now` is in the organization's time zone.
    """
    queued = 0
    with bind(organization):
        lock_room("notices")
        members = Membership.objects.filter(user__is_active=True).select_related("user").order_by("pk")
        for membership in members:
            membership.organization = organization
            queued += _queue_one(membership, now)
    return queued


def _queue_one(membership: Membership, now: dt.datetime) -> bool:
    wish = wish_of(membership)
    if not _is_due(wish, now):
        return False
    news = news_of(membership)
    fresh = news.without(wish.told)
    if not fresh.keys:
        return False
    wish.told, wish.told_on = sorted(news.keys), now.date()
    save_row(wish, actor=None, reason="Told by mail")
    start_job(
        organization=membership.organization,
        kind="mail_notice",
        title=f"Notice to {membership.user}",
        arguments={"membership": membership.pk, "news": sorted(fresh.keys)},
        actor=None,
    )
    return True


def _is_due(wish: NoticeWish, now: dt.datetime) -> bool:
    if wish.frequency == NoticeFrequency.DAILY:
        return now.hour >= MORNING and (wish.told_on is None or wish.told_on < now.date())
    return wish.frequency == NoticeFrequency.SOON
