"""Sign or return. The last signature posts, in the same transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.choices import EventName
from accounts.errors import AppError
from accounts.events import decimal
from accounts.models import Membership, Organization
from accounts.rights import demand
from accounts.tenancy.binding import bind
from accounts.tenancy.plans import is_doubling, refresh_statistics
from accounts.tenancy.writes import insert_rows, update_where
from approvals.actions.submitting import not_found, void_requests
from approvals.choices import DecisionKind, RequestStatus
from approvals.models import ApprovalDecision, ApprovalRequest
from approvals.queries.tiers import open_rounds, standing_of
from backflush.actions.guards import lock_documents
from backflush.actions.posting import post_documents
from backflush.actions.submitting import mark_returned
from backflush.actions.telling import tell_of_documents
from backflush.choices import BackflushStatus
from backflush.models import BackflushLine
from backflush.queries.documents import DocumentRow, subjects_of
from backflush.queries.involved import involved_people
from backflush.queries.staleness import builder_for, stale_ids
from inventory.models import JournalEntry, JournalLine, StockBalance, StockEntry
from production.models import Receipt

CHUNK = 2_000
MANY = 500  # from here on fresh statistics pay


@dataclass(slots=True)
class SignResult:
    """What became of the documents that were to be signed."""

    signed: list[int] = field(default_factory=list)
    posted: list[int] = field(default_factory=list)
    refused: list[tuple[int, AppError]] = field(default_factory=list)

    def add(self, other: SignResult) -> None:
        self.signed.extend(other.signed)
        self.posted.extend(other.posted)
        self.refused.extend(other.refused)


def approve_backflushes(
    *,
    organization: Organization,
    backflush_ids: Sequence[int],
    actor: Any,
    note: str = "",
    post_on: dt.date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SignResult:
    """Sign many documents, in chunks that each commit whole documents. What may not be signed is refused by itself."""
    demand(actor, organization, "sign_backflush")
    result = SignResult()
    ids = sorted(set(backflush_ids))
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        with bind(organization):
            result.add(_approve(organization, chunk, actor, note, post_on))
            if len(chunk) >= MANY and is_doubling(start // CHUNK + 1):
                refresh_statistics(StockEntry, StockBalance, JournalEntry, JournalLine, Receipt)
        if progress is not None:
            progress(start + len(chunk), len(ids))
    return result


def approve_backflush(
    *,
    organization: Organization,
    backflush_id: int,
    actor: Any,
    note: str = "",
    post_on: dt.date | None = None,
) -> SignResult:
    """Sign one document, or raise what stands against it."""
    result = approve_backflushes(
        organization=organization, backflush_ids=[backflush_id], actor=actor, note=note, post_on=post_on
    )
    for _, error in result.refused:
        raise error
    return result


def return_backflush(
    *,
    organization: Organization,
    backflush_id: int,
    actor: Any,
    note: str,
    line_id: int | None = None,
    proposed_quantity: Decimal | None = None,
) -> None:
    """Send a submitted document back with a question, perhaps with a figure proposed for one line."""
    demand(actor, organization, "sign_backflush")
    if not note.strip():
        raise AppError("REASON_REQUIRED", "Say what is to be answered or mended.", {"field": "note"})
    with bind(organization):
        documents = lock_documents([backflush_id])
        if not documents:
            raise not_found(backflush_id)
        _guard_submitted(documents[0])
        line = None if line_id is None else _line(backflush_id, line_id)
        if line_id is not None and line is None:
            raise AppError("NOT_FOUND", "There is no such line on this document.", {"line": line_id})
        request = ApprovalRequest.objects.filter(backflush_id=backflush_id, status=RequestStatus.OPEN).get()
        insert_rows(
            ApprovalDecision,
            ["request_id", "decision", "role", "decided_by_id", "note", "line_id", "proposed_quantity"],
            [
                (
                    request.pk,
                    str(DecisionKind.RETURN),
                    _role(actor),
                    actor.pk,
                    note,
                    line_id,
                    proposed_quantity,
                )
            ],
            actor=actor,
            reason=note,
        )
        void_requests([backflush_id], status=RequestStatus.RETURNED, actor=actor, reason=note)
        mark_returned([backflush_id], actor=actor, reason=f"Returned: {note}")
        told = {
            "cause": "returned",
            "note": note,
            "item": line.item.sku if line else None,
            "proposed_quantity": None if proposed_quantity is None else decimal(proposed_quantity),
        }
        tell_of_documents(
            EventName.BACKFLUSH_RETURNED, subjects_of([backflush_id]), lambda row: told, actor=actor
        )


def _approve(
    organization: Organization, ids: Sequence[int], actor: Any, note: str, post_on: dt.date | None
) -> SignResult:
    result = SignResult()
    documents = lock_documents(ids)
    for missing in set(ids) - {document.id for document in documents}:
        result.refused.append((missing, not_found(missing)))
    rounds = open_rounds([document.id for document in documents])
    involved = involved_people([document.id for document in documents])
    role = _role(actor)
    ready: list[DocumentRow] = []
    last: set[int] = set()
    decisions: list[tuple[Any, ...]] = []
    signatures: dict[int, dict[str, Any]] = {}
    for document in documents:
        try:
            _guard_submitted(document)
            round_ = rounds[document.id]
            standing = standing_of(
                round_,
                user_id=actor.pk,
                role=role,
                involved=involved[document.id],
                organization=organization,
            )
            if not standing.may_sign:
                raise AppError(standing.code, standing.why_not, {"backflush": document.number})
        except AppError as error:
            result.refused.append((document.id, error))
            continue
        ready.append(document)
        if standing.is_last:
            last.add(document.id)
    builder = builder_for(organization, ready)
    stale = stale_ids(builder, ready)
    result.refused.extend((document.id, _stale(document)) for document in ready if document.id in stale)
    posting = [document for document in ready if document.id in last and document.id not in stale]
    posted = post_documents(
        organization=organization,
        documents=posting,
        builder=builder,
        actor=actor,
        reason=note or "Approved and posted",
        post_on=post_on,
    )
    result.posted.extend(posted.posted)
    result.refused.extend(posted.refused)
    failed = {backflush_id for backflush_id, _ in result.refused}
    for document in ready:
        if document.id in failed:
            continue
        result.signed.append(document.id)
        open_tiers = rounds[document.id].open_tiers
        tier = next(iter(open_tiers), None)
        signatures[document.id] = {
            "role": tier.role if tier else role,
            "from_amount_minor": tier.from_amount_minor if tier else 0,
            "note": note,
            "is_last": document.id in last,
            "missing": [waiting.role for waiting in open_tiers[1:]],
        }
        decisions.append(
            (
                rounds[document.id].request.pk,
                tier.from_amount_minor if tier else 0,
                tier.role if tier else role,
            )
        )
    insert_rows(
        ApprovalDecision,
        ["request_id", "from_amount_minor", "role"],
        decisions,
        constants={
            "decision": str(DecisionKind.APPROVE),
            "decided_by_id": actor.pk,
            "decided_at": timezone.now(),
            "note": note,
        },
        actor=actor,
        reason=note or "Approved",
    )
    update_where(
        ApprovalRequest,
        [rounds[backflush_id].request.pk for backflush_id in posted.posted],
        {"status": str(RequestStatus.APPROVED), "closed_at": timezone.now()},
        actor=actor,
        reason=note or "Approved",
    )
    tell_of_documents(
        EventName.APPROVAL_SIGNED, subjects_of(result.signed), lambda row: signatures[row.id], actor=actor
    )
    return result


def _line(backflush_id: int, line_id: int) -> BackflushLine | None:
    found = BackflushLine.objects.filter(pk=line_id, backflush_id=backflush_id)
    return found.select_related("item").first()


def _guard_submitted(document: DocumentRow) -> None:
    if document.status == BackflushStatus.POSTED:
        raise AppError(
            "ALREADY_BACKFLUSHED",
            f"{document.number} is posted already.",
            {"backflush": document.number},
        )
    if document.status != BackflushStatus.SUBMITTED:
        raise AppError(
            "INVALID_STATE",
            f"{document.number} is {BackflushStatus(document.status).label.lower()}: only a submitted document can be "
            "signed or returned.",
            {"backflush": document.number, "status": document.status},
        )


def _stale(document: DocumentRow) -> AppError:
    return AppError(
        "STALE_DRAFT",
        f"Something that {document.number} was computed from has changed. Recompute it, look at the difference, and "
        "submit it again.",
        {"backflush": document.number},
    )


def _role(actor: Any) -> str:
    return str(Membership.objects.filter(user=actor).values_list("role", flat=True).get())
