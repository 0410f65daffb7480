"""Finished goods that were used before their posting is reversed: the item's policy decides (rules, section 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from accounts.choices import NegativePolicy
from accounts.errors import AppError
from accounts.models import Organization
from backflush.queries.documents import DocumentRow
from inventory.choices import StockEvent
from inventory.ledger import Key, Standing
from inventory.models import StockEntry

ZERO = Decimal(0)


def missing_goods(
    organization: Organization,
    document: DocumentRow,
    entries: Sequence[StockEntry],
    standings: Mapping[Key, Standing],
) -> dict[int, Decimal]:
    """By receipt entry, what of it is there no more and is to be listed as short. Balances are locked before.

    Raises INSUFFICIENT_INVENTORY_FOR_BACKFLUSH, with every item, where a policy blocks; allowed ones are not listed.
    """
    left = {key: max(standing.on_hand, ZERO) for key, standing in standings.items()}
    listed: dict[int, Decimal] = {}
    blocked = []
    for entry in entries:
        if entry.event != StockEvent.RECEIVE or entry.quantity <= 0:
            continue
        key = (entry.item_id, entry.location_id, entry.lot_id)
        there = min(left[key], entry.quantity)
        left[key] -= there
        policy = entry.item.negative_policy or organization.negative_policy
        if there == entry.quantity or policy == NegativePolicy.ALLOW:
            continue
        if policy == NegativePolicy.WARN:
            listed[entry.pk] = entry.quantity - there
            continue
        blocked.append(
            {
                "item": entry.item.sku,
                "required": f"{entry.quantity.normalize():f}",
                "available": f"{standings[key].on_hand.normalize():f}",
            }
        )
    if blocked:
        names = ", ".join(f"{s['item']} needs {s['required']}, has {s['available']}" for s in blocked)
        raise AppError(
            "INSUFFICIENT_INVENTORY_FOR_BACKFLUSH",
            f"{document.number} cannot be reversed, what it made is used already: {names}.",
            blocked,
        )
    return listed
