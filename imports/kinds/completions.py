"""Completions files."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from imports.kinds.changes import completion_changes, with_changes
from imports.kinds.quantities import in_stock_units, items_of
from imports.kinds.results import tell, updated_rows
from imports.kinds.shapes import Answer, Rows, Run, column, records, unknown_items, without
from inventory.actions.places import load_reasons
from inventory.queries.lookup import item_ids, named, reason_ids
from production.actions.load_completions import load_completions
from production.actions.rows import ZERO, CompletionRow
from production.models import WorkOrderOutput

REMEDY = "Load it with an items file first."
NEW_REASON = -1  # stands for a reason that the load will make; a check writes nothing
QUANTITIES = ("completed_qty", "scrap_qty", "order_qty")
NAMES = (
    "wo_number",
    "sku",
    "completed_qty",
    "scrap_qty",
    "scrap_reason",
    "order_qty",
    "operation",
    "reference",
    "lot",
    "completed_at",
    "final",
    "due",
    "started_at",
)


class Completions:
    totals = ("order_qty", "completed_qty", "scrap_qty")

    def take(self, rows: Rows, run: Run) -> Answer:
        answer = Answer()
        known = item_ids({sku for sku in column(rows, "sku") if sku} if "sku" in rows.columns else set())
        if "sku" in rows.columns:
            unknown_items(rows, ["sku"], known, answer, remedy=REMEDY)
        rows = in_stock_units(rows, _items(rows, known), QUANTITIES, run, answer)
        if answer.refused_rows and not run.is_partial and not run.is_check:
            return answer
        good = without(rows, answer.refused_rows)
        reports = _rows(good, known, _reasons(good, run), ZoneInfo(run.organization.time_zone))
        result = load_completions(
            rows=reports,
            quantities="running" if run.are_running_totals else "each",
            actor=run.actor,
            reason=run.reason,
            import_id=run.batch_id,
            is_check=run.is_check,
            is_partial=run.is_partial,
        )
        tell(
            result,
            {number: _key(*words) for number, *words in records(rows, "wo_number", "reference")},
            answer,
        )
        if run.is_check and not run.are_running_totals:
            answer.outcomes = with_changes(answer.outcomes, completion_changes(reports, updated_rows(result)))
        answer.facts = {"made_completions": result.made_ids}
        return answer


def _items(rows: Rows, known: Mapping[str, int]) -> list[int | None]:
    """What each row made: where it does not say, what its order makes, there or in the file, if that is one item."""
    said = items_of(rows, known)
    if "unit" not in rows.columns or None not in said:
        return said
    made: dict[str, set[int]] = defaultdict(set)
    orders = set()
    for number, item in zip(column(rows, "wo_number"), said, strict=True):
        if item is None:
            orders.add(number)
        else:
            made[number].add(item)
    for number, item in named(WorkOrderOutput, "work_order__number", orders, "work_order__number", "item_id"):
        made[number].add(item)
    only = {number: next(iter(items)) for number, items in made.items() if len(items) == 1}
    return [
        only.get(number) if item is None else item
        for number, item in zip(column(rows, "wo_number"), said, strict=True)
    ]


def _key(order: str, reference: str | None) -> str:
    return f"{order} · {reference}" if reference else order


def _reasons(rows: Rows, run: Run) -> Mapping[str, int]:
    named = (
        {reason for reason in column(rows, "scrap_reason") if reason}
        if "scrap_reason" in rows.columns
        else set()
    )
    if not named:
        return {}
    if run.is_check:
        known = reason_ids()
        return {name.casefold(): known.get(name.casefold(), NEW_REASON) for name in named}
    return load_reasons(sorted(named), actor=run.actor, reason=run.reason)


def _rows(
    rows: Rows, known: Mapping[str, int], reasons: Mapping[str, int], zone: ZoneInfo
) -> list[CompletionRow]:
    return [
        CompletionRow(
            row=number,
            number=order,
            good_quantity=good,
            item_id=known[sku] if sku else None,
            scrap_quantity=scrap or ZERO,
            scrap_reason_id=reasons[reason.casefold()] if reason else None,
            completed_at=_in(zone, completed_at),
            order_quantity=ordered or None,
            operation_number=operation,
            reference=reference or "",
            output_lot_code=lot,
            is_final=final,
            started_on=started.date() if started else None,
            due_on=due,
        )
        for (
            number,
            order,
            sku,
            good,
            scrap,
            reason,
            ordered,
            operation,
            reference,
            lot,
            completed_at,
            final,
            due,
            started,
        ) in records(rows, *NAMES)
    ]


def _in(zone: ZoneInfo, moment: dt.datetime | None) -> dt.datetime | None:
    """A moment without an offset is the organization's own time."""
    return moment.replace(tzinfo=zone) if moment is not None and moment.tzinfo is None else moment
