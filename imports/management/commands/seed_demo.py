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
            self.stdout.write(f"Making the demo company: {options['weeks']} weeks of its books …")
            started = time.monotonic()
            with transaction.atomic():  # both or none: what is half made would stay so
                tell_larkfield(weeks=options["weeks"])
                tell_northmere()
            self.stdout.write(f"Made in {time.monotonic() - started:.0f} s.")
        if Organization.objects.filter(slug=LARKFIELD.slug).exists():
            self.stdout.write(how_to_sign_in())


def how_to_sign_in() -> str:
    """Every role with an address; the password is the same for all."""
    people = (*LARKFIELD.people, LARKFIELD.admin)
    width = max(len(person.email) for person in people)
    lines = [
        f"  {person.email:<{width}}  {person.role.label.lower():<10}  {person.name}" for person in people
    ]
    return "\n".join([f"Sign in to {LARKFIELD.name} with the password {PASSWORD} as", *lines])
