"""Which signatures a document needs, which it has, and whether this person may give the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Membership, Organization
from approvals.choices import DecisionKind, DocumentKind, RequestStatus
from approvals.models import ApprovalDecision, ApprovalRequest, ApprovalTier


@dataclass(frozen=True, slots=True)
class Tier:
    """From this amount up, a member of this role signs."""

    from_amount_minor: int
    role: str


@dataclass(slots=True)
class Round:
    """A document's open request: the tiers it needs in order, and who has signed."""

    request: ApprovalRequest
    needed: list[Tier]
    signed: list[ApprovalDecision] = field(default_factory=list)

    @property
    def open_tiers(self) -> list[Tier]:
        """Tiers without a signature, in order."""
        roles = [decision.role for decision in self.signed]
        left = []
        for tier in self.needed:
            if tier.role in roles:
                roles.remove(tier.role)
            else:
                left.append(tier)
        return left

    @property
    def signer_ids(self) -> set[int]:
        return {decision.decided_by_id for decision in self.signed}


def tiers_now(kind: str = DocumentKind.BACKFLUSH) -> list[Tier]:
    """The organization's tiers as they stand; there is always one from zero."""
    tiers = [
        Tier(amount, role)
        for amount, role in ApprovalTier.objects.filter(document_kind=kind)
        .order_by("from_amount_minor")
        .values_list("from_amount_minor", "role")
    ]
    if not tiers or tiers[0].from_amount_minor > 0:
        tiers.insert(0, Tier(0, "controller"))
    return tiers


def tiers_reached(tiers: Iterable[Tier], *, weight_minor: int, value_minor: int) -> list[Tier]:
    """Every tier that the weight or the value reaches, lowest first."""
    amount = max(weight_minor, value_minor)
    return [tier for tier in tiers if tier.from_amount_minor <= amount]


def merged(frozen: Sequence[Tier], current: Sequence[Tier]) -> list[Tier]:
    """A tier made stricter since the request applies, an eased one does not."""
    needed = list(frozen)
    counts: dict[str, int] = defaultdict(int)
    for tier in frozen:
        counts[tier.role] += 1
    for tier in current:
        if counts[tier.role]:
            counts[tier.role] -= 1
        else:
            needed.append(tier)
    return sorted(needed, key=lambda tier: tier.from_amount_minor)


def open_rounds(backflush_ids: Sequence[int]) -> dict[int, Round]:
    """The open requests of these backflushes with their tiers and signatures (three queries)."""
    current = tiers_now()
    rounds: dict[int, Round] = {}
    by_request: dict[int, Round] = {}
    for request in ApprovalRequest.objects.filter(backflush_id__in=backflush_ids, status=RequestStatus.OPEN):
        frozen = [Tier(tier["from_amount_minor"], tier["role"]) for tier in request.tiers]
        reached = tiers_reached(current, weight_minor=request.weight_minor, value_minor=request.value_minor)
        found = Round(request, merged(frozen, reached))
        by_request[request.pk] = found
        if request.backflush_id is not None:
            rounds[request.backflush_id] = found
    for decision in (
        ApprovalDecision.objects.filter(request_id__in=by_request, decision=DecisionKind.APPROVE)
        .select_related("decided_by")
        .order_by("id")
    ):
        by_request[decision.request_id].signed.append(decision)
    return rounds


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a person may give the next signature, and if not, why."""

    may_sign: bool
    tier: Tier | None
    is_last: bool
    why_not: str = ""
    code: str = ""


def standing_of(
    round_: Round, *, user_id: int, role: str, involved: Iterable[int], organization: Organization
) -> Standing:
    """What this person may do with this request now."""
    left = round_.open_tiers
    tier = left[0] if left else None
    if tier is None:
        return Standing(True, None, True)
    if user_id in round_.signer_ids:
        return Standing(
            False, tier, False, "You have signed it already; another person signs next.", "SAME_PERSON"
        )
    if role != tier.role:
        return Standing(False, tier, False, f"{_one_of(tier.role)} signs next.", "FORBIDDEN")
    if user_id in set(involved) and not organization.is_same_person_allowed:
        return Standing(
            False,
            tier,
            False,
            "You recorded, drafted, edited or submitted this yourself; somebody else has to sign it.",
            "SAME_PERSON",
        )
    return Standing(True, tier, len(left) == 1)


def possible_signers(tier: Tier, *, excluded: Iterable[int]) -> list[Any]:
    """Members who could sign this tier."""
    members = Membership.objects.filter(role=tier.role, user__is_active=True).exclude(
        user_id__in=list(excluded)
    )
    return [member.user for member in members.select_related("user").order_by("user__email")]


def _one_of(role: str) -> str:
    """The role at the beginning of a sentence: A controller, An admin, Finance."""
    if role == "finance":
        return "Finance"
    return f"{'An' if role[0] in 'aeiou' else 'A'} {role}"
