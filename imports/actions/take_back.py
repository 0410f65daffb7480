"""Taking a whole import back, as long as nothing has used what it brought."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.choices import EventName
from accounts.errors import AppError
from accounts.rights import demand
from accounts.tenancy.writes import delete_rows, save_row, update_rows
from imports.actions.examine import reason_of
from imports.actions.telling import tell_of_import
from imports.choices import FileKind, ImportStatus
from imports.models import ImportBatch
from imports.queries.touched import touched_by
from inventory.models import Location, Lot, ReasonCode
from inventory.stock_files.take_back import take_back_stock

# What a file names along the way may serve others by now, and harms nobody: it stays.
LEFT_THERE = (Location, Lot, ReasonCode)


def take_back_import(*, batch: ImportBatch, actor: Any) -> ImportBatch:
    """Remove what the import made, and put back what it changed, from their history.

    Refused with INVALID_STATE when anything of it was changed since or is used by something else. Stock files are
    answered by opposite entries: the ledger is written once.
    """
    demand(actor, batch.organization, "import_files")
    organization = batch.organization
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    batch.organization = organization
    if batch.status != ImportStatus.LOADED:
        raise AppError(
            "INVALID_STATE", f"Import {batch.number} is not loaded: there is nothing to take back."
        )
    written_with = reason_of(batch)
    reason = f"Import {batch.number} taken back"
    try:
        with transaction.atomic():
            _take_back(batch, written_with, reason, actor)
    except IntegrityError as error:
        raise AppError(
            "INVALID_STATE",
            f"Something else uses what import {batch.number} brought: it can no longer be taken back whole.",
        ) from error
    batch.status = ImportStatus.TAKEN_BACK
    save_row(batch, actor=actor, reason=reason, fields=["status"])
    tell_of_import(EventName.IMPORT_TAKEN_BACK, batch, actor=actor)
    return batch


def _take_back(batch: ImportBatch, written_with: str, reason: str, actor: Any) -> None:
    if batch.kind == FileKind.STOCK:
        today = timezone.now().astimezone(ZoneInfo(batch.organization.time_zone)).date()
        take_back_stock(source_id=batch.pk, on=today, actor=actor, reason=reason, written_with=written_with)
    tables = [touched for touched in touched_by(written_with) if touched.model not in LEFT_THERE]
    if changed := sum(touched.changed_since for touched in tables):
        raise AppError(
            "INVALID_STATE",
            f"{changed} rows of import {batch.number} were changed or used since: it can no longer go back whole.",
        )
    for touched in tables:
        delete_rows(touched.model, touched.made, actor=actor, reason=reason)
    for touched in reversed(tables):
        update_rows(touched.model, touched.columns, touched.before, actor=actor, reason=reason)
