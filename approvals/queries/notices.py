"""What a member should know of: documents that wait for their signature, and their own that came back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from accounts.models import Membership
from accounts.rights import rights_of
from approvals.choices import DecisionKind, RequestStatus
from approvals.models import ApprovalDecision, ApprovalRequest
from approvals.queries.documents import Waiting, queue_of
from backflush.choices import BackflushStatus
from backflush.models import Backflush


@dataclass(frozen=True, slots=True)
class ToSign:
    """A document that waits for this member. Its key is another one after each round and each signature."""

    key: str
    backflush: Backflush
    asked_by: str
    note: str


@dataclass(frozen=True, slots=True)
class CameBack:
    """A document that this member submitted and that a signer returned."""

    key: str
    backflush: Backflush
    returned_by: str
    note: str


@dataclass(frozen=True, slots=True)
class News:
    """All of it, told already or not."""

    to_sign: list[ToSign]
    came_back: list[CameBack]

    @property
    def keys(self) -> set[str]:
        return {one.key for one in self.to_sign} | {one.key for one in self.came_back}

    def without(self, told: Collection[str]) -> News:
        """What these keys do not name."""
        return News(
            [one for one in self.to_sign if one.key not in told],
            [one for one in self.came_back if one.key not in told],
        )


def news_of(membership: Membership) -> News:
    """What this member should know of now, the heaviest first (at most ten queries)."""
    rights = rights_of(membership.user, membership.organization)
    to_sign: list[ToSign] = []
    if "sign_backflush" in rights:
        mine, _ = queue_of(membership.user, membership.role, membership.organization)
        to_sign = [_to_sign(one) for one in mine]
    return News(to_sign, _came_back(membership) if "submit_backflush" in rights else [])


def _to_sign(one: Waiting) -> ToSign:
    request = one.round.request
    return ToSign(
        f"sign {request.pk} {len(one.round.signed)}",
        one.backflush,
        str(one.backflush.submitted_by or ""),
        request.note,
    )


def _came_back(membership: Membership) -> list[CameBack]:
    answers = (
        ApprovalDecision.objects.filter(
            decision=DecisionKind.RETURN,
            request__status=RequestStatus.RETURNED,
            request__requested_by=membership.user,
            request__backflush__status=BackflushStatus.RETURNED,
        )
        .select_related("decided_by", "request__backflush__completion__output__work_order")
        .order_by("request__round")
    )
    newest = {answer.request.backflush_id: answer for answer in answers}
    found = [_returned(answer.request, answer) for answer in newest.values()]
    return sorted(found, key=lambda one: (-one.backflush.weight_minor, one.backflush.pk))


def _returned(request: ApprovalRequest, answer: ApprovalDecision) -> CameBack:
    assert request.backflush is not None  # the query asks for those of backflushes
    return CameBack(f"back {request.pk}", request.backflush, str(answer.decided_by), answer.note)
