"""The stock ledger (append-only), its balances, and what went short."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.tenancy.models import ScopedForeignKey, ScopedModel
from inventory.choices import ErpAnswer, ExceptionKind, SourceKind, StockEvent

from .fields import QuantityField
from .items import Item, Location, Lot, ReasonCode


class StockEntry(ScopedModel):
    """One signed movement, written once. A mistake is answered by an opposite entry."""

    item = ScopedForeignKey(Item, related_name="+", db_index=False)
    location = ScopedForeignKey(Location, related_name="+", db_index=False)
    lot = ScopedForeignKey(Lot, null=True, related_name="+", db_index=False)
    event = models.CharField(max_length=8, choices=StockEvent)
    quantity = QuantityField()
    unit_cost = QuantityField()
    amount_minor = models.BigIntegerField()
    effective_date = models.DateField()
    source_kind = models.CharField(max_length=10, choices=SourceKind)
    source_id = models.BigIntegerField()
    source_line_id = models.BigIntegerField(null=True)
    document_number = models.CharField(max_length=40)
    order_number = models.CharField(max_length=80, blank=True, default="")
    completed_at = models.DateTimeField(null=True)
    reason = ScopedForeignKey(ReasonCode, null=True, related_name="+", db_index=False)
    reversal_of = ScopedForeignKey("self", null=True, related_name="+", db_index=False)
    posted_at = models.DateTimeField(default=timezone.now)
    posted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        indexes = (
            models.Index(fields=["organization", "item", "id"], name="stock_entry_by_item"),
            models.Index(fields=["organization", "source_kind", "source_id"], name="stock_entry_by_source"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["reversal_of"],
                name="stock_entry_reversed_once",
                condition=Q(reversal_of__isnull=False),
                violation_error_message="This entry is reversed already.",
            ),
        )


class StockBalance(ScopedModel):
    """The sum of the entries of one item, location and lot."""

    item = ScopedForeignKey(Item, related_name="+", db_index=False)
    location = ScopedForeignKey(Location, related_name="+", db_index=False)
    lot = ScopedForeignKey(Lot, null=True, related_name="+", db_index=False)
    on_hand = QuantityField(default=0)
    value_minor = models.BigIntegerField(default=0)
    last_snapshot_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "item", "location", "lot"],
                name="stock_balance_once",
                nulls_distinct=False,
            ),
        )


class StockException(ScopedModel):
    """A posting that stock did not cover: it was posted by policy, and somebody owes an explanation."""

    entry = ScopedForeignKey(StockEntry, related_name="+", db_index=False)
    item = ScopedForeignKey(Item, related_name="+")
    kind = models.CharField(max_length=8, choices=ExceptionKind, default=ExceptionKind.SHORT)
    quantity = QuantityField()
    document_number = models.CharField(max_length=40)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    reason = ScopedForeignKey(ReasonCode, null=True, related_name="+", db_index=False)
    note = models.TextField(blank=True, default="")
    opened_at = models.DateTimeField(default=timezone.now)
    resolution = models.CharField(max_length=20, blank=True, default="")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    # Where it was really taken, as somebody proposes it; it is booked when somebody else signs it.
    proposal = models.JSONField(null=True)
    proposed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    proposed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["organization", "opened_at"],
                name="stock_exception_open",
                condition=Q(resolved_at__isnull=True),
            ),
        )


class EntryOutcome(ScopedModel):
    """What became of one of our entries in the ERP, as far as it concerns stock files. One row per exported entry.

    The exports room keeps it, in the same transaction as its own lines, and stock files read it:

    - a batch is written: one row per line, `exported_at` = the batch's moment, no answer (an entry that was exported
      before and came back gets its row overwritten);
    - the ERP answers a line: `answer`, `answered_at` and, where it says so, `loaded_at` (when it booked the line);
    - a batch is withdrawn: the rows of its lines get the answer `withdrawn`.

    Entries that were never in a batch have no row. An entry is taken by the ERP at a moment T when its answer is
    `accepted` and `loaded_at` ≤ T; `rejected` and `withdrawn` ones are not; the others are judged by
    `inventory.stock_files`, which notes here what it assumed. Before an answer is replaced, exports calls
    `inventory.stock_files.answers.recall_answers`, which notes what files relied on. After writing answers it calls
    `inventory.stock_files.answers.book_answers(entry_ids, actor=…)`: where an answer contradicts what was assumed, the
    balance moves by the difference.
    """

    entry = ScopedForeignKey(StockEntry, related_name="+", db_index=False)
    exported_at = models.DateTimeField()
    answer = models.CharField(max_length=9, choices=ErpAnswer, blank=True, default=ErpAnswer.NONE)
    answered_at = models.DateTimeField(null=True)
    loaded_at = models.DateTimeField(null=True)
    assumed_at = models.DateTimeField(null=True)
    is_assumed_taken = models.BooleanField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["entry"], name="entry_outcome_once"),
            models.CheckConstraint(
                name="entry_outcome_loaded_if_accepted",
                condition=Q(loaded_at__isnull=True) | Q(answer="accepted"),
                violation_error_message="Only an accepted entry has a moment at which it was loaded.",
            ),
        )
