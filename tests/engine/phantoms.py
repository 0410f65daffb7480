"""Bills of phantoms written level by level, as the inputs of a recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from backflush.engine.types import ZERO, RecipeInput


@dataclass(frozen=True)
class Bill:
    """An item's bill: its lines and its planned loss."""

    lines: tuple[RecipeInput, ...]
    planned_loss_percent: Decimal = ZERO


def opened(item: int, bills: Mapping[int, Bill]) -> tuple[RecipeInput, ...]:
    """The inputs of the item's recipe, keys from 1; a phantom comes before its lines and is their parent."""
    made: list[RecipeInput] = []

    def add(of: int, parent: int | None) -> None:
        for line in bills[of].lines:
            own = line._replace(key=len(made) + 1, parent=parent)
            if line.is_phantom:
                own = own._replace(planned_loss_percent=bills[line.item].planned_loss_percent)
            made.append(own)
            if line.is_phantom:
                add(line.item, own.key)

    add(item, None)
    return tuple(made)
