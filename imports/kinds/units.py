"""Files of unit conversions."""

from __future__ import annotations

from fractions import Fraction

from imports.kinds.shapes import Answer, Rows, Run, records, unknown_items, without
from inventory.actions.units import ConversionRow, load_conversions, plan_conversions
from inventory.queries.lookup import item_ids

EVERY_ITEM = {None, "*"}  # how some systems write "for all items"


class Units:
    totals: tuple[str, ...] = ()

    def take(self, rows: Rows, run: Run) -> Answer:
        answer = Answer()
        skus = {sku for _, sku in records(rows, "sku") if sku not in EVERY_ITEM}
        known = item_ids(skus)
        if missing := skus - set(known):
            of_items = without(rows, {number for number, sku in records(rows, "sku") if sku not in missing})
            unknown_items(of_items, ["sku"], known, answer, remedy="Load it with an items file first.")
        good = without(rows, answer.refused_rows)
        plan = plan_conversions(_rows(good, known))
        for problem in plan.problems:
            answer.refuse(*problem)
        answer.outcomes = plan.outcomes
        if run.is_check or (answer.issues and not run.is_partial):
            return answer
        good = without(good, answer.refused_rows)
        answer.outcomes = load_conversions(_rows(good, known), actor=run.actor, reason=run.reason)
        answer.is_written = True
        return answer


def _rows(rows: Rows, known: dict[str, int]) -> list[ConversionRow]:
    return [
        ConversionRow(
            number,
            start,
            end,
            1 / Fraction(factor) if rule == "divide" else Fraction(factor),
            None if sku in EVERY_ITEM else known[sku],
        )
        for number, start, end, factor, rule, sku in records(
            rows, "from_unit", "to_unit", "factor", "rule", "sku"
        )
    ]
