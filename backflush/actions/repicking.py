"""Pick again at posting, where it cannot matter which stock is taken: items without lots, carried at standard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from accounts.tenancy.writes import delete_rows
from backflush.actions.lines import insert_picks
from backflush.engine.picking import pick
from backflush.engine.places import Supply
from backflush.engine.scale import micro, quantity
from backflush.engine.stock import StockPool, StockRow
from backflush.engine.valuation import shared
from backflush.models import LotPick
from backflush.queries.documents import LineRow, PickRow
from backflush.queries.inputs import InputsBuilder
from backflush.queries.rows import CompletionRow
from inventory.choices import Tracking
from inventory.ledger import Key
from inventory.models import StockBalance


def freely_picked(builder: InputsBuilder, item_ids: Iterable[int]) -> set[int]:
    """Items of which any stock is as good as any other: without lots, in an organization that carries standard cost."""
    if not builder.policies.is_stock_at_standard:
        return set()
    items = builder.basis.items
    return {pk for pk in item_ids if items[pk].tracking == Tracking.NONE}


def balances_of(item_ids: Iterable[int]) -> list[Key]:
    """Every place that such items stand in, to be locked with those that were picked."""
    wanted = set(item_ids)
    if not wanted:
        return []
    return list(
        StockBalance.objects.filter(item_id__in=wanted).values_list("item_id", "location_id", "lot_id")
    )


def picked_again(
    line: LineRow,
    picks: Sequence[PickRow],
    left: Mapping[Key, Decimal],
    builder: InputsBuilder,
    completion: CompletionRow,
) -> list[PickRow] | None:
    """The same quantity and amount from what stands elsewhere; None where all of it together is not enough.

    What was short stays short: the shortage was shown, and signed.
    """
    held = [one for one in picks if not one.is_short]
    facts = builder.facts_on(completion.completed_on)[line.item_id]
    pool = StockPool(
        StockRow(line.item_id, location, lot, on_hand)
        for (item, location, lot), on_hand in left.items()
        if item == line.item_id
    )
    supply: Supply = builder.supply_of(completion, line.input_id, facts)
    wanted = sum(micro(one.quantity) for one in held)
    found = pick(wanted, facts, pool, supply, ())
    if found.short or not found.parts or any(part.location is None for part in found.parts):
        return None
    each, unit = micro(held[0].unit_cost), 10 ** (12 - builder.policies.currency_decimals)
    amounts = shared([part.size * each for part in found.parts], unit, sum(one.amount_minor for one in held))
    again = [
        PickRow(line.id, part.location or 0, part.lot, quantity(part.size), held[0].unit_cost, amount, False)
        for part, amount in zip(found.parts, amounts, strict=True)
    ]
    return [*again, *(one for one in picks if one.is_short)]


def store_picks(picks: Mapping[int, Sequence[PickRow]], *, actor: Any, reason: str) -> None:
    """Write the picks of these lines anew, in the place of those they had."""
    if not picks:
        return
    old = LotPick.objects.filter(line_id__in=picks).values_list("pk", flat=True)
    delete_rows(LotPick, list(old), actor=actor, reason=reason)
    insert_picks(
        [
            (
                line_id,
                one.location_id,
                one.lot_id,
                one.quantity,
                one.unit_cost,
                one.amount_minor,
                one.is_short,
            )
            for line_id, rows in picks.items()
            for one in rows
        ],
        actor=actor,
        reason=reason,
    )
