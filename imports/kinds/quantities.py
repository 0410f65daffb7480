"""Quantities that a file gives in other units than the items are stocked in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import repeat
from typing import Any

from imports.kinds.shapes import Answer, Picked, Rows, Run, column
from inventory.actions.items import settle_units
from inventory.models import Item
from inventory.queries.lookup import named
from production.actions.rows import STEP, wrong_number
from production.queries.conversions import SAME, Conversions, Factor


def in_stock_units(
    rows: Rows,
    items: Sequence[int | None],
    quantities: Sequence[str],
    run: Run,
    answer: Answer,
    *,
    cost: str = "",
) -> Rows:
    """These rows with the named quantities in the units of their items; `items` has the item of each row.

    A unit without a conversion to the item's own is refused. An item whose unit was only assumed takes the one that the
    whole file uses for it. Where a row is converted, nobody knows which of the units its `cost` is of: it is refused.
    """
    units = rows.columns.get("unit")
    if units is None or not any(units):
        return rows
    stocked = _stocked(items)
    settled = _to_settle(units, items, stocked)
    if not run.is_check and not answer.is_refused:
        settle_units(settled, actor=run.actor, reason=run.reason)
    conversions = Conversions()
    found: dict[str, list[Any]] = {
        name: list(rows.columns[name]) for name in quantities if name in rows.columns
    }
    costs = rows.columns.get(cost) or repeat(None)
    for place, (number, unit, item, price) in enumerate(zip(rows.numbers, units, items, costs, strict=False)):
        if not unit or item is None or item in settled:
            continue
        sku, own, _ = stocked[item]
        factor = conversions.factor(item, unit, own)
        if factor is None:
            answer.refuse(
                number,
                "unit",
                unit,
                "no_conversion",
                f"Nothing says how many {own} of {sku} one {unit} is: add a conversion, or write it in {own}.",
            )
        elif factor != SAME and price is not None:
            answer.refuse(
                number,
                cost,
                price,
                "cost_of_which_unit",
                f"{sku} is stocked in {own}, this row counts in {unit}: nobody can tell of which of them the cost is. "
                f"Write the row in {own}.",
            )
        elif factor != SAME:
            for name, values in found.items():
                values[place] = _converted(number, name, values[place], factor, unit, own, answer)
    return Picked(rows.numbers, {**rows.columns, **found})


def _stocked(items: Sequence[int | None]) -> dict[int, tuple[str, str, bool]]:
    wanted = {item for item in items if item is not None}
    columns = ("id", "sku", "unit", "is_unit_stated")
    return {pk: (sku, unit, is_stated) for pk, sku, unit, is_stated in named(Item, "id", wanted, *columns)}


def _to_settle(
    units: Sequence[str | None], items: Sequence[int | None], stocked: Mapping[int, tuple[str, str, bool]]
) -> dict[int, str]:
    """Items whose unit nobody stated, and the one unit in which the whole file counts them."""
    used: dict[int, set[str | None]] = defaultdict(set)
    for unit, item in zip(units, items, strict=True):
        if item is not None and not stocked[item][2]:
            used[item].add(unit)
    return {item: unit for item, there in used.items() if len(there) == 1 and (unit := next(iter(there)))}


def _converted(
    number: int, name: str, value: Decimal | None, factor: Factor, unit: str, own: str, answer: Answer
) -> Decimal | None:
    """The quantity in stock units, exact to six decimals as a reported use is."""
    if value is None:
        return None
    exact = Fraction(value) * factor[0] / factor[1]
    found = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(STEP, rounding=ROUND_HALF_UP)
    wrong = wrong_number(found) or ("rounds to nothing" if value and not found else "")
    if wrong:
        answer.refuse(
            number, name, value, "bad_in_stock_unit", f"{value:f} {unit} in {own} {wrong}. Mend it."
        )
        return value
    return found


def items_of(rows: Rows, known: Mapping[str, int], name: str = "sku") -> list[int | None]:
    """The item of each row, None where it names none."""
    return [known.get(sku) if sku else None for sku in column(rows, name)]
