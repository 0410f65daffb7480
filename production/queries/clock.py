"""Days as the organization counts them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Organization


def today_in(organization: Organization) -> dt.date:
    """Today where the organization is."""
    return timezone.now().astimezone(ZoneInfo(organization.time_zone)).date()
