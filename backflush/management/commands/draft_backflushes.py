"""`manage.py draft_backflushes --org SLUG [--work-order WO …]`"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import AppError
from accounts.management.finding import member_named, organization_named
from accounts.tenancy.binding import bind
from backflush.actions.drafting import draft_backflushes


class Command(BaseCommand):
    help = "Draft the backflush of every completion that waits, or of those of the named work orders."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--org", required=True)
        parser.add_argument("--work-order", action="append", dest="work_orders", metavar="WO")
        parser.add_argument("--as", dest="email", help="the member who drafts")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = organization_named(options["org"])
        actor = None
        if options["email"]:
            with bind(organization):
                actor = member_named(options["email"])
        try:
            result = draft_backflushes(
                organization=organization,
                actor=actor,
                order_numbers=options["work_orders"],
            )
        except AppError as error:
            raise CommandError(error.message) from error
        problems = result.problems
        self.stdout.write(f"{len(result.drafted)} drafted, {len(problems)} refused")
        for problem in problems:
            self.stderr.write(problem.message)
        if problems:
            raise SystemExit(1)
