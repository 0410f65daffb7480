"""Documents in lists and in the queue."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.errors import AppError
from accounts.models import Organization, User
from approvals.queries.tiers import Round, Standing, open_rounds, standing_of
from backflush.choices import BackflushStatus
from backflush.models import Backflush, BackflushLine
from backflush.queries.involved import involved_people
from production.models import WorkOrder

HEAVIEST = 200  # of a queue are looked at; those below come up as the heavier ones are signed


def documents() -> QuerySet[Backflush]:
    """All backflushes with what a list shows of them."""
    return Backflush.objects.select_related(
        "completion__output__work_order", "completion__output__item", "submitted_by", "drafted_by"
    )


def document_by_number(number: str) -> Backflush:
    """One document by its number, or NOT_FOUND."""
    found = documents().filter(number=number).first()
    if found is None:
        raise AppError("NOT_FOUND", f"There is no backflush {number}.", {"backflush": number})
    return found


def document_by_id(pk: int) -> Backflush:
    """One document by its key, or NOT_FOUND."""
    found = documents().filter(pk=pk).first()
    if found is None:
        raise AppError("NOT_FOUND", "There is no such backflush.", {"backflush": pk})
    return found


def documents_of_order(order: WorkOrder) -> QuerySet[Backflush]:
    """Every backflush of an order, whatever became of it, newest first."""
    found = documents().select_related("posted_by", "reversed_by")
    return found.filter(completion__output__work_order=order).order_by("-id")


def line_by_id(backflush: Backflush, pk: int) -> BackflushLine:
    """One line of a document, or NOT_FOUND."""
    found = BackflushLine.objects.filter(backflush=backflush, pk=pk).first()
    if found is None:
        raise AppError("NOT_FOUND", "There is no such line on this document.", {"line": pk})
    return found


def waiting(*, is_bare: bool = False) -> QuerySet[Backflush]:
    """What waits for a signature, the heaviest first; bare without what a list shows of them."""
    found = Backflush.objects.all() if is_bare else documents()
    return found.filter(status=BackflushStatus.SUBMITTED).order_by("-weight_minor", "id")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submitted document and what this person may do with it."""

    backflush: Backflush
    round: Round
    standing: Standing


def queue_of(
    user: User, role: str, organization: Organization, *, limit: int = HEAVIEST, is_bare: bool = False
) -> tuple[list[Waiting], list[Waiting]]:
    """Of the heaviest documents that wait: what this person may sign now, and what waits for others (five queries)."""
    found = list(waiting(is_bare=is_bare)[:limit])
    ids = [backflush.pk for backflush in found]
    rounds = open_rounds(ids)
    involved = involved_people(ids)
    mine: list[Waiting] = []
    others: list[Waiting] = []
    for backflush in found:
        round_ = rounds.get(backflush.pk)
        if round_ is None:
            continue
        standing = standing_of(
            round_, user_id=user.pk, role=role, involved=involved[backflush.pk], organization=organization
        )
        (mine if standing.may_sign else others).append(Waiting(backflush, round_, standing))
    return mine, others
