"""How files for ERPs are written and answered."""

from __future__ import annotations

from django.db import models


class ColumnSource(models.TextChoices):
    ENTRY_ID = "entry_id", "Our entry number"
    BATCH_NUMBER = "batch_number", "Batch number"
    BATCH_DATE = "batch_date", "Batch and posting date"
    EXTERNAL_ID = "external_id", "Batch and line"
    LINE_NUMBER = "line_number", "Line in the batch"
    SKU = "sku", "Item"
    DESCRIPTION = "description", "Item description"
    UNIT = "unit", "Unit"
    SIGNED_QUANTITY = "signed_quantity", "Quantity, negative for relief"
    RELIEF_QUANTITY = "relief_quantity", "Quantity, positive for relief"
    ABSOLUTE_QUANTITY = "absolute_quantity", "Quantity without sign"
    DIRECTION = "direction", "One of two texts: relief | return"
    UNIT_COST = "unit_cost", "Unit cost"
    AMOUNT = "amount", "Amount"
    LOCATION = "location", "Location"
    LOT = "lot", "Lot"
    EVENT = "event", "Event"
    EFFECTIVE_DATE = "effective_date", "Posting date"
    DOCUMENT = "document", "Document number"
    WORK_ORDER = "work_order", "Work order"
    REASON = "reason", "Reason code"
    ACCOUNT = "account", "Adjustment account"
    MEMO = "memo", "Memo"
    CONSTANT = "constant", "The same text in every line"


class Answer(models.TextChoices):
    NONE = "", "Unanswered"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"


class ExportStatus(models.TextChoices):
    LIVE = "live", "Written"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Delimiter(models.TextChoices):
    COMMA = ",", "Comma"
    SEMICOLON = ";", "Semicolon"
    TAB = "\t", "Tab"
    PIPE = "|", "Vertical bar"


class Encoding(models.TextChoices):
    """Each value is the name by which Python knows the encoding."""

    UTF8 = "utf-8", "UTF-8"
    UTF8_BOM = "utf-8-sig", "UTF-8 with a byte order mark"
    WINDOWS_1252 = "windows-1252", "Windows-1252 (Western European)"


class LineEnd(models.TextChoices):
    CRLF = "crlf", "CRLF"
    LF = "lf", "LF"


class DecimalMark(models.TextChoices):
    POINT = ".", "Point"
    COMMA = ",", "Comma"


class DateFormat(models.TextChoices):
    ISO = "%Y-%m-%d", "2026-03-09"
    ISO_SLASHES = "%Y/%m/%d", "2026/03/09"
    DIGITS = "%Y%m%d", "20260309"
    MONTH_FIRST = "%m/%d/%Y", "03/09/2026"
    DAY_FIRST = "%d/%m/%Y", "09/03/2026"
    DAY_FIRST_DOTS = "%d.%m.%Y", "09.03.2026"
    DAY_FIRST_DASHES = "%d-%m-%Y", "09-03-2026"
