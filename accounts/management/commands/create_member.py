"""`manage.py create_member SLUG EMAIL --role ROLE`"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions.members import add_member
from accounts.errors import AppError
from accounts.management.finding import organization_named
from accounts.roles import Role
from accounts.tenancy.binding import bind


class Command(BaseCommand):
    help = "Add a member. The password of a new person is the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("email")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--name", default="", help="how the person is called on pages")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = organization_named(options["slug"])
        try:
            with bind(organization):
                member = add_member(
                    organization=organization,
                    email=options["email"],
                    role=options["role"],
                    name=options["name"],
                    actor=None,
                    reason="Added by command",
                )
        except AppError as error:
            raise CommandError(error.message) from error
        user, role = member.membership.user, member.membership.get_role_display()
        self.stdout.write(f"{user.email} is now {role} of {organization.name}.")
        if member.password:
            self.stdout.write("The password, shown once:")
            self.stdout.write(member.password)
        else:
            self.stdout.write(f"{user.email} signs in with the password they have.")
