"""`manage.py create_api_key SLUG EMAIL`"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions.keys import create_api_key
from accounts.errors import AppError
from accounts.management.finding import member_named, organization_named
from accounts.models import Organization
from accounts.tenancy.binding import bind


class Command(BaseCommand):
    help = "Make an API key that acts as a member. The key is the last line and is shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("email")
        parser.add_argument("--name", default="Made by command", help="what the key is for")
        parser.add_argument("--last-day", default="", help="the last day on which it holds, as 2026-12-31")
        parser.add_argument(
            "--calls-per-minute", type=int, help="at most the operator's number, which is the default"
        )
        parser.add_argument("--read-only", action="store_true", help="the key may read and not write")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = organization_named(options["slug"])
        try:
            with bind(organization):
                made = create_api_key(
                    organization=organization,
                    member=member_named(options["email"]),
                    name=options["name"],
                    is_read_only=options["read_only"],
                    calls_per_minute=options["calls_per_minute"],
                    expires_at=_end_of(options["last_day"], organization),
                    actor=None,
                )
        except AppError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"The key of {made.key.member.email} for {organization.name}, shown once:")
        self.stdout.write(made.text)


def _end_of(day: str, organization: Organization) -> dt.datetime | None:
    """The moment after this day in the organization's time zone."""
    if not day:
        return None
    try:
        following = dt.date.fromisoformat(day) + dt.timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise CommandError(f"{day} is no day: write it as 2026-12-31.") from error
    return dt.datetime.combine(following, dt.time.min, ZoneInfo(organization.time_zone))
