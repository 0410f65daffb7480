"""The rules that one item, and one location, has of its own."""

from __future__ import annotations

from decimal import Decimal

from accounts.models import Organization, User
from accounts.rights import demand
from accounts.tenancy.writes import save_row
from accounts.validation import refuse_invalid
from inventory.models import Item, Location


def set_item_rules(
    *,
    organization: Organization,
    item: Item,
    item_class: str,
    negative_policy: str,
    tolerance_percent: Decimal | None,
    tolerance_minor: int | None,
    actor: User,
    why: str,
) -> Item:
    """Say how an item is judged and booked where it differs from its organization (None and "" follow it).

    Drafts that use the item go stale. The tolerance's amount is in minor units. Raises INVALID field by field.
    """
    demand(actor, organization, "maintain_rules")
    item.item_class, item.negative_policy = item_class.strip(), negative_policy
    item.tolerance_percent, item.tolerance_minor = tolerance_percent, tolerance_minor
    refuse_invalid(item)
    fields = ["item_class", "negative_policy", "tolerance_percent", "tolerance_minor"]
    return save_row(item, actor=actor, reason=why.strip(), fields=fields)


def set_location_rules(
    *,
    organization: Organization,
    location: Location,
    name: str,
    kind: str,
    is_stocking: bool,
    pick_order: int,
    actor: User,
    why: str,
) -> Location:
    """Say what a location is, and whether and when drafts take stock from it. Drafts made before keep their picks."""
    demand(actor, organization, "maintain_rules")
    location.name, location.kind = name.strip() or location.code, kind
    location.is_stocking, location.pick_order = is_stocking, pick_order
    refuse_invalid(location)
    fields = ["name", "kind", "is_stocking", "pick_order"]
    return save_row(location, actor=actor, reason=why.strip(), fields=fields)
