"""Bills of materials files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import repeat
from typing import Any

from imports.kinds.changes import bill_changes, with_changes
from imports.kinds.results import tell, updated_rows
from imports.kinds.shapes import Answer, Rows, Run, column, records, unknown_items, without
from imports.kinds.usages import note_dropped_lines, present_lines, warn_of_usages
from inventory.actions.items import settle_units
from inventory.models import Item
from inventory.queries.lookup import item_ids, named
from production.actions.bills import load_bills
from production.actions.rows import ONE, ZERO, BillRow, SubstituteRow
from production.choices import Basis, LineType, LossMethod, Supply

PER_N = Basis.PER_N.value
WORDS = {
    "unit": (Basis.PER_UNIT.value, ONE),
    "batch": (Basis.PER_BATCH.value, ONE),
    "order": (Basis.PER_ORDER.value, ONE),
    "ordered": (Basis.ORDER_QUANTITY.value, ONE),
    "whole lot": (Basis.WHOLE_LOT.value, ONE),
}
SIZED = {"batch": Basis.PER_BATCH.value, "pieces": Basis.PIECES.value}
REMEDY = "Load it with an items file first."


class Bills:
    totals = ("usage",)

    def take(self, rows: Rows, run: Run) -> Answer:
        answer = Answer()
        known = item_ids({*rows.columns["parent_sku"], *rows.columns["component_sku"], *_substitutes(rows)})
        unknown_items(rows, ["parent_sku", "component_sku"], known, answer, remedy=REMEDY)
        _unknown_substitutes(rows, known, answer)
        present = present_lines({pk for sku in set(rows.columns["parent_sku"]) if (pk := known.get(sku))})
        warn_of_usages(rows, known, present, answer)
        if answer.refused_rows and not run.is_partial and not run.is_check:
            return answer
        good = without(rows, answer.refused_rows)
        units = _units_to_settle(good, known)
        if not run.is_check and not answer.is_refused:
            settle_units(units, actor=run.actor, reason=run.reason)
        lines = _rows(good, known)
        result = load_bills(
            lines=lines,
            actor=run.actor,
            reason=run.reason,
            import_id=run.batch_id,
            is_check=run.is_check,
            is_partial=run.is_partial,
        )
        parents, components = column(rows, "parent_sku"), column(rows, "component_sku")
        keys = {
            number: f"{parent} · {component}"
            for number, parent, component in zip(rows.numbers, parents, components, strict=False)
        }
        settled = {number for number, sku in records(good, "component_sku") if known[sku] in units}
        result.warnings = [
            issue for issue in result.warnings if issue.code != "NO_CONVERSION" or issue.row not in settled
        ]
        tell(result, keys, answer)
        updated = updated_rows(result)
        note_dropped_lines(lines, updated, present, answer)
        if run.is_check:
            answer.outcomes = with_changes(answer.outcomes, bill_changes(lines, updated))
        answer.facts = {"made_bills": result.made_ids, "units": len(units)}
        return answer


def _rows(rows: Rows, known: Mapping[str, int]) -> list[BillRow]:
    """Column by column, as a million rows are to be made: what the file has not is the same in every row."""

    def said(name: str, default: Any) -> Iterable[Any]:
        values = rows.columns.get(name)
        return repeat(default) if values is None else [default if v is None else v for v in values]

    per = [_basis(value) for value in rows.columns["usage_per"]] if "usage_per" in rows.columns else None
    substitutes = rows.columns.get("substitute_skus")
    columns: dict[str, Iterable[Any]] = {
        "row": rows.numbers,
        "parent_id": map(known.__getitem__, rows.columns["parent_sku"]),
        "component_id": map(known.__getitem__, rows.columns["component_sku"]),
        "usage": rows.columns["usage"],
        "revision": said("revision", ""),
        "unit": said("unit", ""),
        "usage_per": repeat(ONE) if per is None else [basis[1] for basis in per],
        "basis": repeat(WORDS["unit"][0]) if per is None else [basis[0] for basis in per],
        "fixed_quantity": said("fixed_quantity", ZERO),
        "line_type": said("line_type", LineType.COMPONENT.value),
        "loss_percent": said("scrap_percent", ZERO),
        "loss_method": said("scrap_method", LossMethod.MULTIPLY.value),
        "operation_number": said("operation", None),
        "supply": said("supply", Supply.BACKFLUSH.value),
        "supply_location_id": repeat(None),
        "position": said("position", None),
        "is_phantom": said("phantom", False),
        "effective_from": said("effective_from", None),
        "effective_to": said("effective_to", None),
        "planned_loss_percent": said("planned_loss_percent", None),
        "output_quantity": repeat(None),
        "substitutes": repeat(())
        if substitutes is None
        else [
            tuple(SubstituteRow(known[sku], factor) for sku, factor in pairs or ()) for pairs in substitutes
        ],
    }
    return list(map(BillRow, *(columns[name] for name in BillRow._fields)))


def _basis(per: Decimal | str | None) -> tuple[str, Decimal]:
    if per is None:
        return WORDS["unit"]
    if isinstance(per, str):
        if per in WORDS:
            return WORDS[per]
        word, size = per.split(" ")
        return SIZED[word], Decimal(size)
    return (WORDS["unit"][0], ONE) if per == 1 else (PER_N, per)


def _substitutes(rows: Rows) -> set[str]:
    return {sku for pairs in column(rows, "substitute_skus") if pairs for sku, _ in pairs}


def _unknown_substitutes(rows: Rows, known: Mapping[str, int], answer: Answer) -> None:
    if "substitute_skus" not in rows.columns:
        return
    for number, pairs in records(rows, "substitute_skus"):
        for sku, _ in pairs or ():
            if sku not in known:
                answer.refuse(
                    number, "substitute_skus", sku, "unknown_item", f"There is no item {sku}. {REMEDY}"
                )


def _units_to_settle(rows: Rows, known: Mapping[str, int]) -> dict[int, str]:
    """Components whose unit nobody stated, and the one unit in which the whole file uses them."""
    if "unit" not in rows.columns:
        return {}
    used: dict[str, set[str]] = defaultdict(set)
    for _, sku, unit in records(rows, "component_sku", "unit"):
        if unit:
            used[sku].add(unit)
    one = {known[sku]: next(iter(units)) for sku, units in used.items() if len(units) == 1}
    return {
        pk: one[pk]
        for pk, is_stated, unit in named(Item, "id", set(one), "id", "is_unit_stated", "unit")
        if not is_stated and unit != one[pk]
    }
