"""Reports from the floor: running totals, and whether an order is all reported."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from .types import ZERO


def running_differences(totals: Iterable[Decimal], before: Decimal = ZERO) -> tuple[Decimal | None, ...]:
    """What each running total of one key adds to the sum so far, in time order; None where nothing changed.

    30, 50, 50, 45 gives 30, 20, None, −5.
    """
    differences: list[Decimal | None] = []
    for total in totals:
        differences.append(total - before if total != before else None)
        before = total
    return tuple(differences)


def is_all_reported(
    *, good: Decimal, scrap: Decimal, order_quantity: Decimal | None, has_reference: bool
) -> bool:
    """Whether good and scrap at the last operation are the whole order.

    Without an order's quantity a completion without a reference is the whole order.
    """
    if order_quantity is None:
        return not has_reference
    return good + scrap >= order_quantity
