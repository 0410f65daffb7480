"""Change who signs from which amount."""

from __future__ import annotations

from typing import Any

from accounts.errors import AppError
from accounts.models import Organization
from accounts.rights import demand
from accounts.roles import RIGHTS, ROLE_RIGHTS, Role
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import delete_row, save_row
from approvals.choices import DocumentKind
from approvals.models import ApprovalTier

RIGHT_TO_SIGN: dict[str, str] = {
    DocumentKind.BACKFLUSH: "sign_backflush",
    DocumentKind.KIT: "sign_kits",
    DocumentKind.COUNT: "sign_backflush",
}


def signing_roles(kind: str) -> list[Role]:
    """The roles that may sign this kind of document."""
    return [role for role in Role if RIGHT_TO_SIGN[kind] in ROLE_RIGHTS[role]]


def change_tier(
    *,
    organization: Organization,
    tier: ApprovalTier | None,
    from_amount_minor: int,
    role: str,
    actor: Any,
    reason: str,
    kind: str = DocumentKind.BACKFLUSH,
) -> ApprovalTier:
    """Make or change a tier. The one from zero stays at zero: every document needs a signature."""
    demand(actor, organization, "maintain_rules")
    kind = tier.document_kind if tier else kind
    if role not in signing_roles(kind):
        raise AppError(
            "INVALID",
            f"The role {role} cannot {RIGHTS[RIGHT_TO_SIGN[kind]].lower()}: nobody could give this signature.",
            {"role": role},
        )
    with bind(organization):
        others = ApprovalTier.objects.filter(document_kind=kind)
        if tier is not None:
            others = others.exclude(pk=tier.pk)
            if tier.from_amount_minor == 0 and from_amount_minor > 0:
                raise AppError("INVALID", "There is always a tier from 0: add another one instead.")
        if others.filter(from_amount_minor=from_amount_minor).exists():
            raise AppError("INVALID", "There is a tier from this amount already: change that one.")
        row = tier or ApprovalTier(organization=organization, document_kind=kind)
        row.from_amount_minor = from_amount_minor
        row.role = role
        return save_row(row, actor=actor, reason=reason)


def remove_tier(*, organization: Organization, tier: ApprovalTier, actor: Any, reason: str) -> None:
    """Drop a tier, but never the one from zero."""
    demand(actor, organization, "maintain_rules")
    with bind(organization):
        if tier.from_amount_minor == 0:
            raise AppError("INVALID", "There is always a tier from 0: change who signs it instead.")
        delete_row(tier, actor=actor, reason=reason)
