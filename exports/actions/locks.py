"""One writer of batches and answers at a time, per organization."""

from __future__ import annotations

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from accounts.errors import AppError
from accounts.models import Organization
from exports.models import ExportBatch


def lock_exports(organization: Organization) -> None:
    """Wait for other exports of this organization to end, so that no entry is taken twice. Taken before other locks."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext('exports'))", [organization.pk % 2**31])
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise AppError(
                "EDIT_CONFLICT", "Another file is being written right now. Try again in a moment."
            ) from error
        raise


def locked_batch(batch_id: int) -> ExportBatch:
    """The batch under lock, without its bytes."""
    batch = ExportBatch.objects.select_for_update(of=("self",)).defer("content").filter(pk=batch_id).first()
    if batch is None:
        raise AppError("NOT_FOUND", "There is no such batch.", {"batch": batch_id})
    return batch
