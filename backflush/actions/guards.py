"""Locks and guards that every move of a document begins with."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.errors import AppError
from backflush.choices import BackflushStatus
from backflush.models import Backflush
from backflush.queries.documents import DocumentRow, documents_of
from backflush.queries.waiting import lock_orders_of
from backflush.states import MOVES


def lock_documents(backflush_ids: Sequence[int]) -> list[DocumentRow]:
    """Lock the orders of these documents, then the documents, each in one order for all writers."""
    completions = Backflush.objects.filter(pk__in=list(backflush_ids)).values_list("completion_id", flat=True)
    lock_orders_of(list(completions))
    return documents_of(backflush_ids, lock=True)


def guard_move(document: DocumentRow, to: BackflushStatus) -> None:
    """Refuse a move that the table of moves does not have."""
    now = BackflushStatus(document.status)
    if to in MOVES[now]:
        return
    if now == BackflushStatus.POSTED:
        raise AppError(
            "ALREADY_BACKFLUSHED",
            f"{document.number} is posted: a controller can reverse it with a reason.",
            {"backflush": document.number},
        )
    raise AppError(
        "INVALID_STATE",
        f"{document.number} is {now.label.lower()} and cannot become {to.label.lower()}.",
        {"backflush": document.number, "status": str(now)},
    )
