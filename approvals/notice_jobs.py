"""Workers' tasks that tell people by mail what waits for them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.jobs import Result, job
from accounts.mail import send_template
from accounts.models import Job, Membership, Organization
from accounts.progress import Progress
from accounts.tenancy.binding import bind
from approvals.actions.notices import queue_notices
from approvals.queries.notices import CameBack, ToSign, news_of
from ui import formats

SHOWN = 20


@app.periodic(cron="*/15 * * * *")
@app.task(name="tell_people", queueing_lock="tell_people")
def tell_people(timestamp: int) -> None:
    """Look what is new for whom, in each organization's own time."""
    for organization in Organization.objects.order_by("pk"):
        queue_notices(organization, now=timezone.now().astimezone(ZoneInfo(organization.time_zone)))


@job("mail_notice", is_quiet=True)
def mail_notice(job: Job, progress: Progress) -> Result:
    """Written from what waits when it is sent: what was signed or withdrawn meanwhile is not told."""
    organization = job.organization
    with bind(organization):
        membership = (
            Membership.objects.select_related("user", "organization")
            .filter(pk=job.arguments["membership"], user__is_active=True)
            .first()
        )
        if membership is None:
            return {"message": "Not sent: no longer a member"}
        news = news_of(membership)
        fresh = news.without(news.keys - set(job.arguments["news"]))
    if not fresh.keys:
        return {"message": "Not sent: none of it waits any more"}
    send_template(
        organization=organization,
        to=membership.user.email,
        template="approvals/mail/notice.txt",
        context={
            "to_sign": [_line(organization, one) for one in fresh.to_sign[:SHOWN]],
            "came_back": [_line(organization, one) for one in fresh.came_back[:SHOWN]],
            "sign_count": formats.count(len(fresh.to_sign), "backflush", "backflushes"),
            "is_one_to_sign": len(fresh.to_sign) == 1,
            "back_count": formats.count(len(fresh.came_back), "backflush", "backflushes"),
            "more": max(0, len(fresh.to_sign) - SHOWN) + max(0, len(fresh.came_back) - SHOWN),
            "waiting": len(news.to_sign),
            "queue": _address("approvals:queue", organization.slug),
            "wishes": _address("approvals:notices", organization.slug),
        },
        job=job,
    )
    return {"message": "Sent"}


def _line(organization: Organization, one: ToSign | CameBack) -> dict[str, str]:
    """A document as a mail names it."""
    backflush = one.backflush
    return {
        "number": backflush.number,
        "order": backflush.completion.output.work_order.number,
        "weight": formats.money(
            backflush.weight_minor, organization.currency_code, organization.currency_decimals
        ),
        "by": one.asked_by if isinstance(one, ToSign) else one.returned_by,
        "note": one.note.strip(),
        "url": _address("approvals:document", organization.slug, backflush.number),
    }


def _address(name: str, *arguments: str) -> str:
    return settings.SITE_ADDRESS.rstrip("/") + reverse(name, args=arguments)
