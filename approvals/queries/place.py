"""Where a document stands in a person's queue."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Organization, User
from approvals.queries.documents import queue_of
from backflush.models import Backflush


@dataclass(frozen=True, slots=True)
class Place:
    """Its place, and the numbers of its neighbours."""

    number: int
    total: int
    before: str
    after: str


def place_in_queue(backflush: Backflush, user: User, role: str, organization: Organization) -> Place | None:
    mine, _ = queue_of(user, role, organization, is_bare=True)
    numbers = [waiting.backflush.number for waiting in mine]
    if backflush.number not in numbers:
        return None
    at = numbers.index(backflush.number)
    return Place(
        at + 1,
        len(numbers),
        numbers[at - 1] if at else "",
        numbers[at + 1] if at + 1 < len(numbers) else "",
    )
