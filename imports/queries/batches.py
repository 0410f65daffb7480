"""Imports that were made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import F, QuerySet

from accounts.errors import AppError
from imports.choices import ImportStatus
from imports.models import ImportBatch, ImportIssue, ImportMapping

HEAVY = ("content", "results")


def batches() -> QuerySet[ImportBatch]:
    """All imports, newest first, without their bytes."""
    return ImportBatch.objects.defer(*HEAVY).select_related("uploaded_by", "job").order_by("-pk")


def import_by_id(pk: int) -> ImportBatch:
    """One import without its bytes, or NOT_FOUND."""
    found = batches().filter(pk=pk).first()
    if found is None:
        raise AppError("NOT_FOUND", "There is no such import.", {"import": pk})
    return found


def loaded_before(*, kind: str, sha256: str, counted_at: dt.datetime | None = None) -> ImportBatch | None:
    """The import that loaded this very file whole. A stock file stated for another moment says something else."""
    found = ImportBatch.objects.defer(*HEAVY).filter(
        kind=kind, sha256=sha256, status=ImportStatus.LOADED, refused_count=0
    )
    if counted_at is not None:
        found = found.filter(counted_at=counted_at)
    return found.order_by("-pk").first()


def file_names(import_ids: Collection[int]) -> dict[int, str]:
    """The names of the files of these imports."""
    return dict(ImportBatch.objects.filter(pk__in=import_ids).values_list("pk", "file_name"))


def issues_of(batch: ImportBatch, severity: str = "") -> QuerySet[ImportIssue]:
    """What was wrong, in the file's order; what concerns the whole file comes first."""
    issues = ImportIssue.objects.filter(batch=batch).order_by(F("row").asc(nulls_first=True), "pk")
    return issues.filter(severity=severity) if severity else issues


def remembered_mapping(*, kind: str, signature: str) -> ImportMapping | None:
    """How a file with these headers was read the last time."""
    found = ImportMapping.objects.filter(kind=kind, header_signature=signature)
    return found.order_by("-saved_at").first()


def kept_mappings() -> QuerySet[ImportMapping]:
    """All mappings, by kind and name."""
    return ImportMapping.objects.select_related("saved_by").order_by("kind", "name")


def named_mappings(kind: str) -> QuerySet[ImportMapping]:
    return ImportMapping.objects.filter(kind=kind).order_by("name")
