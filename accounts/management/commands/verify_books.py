"""Re-prove from the stored rows what must always hold."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.books import Proof, prove
from accounts.models import Organization
from accounts.tenancy.binding import bind


class Command(BaseCommand):
    help = "Prove the books of one or all organizations from the stored rows; exits 1 if anything is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--org", help="slug of one organization; all without it")

    def handle(self, *args: Any, **options: Any) -> None:
        organizations = Organization.objects.order_by("slug")
        if options["org"]:
            organizations = organizations.filter(slug=options["org"])
            if not organizations:
                raise CommandError(f"There is no organization {options['org']}.")
        broken = []
        for organization in organizations:
            self.stdout.write(f"{organization.slug}")
            with bind(organization):
                if not prove(organization, self._report):
                    broken.append(organization.slug)
        if broken:
            raise CommandError(f"The books of {', '.join(broken)} are broken; see above.")
        self.stdout.write("All books hold.")

    def _report(self, proof: Proof, breaches: list[tuple[str, str]]) -> None:
        self.stdout.write(f"  {'BROKEN' if breaches else 'holds '}  {proof.invariant:>2}  {proof.title}")
        for label, wrong in breaches:
            self.stdout.write(f"             {label}: {wrong}")
