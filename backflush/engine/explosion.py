"""A bill made into a recipe's inputs: phantoms opened through their levels, cycles refused with their path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .enums import LineType, Supply
from .errors import EngineError
from .types import ZERO, RecipeInput


@dataclass(frozen=True, slots=True)
class Bill:
    """An item's bill: its lines (their `key` is the caller's own) and its planned loss."""

    lines: tuple[RecipeInput, ...]
    planned_loss_percent: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Exploded:
    """An input with the key of the bill line it was made from."""

    bill_line: int
    input: RecipeInput


def explode(item: int, bills: Mapping[int, Bill]) -> tuple[Exploded, ...]:
    """The inputs of an item's recipe. Keys are new, from 1; a phantom comes before its lines and is their parent.

    A phantom's line takes the phantom's operation and supply location where it has none of its own, is issued by
    hand where the phantom is, and is a by-product where one of both is. A phantom without a bill is an ordinary
    component. Raises EngineError CYCLE with the path of items.
    """
    made: list[Exploded] = []
    if item in bills:
        _open(item, bills, None, (item,), made)
    return tuple(made)


def _open(
    item: int,
    bills: Mapping[int, Bill],
    parent: RecipeInput | None,
    path: tuple[int, ...],
    made: list[Exploded],
) -> None:
    for line in bills[item].lines:
        key = len(made) + 1
        bill = bills.get(line.item) if line.is_phantom else None
        if parent is not None:
            is_byproduct = LineType.BYPRODUCT in (parent.line_type, line.line_type)
            line = line._replace(
                operation=parent.operation if line.operation is None else line.operation,
                supply_location=parent.supply_location
                if line.supply_location is None
                else line.supply_location,
                supply=Supply.HAND if Supply.HAND in (parent.supply, line.supply) else line.supply,
                line_type=LineType.BYPRODUCT if is_byproduct else line.line_type,
            )
        made_line = line._replace(
            key=key,
            parent=None if parent is None else parent.key,
            is_phantom=bill is not None,
            planned_loss_percent=bill.planned_loss_percent if bill else ZERO,
        )
        made_from = line.key
        made.append(Exploded(made_from, made_line))
        if bill is None:
            continue
        if line.item in path:
            raise EngineError(
                "CYCLE",
                "A phantom contains itself: " + " → ".join(str(step) for step in (*path, line.item)) + ".",
                (*path, line.item),
            )
        _open(line.item, bills, made_line, (*path, line.item), made)


def find_cycle(pairs: Iterable[tuple[int, int]]) -> tuple[int, ...] | None:
    """The path of one cycle among (parent, component) pairs, first and last the same; None where there is none."""
    components: dict[int, list[int]] = {}
    for parent, component in pairs:
        components.setdefault(parent, []).append(component)
    done: set[int] = set()
    for start in components:
        path: list[int] = []
        on_path: set[int] = set()
        stack: list[tuple[int, bool]] = [(start, True)]
        while stack:
            item, is_entering = stack.pop()
            if not is_entering:
                path.pop()
                on_path.discard(item)
                done.add(item)
                continue
            if item in on_path:
                return (*path[path.index(item) :], item)
            if item in done:
                continue
            path.append(item)
            on_path.add(item)
            stack.append((item, False))
            stack.extend((component, True) for component in reversed(components.get(item, [])))
    return None
