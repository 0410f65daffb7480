"""How an order's recipe differs from what its bill of materials says now."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from production.models import WorkOrderInput, WorkOrderOutput

from .recipes import RecipeBook, RecipeLine

COMPARED = {
    "usage": "usage",
    "usage_per": "per",
    "basis": "basis",
    "fixed_quantity": "fixed quantity",
    "unit": "unit",
    "loss_percent": "loss",
    "loss_method": "loss method",
    "operation_number": "operation",
    "supply": "supply",
    "supply_location_id": "supply location",
}
Key = tuple[int, str, bool, bool]


@dataclass(frozen=True, slots=True)
class Change:
    """A line that the bill has otherwise now (`columns`), that it does not have any more, or that is new in it."""

    kind: str  # changed | gone | new
    columns: tuple[str, ...] = ()
    now: RecipeLine | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """By input id what is otherwise, and what the bill has in addition. `problem` says why nothing was compared."""

    changes: dict[int, Change]
    added: list[RecipeLine]
    problem: str = ""

    @property
    def count(self) -> int:
        return len(self.changes) + len(self.added)


def compare_recipes(
    outputs: Iterable[WorkOrderOutput], inputs: Sequence[WorkOrderInput], on: dt.date
) -> dict[int, Comparison]:
    """Each output's snapshot beside its bill on a day. Lines belong together by component, kind and order."""
    own: dict[int, list[WorkOrderInput]] = defaultdict(list)
    for line in inputs:
        own[line.output_id].append(line)
    kept = [output for output in outputs if output.snapshot_at is not None]
    book = RecipeBook({output.item_id for output in kept})
    found: dict[int, Comparison] = {}
    for output in kept:
        recipe = book.recipe(output.item_id, on)
        if recipe is None:
            found[output.pk] = Comparison({}, [], f"No bill of materials holds on {on} any more.")
        elif recipe.problem:
            found[output.pk] = Comparison({}, [], recipe.problem)
        else:
            found[output.pk] = _compare(own[output.pk], recipe.lines)
    return found


def _compare(stored: Sequence[WorkOrderInput], now: Sequence[RecipeLine]) -> Comparison:
    left: dict[Key, list[RecipeLine]] = defaultdict(list)
    for line in now:
        left[(line.component_id, line.line_type, line.is_phantom, line.parent is not None)].append(line)
    changes: dict[int, Change] = {}
    for own in stored:
        key = (own.component_id, own.line_type, own.is_phantom, own.phantom_parent_id is not None)
        if not left[key]:
            changes[own.pk] = Change("gone")
            continue
        line = left[key].pop(0)
        columns = tuple(
            words for name, words in COMPARED.items() if getattr(own, name) != getattr(line, name)
        )
        if columns:
            changes[own.pk] = Change("changed", columns, line)
    return Comparison(changes, [line for lines in left.values() for line in lines])
