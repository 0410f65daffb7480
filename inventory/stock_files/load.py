"""Moving our balances to what a stock file says, without losing a relief or taking it twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django_scopes import get_scope

from accounts.errors import AppError
from accounts.tenancy.writes import update_rows
from inventory.actions.items import know_stock
from inventory.actions.places import load_locations, load_lots
from inventory.choices import SourceKind, StockEvent
from inventory.ledger import Key, NewEntry, lock_balances, post_entries
from inventory.models import EntryOutcome, Item, Lot, StockBalance
from inventory.money import minor_units
from inventory.queries.costs import standard_costs
from inventory.queries.lookup import item_ids, location_ids, lot_ids, named
from inventory.rows import CREATED, UNCHANGED, UPDATED, Change, LotRow, RowOutcome, StockRow

from .plan import plan_stock
from .shapes import Doubt, Scope, Spot, StockLine, StockPlan


@dataclass(slots=True)
class TakenStock:
    """What became of the file's rows, and of the balances that it did not name."""

    outcomes: list[RowOutcome] = field(default_factory=list)
    entries: int = 0
    zeroed: int = 0


def take_stock(
    rows: Sequence[StockRow],
    *,
    counted_at: dt.datetime | None,
    scope: Scope = Scope.ROWS,
    doubt: Doubt = Doubt.ASK,
    decisions: Mapping[Spot, Doubt] | None = None,
    source_id: int,
    document_number: str,
    actor: Any,
    reason: str,
) -> TakenStock:
    """Write the snapshot entries that these rows ask for, in one transaction with everything they name.

    Items must exist. Rows with problems and undecided doubts are refused with INVALID: plan_stock lists them all.
    """
    items = item_ids({row.sku for row in rows})
    places = load_locations({row.place for row in rows}, actor=actor, reason=reason)
    lots = load_lots(
        [
            LotRow(row.row, items[row.sku], row.lot, row.received_on, row.expires_on, row.unit_cost)
            for row in rows
            if row.lot
        ],
        actor=actor,
        reason=reason,
    )
    wanted: set[Key] = {
        (items[row.sku], places[row.place], lots[items[row.sku], row.lot] if row.lot else None)
        for row in rows
    }
    locked = lock_balances(list(wanted | _held_keys(wanted, scope)), actor=actor, reason=reason)
    plan = plan_stock(rows, counted_at=counted_at, scope=scope, doubt=doubt, decisions=decisions)
    _refuse(plan)
    keys = _keys(plan.lines)
    moving = [line for line in plan.lines if line.difference]
    entries = _entries(moving, keys, source_id, document_number)
    posted = post_entries(entries, source_kind=SourceKind.STOCK_FILE.value, actor=actor, reason=reason)
    _stamp(plan.lines, keys, {key: standing.id for key, standing in locked.items()}, actor, reason)
    named_items = {keys[line.spot][0] for line in plan.lines}
    if plan.makes_all_known:
        named_items = set(Item.objects.values_list("pk", flat=True))
    know_stock(named_items, actor=actor, reason=reason)
    note_assumptions(plan.lines, actor=actor, reason=reason)
    written = {line.spot: pk for line, pk in zip(moving, posted.ids, strict=True)}
    return TakenStock(
        outcomes=stock_outcomes(plan, written),
        entries=len(moving),
        zeroed=sum(1 for line in moving if not line.rows),
    )


def stock_outcomes(plan: StockPlan, written: Mapping[Spot, int] | None = None) -> list[RowOutcome]:
    """What becomes of each row: a balance that it opens, moves, or confirms."""
    outcomes = []
    for line in plan.lines:
        for row in line.rows:
            outcome = CREATED if line.is_new else UPDATED if line.difference else UNCHANGED
            changes = (Change("on_hand", line.before, line.after),) if line.difference or line.is_new else ()
            words = " · ".join(part for part in line.spot if part)
            outcomes.append(RowOutcome(row, outcome, words, (written or {}).get(line.spot), changes))
    return sorted(outcomes)


