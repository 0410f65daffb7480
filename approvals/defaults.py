"""What a new organization signs with: a controller from zero, finance above a threshold."""

from __future__ import annotations

from typing import Any

from accounts.models import Organization
from accounts.roles import Role
from accounts.tenancy.writes import insert_rows
from approvals.choices import DocumentKind
from approvals.models import ApprovalTier

FINANCE_FROM = 10_000  # in the currency's main unit


def provide(organization: Organization, actor: Any) -> None:
    """The usual two tiers, in the bound organization."""
    insert_rows(
        ApprovalTier,
        ["document_kind", "from_amount_minor", "role"],
        [
            (str(DocumentKind.BACKFLUSH), 0, str(Role.CONTROLLER)),
            (
                str(DocumentKind.BACKFLUSH),
                FINANCE_FROM * 10**organization.currency_decimals,
                str(Role.FINANCE),
            ),
        ],
        actor=actor,
        reason="Usual tiers",
    )
