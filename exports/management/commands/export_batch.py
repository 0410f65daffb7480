"""`manage.py export_batch --org SLUG --template NAME --out FILE`"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import AppError
from accounts.management.finding import member_named, organization_named
from accounts.models import Organization
from accounts.tenancy.binding import bind
from exports.actions.batches import create_batch
from exports.models import ExportBatch, ExportTemplate
from ui import formats


class Command(BaseCommand):
    help = "Write what is posted and not yet exported into a file for the ERP, as one batch."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--org", required=True, metavar="SLUG")
        parser.add_argument("--template", required=True, metavar="NAME")
        parser.add_argument("--out", required=True, metavar="FILE", type=Path)
        parser.add_argument("--as", dest="email", metavar="EMAIL", help="the member who exports")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = organization_named(options["org"])
        out: Path = options["out"]
        _refuse_unwritable(out)
        try:
            with bind(organization):
                actor = member_named(options["email"]) if options["email"] else None
                template = _template_named(options["template"])
                batch = create_batch(organization=organization, template_id=template.pk, actor=actor)
        except AppError as error:
            raise CommandError(_told(error)) from error
        out.write_bytes(batch.content)
        self.stdout.write(_summary(organization, batch, out))


def _refuse_unwritable(out: Path) -> None:
    """Before anything is booked: a batch that is made stays made."""
    if out.is_dir():
        raise CommandError(f"{out} is a folder: name a file.")
    place = out if out.exists() else out.parent
    if not place.exists() or not os.access(place, os.W_OK):
        raise CommandError(f"{out} cannot be written: choose a folder that is there and yours.")


def _template_named(name: str) -> ExportTemplate:
    template = ExportTemplate.objects.filter(name=name).first()
    if template is None:
        known = ", ".join(ExportTemplate.objects.filter(is_active=True).values_list("name", flat=True))
        raise CommandError(f"There is no template “{name}”. There are: {known or 'none'}.")
    return template


def _told(error: AppError) -> str:
    """The message, and each row that does not fit below it."""
    rows = error.details if isinstance(error.details, list) else []
    return "\n".join(
        [error.message, *(f"  line {row['line']}, {row['column']}: {row['message']}" for row in rows)]
    )


def _summary(organization: Organization, batch: ExportBatch, out: Path) -> str:
    money = formats.MoneyFormat(organization).money(batch.total_minor)
    return (
        f"{batch.number}: {formats.count(batch.line_count, 'line')}, quantity "
        f"{formats.quantity(batch.total_quantity)}, {money}, sha256 {batch.sha256}\nwritten to {out}"
    )
