"""What a line costs: exact sums, the four variances, and their minor units.

Everything here counts in 10⁻¹² of a major unit (millionths of a quantity times millionths of a unit cost), or in a
fraction `scale` of that where a unit cost is itself an average of lots.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .picking import Part
from .scale import half_away


class Valued(NamedTuple):
    """A line in minor units. `substitution + scrap + usage + price = actual − standard`, exactly.

    `judged` is the exact money that a tolerance is held against (substitution and usage), in units of `unit`.
    """

    standard: int
    actual: int
    substitution: int
    scrap: int
    usage: int
    price: int
    amounts: list[int]
    costs: list[int]
    is_cost_known: bool
    judged: int
    unit: int


def value_line(
    *,
    standard: int,
    scrap: int,
    actual: int,
    origin_standard: int,
    is_substitute: bool,
    cost: int | None,
    origin_cost: int | None,
    parts: Sequence[Part],
    unit: int,
    at_standard: bool,
) -> Valued:
    """Value a line. Quantities and unit costs in millionths, `unit` = 10⁻¹² units in one minor unit.

    `cost` is the standard cost of the item used, `origin_cost` that of the item it stands in for. With `at_standard`
    lots cost the standard.
    """
    is_known = cost is not None and (origin_cost is not None or not is_substitute)
    costs: list[int]
    exact: list[int]
    if cost is not None:
        costs = [cost if part.cost is None or at_standard else part.cost for part in parts]
        exact = [part.size * each for part, each in zip(parts, costs, strict=True)]
        spent = sum(exact)
    else:
        known = [(part.size, part.size * part.cost) for part in parts if part.cost is not None]
        count = sum(n for n, _ in known)
        total = sum(n for _, n in known)
        if not count:
            nothing = [0] * len(parts)
            return Valued(0, 0, 0, 0, 0, 0, nothing, nothing, False, 0, unit)
        # The lots' average is the standard; what has no cost takes it too, so the unknown makes no variance.
        if count < 0:
            count, total = -count, -total
        costs = [half_away(total, count) if part.cost is None else part.cost for part in parts]
        exact = [part.size * (total if part.cost is None else part.cost * count) for part in parts]
        spent = sum(exact)
        unit *= count
        origin_cost = None if origin_cost is None else origin_cost * count
        cost = total
    at_own_standard = standard * cost
    due = at_own_standard
    if is_substitute and origin_cost is not None:
        due = origin_standard * origin_cost
    standard_minor, actual_minor = half_away(due, unit), half_away(spent, unit)
    substituted = at_own_standard - due
    scrapped = scrap * cost
    used = (actual - standard - scrap) * cost
    amounts = [actual_minor] if len(exact) == 1 else shared(exact, unit, actual_minor)
    if substituted or scrapped or used:
        four = (substituted, scrapped, used, spent - actual * cost)
        substitution, scrap_part, usage, price = shared(four, unit, actual_minor - standard_minor)
    else:
        substitution, scrap_part, usage, price = 0, 0, 0, actual_minor - standard_minor
    return Valued(
        standard_minor,
        actual_minor,
        substitution,
        scrap_part,
        usage,
        price,
        amounts,
        costs,
        is_known,
        substituted + used,
        unit,
    )


def shared(exact: Sequence[int], unit: int, total: int) -> list[int]:
    """Exact amounts in minor units that add up to `total`: the largest takes the residual, of equals the last."""
    double = 2 * unit
    rounded = [(2 * each + unit) // double if each >= 0 else -((unit - 2 * each) // double) for each in exact]
    residual = total - sum(rounded)
    if residual:
        largest, at = -1, 0
        for position, each in enumerate(exact):
            size = -each if each < 0 else each
            if size >= largest:
                largest, at = size, position
        rounded[at] += residual
    return rounded
