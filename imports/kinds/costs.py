"""Costs files."""

from __future__ import annotations

from imports.kinds.absurd import present_costs, warn_of_costs
from imports.kinds.shapes import Answer, Rows, Run, records, unknown_items, without
from inventory.actions.costs import load_costs, plan_costs
from inventory.queries.lookup import item_ids
from inventory.rows import CostRow


class Costs:
    totals = ("unit_cost",)

    def take(self, rows: Rows, run: Run) -> Answer:
        answer = Answer()
        known = item_ids(set(rows.columns["sku"]))
        unknown_items(rows, ["sku"], known, answer, remedy="Load it with an items file first.")
        for number, start, end in records(rows, "effective_from", "effective_to"):
            if start and end and start > end:
                answer.refuse(
                    number,
                    "effective_to",
                    end,
                    "dates_in_wrong_order",
                    f"The cost ends before it begins ({start.isoformat()}): correct one of the dates.",
                )
        good = without(rows, answer.refused_rows)
        present = present_costs(known, run.today)
        warn_of_costs(records(good, "sku", "unit_cost"), present, "unit_cost", answer)
        plan = plan_costs(_rows(good), since=run.today)
        for problem in plan.problems:
            answer.refuse(*problem)
        answer.outcomes = plan.outcomes
        if run.is_check or ((answer.refused_rows or answer.is_refused) and not run.is_partial):
            return answer
        good = without(good, answer.refused_rows)
        answer.outcomes = load_costs(_rows(good), actor=run.actor, reason=run.reason, on=run.today)
        answer.is_written = True
        return answer


def _rows(rows: Rows) -> list[CostRow]:
    return [
        CostRow(*values) for values in records(rows, "sku", "unit_cost", "effective_from", "effective_to")
    ]
