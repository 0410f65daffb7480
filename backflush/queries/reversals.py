"""What must be known before a posting is reversed."""

from __future__ import annotations

from django.db import connection

from inventory.choices import SourceKind
from inventory.models import StockEntry


def posted_entries(backflush_id: int) -> list[StockEntry]:
    """The entries of a posting that are not reversed yet."""
    entries = StockEntry.objects.filter(
        source_kind=SourceKind.BACKFLUSH, source_id=backflush_id, reversal_of=None
    ).select_related("item")
    return list(entries.order_by("pk"))


def signers_of(backflush_id: int) -> set[int]:
    """Who approved the posting: whoever wrote its entries, and everybody whose signature it carries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.history_user_id FROM backflush_historicalbackflush h "
            "WHERE h.id = %s AND h.status = 'POSTED' AND h.history_user_id IS NOT NULL",
            [backflush_id],
        )
        return {row[0] for row in cursor.fetchall()}


def live_correction_of(completion_id: int) -> str:
    """The number of a live backflush, made after this completion's, that takes units of its output back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.number FROM production_completion mine "
            "JOIN backflush_backflush own ON own.completion_id = mine.id AND own.status = 'POSTED' "
            "JOIN production_completion c ON c.output_id = mine.output_id AND c.id <> mine.id "
            "AND c.operation_number IS NOT DISTINCT FROM mine.operation_number "
            "AND c.good_quantity + c.scrap_quantity < 0 "
            "JOIN backflush_backflush b ON b.completion_id = c.id AND b.status NOT IN ('REVERSED', 'DISCARDED') "
            "AND b.id > own.id "
            "WHERE mine.id = %s AND mine.good_quantity + mine.scrap_quantity > 0 ORDER BY b.id LIMIT 1",
            [completion_id],
        )
        row = cursor.fetchone()
    return row[0] if row else ""
