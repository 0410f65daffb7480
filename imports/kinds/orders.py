"""Work order files."""

from __future__ import annotations

from imports.kinds.changes import order_changes, with_changes
from imports.kinds.quantities import in_stock_units, items_of
from imports.kinds.results import tell, updated_rows
from imports.kinds.shapes import Answer, Rows, Run, column, records, unknown_items, without
from inventory.actions.places import load_locations
from inventory.queries.lookup import item_ids, location_ids
from production.actions.load_orders import load_orders
from production.actions.rows import OrderRow

REMEDY = "Load it with an items file first."


class Orders:
    totals = ("quantity",)

    def take(self, rows: Rows, run: Run) -> Answer:
        answer = Answer()
        known = item_ids(set(rows.columns["sku"]))
        unknown_items(rows, ["sku"], known, answer, remedy=REMEDY)
        rows = in_stock_units(rows, items_of(rows, known), ["quantity"], run, answer, cost="conversion_cost")
        if answer.refused_rows and not run.is_partial and not run.is_check:
            return answer
        good = without(rows, answer.refused_rows)
        orders = _rows(good, known, sites(good, run))
        result = load_orders(
            rows=orders,
            actor=run.actor,
            reason=run.reason,
            import_id=run.batch_id,
            is_check=run.is_check,
            is_partial=run.is_partial,
        )
        tell(
            result,
            {number: f"{order} · {sku}" for number, order, sku in records(rows, "wo_number", "sku")},
            answer,
        )
        if run.is_check:
            answer.outcomes = with_changes(answer.outcomes, order_changes(orders, updated_rows(result)))
        answer.facts = {"made_orders": result.made_ids}
        return answer


def sites(rows: Rows, run: Run) -> dict[str, int]:
    """The work sites that the file names; loading makes the missing ones."""
    codes = {code for code in column(rows, "site") if code} if "site" in rows.columns else set()
    if run.is_check or not codes:
        return location_ids(codes)
    made = load_locations({(code,) for code in codes}, actor=run.actor, reason=run.reason)
    return {place[0]: pk for place, pk in made.items()}


def _rows(rows: Rows, known: dict[str, int], places: dict[str, int]) -> list[OrderRow]:
    return [
        OrderRow(
            row=number,
            number=order,
            item_id=known[sku],
            quantity=quantity,
            kind=kind,
            status=status,
            work_site_id=places.get(site) if site else None,
            due_on=due,
            conversion_cost=conversion,
            scrap_allowance_percent=allowance,
        )
        for number, order, sku, quantity, kind, status, site, due, conversion, allowance in records(
            rows,
            "wo_number",
            "sku",
            "quantity",
            "kind",
            "status",
            "site",
            "due",
            "conversion_cost",
            "scrap_allowance",
        )
    ]
