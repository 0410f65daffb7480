"""`manage.py seed_demo`"""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Organization
from imports.demo.company import LARKFIELD, PASSWORD
from imports.demo.northmere import tell_northmere
from imports.demo.story import WEEKS, tell_larkfield


class Command(BaseCommand):
    help = "Make the demo companies, unless there is an organization already, and print how to sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--weeks", type=int, default=WEEKS, help="how much of the past to make")

    def handle(self, *args: Any, **options: Any) -> None:
        if not Organization.objects.exists():
            if not settings.EMBEDDED:
                raise CommandError(
                    "The demo's password is known to everybody, so it is made on the embedded server only: unset "
                    "DATABASE_URL, or make an organization of your own with create_organization."
                )
            self.stdout.write(
                f"Making the demo company: {options['weeks']} weeks of its books, which takes about half a minute. "
                "Nobody can sign in before."
            )
            started = time.monotonic()
            with transaction.atomic():  # both or none: what is half made would stay so
                tell_larkfield(weeks=options["weeks"])
                tell_northmere()
            self.stdout.write(f"Made in {time.monotonic() - started:.0f} s.")
        there = list(Organization.objects.order_by("slug").values_list("slug", flat=True))
        self.stdout.write(how_to_sign_in() if LARKFIELD.slug in there else why_no_demo(there))


def why_no_demo(slugs: list[str]) -> str:
    """In a database with work of its own: people whose password is known to everybody do not belong there."""
    more = f" and {len(slugs) - 3} more" if len(slugs) > 3 else ""
    return (
        f"This database holds {', '.join(slugs[:3])}{more}: no demo company is made beside it. Sign in as its own "
        "members do. For the demo, start on other data: BACKFLUSH_DATA=/tmp/backflush-demo make demo"
    )


def how_to_sign_in() -> str:
    """Every role with an address; the password is the same for all."""
    people = (*LARKFIELD.people, LARKFIELD.admin)
    width = max(len(person.email) for person in people)
    lines = [
        f"  {person.email:<{width}}  {person.role.label.lower():<10}  {person.name}" for person in people
    ]
    return "\n".join([f"Sign in to {LARKFIELD.name} with the password {PASSWORD} as", *lines])
