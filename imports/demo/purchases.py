"""What came in from suppliers: the ERP books it, and its next stock file says so."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import ROUND_UP, Decimal

from inventory.models import StockBalance

from .catalogue import Catalogue, Part
from .plan import SEED, Plan

# Parts that their suppliers deliver late, and so many weeks before the end: what is built then runs short.
LATE: dict[str, int] = {
    "VL-SOL-3": 8,
    "GH-CAST": 6,
    "PM-ULKA": 4,
    "CT-B": 1,
    "DS-OLED": 1,
    "IC-ESP": 1,
}
SHELF_LIFE = dt.timedelta(days=540)


def stock_rows(
    catalogue: Catalogue, plan: Plan, week: int, *, counted_at: dt.datetime
) -> Iterator[dict[str, object]]:
    """Rows for what was bought for this week: a new lot, or the balance with what came in.

    The figures are the ERP's, which has taken everything that was posted: the week's batch was answered before.
    """
    rng = random.Random(SEED + week)  # noqa: S311
    held = _on_hand()
    for sku in catalogue.bought:
        part = catalogue.parts[sku]
        bought = _bought(plan, week, part, sum(held[sku].values(), Decimal(0)))
        if not bought:
            continue
        row: dict[str, object] = {
            "sku": sku,
            "location": part.location,
            "lot": "",
            "on_hand": f"{held[sku][part.location] + bought:f}",
            "unit_cost": "",
            "received_on": "",
            "expires_on": "",
            "counted_at": f"{counted_at:%Y-%m-%d %H:%M}",
        }
        if part.is_lot:
            row |= _lot(catalogue, part, bought, week, counted_at.date(), rng)
        yield row


def _bought(plan: Plan, week: int, part: Part, held: Decimal) -> Decimal:
    """Enough for the weeks until the next delivery and for half of the one after."""
    weeks = plan.cycles[week]
    needs = [week_needs.get(part.sku, Decimal(0)) for week_needs in plan.needs]
    these, following = sum(needs[weeks.start : weeks.stop], Decimal(0)), needs[weeks.stop]
    if plan.weeks - week == LATE.get(part.sku):
        return Decimal(0)
    is_next_late = plan.weeks - weeks.stop == LATE.get(part.sku)
    spare = Decimal("0.4") if is_next_late else Decimal("0.6")
    wanted = these * Decimal("1.1") + following * spare
    if held < 0:
        wanted = max(wanted, Decimal(40))  # what stood in for another part was on nobody's list
    return _packed(wanted - held, part.unit) if held < these * Decimal("1.1") else Decimal(0)


def _packed(quantity: Decimal, unit: str) -> Decimal:
    """Suppliers deliver whole packs."""
    if unit == "EA":
        pack = Decimal(1 if quantity < 20 else 10 if quantity < 300 else 100)
    else:
        pack = Decimal("0.5") if quantity < 20 else Decimal(10)
    return max(Decimal(0), (quantity / pack).to_integral_value(ROUND_UP) * pack)


def _lot(
    catalogue: Catalogue, part: Part, bought: Decimal, week: int, day: dt.date, rng: random.Random
) -> dict[str, object]:
    cost = catalogue.costs.get(part.sku, Decimal("6.20")) * Decimal(rng.randint(95, 106)) / 100
    return {
        "lot": f"{part.sku.split('-')[-1][:3]}-{2200 + 9 * week + rng.randint(0, 8)}",
        "on_hand": f"{bought:f}",
        "unit_cost": f"{cost.quantize(Decimal('0.0001')).normalize():f}",
        "received_on": day.isoformat(),
        "expires_on": (day + SHELF_LIFE).isoformat() if part.location == "CHEM" else "",
    }


def _on_hand() -> Mapping[str, Mapping[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for sku, location, quantity in StockBalance.objects.values_list("item__sku", "location__code", "on_hand"):
        found[sku][location] += quantity
    return found
