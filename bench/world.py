"""A factory to measure with: items, bills, lots and orders, as many as asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

DAY = dt.date(2026, 3, 2)
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
REASON = "bench"


@dataclass(slots=True)
class World:
    """An organization with its people and ids of what it has."""

    organization: Any
    planner: Any
    controller: Any
    components: list[int]
    products: list[int]
    location_id: int
    reason_id: int


def make_world(
    slug: str,
    *,
    components: int = 400,
    products: int = 100,
    lines: int = 20,
    lots: int = 3,
    on_hand: int = 10_000_000,
    stride: int = 7,
) -> World:
    """Products of `lines` components each, every component in `lots` lots of `on_hand`, by default enough for ever.

    The components of a product begin `stride` further than those of the one before.
    """
    from accounts.tenancy.binding import bind
    from accounts.tenancy.writes import allocate_ids, insert_rows
    from inventory.choices import ItemKind, SourceKind, StockEvent, Tracking
    from inventory.ledger import NewEntry, post_entries
    from inventory.models import Item, ItemCost, Lot
    from production.actions.bills import load_bills
    from production.actions.rows import BillRow
    from tests.factories import make_location, make_member, make_organization, make_reason

    organization = make_organization(slug, tolerance_percent=Decimal(100), tolerance_minor=10**12)
    planner = make_member(organization, "planner")
    controller = make_member(organization, "controller")
    place = make_location(organization, "MAIN")
    with bind(organization):
        item_ids = allocate_ids(Item, components + products)
        parts, made = item_ids[:components], item_ids[components:]
        kinds = [(i, f"C-{n:05}", ItemKind.MATERIAL, Tracking.LOT, True) for n, i in enumerate(parts)]
        kinds += [(i, f"P-{n:05}", ItemKind.SKU, Tracking.NONE, False) for n, i in enumerate(made)]
        insert_rows(
            Item, ["id", "sku", "kind", "tracking", "is_stock_known"], kinds, actor=None, reason=REASON
        )
        insert_rows(
            ItemCost,
            ["item_id", "standard_cost"],
            [(i, Decimal(n % 50 + 1) / 4) for n, i in enumerate(item_ids)],
            actor=None,
            reason=REASON,
        )
        lot_ids = allocate_ids(Lot, components * lots)
        lot_rows = [
            (
                lot,
                parts[n // lots],
                f"L{n % lots}",
                DAY - dt.timedelta(days=90 - n % lots),
                Decimal(n % 40 + 1) / 3,
            )
            for n, lot in enumerate(lot_ids)
        ]
        lot_rows = [(*row[:4], row[4].quantize(Decimal("0.000001"))) for row in lot_rows]
        insert_rows(
            Lot, ["id", "item_id", "code", "received_on", "unit_cost"], lot_rows, actor=None, reason=REASON
        )
        post_entries(
            [
                NewEntry(
                    item,
                    place.pk,
                    lot,
                    StockEvent.SNAPSHOT.value,
                    Decimal(on_hand),
                    cost,
                    int(cost * on_hand * 100),
                    DAY,
                    0,
                    None,
                    "OPENING",
                )
                for lot, item, _, _, cost in lot_rows
            ],
            source_kind=SourceKind.STOCK_FILE,
            actor=None,
            reason=REASON,
        )
        rows = []
        for n, product in enumerate(made):
            for line in range(lines):
                component = parts[(n * stride + line) % components]
                rows.append(BillRow(len(rows) + 1, product, component, Decimal(line % 4 + 1), unit="EA"))
        load_bills(lines=rows, actor=None, reason=REASON)
    return World(organization, planner, controller, parts, made, place.pk, make_reason(organization).pk)


def completion_rows(world: World, count: int, *, start: int = 0) -> list[Any]:
    """Completions that make their orders: ten good and sometimes one scrapped."""
    from production.actions.rows import CompletionRow

    return [
        CompletionRow(
            row=n + 1,
            number=f"WO-{start + n:07}",
            good_quantity=Decimal(10),
            item_id=world.products[n % len(world.products)],
            scrap_quantity=Decimal(1 if n % 10 == 0 else 0),
            scrap_reason_id=world.reason_id if n % 10 == 0 else None,
            completed_at=NOON + dt.timedelta(minutes=n % 5000),
            order_quantity=Decimal(11 if n % 10 == 0 else 10),
        )
        for n in range(count)
    ]
