"""How many lines a second the engine computes on one core. Run: python -m tests.engine.speed

`measure()` is what other benchmarks call. Making the orders (the caller's work: reading rows) is not measured; making
the stock pool is.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from backflush.engine.compute import compute_completion
from backflush.engine.enums import Basis, LotOrder, Rounding
from backflush.engine.places import SupplyPlan
from backflush.engine.stock import StockPool, StockRow
from backflush.engine.types import (
    CompletionInputs,
    Held,
    ItemFacts,
    OperationTotals,
    Policies,
    Recipe,
    RecipeInput,
)

BEFORE = Decimal(30)
FIRST_DAY = dt.date(2026, 1, 1)


def typical_orders(orders: int, lines: int, lots: int, recipes: int, is_partial: bool) -> Callable[[], int]:
    """A run over made-up orders (per-unit usage, some steps and losses, FIFO over lots) that counts its lines."""
    items = {
        n: ItemFacts(
            n,
            standard_cost=Decimal(n % 97 + 1) / 8,
            rounding_step=Decimal("0.001") if n % 3 == 0 else None,
            rounding=Rounding.UP if n % 3 == 0 else None,
        )
        for n in range(300)
    }
    made = [
        Recipe(
            tuple(
                RecipeInput(
                    key=at,
                    item=(r * 7 + at) % 300,
                    basis=Basis.PER_UNIT,
                    usage=Decimal(at % 11 + 1) / 4,
                    loss_percent=Decimal(at % 4),
                    rounding_step=items[(r * 7 + at) % 300].rounding_step,
                    unit="EA",
                )
                for at in range(lines)
            )
        )
        for r in range(recipes)
    ]
    places = SupplyPlan(site=1, stocking=(1,))
    policies = Policies()
    held = [_held_after(recipe, items, places) for recipe in made]
    completions = [
        (
            made[n % recipes],
            Decimal(n % 50 + 1),
            Decimal(n % 7 == 0),
            (OperationTotals(None, BEFORE),) if is_partial else (),
            held[n % recipes] if is_partial else {},
        )
        for n in range(orders)
    ]
    # Lots are sized so that a typical line takes from one to three of them.
    uses: dict[int, int] = {}
    for recipe, *_ in completions:
        for line in recipe.inputs:
            uses[line.item] = uses.get(line.item, 0) + 1
    rows = [
        StockRow(
            item,
            1,
            lot + 1,
            Decimal(60),
            Decimal(item % 97 + 1) / 8 + Decimal(lot % 5) / 100,
            f"L{lot:05}",
            FIRST_DAY + dt.timedelta(days=lot % 300),
        )
        for item, count in uses.items()
        for lot in range(count * lots)
    ]

    def run() -> int:
        pool = StockPool(rows, LotOrder.FIFO)
        count = 0
        for recipe, good, scrap, totals, standing in completions:
            computed = compute_completion(
                CompletionInputs(
                    recipe=recipe,
                    good=good,
                    scrap=scrap,
                    items=items,
                    stock=pool,
                    places=places,
                    policies=policies,
                    totals=totals,
                    held=standing,
                )
            )
            count += len(computed.lines)
        return count

    return run


def _held_after(
    recipe: Recipe, items: dict[int, ItemFacts], places: SupplyPlan
) -> dict[int, tuple[Held, ...]]:
    """What an earlier part holds."""
    first = compute_completion(
        CompletionInputs(
            recipe=recipe,
            good=BEFORE,
            scrap=Decimal(0),
            items=items,
            stock=StockPool(),
            places=places,
            policies=Policies(),
        )
    )
    return {
        line.input_key: (
            Held(line.item, line.standard_quantity, line.expected_quantity, line.actual_quantity),
        )
        for line in first.lines
        if line.input_key is not None
    }


def measure(
    *,
    orders: int = 1000,
    lines: int = 20,
    lots: int = 2,
    recipes: int = 40,
    is_partial: bool = False,
    rounds: int = 5,
) -> float:
    """Lines a second, the best of some rounds, in processor time."""
    run = typical_orders(orders, lines, lots, recipes, is_partial)
    best = 0.0
    for _ in range(rounds):
        start = time.process_time()
        count = run()
        best = max(best, count / (time.process_time() - start))
    return best


CASES: dict[str, dict[str, Any]] = {
    "whole orders, shared recipes": {},
    "partial completions": {"is_partial": True},
    "each order with a recipe of its own": {"recipes": 1000},
    "orders of 1,000 lines × 5 lots": {"orders": 20, "lines": 1000, "lots": 5, "recipes": 1},
    "orders of 20 lines × 5 lots": {"lots": 5},
}

if __name__ == "__main__":
    for name, settings in CASES.items():
        sys.stdout.write(f"{name:38}{measure(**settings):>9,.0f} lines a second\n")
