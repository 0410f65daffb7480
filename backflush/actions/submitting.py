"""Moves of a document short of posting: submit, return, discard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.choices import EventName
from accounts.errors import AppError
from accounts.models import Organization
from accounts.rights import demand
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import update_rows, update_where
from backflush.actions.guards import guard_move, lock_documents
from backflush.actions.rechecking import eased_shortages
from backflush.actions.telling import tell_of_documents
from backflush.choices import BackflushStatus
from backflush.models import Backflush, BackflushLine, HeldUse
from backflush.queries.documents import (
    DocumentRow,
    LineRow,
    SubjectRow,
    documents_of,
    lines_of,
    short_ids,
    subjects_of,
)
from backflush.queries.inputs import InputsBuilder
from backflush.queries.involved import with_person
from backflush.queries.shortages import blocked_shortages, uncovered_ids
from backflush.queries.staleness import builder_for, stale_ids
from production.actions.posting import mark_completions


@dataclass(slots=True)
class SubmitResult:
    """What became of the documents that were to be submitted."""

    submitted: list[int] = field(default_factory=list)
    posted: list[int] = field(default_factory=list)  # of those submitted, by the policy on standard runs
    refused: list[tuple[int, AppError]] = field(default_factory=list)
    # What the submitted documents were checked by, for whoever posts them in the same transaction.
    checked: list[DocumentRow] = field(default_factory=list, repr=False)
    lines: dict[int, list[LineRow]] = field(default_factory=dict, repr=False)
    builder: InputsBuilder | None = field(default=None, repr=False)

    def subjects(self) -> list[SubjectRow]:
        """What the submitted documents are about, without asking again."""
        rows = self.builder.basis.completions if self.builder else ()
        orders = {row.id: row.order_number for row in rows}
        return [
            SubjectRow(
                d.id, d.number, d.completion_id, orders[d.completion_id], d.weight_minor, d.value_minor
            )
            for d in self.checked
        ]


def mark_submitted(
    *,
    organization: Organization,
    backflush_ids: Sequence[int],
    actor: Any,
    note: str,
    drafted_from: InputsBuilder | None = None,
) -> SubmitResult:
    """Check documents and mark them submitted, in the current transaction.

    Every line beyond tolerance needs its reason, nothing may be stale, and nothing short that policy blocks.
    `drafted_from` is what they were computed from in this very transaction: then nothing can be stale.
    """
    # Who drafted them in this transaction has locked their orders.
    documents = documents_of(backflush_ids, lock=True) if drafted_from else lock_documents(backflush_ids)
    found = {document.id for document in documents}
    result = SubmitResult(
        refused=[
            (missing, AppError("NOT_FOUND", "There is no such backflush.", {"backflush": missing}))
            for missing in backflush_ids
            if missing not in found
        ]
    )
    lines = result.lines = lines_of(list(found))
    blocked = blocked_shortages(short_ids(lines))
    movable: list[DocumentRow] = []
    short: list[DocumentRow] = []
    for document in documents:
        try:
            guard_move(document, BackflushStatus.SUBMITTED)
            _guard_reasons(document, lines[document.id])
        except AppError as error:
            result.refused.append((document.id, error))
        else:
            (short if document.id in blocked else movable).append(document)
    result.refused += _still_short(organization, short, blocked, is_fresh=drafted_from is not None)
    result.builder = drafted_from or builder_for(organization, movable)
    stale = set()
    if drafted_from is None:
        stale = stale_ids(result.builder, movable) | uncovered_ids([document.id for document in movable])
    unknown = _without_cost(movable) if organization.is_cost_required else {}
    unnamed = _without_serial([document for document in movable if _asks_serial(lines[document.id])])
    for document in movable:
        if document.id in stale:
            result.refused.append((document.id, stale_error(document.number)))
        elif document.id in unnamed:
            result.refused.append((document.id, _serial_missing(document.number, unnamed[document.id])))
        elif document.id in unknown:
            result.refused.append((document.id, _cost_missing(document.number, unknown[document.id])))
        else:
            result.submitted.append(document.id)
    moved = set(result.submitted)
    result.checked = [
        document._replace(status=BackflushStatus.SUBMITTED.value)
        for document in movable
        if document.id in moved
    ]
    now = timezone.now()
    update_rows(
        Backflush,
        ["status", "submitted_at", "submitted_by_id", "involved_user_ids"],
        [
            (
                document.id,
                document.status,
                now,
                actor.pk,
                with_person(document.involved_user_ids, actor),
            )
            for document in result.checked
        ],
        actor=actor,
        reason=note or "Submitted",
    )
    return result


def _still_short(
    organization: Organization,
    documents: Sequence[DocumentRow],
    blocked: Mapping[int, Sequence[dict[str, str]]],
    *,
    is_fresh: bool,
) -> list[tuple[int, AppError]]:
    """Why these are refused. What stock has come for since is stale: its remedy is to compute it again."""
    eased = set() if is_fresh else eased_shortages(organization, [document.id for document in documents])
    return [
        (
            document.id,
            stale_error(document.number)
            if document.id in eased
            else insufficient(document.number, blocked[document.id]),
        )
        for document in documents
    ]


def mark_returned(backflush_ids: Sequence[int], *, actor: Any, reason: str) -> None:
    """Submitted documents go back to the planner, in the current transaction."""
    update_where(
        Backflush, list(backflush_ids), {"status": str(BackflushStatus.RETURNED)}, actor=actor, reason=reason
    )


def discard_backflush(*, organization: Organization, backflush_id: int, actor: Any, reason: str) -> None:
    """Drop a draft. Its completion waits again, and the reports it held are free."""
    demand(actor, organization, "edit_backflush")
    with bind(organization):
        documents = lock_documents([backflush_id])
        if not documents:
            raise AppError("NOT_FOUND", "There is no such backflush.", {"backflush": backflush_id})
        guard_move(documents[0], BackflushStatus.DISCARDED)
        update_where(
            Backflush,
            [backflush_id],
            {"status": str(BackflushStatus.DISCARDED)},
            actor=actor,
            reason=reason or "Discarded",
        )
        release_documents(documents, actor=actor, reason=reason or "Discarded")
        told = subjects_of([backflush_id])
        tell_of_documents(EventName.BACKFLUSH_DISCARDED, told, lambda row: {"reason": reason}, actor=actor)


def release_documents(documents: Sequence[DocumentRow], *, actor: Any, reason: str) -> None:
    """Free the completions and the reports of documents that ended."""
    ids = [document.id for document in documents]
    held = HeldUse.objects.filter(backflush_id__in=ids, is_live=True).values_list("pk", flat=True)
    update_where(HeldUse, list(held), {"is_live": False}, actor=actor, reason=reason)
    mark_completions([document.completion_id for document in documents], state="", actor=actor, reason=reason)


def stale_error(number: str) -> AppError:
    return AppError(
        "STALE_DRAFT",
        f"Something that {number} was computed from has changed. Recompute it and look at the difference.",
        {"backflush": number},
    )


def insufficient(number: str, shortages: Sequence[dict[str, str]]) -> AppError:
    names = ", ".join(f"{s['item']} needs {s['required']}, has {s['available']}" for s in shortages)
    return AppError(
        "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH",
        f"{number} cannot be posted: {names}. Receive or correct the stock, choose other lots or a substitute.",
        list(shortages),
    )


def _guard_reasons(document: DocumentRow, lines: Sequence[LineRow]) -> None:
    if missing := [line.id for line in lines if line.is_beyond_tolerance and line.reason_id is None]:
        skus = dict(BackflushLine.objects.filter(pk__in=missing).values_list("pk", "item__sku"))
        raise AppError(
            "REASON_REQUIRED",
            f"{document.number}: {', '.join(sorted(set(skus.values())))} "
            f"{'is' if len(missing) == 1 else 'are'} beyond tolerance and {'needs' if len(missing) == 1 else 'need'} "
            "a reason.",
            {"backflush": document.number, "lines": [{"id": pk, "item": sku} for pk, sku in skus.items()]},
        )


def _without_cost(documents: Sequence[DocumentRow]) -> dict[int, list[str]]:
    return _skus(documents, "l.standard_unit_cost IS NULL")


def _asks_serial(lines: Sequence[LineRow]) -> bool:
    return any(line.is_serial_missing for line in lines)


def _without_serial(documents: Sequence[DocumentRow]) -> dict[int, list[str]]:
    """Pieces with serial numbers are never guessed, and stock that has none by no number cannot be relieved."""
    return _skus(documents, "l.flags ? 'serial_missing' AND l.actual_quantity > 0 AND i.is_stock_known")


def _skus(documents: Sequence[DocumentRow], which: str) -> dict[int, list[str]]:
    """Items of the lines that a condition names, by document (no query without documents)."""
    if not documents:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.backflush_id, array_agg(DISTINCT i.sku ORDER BY i.sku) FROM backflush_backflushline l "
            f"JOIN inventory_item i ON i.id = l.item_id WHERE l.backflush_id = ANY(%s) AND {which} GROUP BY 1",
            [[document.id for document in documents]],
        )
        return dict(cursor.fetchall())


def _serial_missing(number: str, skus: Sequence[str]) -> AppError:
    return AppError(
        "INVALID",
        f"{number}: say which serial numbers of {', '.join(skus)} were used. Choose them on the line.",
        {"backflush": number, "items": list(skus)},
    )


def _cost_missing(number: str, skus: Sequence[str]) -> AppError:
    have = "have" if len(skus) > 1 else "has"
    return AppError(
        "INVALID",
        f"{number}: {', '.join(skus)} {have} no standard cost on the completion's day, and the organization "
        "requires costs. Import a cost and recompute.",
        {"backflush": number, "items": list(skus)},
    )
