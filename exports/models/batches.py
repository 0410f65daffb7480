"""Files that went out: the columns an ERP takes, the bytes it was given, what it answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.tenancy.history import History
from accounts.tenancy.models import ScopedForeignKey, ScopedModel, ScopedRow
from exports.choices import (
    Answer,
    ColumnSource,
    DateFormat,
    DecimalMark,
    Delimiter,
    Encoding,
    ExportStatus,
    LineEnd,
)
from inventory.models import StockEntry


class ExportTemplate(ScopedModel):
    """One ERP's file: which columns, in which order and form."""

    name = models.CharField(max_length=80)
    description = models.TextField(blank=True, default="")
    delimiter = models.CharField(max_length=1, choices=Delimiter, default=Delimiter.COMMA)
    encoding = models.CharField(max_length=12, choices=Encoding, default=Encoding.UTF8)
    line_end = models.CharField(max_length=4, choices=LineEnd, default=LineEnd.CRLF)
    decimal_mark = models.CharField(max_length=1, choices=DecimalMark, default=DecimalMark.POINT)
    date_format = models.CharField(max_length=20, choices=DateFormat, default=DateFormat.ISO)
    has_header = models.BooleanField(default=True)
    has_consumption = models.BooleanField(default=True)
    has_receipts = models.BooleanField(default=True)
    has_adjustments = models.BooleanField(default=True)
    max_lines = models.PositiveIntegerField(null=True, blank=True)
    is_guarded = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "name"],
                name="export_template_name_once",
                violation_error_message="There is a template with this name already.",
            ),
            models.CheckConstraint(
                name="export_template_takes_something",
                condition=Q(has_consumption=True) | Q(has_receipts=True) | Q(has_adjustments=True),
                violation_error_message="Choose at least one kind of entry.",
            ),
            models.CheckConstraint(
                name="export_template_max_lines_positive",
                condition=Q(max_lines__isnull=True) | Q(max_lines__gt=0),
                violation_error_message="A file holds at least one line.",
            ),
        )

    def __str__(self) -> str:
        return self.name


class ExportColumn(ScopedModel):
    """One column of a template. `translations` gives the ERP's word for ours; `pad_to` fills digits with zeros."""

    template = ScopedForeignKey(ExportTemplate, related_name="columns")
    position = models.PositiveSmallIntegerField()
    header = models.CharField(max_length=80)
    source = models.CharField(max_length=20, choices=ColumnSource)
    constant = models.CharField(max_length=200, blank=True, default="")
    decimals = models.PositiveSmallIntegerField(null=True, blank=True)
    max_length = models.PositiveSmallIntegerField(null=True, blank=True)
    pad_to = models.PositiveSmallIntegerField(null=True, blank=True)
    is_required = models.BooleanField(default=False)
    translations = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["template", "position"],
                name="export_column_position_once",
                violation_error_message="There is a column at this position already.",
            ),
        )

    def __str__(self) -> str:
        return self.header


class ExportBatch(ScopedRow):
    """One file as it was written, byte for byte, and the layout it was written in."""

    number = models.CharField(max_length=40)
    template = ScopedForeignKey(ExportTemplate, related_name="batches")
    status = models.CharField(max_length=9, choices=ExportStatus, default=ExportStatus.LIVE)
    file_name = models.CharField(max_length=255)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    layout = models.JSONField(default=dict)
    line_count = models.PositiveIntegerField()
    total_quantity = models.DecimalField(max_digits=24, decimal_places=6)
    total_minor = models.BigIntegerField()
    exported_at = models.DateTimeField(default=timezone.now)
    exported_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    withdrawn_reason = models.TextField(blank=True, default="")

    history = History(excluded_fields=["content"])

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "number"], name="export_batch_number_once"),
        )

    def __str__(self) -> str:
        return self.number


class ExportLine(ScopedModel):
    """One ledger entry in a batch, and the ERP's answer to it."""

    batch = ScopedForeignKey(ExportBatch, related_name="lines", db_index=False)
    entry = ScopedForeignKey(StockEntry, related_name="+", db_index=False)
    line_number = models.PositiveIntegerField()
    is_live = models.BooleanField(default=True)
    answer = models.CharField(max_length=8, choices=Answer, blank=True, default=Answer.NONE)
    loaded_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    message = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "entry"],
                name="export_line_one_live_per_entry",
                condition=Q(is_live=True),
                include=["answer"],  # what is due is read from this index alone
                violation_error_message="This entry is in a batch already.",
            ),
            models.UniqueConstraint(fields=["batch", "line_number"], name="export_line_number_once"),
        )
        indexes = (
            models.Index(
                fields=["organization", "batch"],
                name="export_line_rejected",
                condition=Q(is_live=True, answer="rejected"),
            ),
        )


class DueMark(ScopedRow):
    """A bookmark for speed, not a record: entries with a lower id are due only where `DueBelowMark` lists them.

    It holds while what the ERP books itself is unchanged.
    """

    first_open_id = models.BigIntegerField(default=0)
    is_receipt_booked_by_erp = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["organization"], name="due_mark_once"),)


class DueBelowMark(ScopedRow):
    """An entry below the mark that may be due: it was left when the mark passed, or came back since."""

    entry = ScopedForeignKey(StockEntry, related_name="+", db_index=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["organization", "entry"], name="due_below_mark_once"),)
