"""From the rows of a stock file to the balances that it makes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from inventory.actions.places import place_code
from inventory.models import Lot, StockBalance
from inventory.queries.lookup import item_ids, location_ids, named
from inventory.rows import RowProblem, StockRow

from .shapes import ZERO, Doubt, Doubtful, Scope, Spot, StockLine, StockPlan
from .taken import OwnEntries, Unanswered, own_entries


class _Held(NamedTuple):
    """A balance that is there."""

    sku: str
    location: str
    lot: str
    item_id: int
    location_id: int
    on_hand: Decimal
    last_snapshot_at: dt.datetime | None


def plan_stock(
    rows: Sequence[StockRow],
    *,
    counted_at: dt.datetime | None,
    scope: Scope = Scope.ROWS,
    doubt: Doubt = Doubt.ASK,
    decisions: Mapping[Spot, Doubt] | None = None,
) -> StockPlan:
    """Which balances these rows make, and what must be asked first.

    `counted_at` is the moment of rows that carry none. `doubt` decides about all entries in doubt, `decisions` about
    those of single spots.
    """
    plan = StockPlan()
    lines = _lines(rows, counted_at, plan)
    skus = {spot.sku for spot in lines}
    held = _held(skus, scope)
    if scope != Scope.ROWS:
        _zero_the_unnamed(lines, rows, held, scope, plan)
    plan.makes_all_known = scope == Scope.WHOLE
    _refuse_older(lines, held, plan)
    _put_before(lines, held)
    own = own_entries(_corners(lines, held))
    plan.has_own_entries = bool(own.corners)
    lots = {lot.pk: lot.code for lot in _lots(own)}
    places = location_ids({spot.location for spot in lines})
    items = item_ids({spot.sku for spot in lines})
    for line in lines.values():
        corner = (items.get(line.spot.sku, 0), places.get(line.spot.location, 0))
        _judge(line, corner, own, lots)
        if line.doubtful:
            chosen = (decisions or {}).get(line.spot, doubt)
            line.decision = line.proposal if chosen in (Doubt.PROPOSED, Doubt.ASK) else chosen
            if chosen == Doubt.ASK:
                plan.undecided.append(line)
    plan.lines = list(lines.values())
    return plan


def _lines(
    rows: Sequence[StockRow], counted_at: dt.datetime | None, plan: StockPlan
) -> dict[Spot, StockLine]:
    """Rows of one key add up. An item that names no lot at a place states the sum of all its lots there."""
    with_lots = {(row.sku, row.place) for row in rows if row.lot}
    lines: dict[Spot, StockLine] = {}
    moments: dict[tuple[str, tuple[str, ...]], tuple[dt.datetime, int]] = {}
    for row in rows:
        moment = row.counted_at or counted_at
        if moment is None:
            plan.problems.append(
                RowProblem(
                    row.row,
                    "counted_at",
                    "",
                    "no_moment",
                    "When did the ERP hold this figure? Give one moment for the whole file, or a column with it.",
                )
            )
            continue
        first, first_row = moments.setdefault((row.sku, row.place), (moment, row.row))
        if first != moment:
            plan.problems.append(
                RowProblem(
                    row.row,
                    "counted_at",
                    moment.isoformat(),
                    "two_moments",
                    f"{row.sku} at {place_code(row.place)} was counted at {first.isoformat()} in row {first_row}. "
                    "One item at one place has one moment.",
                )
            )
            continue
        lot = row.lot if row.lot else ("" if (row.sku, row.place) in with_lots else None)
        spot = Spot(row.sku, place_code(row.place), lot)
        line = lines.get(spot)
        if line is None:
            lines[spot] = StockLine(spot, [row.row], moment, row.on_hand, unit_cost=row.unit_cost)
        else:
            line.rows.append(row.row)
            line.stated += row.on_hand
            line.unit_cost = row.unit_cost if line.unit_cost is None else line.unit_cost
    return lines


def _held(skus: set[str], scope: Scope) -> list[_Held]:
    columns = (
        "item__sku",
        "location__code",
        "lot__code",
        "item_id",
        "location_id",
        "on_hand",
        "last_snapshot_at",
    )
    if scope == Scope.ROWS:
        found = named(StockBalance, "item_id", set(item_ids(skus).values()), *columns)
    else:
        found = StockBalance.objects.values_list(*columns)
    return [_Held(sku, location, lot or "", *rest) for sku, location, lot, *rest in found]


def _zero_the_unnamed(
    lines: dict[Spot, StockLine],
    rows: Sequence[StockRow],
    held: Sequence[_Held],
    scope: Scope,
    plan: StockPlan,
) -> None:
    moments = {line.counted_at for line in lines.values()}
    if len(moments) > 1:
        plan.problems.append(
            RowProblem(
                rows[0].row,
                "counted_at",
                "",
                "two_moments",
                "A file that is silent about what is zero has one moment. Give it, or load only its rows.",
            )
        )
        return
    if not moments:
        return
    moment = moments.pop()
    outermost = {row.place[0] for row in rows}
    summed = {(spot.sku, spot.location) for spot in lines if spot.lot is None}
    for balance in held:
        if scope == Scope.LOCATIONS and balance.location.split("/")[0] not in outermost:
            continue
        spot = Spot(balance.sku, balance.location, balance.lot)
        if spot not in lines and (balance.sku, balance.location) not in summed:
            lines[spot] = StockLine(spot, [], moment, ZERO)


def _refuse_older(lines: dict[Spot, StockLine], held: Sequence[_Held], plan: StockPlan) -> None:
    latest: dict[tuple[str, str], dt.datetime] = {}
    for balance in held:
        if balance.last_snapshot_at is not None:
            place = (balance.sku, balance.location)
            latest[place] = max(latest.get(place, balance.last_snapshot_at), balance.last_snapshot_at)
    for spot, line in list(lines.items()):
        last = latest.get((spot.sku, spot.location))
        if last is None or line.counted_at >= last:
            continue
        del lines[spot]
        plan.problems.append(
            RowProblem(
                line.rows[0] if line.rows else 0,
                "counted_at",
                line.counted_at.isoformat(),
                "older",
                f"{spot.sku} at {spot.location} is known as of {last.isoformat()}, this figure is from "
                f"{line.counted_at.isoformat()}. Load a newer file.",
            )
        )


def _put_before(lines: dict[Spot, StockLine], held: Sequence[_Held]) -> None:
    """What stands at each spot now; a spot without lot holds what all lots there hold together."""
    for balance in held:
        for lot in (balance.lot, None):
            line = lines.get(Spot(balance.sku, balance.location, lot))
            if line is not None:
                line.before += balance.on_hand
                line.is_new &= balance.last_snapshot_at is None


def _corners(lines: dict[Spot, StockLine], held: Sequence[_Held]) -> list[tuple[int, int, dt.datetime]]:
    moments = {(spot.sku, spot.location): line.counted_at for spot, line in lines.items()}
    corners = {
        (balance.item_id, balance.location_id): moments[balance.sku, balance.location]
        for balance in held
        if (balance.sku, balance.location) in moments
    }
    return [(item, location, moment) for (item, location), moment in corners.items()]


def _lots(own: OwnEntries) -> list[Lot]:
    wanted = {lot for sums in own.not_taken.values() for lot, _ in sums if lot is not None}
    for kept in (own.in_doubt, own.by_delay):
        wanted |= {entry.lot_id for entries in kept.values() for entry in entries if entry.lot_id is not None}
    return list(Lot.objects.filter(pk__in=wanted).only("pk", "code"))


def _judge(line: StockLine, corner: tuple[int, int], own: OwnEntries, lots: Mapping[int, str]) -> None:
    def is_here(lot_id: int | None) -> bool:
        return line.spot.lot is None or line.spot.lot == (lots[lot_id] if lot_id is not None else "")

    def listed(entries: Sequence[Unanswered]) -> list[Doubtful]:
        return [
            Doubtful(e.entry_id, line.spot, e.document_number, e.quantity, e.exported_at)
            for e in entries
            if is_here(e.lot_id)
        ]

    line.own = sum((q for lot, q in own.not_taken.get(corner, []) if is_here(lot)), ZERO)
    line.by_clock = listed(own.by_delay.get(corner, []))
    line.too_fresh = listed(own.too_fresh.get(corner, []))
    line.doubtful = listed(own.in_doubt.get(corner, [])) or line.by_clock
    balances = line.outcomes
    # The balance that stays where it is tells the same story as the file.
    if balances[Doubt.NOT_TAKEN] == line.before != balances[Doubt.TAKEN]:
        line.proposal = Doubt.NOT_TAKEN
    elif line.doubtful is line.by_clock and (
        own.has_delay or balances[Doubt.TAKEN] in (line.before, balances[Doubt.NOT_TAKEN])
    ):
        # Taken by a clock that somebody set, or the file agrees: nobody is asked.
        line.doubtful = []
