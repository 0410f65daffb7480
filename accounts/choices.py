"""Policies that an organization chooses."""

from __future__ import annotations

from django.db import models


class ScrapPolicy(models.TextChoices):
    FOUND = "found", "Consumes up to the operation where it was found"
    ALL = "all", "Consumes all components of the order"
    NONE = "none", "Consumes nothing by itself"


class LotOrder(models.TextChoices):
    FIFO = "fifo", "Oldest received first"
    FEFO = "fefo", "First to expire first"


class FinishedGoodsAt(models.TextChoices):
    ACTUAL = "actual", "At actual cost"
    STANDARD = "standard", "At standard cost"


class NegativePolicy(models.TextChoices):
    ALLOW = "allow", "Allow"
    WARN = "warn", "Allow and list it"
    BLOCK = "block", "Refuse"


class EventName(models.TextChoices):
    """What programs are told of. docs/events.md has an example of each, which a test compares with what is written."""

    BACKFLUSH_DRAFTED = "backflush.drafted", "A completion’s consumption was drafted"
    BACKFLUSH_SUBMITTED = "backflush.submitted", "A draft waits for signatures"
    BACKFLUSH_RETURNED = "backflush.returned", "A submitted document went back to its planner"
    BACKFLUSH_DISCARDED = "backflush.discarded", "A draft was dropped; its completion waits again"
    BACKFLUSH_REVERSED = "backflush.reversed", "A posting was taken back"
    APPROVAL_SIGNED = "approval.signed", "A document got a signature"
    INVENTORY_BACKFLUSHED = "inventory.backflushed", "A document was posted: its components left the stock"
    INVENTORY_FG_RECEIVED = "inventory.fg_received", "Finished goods came into the stock"
    STOCK_SHORT = "stock.short", "A posting took more than there was"
    STOCK_SHORT_RESOLVED = "stock.short_resolved", "A shortage was settled or explained"
    WORK_ORDER_CLOSED = "work_order.closed", "All of an order is posted: it takes nothing more"
    WORK_ORDER_REOPENED = "work_order.reopened", "A closed order takes completions again"
    IMPORT_FINISHED = "import.finished", "A file was loaded, or refused whole"
    IMPORT_TAKEN_BACK = "import.taken_back", "What a file had brought was removed again"
    EXPORT_CREATED = "export.created", "A file for the ERP was written"
    EXPORT_ACKNOWLEDGED = "export.acknowledged", "The ERP’s answers to a file were recorded"
    EXPORT_LINES_PUT_BACK = "export.lines_put_back", "Rejected lines of a file fall due again"
    EXPORT_WITHDRAWN = "export.withdrawn", "A file was taken back before the ERP loaded it"
    PERIOD_CLOSED = "period.closed", "Nothing is posted into a period any more"
    PERIOD_OPENED = "period.opened", "A period takes postings again"
