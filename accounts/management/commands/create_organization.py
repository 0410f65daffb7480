"""`manage.py create_organization SLUG --name N --currency USD --admin EMAIL`"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions.organizations import create_organization
from accounts.errors import AppError


class Command(BaseCommand):
    help = "Make an organization with its first admin, whose password is the last line (nothing for a known person)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="stands in every address, for example acme")
        parser.add_argument("--name", required=True)
        parser.add_argument("--currency", required=True, help="three letters, for example USD")
        parser.add_argument("--admin", required=True, metavar="EMAIL")
        parser.add_argument("--decimals", type=int, help="of amounts; by default those of the currency")
        parser.add_argument("--time-zone", default="UTC", help="for example Europe/Berlin")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            organization, admin = create_organization(
                slug=options["slug"],
                name=options["name"],
                currency_code=options["currency"],
                currency_decimals=options["decimals"],
                time_zone=options["time_zone"],
                admin_email=options["admin"],
                actor=None,
            )
        except AppError as error:
            raise CommandError(error.message) from error
        email = admin.membership.user.email
        self.stdout.write(
            f"{organization.name} is there, at /o/{organization.slug}/, with {email} as its admin."
        )
        if admin.password:
            self.stdout.write("The admin's password, shown once:")
            self.stdout.write(admin.password)
        else:
            self.stdout.write(f"{email} signs in with the password they have.")
