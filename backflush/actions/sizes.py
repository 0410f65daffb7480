"""What the books can hold. A document beyond it is refused by itself, so that it stops none that is drafted with it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accounts.errors import AppError
from backflush.engine.results import ComputedBackflush

MOST = Decimal(10) ** 12  # NUMERIC(18,6)
MOST_MINOR = 10**17  # of one document; sums over documents stay within a bigint


def refuse_too_large(computed: ComputedBackflush, order_number: str, items: Mapping[int, Any]) -> None:
    """Raises INVALID for quantities of more than twelve digits before the point, or money of more than seventeen."""
    for line in computed.lines:
        for quantity in (line.expected_quantity, line.actual_quantity, line.origin_expected_quantity):
            if not -MOST < quantity < MOST:
                raise AppError(
                    "INVALID",
                    f"{order_number} would take {quantity:f} of {items[line.item].sku}, more than the books hold: "
                    "check what was reported as built, and the bill.",
                    {"work_order": order_number, "item": items[line.item].sku},
                )
    totals = computed.totals
    money = (totals.standard_cost_minor, totals.actual_cost_minor, totals.weight_minor, totals.value_minor)
    if not all(-MOST_MINOR < amount < MOST_MINOR for amount in money):
        raise AppError(
            "INVALID",
            f"{order_number} would cost more than the books hold: check what was reported as built, and the costs.",
            {"work_order": order_number},
        )
