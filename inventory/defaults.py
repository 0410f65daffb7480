"""What a new organization's books start with: an account for every part of the journal, and the usual reasons."""

from __future__ import annotations

from accounts.models import Organization, User
from accounts.tenancy.writes import insert_rows

from .choices import AccountRole
from .models import AccountMapping, ReasonCode

USUAL_ACCOUNTS: dict[AccountRole, tuple[str, str]] = {
    AccountRole.COMPONENT_INVENTORY: ("1310", "Raw materials and components"),
    AccountRole.BYPRODUCT_INVENTORY: ("1320", "By-products"),
    AccountRole.WIP: ("1350", "Work in progress"),
    AccountRole.FINISHED_GOODS: ("1400", "Finished goods"),
    AccountRole.CONVERSION_ABSORBED: ("5100", "Conversion cost absorbed"),
    AccountRole.SUBSTITUTION_VARIANCE: ("5210", "Substitution variance"),
    AccountRole.SCRAP_VARIANCE: ("5220", "Scrap variance"),
    AccountRole.USAGE_VARIANCE: ("5230", "Usage variance"),
    AccountRole.PRICE_VARIANCE: ("5240", "Material price variance"),
    AccountRole.OUTPUT_VARIANCE: ("5250", "Output variance"),
    AccountRole.SCRAP_LOSS: ("5300", "Scrap loss"),
    AccountRole.INVENTORY_ADJUSTMENT: ("5400", "Inventory adjustment"),
    AccountRole.ROUNDING: ("5900", "Rounding differences"),
}

USUAL_REASONS: tuple[tuple[str, str, bool], ...] = (
    ("PROCESS", "Usual loss in the process", False),
    ("SETUP", "Set-up and first pieces", False),
    ("OVERUSE", "More used than planned", False),
    ("UNDERUSE", "Less used than planned", False),
    ("SUBSTITUTE", "Another item stood in", False),
    ("MISCOUNT", "Counted or reported wrongly", False),
    ("BOM-ERROR", "The bill of materials is wrong", False),
    ("QUALITY", "Rejected by quality", True),
    ("DAMAGE", "Damaged or spilled", True),
    ("MACHINE", "Machine failure", True),
)


def provide(organization: Organization, actor: User | None) -> None:
    """Write both sets for a new organization."""
    insert_rows(
        AccountMapping,
        ["role", "account_code", "account_name"],
        [(role, code, name) for role, (code, name) in USUAL_ACCOUNTS.items()],
        actor=actor,
        reason="Usual accounts of a new organization",
    )
    insert_rows(
        ReasonCode,
        ["code", "name", "is_abnormal"],
        USUAL_REASONS,
        actor=actor,
        reason="Usual reasons of a new organization",
    )
