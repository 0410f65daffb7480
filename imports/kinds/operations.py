"""Files of operations (routings)."""

from __future__ import annotations

from imports.kinds.results import tell
from imports.kinds.shapes import Answer, Rows, Run, records, unknown_items, without
from inventory.queries.lookup import item_ids
from production.actions.load_operations import OperationRow, load_operations


class Operations:
    totals: tuple[str, ...] = ()

    def take(self, rows: Rows, run: Run) -> Answer:
        answer = Answer()
        known = item_ids(set(rows.columns["sku"]))
        unknown_items(rows, ["sku"], known, answer, remedy="Load it with an items file first.")
        if answer.refused_rows and not run.is_partial and not run.is_check:
            return answer
        good = without(rows, answer.refused_rows)
        result = load_operations(
            rows=[
                OperationRow(number, known[sku], operation, name, point)
                for number, sku, operation, name, point in records(
                    good, "sku", "operation", "name", "backflush_point"
                )
            ],
            actor=run.actor,
            reason=run.reason,
            is_check=run.is_check,
            is_partial=run.is_partial,
        )
        keys = {
            number: f"{sku} · {operation}" for number, sku, operation in records(rows, "sku", "operation")
        }
        tell(result, keys, answer)
        return answer
