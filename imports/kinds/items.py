"""Items files."""

from __future__ import annotations

from imports.kinds.absurd import present_costs, warn_of_costs
from imports.kinds.shapes import Answer, Rows, Run, records, without
from inventory.actions.items import load_items, plan_items
from inventory.queries.lookup import item_ids
from inventory.rows import ItemRow

NAMES = (
    "sku",
    "description",
    "kind",
    "unit",
    "tracking",
    "negative_policy",
    "rounding_step",
    "rounding",
    "location",
    "standard_cost",
)


class Items:
    totals = ("standard_cost",)

    def take(self, rows: Rows, run: Run) -> Answer:
        answer = Answer()
        known = item_ids(set(rows.columns["sku"])) if "standard_cost" in rows.columns else {}
        present = present_costs(known, run.today)
        warn_of_costs(records(rows, "sku", "standard_cost"), present, "standard_cost", answer)
        plan = plan_items(_rows(rows), on=run.today)
        for problem in (*plan.problems, *plan.costs.problems):
            answer.refuse(*problem)
        answer.outcomes = plan.outcomes
        if run.is_check or ((answer.refused_rows or answer.is_refused) and not run.is_partial):
            return answer
        good = without(rows, answer.refused_rows)
        answer.outcomes = load_items(_rows(good), actor=run.actor, reason=run.reason, on=run.today)
        answer.is_written = True
        return answer


def _rows(rows: Rows) -> list[ItemRow]:
    return [
        ItemRow(
            row=number,
            sku=sku,
            description=description,
            kind=kind,
            unit=unit,
            tracking=tracking,
            negative_policy=policy,
            rounding_step=step,
            rounding_direction=direction,
            location=location,
            standard_cost=cost,
        )
        for number, sku, description, kind, unit, tracking, policy, step, direction, location, cost in records(
            rows, *NAMES
        )
    ]
