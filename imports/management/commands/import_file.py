"""`manage.py import_file KIND PATH --org SLUG [--mapping NAME] [--dry-run] [--as EMAIL]`"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.errors import AppError
from accounts.management.finding import member_named, organization_named
from accounts.models import Organization
from accounts.tenancy.binding import bind
from imports.actions.load import Imported, import_file
from imports.kinds.registry import KINDS
from imports.kinds.shapes import Options
from imports.models import ImportBatch
from imports.reading.issues import Issue, Severity
from inventory.stock_files.shapes import Doubt, Scope

SHOWN_NOTES = 20


class Command(BaseCommand):
    help = "Load a file, as the Imports page does. Prints counts and issues; exits 1 if any row was refused."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=list(KINDS))
        parser.add_argument("path")
        parser.add_argument("--org", required=True, help="slug of the organization")
        parser.add_argument("--mapping", default="", help="name of a kept mapping")
        parser.add_argument("--dry-run", action="store_true", help="check only, load nothing")
        parser.add_argument(
            "--good-rows", action="store_true", help="load the good rows, leave out the refused"
        )
        parser.add_argument("--as", dest="email", default="", help="email of the member who loads it")
        parser.add_argument(
            "--counted-at", default="", help="moment that a stock file is of: ISO 8601, or now"
        )
        parser.add_argument("--scope", default=Scope.ROWS.value, choices=[scope.value for scope in Scope])
        parser.add_argument(
            "--in-doubt",
            default=Doubt.ASK.value,
            choices=[doubt.value for doubt in Doubt],
            help="what to take for entries of which nobody knows whether the ERP had taken them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organization = organization_named(options["org"])
        content = _bytes(options["path"])
        try:
            with bind(organization):
                imported = import_file(
                    kind=options["kind"],
                    file_name=Path(options["path"]).name,
                    content=content,
                    mapping_name=options["mapping"],
                    options=Options(
                        counted_at=_moment(options["counted_at"], organization),
                        scope=Scope(options["scope"]),
                        doubt=Doubt(options["in_doubt"]),
                    ),
                    is_partial=options["good_rows"],
                    is_check=options["dry_run"],
                    actor=member_named(options["email"]) if options["email"] else None,
                )
        except AppError as error:
            raise CommandError(error.message) from error
        if imported.earlier is not None:
            self.stdout.write(
                f"{imported.batch.file_name}: already loaded as import {imported.earlier.number}."
            )
            return
        self.report(imported, is_check=options["dry_run"])
        if imported.batch.refused_count or not (imported.is_loaded or options["dry_run"]):
            sys.exit(1)

    def report(self, imported: Imported, *, is_check: bool) -> None:
        batch = imported.batch
        for issue in _shown(imported.issues):
            self.stderr.write(_line(issue))
        state = "checked" if is_check else batch.get_status_display().lower()
        self.stdout.write(f"{batch.file_name}: {state} as import {batch.number}")
        self.stdout.write(
            f"rows {batch.row_count} · accepted {batch.accepted_count} · refused {batch.refused_count} · "
            f"created {batch.created_count} · updated {batch.updated_count} · unchanged {batch.unchanged_count} · "
            f"issues {sum(1 for issue in imported.issues if issue.severity is Severity.ERROR)}"
        )
        for line in _totals(batch):
            self.stdout.write(line)
        if batch.refused_count and not is_check and not imported.is_loaded:
            self.stdout.write("Nothing was loaded. Mend the rows, or load the good ones with --good-rows.")


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _moment(text: str, organization: Organization) -> dt.datetime | None:
    if not text:
        return None
    if text == "now":
        return timezone.now()
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text} is no moment: write it as 2025-11-19T09:00, or now.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(organization.time_zone))


def _shown(issues: Iterable[Issue]) -> Iterable[Issue]:
    """Every error; of warnings and notes the first few and how many there are."""
    rest = 0
    for issue in issues:
        if issue.severity is Severity.ERROR:
            yield issue
        else:
            rest += 1
            if rest <= SHOWN_NOTES:
                yield issue
    if rest > SHOWN_NOTES:
        yield Issue(None, "", "", "more", f"{rest - SHOWN_NOTES} more warnings and notes.", Severity.NOTE)


def _line(issue: Issue) -> str:
    place = f"row {issue.row}" if issue.row is not None else "file"
    column = f", {issue.column}" if issue.column else ""
    value = f" = {issue.value}" if issue.value else ""
    word = "" if issue.severity is Severity.ERROR else f" ({issue.severity.value})"
    return f"{place}{column}{value}{word}: {issue.message}"


def _totals(batch: ImportBatch) -> Iterable[str]:
    for name, sums in batch.totals.items():
        parts = ", ".join(f"{fate} {total}" for fate, total in sums.items() if fate == "file" or total != "0")
        yield f"{name}: {parts}"
