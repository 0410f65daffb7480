"""What the API does in the background."""

from __future__ import annotations

from datetime import timedelta

from asgiref.sync import sync_to_async
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import Organization
from accounts.tenancy.binding import bind
from api.models import ApiAnswer

KEPT = timedelta(days=30)


def forget_answers() -> int:
    """Drop the answers that nobody retries any more; returns how many. Their effects and the trail stay."""
    before = timezone.now() - KEPT
    gone = 0
    for organization in Organization.objects.order_by("pk"):
        with bind(organization):
            gone += ApiAnswer.objects.filter(created_at__lt=before).delete()[0]
    return gone


@app.periodic(cron="23 3 * * *")
@app.task(name="forget_old_answers", queueing_lock="forget_old_answers")
async def forget_old_answers(timestamp: int) -> None:
    await sync_to_async(forget_answers)()
