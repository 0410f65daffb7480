"""Where a line could take its stock from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from backflush.models import BackflushLine, LotPick
from inventory.models import StockBalance
from ui import formats


@dataclass(frozen=True, slots=True)
class LotOption:
    """A lot in a location, what it holds, and what the line takes of it now."""

    key: str
    lot_id: int | None
    location_id: int
    lot: str
    location: str
    received: str
    on_hand: str
    taken: str


def lots_to_choose(line: BackflushLine) -> list[LotOption]:
    """All lots and locations that hold the line's item, oldest first (two queries)."""
    taken = {
        (pick.lot_id, pick.location_id): pick.quantity
        for pick in LotPick.objects.filter(line=line, is_short=False)
    }
    return places_of(line.item_id, taken)


def places_of(item_id: int, taken: Mapping[tuple[int | None, int | None], Decimal]) -> list[LotOption]:
    """Where an item stands, oldest first, with what is taken of each now."""
    balances = (
        StockBalance.objects.filter(item_id=item_id)
        .exclude(on_hand=0)
        .select_related("lot", "location")
        .order_by("lot__received_on", "lot__code", "location__pick_order", "location__code")
    )
    return [
        LotOption(
            key=f"{balance.lot_id or 0}-{balance.location_id}",
            lot_id=balance.lot_id,
            location_id=balance.location_id,
            lot=balance.lot.code if balance.lot else "no lot",
            location=balance.location.code,
            received=formats.day(balance.lot.received_on) if balance.lot else "",
            on_hand=formats.quantity(balance.on_hand),
            taken=f"{quantity.normalize():f}"
            if (quantity := taken.get((balance.lot_id, balance.location_id)))
            else "",
        )
        for balance in balances
    ]
