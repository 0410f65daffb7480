"""`manage.py save_mapping KIND NAME FILE --org SLUG`"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import AppError
from accounts.management.finding import organization_named
from accounts.tenancy.binding import bind
from imports.actions.mapping import save_mapping
from imports.kinds.registry import KINDS


class Command(BaseCommand):
    help = "Keep a mapping (JSON) under a name, for the page, the command and the API."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=list(KINDS))
        parser.add_argument("name")
        parser.add_argument("file")
        parser.add_argument("--org", required=True, help="slug of the organization")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = organization_named(options["org"])
        try:
            document = json.loads(Path(options["file"]).read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise CommandError(f"{options['file']} is not JSON: {error}.") from error
        try:
            with bind(organization):
                kept = save_mapping(kind=options["kind"], name=options["name"], document=document, actor=None)
        except AppError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Mapping {kept.name} is kept for {kept.kind}.")
