"""The likely cause of a variance, with its evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from backflush.models import Backflush, BackflushLine
from ui import formats

LAST_ORDERS = 4
NEAR = Decimal("0.1")
UNIT_RATIOS = (Decimal(1000), Decimal(100), Decimal(12), Decimal(10))

# The last posted documents of the same product: actual over expected, per item used.
BEFORE = f"""
SELECT item_id, ratio FROM (
    SELECT l.item_id, l.actual_quantity / l.expected_quantity AS ratio,
           row_number() OVER (PARTITION BY l.item_id ORDER BY b.posted_at DESC, b.id DESC) AS nth
    FROM backflush_backflush b
    JOIN backflush_backflushline l ON l.backflush_id = b.id
    JOIN production_completion c ON c.id = b.completion_id
    JOIN production_workorderoutput o ON o.id = c.output_id
    WHERE b.status = 'POSTED' AND b.id <> %s AND o.item_id = %s AND l.item_id = ANY(%s) AND l.expected_quantity > 0
) last WHERE nth <= {LAST_ORDERS}
"""


@dataclass(frozen=True, slots=True)
class Cause:
    """A likely cause in two words, and what speaks for it."""

    label: str
    evidence: str
    tone: str = "warn"


def likely_causes(backflush: Backflush, lines: Sequence[BackflushLine]) -> dict[int, Cause]:
    """By line: the first cause whose evidence is there. Asked only for lines whose quantity is off (one query)."""
    off = [line for line in lines if line.actual_quantity != line.expected_quantity]
    if not off:
        return {}
    before: dict[int, list[Decimal]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            BEFORE, [backflush.pk, backflush.completion.output.item_id, [line.item_id for line in off]]
        )
        for item_id, ratio in cursor.fetchall():
            before[item_id].append(ratio)
    completion = backflush.completion
    short_elsewhere: dict[int | None, BackflushLine] = {
        line.stands_in_for_id: line for line in off if line.stands_in_for_id
    }
    causes = {}
    for line in off:
        cause = (
            _rounding(line)
            or _unit(line)
            or _swapped(line, short_elsewhere)
            or _twice(line)
            or _bill(line, before[line.item_id])
            or _scrap(line, completion.good_quantity, completion.scrap_quantity)
        )
        if cause is not None:
            causes[line.pk] = cause
    return causes


def _ratio(line: BackflushLine) -> Decimal | None:
    return line.actual_quantity / line.expected_quantity if line.expected_quantity else None


def _rounding(line: BackflushLine) -> Cause | None:
    step = line.input.rounding_step if line.input else None
    if step is None or abs(line.actual_quantity - line.expected_quantity) >= step:
        return None
    return Cause(
        "Rounding only", f"The difference is smaller than one step of {formats.quantity(step)}.", "mute"
    )


def _unit(line: BackflushLine) -> Cause | None:
    ratio = _ratio(line)
    if ratio is None or ratio <= 0:
        return None
    for factor in UNIT_RATIOS:
        for candidate, words in ((factor, "times"), (1 / factor, "of")):
            if abs(ratio / candidate - 1) < Decimal("0.02"):
                size = formats.quantity(factor)
                shown = f"{size} times" if words == "times" else f"a {size}th of"
                return Cause("Unit mix-up?", f"The actual is {shown} the expected quantity.", "bad")
    return None


def _swapped(line: BackflushLine, short_elsewhere: dict[int | None, BackflushLine]) -> Cause | None:
    twin = short_elsewhere.get(line.item_id)
    if twin is None or line.actual_quantity >= line.expected_quantity:
        return None
    return Cause("Substituted", f"{twin.item.sku} was used in its place on this document.", "info")


def _twice(line: BackflushLine) -> Cause | None:
    if _ratio(line) == 2:
        return Cause("Issued twice?", "The actual is exactly twice the expected quantity.", "bad")
    return None


def _bill(line: BackflushLine, ratios: list[Decimal]) -> Cause | None:
    ratio = _ratio(line)
    if ratio is None or len(ratios) < LAST_ORDERS or ratio == 1:
        return None
    everyone = [*ratios, ratio]
    low, high = min(everyone), max(everyone)
    if (low > 1 or high < 1) and high - low <= NEAR:
        percents = sorted((formats.percent((r - 1) * 100, signed=True) for r in (low, high)), key=len)
        return Cause(
            "Likely the bill",
            f"{percents[0]} to {percents[-1]} on the last {len(ratios)} orders too: its usage is off.",
            "bad",
        )
    return None


def _scrap(line: BackflushLine, good: Decimal, scrap: Decimal) -> Cause | None:
    ratio = _ratio(line)
    if ratio is None or ratio <= 1 or scrap or good <= 0:
        return None
    units = (ratio - 1) * good
    nearest = units.to_integral_value()
    if nearest >= 1 and abs(units - nearest) < Decimal("0.02"):
        return Cause(
            "Scrap not reported?",
            f"The excess is what {formats.quantity(nearest)} more {'unit' if nearest == 1 else 'units'} would take.",
        )
    return None
