"""Maintain reason codes and the accounts of the journal."""

from __future__ import annotations

from accounts.errors import AppError
from accounts.models import Organization, User
from accounts.rights import demand
from accounts.tenancy.writes import delete_row, save_row
from accounts.validation import refuse_invalid
from inventory.choices import AccountRole
from inventory.models import AccountMapping, ReasonCode


def save_reason_code(
    *,
    organization: Organization,
    code: str,
    name: str,
    is_abnormal: bool,
    actor: User,
    is_active: bool = True,
    reason_code: ReasonCode | None = None,
    why: str = "",
) -> ReasonCode:
    """Add a reason code to the organization that is bound, or change one. Documents keep the reason they have.

    Raises INVALID when another reason has the code.
    """
    demand(actor, organization, "maintain_rules")
    row = reason_code or ReasonCode(organization=organization)
    row.code, row.name = code.strip(), name.strip()
    row.is_abnormal, row.is_active = is_abnormal, is_active
    refuse_invalid(row)
    return save_row(row, actor=actor, reason=why.strip() or ("Changed" if reason_code else "Added"))


def save_account_mapping(
    *,
    organization: Organization,
    role: str,
    item_class: str,
    account_code: str,
    account_name: str,
    actor: User,
    mapping: AccountMapping | None = None,
    why: str = "",
) -> AccountMapping:
    """Say which account plays a part, for all items or for one class. Postings made before keep their account.

    Raises INVALID when the part has an account for this class already.
    """
    demand(actor, organization, "maintain_rules")
    row = mapping or AccountMapping(organization=organization)
    row.role, row.item_class = role, item_class.strip()
    row.account_code, row.account_name = account_code.strip(), account_name.strip()
    refuse_invalid(row)
    return save_row(row, actor=actor, reason=why.strip() or ("Changed" if mapping else "Added"))


def remove_account_mapping(*, mapping: AccountMapping, actor: User, why: str) -> None:
    """Take the account of one item class away; the one for all items then counts.

    Raises INVALID for the account of all items: without it a posting would be refused.
    """
    demand(actor, mapping.organization, "maintain_rules")
    if not mapping.item_class:
        part = AccountRole(mapping.role).label
        raise AppError("INVALID", f"{part} needs an account for all items: change it instead of removing it.")
    delete_row(mapping, actor=actor, reason=why.strip() or "Removed")
