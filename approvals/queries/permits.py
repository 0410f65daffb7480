"""What one person may do with one document now, and if nobody can sign, whom to ask."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Membership, User
from approvals.choices import DecisionKind
from approvals.models import ApprovalDecision
from approvals.queries.tiers import open_rounds, possible_signers, standing_of
from backflush.actions.rechecking import is_stale
from backflush.choices import BackflushStatus as S
from backflush.models import Backflush
from backflush.queries.involved import involved_people
from backflush.queries.reversals import signers_of
from backflush.states import EDITABLE
from ui import formats


@dataclass(frozen=True, slots=True)
class Permits:
    """Answers for the buttons of a document's page; the actions check again."""

    is_stale: bool
    may_edit: bool
    may_submit: bool
    may_discard: bool
    may_recompute: bool
    may_approve: bool
    is_last: bool  # this signature would post
    may_return: bool
    may_reverse: bool
    waits_for: str
    why_not: str
    proposal: str


def permits_of(
    backflush: Backflush, *, user: User, membership: Membership, rights: frozenset[str]
) -> Permits:
    """Queries do not grow with the document's lines."""
    organization = membership.organization
    status = backflush.status
    is_open = status in (S.DRAFT, S.RETURNED, S.SUBMITTED)
    stale = is_open and is_stale(organization, backflush)
    may_sign, is_last, waits_for, why_not, proposal = False, False, "", "", ""
    if status == S.SUBMITTED:
        round_ = open_rounds([backflush.pk]).get(backflush.pk)
        if round_ is not None:
            involved = involved_people([backflush.pk])[backflush.pk]
            standing = standing_of(
                round_, user_id=user.pk, role=membership.role, involved=involved, organization=organization
            )
            may_sign = standing.may_sign and "sign_backflush" in rights
            is_last = may_sign and standing.is_last
            why_not = "" if may_sign else standing.why_not
            if standing.tier is not None:
                excluded = round_.signer_ids | (set() if organization.is_same_person_allowed else involved)
                signers = possible_signers(standing.tier, excluded=excluded)
                waits_for = ", ".join(str(signer) for signer in signers) or (
                    f"nobody: no {standing.tier.role} is left who may sign. "
                    f"Ask an admin for another {standing.tier.role}"
                )
    if status == S.RETURNED:
        proposal = _proposal(backflush)
    may_reverse = status == S.POSTED and "reverse_backflush" in rights
    if may_reverse and not organization.is_same_person_allowed:
        may_reverse = user.pk not in signers_of(backflush.pk)
    return Permits(
        is_stale=stale,
        may_edit=status in EDITABLE and "edit_backflush" in rights,
        may_submit=status in EDITABLE and "submit_backflush" in rights and not stale,
        may_discard=status in EDITABLE and "edit_backflush" in rights,
        may_recompute=is_open and "edit_backflush" in rights,
        may_approve=may_sign and not stale,
        is_last=is_last,
        may_return=status == S.SUBMITTED and "sign_backflush" in rights,
        may_reverse=may_reverse,
        waits_for=waits_for,
        why_not=why_not,
        proposal=proposal,
    )


def _proposal(backflush: Backflush) -> str:
    decision = (
        ApprovalDecision.objects.filter(request__backflush=backflush, decision=DecisionKind.RETURN)
        .select_related("line__item", "decided_by")
        .order_by("-id")
        .first()
    )
    if decision is None:
        return ""
    words = f"{decision.decided_by}: “{decision.note}”"
    if decision.line is not None and decision.proposed_quantity is not None:
        words += f" Proposed for {decision.line.item.sku}: {formats.quantity(decision.proposed_quantity)}."
    return words
