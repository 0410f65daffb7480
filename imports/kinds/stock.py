"""Stock files: rules.md tells in full what they do to our balances; `inventory.stock_files` does it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from imports.doubts import doubts_as_json
from imports.kinds.parts import Parts, only_place
from imports.kinds.quantities import in_stock_units, items_of
from imports.kinds.shapes import Answer, Rows, Run, records, unknown_items
from inventory.actions.places import MAIN, place_code
from inventory.choices import Tracking
from inventory.models import Item, StockEntry
from inventory.queries.lookup import item_ids, named
from inventory.rows import StockRow
from inventory.stock_files.load import stock_outcomes, take_stock
from inventory.stock_files.plan import plan_stock
from inventory.stock_files.shapes import Doubt, Scope, StockPlan

CODE_LENGTH = 120
NAMES = (
    "sku",
    "location",
    "shelf",
    "bin",
    "lot",
    "on_hand",
    "unit_cost",
    "received_on",
    "expires_on",
    "counted_at",
)


class Stock:
    totals = ("on_hand",)

    def take(self, rows: Rows, run: Run) -> Answer:
        answer = Answer()
        known = item_ids(set(rows.columns["sku"]))
        unknown_items(rows, ["sku"], known, answer, remedy="Load it with an items file first.")
        rows = in_stock_units(rows, items_of(rows, known), ["on_hand"], run, answer, cost="unit_cost")
        stock = _rows(rows, run, answer)
        _check_serials(stock, answer)
        counted_at = _moment(stock, run, answer)
        stock = _kept(stock, run, answer)
        plan = self._plan(stock, counted_at, run, answer)
        is_short = answer.refused_rows or run.unread.numbers
        if is_short and run.options.scope != Scope.ROWS and run.is_partial and not run.is_check:
            answer.refuse(
                None,
                "",
                "",
                "scope_needs_all_rows",
                "A file whose silence means zero goes in whole or not at all: mend the refused rows, or load only "
                "its rows.",
            )
        for line in plan.undecided:
            if_taken, if_not = (f"{balance.normalize():f}" for balance in line.outcomes.values())
            proposed = if_not if line.proposal == Doubt.NOT_TAKEN else if_taken
            answer.refuse(
                line.rows[0] if line.rows else None,
                "on_hand",
                line.stated,
                "in_doubt",
                f"{line.spot.sku} at {line.spot.location}: nobody knows whether the ERP had taken "
                f"{', '.join(entry.document_number for entry in line.doubtful[:3])} by then. If it had, the balance "
                f"becomes {if_taken}, if not {if_not}; {proposed} is proposed. Say which: on the import's page, with "
                "--in-doubt in the command, or as in_doubt in the API.",
            )
        answer.outcomes = stock_outcomes(plan)
        answer.facts = _facts(plan, counted_at)
        answer.facts["doubts"] = doubts_as_json(plan.lines, plan.undecided)
        if run.is_check or answer.is_refused or (answer.refused_rows and not run.is_partial):
            return answer
        taken = take_stock(
            _kept(stock, run, answer),
            counted_at=counted_at,
            scope=run.options.scope,
            doubt=run.options.doubt,
            decisions=run.options.decisions,
            source_id=run.batch_id,
            document_number=run.document_number,
            actor=run.actor,
            reason=run.reason,
        )
        answer.outcomes = taken.outcomes
        answer.is_written = True
        return answer

    def _plan(
        self, stock: list[StockRow], counted_at: dt.datetime | None, run: Run, answer: Answer
    ) -> StockPlan:
        plan = plan_stock(
            stock,
            counted_at=counted_at,
            scope=run.options.scope,
            doubt=run.options.doubt,
            decisions=run.options.decisions,
        )
        for problem in plan.problems:
            row = problem.row or None
            answer.refuse(row, problem.column, problem.value, problem.code, problem.message)
        return plan


def _rows(rows: Rows, run: Run, answer: Answer) -> list[StockRow]:
    zone = ZoneInfo(run.organization.time_zone)
    default = only_place()
    found = []
    for number, sku, location, shelf, place, lot, on_hand, cost, received, expires, counted in records(
        rows, *NAMES
    ):
        if on_hand is None:
            continue  # a blank count is not zero: reading has said what becomes of it
        if not location and default is None:
            answer.refuse(
                number,
                "location",
                "",
                "no_location",
                "There is more than one location: say in the file, or as a constant of the mapping, which is meant.",
            )
        nested = tuple(part for part in (location or default or MAIN, shelf, place) if part)
        if len(place_code(nested)) > CODE_LENGTH:
            answer.refuse(
                number,
                "location",
                place_code(nested),
                "location_too_long",
                f"Location, shelf and bin together have more than {CODE_LENGTH} signs. Shorten them.",
            )
        if counted is not None and counted.tzinfo is None:
            counted = counted.replace(tzinfo=zone)
        found.append(StockRow(number, sku, nested, on_hand, lot or "", cost, received, expires, counted))
    return found


def _moment(stock: list[StockRow], run: Run, answer: Answer) -> dt.datetime | None:
    """The moment of rows that name none. Before anything of ours was posted, now is as good as any."""
    if run.options.counted_at is not None or all(row.counted_at for row in stock):
        return run.options.counted_at
    items = item_ids({row.sku for row in stock})
    posted = StockEntry.objects.exclude(event="SNAPSHOT")
    if run.options.scope == Scope.ROWS:
        posted = posted.filter(item_id__in=list(items.values()))
    if not posted.exists():
        return run.now
    answer.refuse(
        None,
        "counted_at",
        "",
        "no_moment",
        "When did the ERP hold these figures? Postings of ours stand beside them, and a relief would be lost or taken "
        "twice. Give one moment for the file (now, if it was written just now) or a column counted_at.",
    )
    return run.now


def _check_serials(stock: list[StockRow], answer: Answer) -> None:
    serial = {
        sku
        for sku, tracking in named(Item, "sku", {row.sku for row in stock}, "sku", "tracking")
        if tracking == Tracking.SERIAL
    }
    for row in stock:
        if row.sku in serial and row.lot and row.on_hand not in (0, 1):
            answer.refuse(
                row.row,
                "on_hand",
                row.on_hand,
                "serial_quantity",
                f"{row.sku} has serial numbers: there is one of {row.lot}, or none.",
            )


def _kept(stock: list[StockRow], run: Run, answer: Answer) -> list[StockRow]:
    """Rows of one item, place and lot are one figure: with one of them refused, none of them counts."""
    refused = answer.refused_rows
    parts = Parts(run.unread)
    if not refused and not parts:
        return stock
    for row in stock:
        if row.row in refused:
            parts.add(row.row, row.sku, row.place, row.lot)
    kept = []
    for row in stock:
        first = parts.of(row)
        if first is None:
            kept.append(row)
        elif row.row not in refused:
            answer.refuse(
                row.row,
                "on_hand",
                row.on_hand,
                "part_refused",
                f"Row {first} states a part of the same stock and is refused: the sum would be wrong.",
            )
    return kept


def _facts(plan: StockPlan, counted_at: dt.datetime | None) -> dict[str, object]:
    moving = [line for line in plan.lines if line.difference]
    return {
        "counted_at": counted_at.isoformat() if counted_at else None,
        "balances": len(plan.lines),
        "moved": len(moving),
        "zeroed": sum(1 for line in moving if not line.rows),
        "own": sum(1 for line in plan.lines if line.own),
    }
