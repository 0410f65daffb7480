"""Files that came in: their bytes, how they were read, what was wrong, what became of their rows."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.models import Job, User
from accounts.tenancy.history import History
from accounts.tenancy.models import ScopedForeignKey, ScopedModel, ScopedRow
from imports.choices import FileKind, ImportStatus, Severity


class ImportBatch(ScopedRow):
    """One file, from upload to load."""

    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=FileKind)
    file_name = models.CharField(max_length=255)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    mapping = models.JSONField(default=dict)
    mapping_name = models.CharField(max_length=80, blank=True, default="")
    options = models.JSONField(default=dict)
    # Cells of a workbook that people mended, and which of its rows are read: see imports.mended.
    mended = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.UPLOADED)
    row_count = models.PositiveIntegerField(default=0)
    accepted_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    totals = models.JSONField(default=dict)
    # What became of each row, and what taking the import back needs: compressed JSON, see imports.results.
    results = models.BinaryField(null=True, editable=False)
    counted_at = models.DateTimeField(null=True)
    job = ScopedForeignKey(Job, null=True, related_name="+", db_index=False)
    uploaded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    uploaded_at = models.DateTimeField(default=timezone.now)
    loaded_at = models.DateTimeField(null=True)

    history = History(excluded_fields=["content", "results"])

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "number"], name="import_batch_number_once"),
            # A file of which rows were refused may come again; a stock file may, for another moment.
            models.UniqueConstraint(
                fields=["organization", "kind", "sha256", "counted_at"],
                name="import_batch_content_loaded_once",
                condition=models.Q(status="loaded", refused_count=0),
                nulls_distinct=False,
                violation_error_message="This file is loaded already.",
            ),
        )


class ImportIssue(ScopedModel):
    """One thing that is wrong, where, and what to do about it."""

    batch = ScopedForeignKey(ImportBatch, related_name="issues")
    row = models.PositiveIntegerField(null=True)
    column = models.CharField(max_length=120, blank=True, default="")
    value = models.TextField(blank=True, default="")
    code = models.CharField(max_length=40)
    message = models.TextField()
    severity = models.CharField(max_length=7, choices=Severity, default=Severity.ERROR)


class ImportMapping(ScopedModel):
    """How a site's file is read: by name, and remembered for the headers it was made for."""

    kind = models.CharField(max_length=12, choices=FileKind)
    name = models.CharField(max_length=80)
    header_signature = models.CharField(max_length=64, blank=True, default="")
    mapping = models.JSONField(default=dict)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "kind", "name"],
                name="import_mapping_name_once",
                violation_error_message="There is a mapping with this name already.",
            ),
        )
