"""Numbers a thousand times what stands beside them: most often another unit, or a decimal mark that was lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from decimal import Decimal
from statistics import median_low
from typing import Any

from imports.kinds.shapes import Answer
from inventory.queries.costs import standard_costs

ABSURD = 1_000
FEWEST = 3  # numbers of one kind, before one of them can stand out
Numbers = Callable[[], Iterable[tuple[Hashable, int, Decimal]]]  # what is alike, row, number above zero


def outliers(numbers: Numbers) -> Iterator[tuple[int, Decimal, Decimal]]:
    """Row, number and the usual one, where they are a thousand times apart. `numbers` is gone through twice."""
    low: dict[Hashable, Decimal] = {}
    high: dict[Hashable, Decimal] = {}
    for key, _, number in numbers():
        if key not in low:
            low[key] = high[key] = number
        elif number < low[key]:
            low[key] = number
        elif number > high[key]:
            high[key] = number
    apart = {key for key, least in low.items() if high[key] >= least * ABSURD}
    if not apart:
        return
    groups: dict[Hashable, list[tuple[int, Decimal]]] = {key: [] for key in apart}
    for key, row, number in numbers():
        if key in apart:
            groups[key].append((row, number))
    for group in groups.values():
        if len(group) >= FEWEST:
            usual = median_low(number for _, number in group)
            yield from ((row, number, usual) for row, number in group if is_absurd(number, usual))


def is_absurd(number: Decimal, usual: Decimal) -> bool:
    return number >= usual * ABSURD or usual >= number * ABSURD


def compared(number: Decimal, usual: Decimal) -> str:
    """`1,000 times as much as` or `1/2,500 of`."""
    if number >= usual:
        return f"{int(number / usual):,} times as much as"
    return f"1/{int(usual / number):,} of"


def present_costs(items: Mapping[str, int], on: dt.date) -> dict[str, Decimal]:
    """What these items (SKU → id) cost on a day."""
    costs = standard_costs(set(items.values()), on)
    return {sku: costs[pk] for sku, pk in items.items() if pk in costs}


def warn_of_costs(
    costs: Iterable[tuple[Any, ...]],
    present: Mapping[str, Decimal],
    column: str,
    answer: Answer,
) -> None:
    """A cost a thousand times what the item costs now, or a thousandth of it. Rows are (row, sku, cost)."""
    for row, sku, cost in costs:
        now = present.get(sku)
        if cost and now and is_absurd(cost, now):
            answer.warn(
                row,
                column,
                cost,
                "absurd_cost",
                f"{sku} costs {_shown(now)} now; this is {compared(cost, now)} that. Check the decimal mark, and for "
                "how many units the cost is.",
            )


def _shown(number: Decimal) -> str:
    return f"{number.normalize():f}"
