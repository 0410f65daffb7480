"""Twelve weeks of orders and of what was built, from one seed: the same at every place and time."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal

from .catalogue import Catalogue

WEEK = 5  # working days
SEED = 20260121
FIRST_NUMBER = 10_001

# How many are made at a time, and how often a week.
SIZES: dict[str, tuple[int, int, int]] = {
    "LK-ONE": (10, 22, 1),
    "LK-DUO": (5, 13, 1),
    "LK-PRO-1": (1, 4, 1),
    "LK-PRO-2": (1, 3, 1),
    "LK-PRO-3": (1, 1, 1),
    "LK-LEV": (4, 9, 1),
    "GR-54": (20, 44, 2),
    "GR-64": (16, 36, 1),
    "GR-83": (6, 14, 1),
    "AC-KET": (30, 60, 2),
    "AC": (40, 120, 1),
    "KT": (60, 160, 2),
}
SCRAP_REASONS = (("PROCESS", 5), ("SETUP", 3), ("QUALITY", 3), ("DAMAGE", 2), ("MACHINE", 1))
BUILD_DAYS = (1, 3, 4)  # of the week
LATELY = 2  # so many weeks the terminals have been loaded every day, and the ERP every week instead of every second


@dataclass(frozen=True, slots=True)
class Part:
    """What was reported at once: good and scrapped units of an order, on a working day of the story."""

    order: str
    sku: str
    day: int
    good: int
    scrap: int
    reason: str
    reference: str
    lot: str
    is_final: bool


@dataclass(slots=True)
class Order:
    """A work order. Without parts nothing was built yet."""

    number: str
    sku: str
    quantity: int
    week: int
    parts: list[Part] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    orders: list[Order]
    weeks: int
    needs: list[dict[str, Decimal]]
    """What each week's building takes of every item; one week more than is told, for what is bought ahead."""

    def of_week(self, week: int) -> list[Order]:
        return [order for order in self.orders if order.week == week]

    @property
    def cycles(self) -> dict[int, range]:
        """By the week in which the ERP's figures come: the weeks until they come again."""
        starts = [*range(0, self.weeks - LATELY, 2), *range(self.weeks - LATELY, self.weeks)]
        return {
            start: range(start, end) for start, end in zip(starts, [*starts[1:], self.weeks], strict=True)
        }

    def reported_on(self, day: int) -> list[Part]:
        """What is loaded on this day: all of the week at its end, and lately what was built on the same day."""
        week = day // WEEK
        if week >= self.weeks - LATELY:
            days = range(day, day + 1)
        else:
            days = range(day - WEEK + 1, day + 1) if day % WEEK == WEEK - 1 else range(0)
        parts = [part for order in self.orders for part in order.parts if part.day in days]
        return sorted(parts, key=lambda part: part.day)


def make_plan(catalogue: Catalogue, weeks: int, *, seed: int = SEED) -> Plan:
    """Finished goods of each week, and in the week before the assemblies that they take.

    Dice are thrown per week, counted from the end: fewer weeks are the same end of the story.
    """

    def dice(week: int) -> random.Random:
        return random.Random(f"{seed} {weeks - week}")  # noqa: S311  a story, not a secret

    finished = [_finished(catalogue, dice(week)) for week in range(weeks + 2)]
    made: list[list[tuple[str, int]]] = []
    for week in range(weeks + 1):
        taken = catalogue.needs(_summed(finished[week + 1]))
        assemblies = [(sku, _rounded(taken[sku])) for sku in catalogue.assemblies if taken[sku]]
        made.append(assemblies + finished[week])
    orders: list[Order] = []
    for week, jobs in enumerate(made):
        rng = dice(week)
        for sku, quantity in jobs:
            order = Order(f"WO-{FIRST_NUMBER + len(orders)}", sku, quantity, week)
            if week < weeks:
                order.parts = _parts(order, is_early=sku in catalogue.assemblies, rng=rng)
            orders.append(order)
    for order in _not_begun(orders, weeks):
        order.parts = []
    needs = [catalogue.needs(_summed(jobs)) for jobs in made]
    return Plan(orders, weeks, needs)


def _finished(catalogue: Catalogue, rng: random.Random) -> list[tuple[str, int]]:
    jobs = []
    for sku in catalogue.finished:
        low, high, times = SIZES[max((key for key in SIZES if sku.startswith(key)), key=len)]
        jobs += [(sku, rng.randint(low, high)) for _ in range(times)]
    rng.shuffle(jobs)
    return jobs


def _parts(order: Order, *, is_early: bool, rng: random.Random) -> list[Part]:
    """Mostly one report of the whole order; one in eight comes in two or three, a few end short of the order."""
    first = order.week * WEEK
    days = [first + day for day in ((1,) if is_early else (3, 4))]
    quantity = order.quantity
    count = rng.choice((2, 3)) if quantity >= 9 and rng.random() < 0.125 else 1
    several = [first + day for day in (BUILD_DAYS if is_early else (3, 4, 6))]
    days = several[:count] if count > 1 else [rng.choice(days)]
    ends_short = quantity >= 20 and rng.random() < 0.03
    parts = []
    left = quantity
    for index, day in enumerate(days):
        is_last = index == len(days) - 1
        units = left if is_last else max(1, left * rng.randint(35, 60) // 100)
        left -= units
        scrap, reason = 0, ""
        if units >= 4 and rng.random() < 0.16:
            scrap = max(1, round(units * rng.uniform(0.01, 0.035)))
            reason = rng.choices([r for r, _ in SCRAP_REASONS], [w for _, w in SCRAP_REASONS])[0]
        good = units - scrap - (rng.randint(1, 2) if ends_short and is_last else 0)
        parts.append(
            Part(
                order=order.number,
                sku=order.sku,
                day=day,
                good=good,
                scrap=scrap,
                reason=reason,
                reference=f"P{index + 1}" if len(days) > 1 else "",
                lot=f"P3-{order.number[-5:]}" if order.sku == "LK-PRO-3" else "",
                is_final=is_last,
            )
        )
    return parts


def _not_begun(orders: Sequence[Order], weeks: int) -> Iterable[Order]:
    """A few orders of the last week are still waiting for their turn."""
    last = [order for order in orders if order.week == weeks - 1 and len(order.parts) == 1]
    return last[4::9]


def _summed(jobs: Iterable[tuple[str, int]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for sku, quantity in jobs:
        found[sku] += quantity
    return found


def _rounded(quantity: Decimal) -> int:
    """Assemblies are ordered a little ahead of what is taken, in fives where they are many."""
    step = 5 if quantity >= 15 else 1
    return int((quantity * Decimal("1.02") / step).to_integral_value(ROUND_UP)) * step
