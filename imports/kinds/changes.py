"""From what to what a row changes things, for the kinds whose room only answers that it does.

Asked before anything is written, for the rows that are going to be looked at: no more than a person reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from inventory.rows import UPDATED, Change, RowOutcome
from production.actions.rows import BillRow, CompletionRow, OrderRow
from production.choices import Basis
from production.models import BomLine, Completion, WorkOrderOutput

MOST = 2_000
LINE = "line"
UNSAID = object()
BILL_COLUMNS = (
    "usage",
    "usage_per",
    "basis",
    "fixed_quantity",
    "unit",
    "loss_percent",
    "loss_method",
    "line_type",
    "operation_number",
    "supply",
    "is_phantom",
    "effective_from",
    "effective_to",
)


def with_changes(
    outcomes: Iterable[RowOutcome], changes: Mapping[int, tuple[Change, ...]]
) -> list[RowOutcome]:
    """The outcomes, each with its row's changes."""
    return [
        outcome._replace(changes=changes[outcome.row])
        if outcome.outcome == UPDATED and outcome.row in changes
        else outcome
        for outcome in outcomes
    ]


def bill_changes(rows: Sequence[BillRow], updated: set[int]) -> dict[int, tuple[Change, ...]]:
    """Line by line against the active bill of the same item and revision: new, changed, or as before."""
    told = [row for row in rows if row.row in updated][:MOST]
    present: dict[tuple[int, str, int], list[tuple[Any, ...]]] = {}
    lines = BomLine.objects.filter(
        bom__is_active=True, bom__item_id__in={row.parent_id for row in told}
    ).order_by("bom__sequence", "position")
    for parent, revision, component, *values in lines.values_list(
        "bom__item_id", "bom__revision", "component_id", *BILL_COLUMNS
    ):
        present.setdefault((parent, revision, component), []).append(tuple(values))
    found: dict[int, tuple[Change, ...]] = {}
    for row in told:
        there = present.get((row.parent_id, row.revision, row.component_id))
        if not there:
            found[row.row] = (Change(LINE, None, "new"),)
            continue
        said = _bill_line(row)
        same = next((place for place, old in enumerate(there) if _differences(old, said) == ()), 0)
        changes = _differences(there.pop(same), said)
        found[row.row] = changes or (Change(LINE, None, "as before"),)
    return found


def _bill_line(row: BillRow) -> tuple[Any, ...]:
    """The row as its line would be stored: a quantity per order is a fixed one; a blank unit is the component's own."""
    is_per_order = row.basis == Basis.PER_ORDER.value
    changed = {
        "usage": Decimal(0) if is_per_order else row.usage,
        "fixed_quantity": row.fixed_quantity + row.usage if is_per_order else row.fixed_quantity,
        "unit": row.unit or UNSAID,
    }
    return tuple(changed.get(name, getattr(row, name)) for name in BILL_COLUMNS)


def _differences(old: Sequence[Any], said: Sequence[Any]) -> tuple[Change, ...]:
    """All columns that differ: the rows of a bill are the whole of it, so what they leave out goes."""
    return tuple(
        Change(name, before, after)
        for name, before, after in zip(BILL_COLUMNS, old, said, strict=True)
        if after is not UNSAID and before != after
    )


def order_changes(rows: Sequence[OrderRow], updated: set[int]) -> dict[int, tuple[Change, ...]]:
    told = [row for row in rows if row.row in updated][:MOST]
    columns = ("quantity", "conversion_cost", "scrap_allowance_percent")
    header = ("status", "due_on")
    present = {
        (number, item): values
        for number, item, *values in WorkOrderOutput.objects.filter(
            work_order__number__in={row.number for row in told}
        ).values_list("work_order__number", "item_id", *columns, *(f"work_order__{name}" for name in header))
    }
    names = (*columns, *header)
    return {
        row.row: _differing(names, present[row.number, row.item_id], [getattr(row, name) for name in names])
        for row in told
        if (row.number, row.item_id) in present
    }


def completion_changes(rows: Sequence[CompletionRow], updated: set[int]) -> dict[int, tuple[Change, ...]]:
    told = [row for row in rows if row.row in updated][:MOST]
    names = ("good_quantity", "scrap_quantity")
    present = {
        (number, operation, reference): values
        for number, operation, reference, *values in Completion.objects.filter(
            output__work_order__number__in={row.number for row in told}
        ).values_list("output__work_order__number", "operation_number", "reference", *names)
    }
    return {
        row.row: _differing(names, present[key], [getattr(row, name) for name in names])
        for row in told
        if (key := (row.number, row.operation_number, row.reference)) in present
    }


def _differing(names: Sequence[str], old: Sequence[Any], new: Sequence[Any]) -> tuple[Change, ...]:
    """The columns that differ; what the file does not say does not."""
    return tuple(
        Change(name, before, after)
        for name, before, after in zip(names, old, new, strict=True)
        if after is not None and before != after
    )