def note_assumptions(lines: Sequence[StockLine], *, actor: Any, reason: str) -> None:
    """Write beside every unanswered entry what this file assumed of it, so that a later answer can be compared."""
    assumed: dict[int, tuple[dt.datetime, bool]] = {}
    for line in lines:
        assumed |= {entry.entry_id: (line.counted_at, False) for entry in line.too_fresh}
        assumed |= {entry.entry_id: (line.counted_at, True) for entry in line.by_clock}
        is_taken = line.decision != Doubt.NOT_TAKEN
        assumed |= {entry.entry_id: (line.counted_at, is_taken) for entry in line.doubtful}
    outcomes = named(EntryOutcome, "entry_id", set(assumed), "entry_id", "id")
    update_rows(
        EntryOutcome,
        ["assumed_at", "is_assumed_taken"],
        [(pk, *assumed[entry]) for entry, pk in outcomes],
        actor=actor,
        reason=reason,
    )


def _held_keys(wanted: set[Key], scope: Scope) -> set[Key]:
    """The balances that are there and may be moved or summed: all of them, or the lots at the places named."""
    corners = {(item, place) for item, place, _ in wanted}
    columns = ("item_id", "location_id", "lot_id")
    if scope != Scope.ROWS:
        return set(StockBalance.objects.values_list(*columns))
    return {
        key
        for key in named(StockBalance, "item_id", {item for item, _, _ in wanted}, *columns)
        if key[:2] in corners
    }


def _refuse(plan: StockPlan) -> None:
    if plan.problems:
        raise AppError("INVALID", plan.problems[0].message, [problem._asdict() for problem in plan.problems])
    if plan.undecided:
        raise AppError(
            "INVALID",
            f"{len(plan.undecided)} balances hold entries of which nobody knows whether the ERP had taken them. "
            "Decide about them first.",
            [line.spot._asdict() for line in plan.undecided],
        )


def _keys(lines: Sequence[StockLine]) -> dict[Spot, Key]:
    items = item_ids({line.spot.sku for line in lines})
    places = location_ids({line.spot.location for line in lines})
    lots = lot_ids({items[line.spot.sku] for line in lines if line.spot.lot})
    return {
        spot: (items[spot.sku], places[spot.location], lots[items[spot.sku], spot.lot] if spot.lot else None)
        for spot in (line.spot for line in lines)
    }


def _entries(
    lines: Sequence[StockLine], keys: Mapping[Spot, Key], source_id: int, document_number: str
) -> list[NewEntry]:
    organization = get_scope()["organization"]
    zone = ZoneInfo(organization.time_zone)
    lot_costs = dict(
        named(Lot, "id", {keys[line.spot][2] for line in lines if keys[line.spot][2]}, "id", "unit_cost")
    )
    days = {line.counted_at.astimezone(zone).date() for line in lines}
    standards = {day: standard_costs({keys[line.spot][0] for line in lines}, day) for day in days}
    entries = []
    for line in lines:
        item, location, lot = keys[line.spot]
        day = line.counted_at.astimezone(zone).date()
        candidates = (line.unit_cost, lot_costs.get(lot), standards[day].get(item))
        cost = next((cost for cost in candidates if cost is not None), Decimal(0))
        entries.append(
            NewEntry(
                item_id=item,
                location_id=location,
                lot_id=lot,
                event=StockEvent.SNAPSHOT.value,
                quantity=line.difference,
                unit_cost=cost,
                amount_minor=minor_units(line.difference, cost, organization.currency_decimals),
                effective_date=day,
                source_id=source_id,
                source_line_id=line.rows[0] if line.rows else None,
                document_number=document_number,
            )
        )
    return entries


def _stamp(
    lines: Sequence[StockLine], keys: Mapping[Spot, Key], balances: Mapping[Key, int], actor: Any, reason: str
) -> None:
    """Every balance that the file spoke of is known as of its moment, whether it moved or not."""
    moments: dict[int, dt.datetime] = {}
    by_corner: dict[tuple[int, int], list[int]] = {}
    for (item, place, _), pk in balances.items():
        by_corner.setdefault((item, place), []).append(pk)
    for line in lines:
        key = keys[line.spot]
        spoken_of = by_corner[key[:2]] if line.spot.lot is None else [balances[key]]
        for pk in spoken_of:
            moments[pk] = line.counted_at
    update_rows(StockBalance, ["last_snapshot_at"], sorted(moments.items()), actor=actor, reason=reason)
