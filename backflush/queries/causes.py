"""The likely cause of a line's variance, with what speaks for it.

Asked of any lines at once, in a constant number of queries. The first cause whose evidence is there is told: a
difference of rounding, a mix-up of units, a substitute, use reported twice, a bill that is off, scrap nobody reported.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from backflush.models import Backflush, BackflushLine
from ui import formats

LAST_ORDERS = 4
NEAR = Decimal("0.1")
CLOSE = Decimal("0.02")
# Units that people mistake for each other: thousands and hundreds of a unit, dozens, tens, inches, pounds, minutes.
UNIT_RATIOS = tuple(map(Decimal, ("1000", "100", "12", "10", "25.4", "2.204623", "60", "1000000")))
STRAIGHT = ("per_unit", "per_n")

LINES = """
SELECT l.id, l.backflush_id, l.item_id, t.sku, l.stands_in_for_id, l.input_id, l.expected_quantity, l.actual_quantity,
       COALESCE(i.rounding_step, 0), COALESCE(i.basis, ''), COALESCE(i.fixed_quantity, 0),
       COALESCE(i.factor_numerator, 1), COALESCE(i.factor_denominator, 1), COALESCE(i.unit, ''), t.unit,
       NULLIF(i.substitutes, '[]')::text, COALESCE(i.usage, 0), o.item_id, c.good_quantity, c.scrap_quantity
FROM backflush_backflushline l
JOIN inventory_item t ON t.id = l.item_id
JOIN backflush_backflush b ON b.id = l.backflush_id
JOIN production_completion c ON c.id = b.completion_id
JOIN production_workorderoutput o ON o.id = c.output_id
LEFT JOIN production_workorderinput i ON i.id = l.input_id
WHERE l.backflush_id = ANY(%s) AND l.actual_quantity <> l.expected_quantity
"""

# The last posted documents of the same product: actual over expected, per item used.
BEFORE = f"""
SELECT backflush_id, item_id, ratio FROM (
    SELECT w.backflush_id, l.item_id, l.actual_quantity / l.expected_quantity AS ratio,
           row_number() OVER (PARTITION BY w.backflush_id, l.item_id ORDER BY b.posted_at DESC, b.id DESC) AS nth
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS w(backflush_id, product_id, item_id)
    JOIN production_workorderoutput o ON o.item_id = w.product_id
    JOIN production_completion c ON c.output_id = o.id
    JOIN backflush_backflush b ON b.completion_id = c.id AND b.status = 'POSTED' AND b.id <> w.backflush_id
    JOIN backflush_backflushline l ON l.backflush_id = b.id AND l.item_id = w.item_id AND l.expected_quantity > 0
) last WHERE nth <= {LAST_ORDERS}
"""

REPORTS = """
SELECT h.backflush_id, u.item_id, u.quantity
FROM backflush_helduse h JOIN production_reporteduse u ON u.id = h.reported_use_id
WHERE h.backflush_id = ANY(%s) AND h.is_live AND u.quantity <> 0
"""


@dataclass(frozen=True, slots=True)
class Cause:
    """A likely cause in two words, and what speaks for it."""

    label: str
    evidence: str
    tone: str = "warn"


class _Line(NamedTuple):
    id: int
    backflush_id: int
    item_id: int
    sku: str
    stands_in_for_id: int | None
    input_id: int | None
    expected: Decimal
    actual: Decimal
    step: Decimal
    basis: str
    fixed: Decimal
    factor_numerator: int
    factor_denominator: int
    bill_unit: str
    unit: str
    substitutes: str | None
    usage: Decimal
    product_id: int
    good: Decimal
    scrap: Decimal

    @property
    def off(self) -> Decimal:
        return self.actual - self.expected

    @property
    def ratio(self) -> Decimal | None:
        return self.actual / self.expected if self.expected else None

    @property
    def more_units(self) -> int:
        """How many more units than were reported would have taken what was used; 0 where that says nothing."""
        ratio, reported = self.ratio, self.good + self.scrap
        if ratio is None or ratio <= 1 or reported <= 0 or self.fixed or self.basis not in STRAIGHT:
            return 0
        units = (ratio - 1) * reported
        nearest = units.to_integral_value()
        return int(nearest) if nearest >= 1 and abs(units - nearest) < CLOSE else 0


def likely_causes(backflush: Backflush, lines: Sequence[BackflushLine]) -> dict[int, Cause]:
    """By line of one document: its cause, where there is evidence for one."""
    found = causes_of([backflush.pk])
    return {line.pk: found[line.pk] for line in lines if line.pk in found}


def causes_of(backflush_ids: Iterable[int]) -> dict[int, Cause]:
    """By line id, for all lines of these documents whose quantity is off (three queries)."""
    ids = sorted(set(backflush_ids))
    documents: dict[int, list[_Line]] = defaultdict(list)
    for row in _rows(LINES, ids):
        documents[row[1]].append(_Line(*row))
    off = [line for lines in documents.values() for line in lines]
    if not off:
        return {}
    before: dict[tuple[int, int], list[Decimal]] = defaultdict(list)
    for backflush_id, item_id, ratio in _rows(
        BEFORE,
        [line.backflush_id for line in off],
        [line.product_id for line in off],
        [line.item_id for line in off],
    ):
        before[backflush_id, item_id].append(ratio)
    reports: dict[tuple[int, int], list[Decimal]] = defaultdict(list)
    for backflush_id, item_id, quantity in _rows(REPORTS, sorted(documents)):
        reports[backflush_id, item_id].append(quantity)
    causes: dict[int, Cause] = {}
    for lines in documents.values():
        for line in lines:
            key = (line.backflush_id, line.item_id)
            cause = (
                _rounding(line)
                or _unit(line)
                or _swapped(line, lines)
                or _twice(line, reports.get(key, ()))
                or _bill(line, before.get(key, ()))
                or _scrap(line, lines)
            )
            if cause is not None:
                causes[line.id] = cause
    return causes


def _rounding(line: _Line) -> Cause | None:
    if not line.step or abs(line.off) >= line.step:
        return None
    return Cause(
        "Rounding only", f"The difference is smaller than one step of {formats.quantity(line.step)}.", "mute"
    )


def _unit(line: _Line) -> Cause | None:
    """The ratio is that of two units: those of this very line first, then pairs that people mistake."""
    ratio = line.ratio
    if ratio is None or ratio <= 0:
        return None
    own = Decimal(line.factor_denominator) / Decimal(line.factor_numerator)
    if own != 1:
        for factor in (own, 1 / own):
            if abs(ratio / factor - 1) < CLOSE:
                return Cause(
                    "Unit mix-up?",
                    f"The actual is {_times(ratio)} the expected quantity, as {line.bill_unit} is to {line.unit}: "
                    f"the bill counts in {line.bill_unit}, stock in {line.unit}.",
                    "bad",
                )
    for factor in UNIT_RATIOS:
        for candidate in (factor, 1 / factor):
            if abs(ratio / candidate - 1) < CLOSE:
                return Cause(
                    "Unit mix-up?", f"The actual is {_times(candidate)} the expected quantity.", "bad"
                )
    return None


def _swapped(line: _Line, lines: Sequence[_Line]) -> Cause | None:
    """Short here and over there: one of the bill's alternatives that nobody declared, or by the same quantity."""
    for other in lines:
        if other.id == line.id:
            continue
        short, over = (line, other) if line.off < 0 else (other, line)
        if short.off >= 0 or over.off <= 0 or over.stands_in_for_id is not None:
            continue
        factor = _alternatives(short).get(over.item_id)
        if factor is not None:
            verb = "is short" if line is short else "is over"
            return Cause(
                "Substitute?",
                f"It {verb} by {formats.quantity(abs(line.off))} and {other.sku}, "
                f"{'which may stand in for it' if line is short else 'for which it may stand in'}, is "
                f"{'over' if line is short else 'short'} by {formats.quantity(abs(other.off))}.",
                "info",
            )
        if -short.off == over.off and not _alternatives(short):
            return Cause(
                "Mixed up with another?",
                f"{short.sku} is short by {formats.quantity(over.off)} and {over.sku} over by as much.",
                "info",
            )
    return None


def _alternatives(line: _Line) -> Mapping[int, Decimal]:
    return {s["item_id"]: Decimal(s["factor"]) for s in json.loads(line.substitutes or "[]")}


def _twice(line: _Line, reports: Sequence[Decimal]) -> Cause | None:
    """Two reports of one quantity, one of which alone would do; or exactly twice the expected quantity."""
    for quantity in set(reports):
        without = line.actual - quantity
        if reports.count(quantity) > 1 and line.expected and abs(without / line.expected - 1) <= CLOSE:
            return Cause(
                "Issued twice?",
                f"{reports.count(quantity)} reports of {formats.quantity(quantity)}; without one of them the use is as "
                "expected.",
                "bad",
            )
    if line.ratio == 2:
        return Cause("Issued twice?", "The actual is exactly twice the expected quantity.", "bad")
    return None


def _bill(line: _Line, ratios: Sequence[Decimal]) -> Cause | None:
    ratio = line.ratio
    if ratio is None or len(ratios) < LAST_ORDERS or ratio == 1:
        return None
    everyone = [*ratios, ratio]
    low, high = min(everyone), max(everyone)
    if not ((low > 1 or high < 1) and high - low <= NEAR):
        return None
    percents = sorted((formats.percent((r - 1) * 100, signed=True) for r in (low, high)), key=len)
    span = percents[0] if percents[0] == percents[1] else f"{percents[0]} to {percents[-1]}"
    evidence = f"{span} on the last {len(ratios)} orders too: its usage is off."
    if line.basis in STRAIGHT and not line.fixed:
        fitting = line.usage * sum(everyone, Decimal(0)) / len(everyone)
        evidence += (
            f" {formats.quantity(round(fitting, 4))} {line.bill_unit} would fit better than "
            f"{formats.quantity(line.usage)}."
        )
    return Cause("Likely the bill", evidence, "bad")


def _scrap(line: _Line, lines: Sequence[_Line]) -> Cause | None:
    units = line.more_units
    if not units:
        return None
    alike = sum(1 for other in lines if other.more_units == units)
    evidence = f"The excess is what {units:,} more {'unit' if units == 1 else 'units'} would take"
    if alike > 1:
        evidence += f", on {alike} lines alike"
    if line.scrap:
        evidence += f"; {formats.quantity(line.scrap)} scrapped were reported"
    return Cause("Scrap not reported?", f"{evidence}.")


def _times(ratio: Decimal) -> str:
    """`1,000 times`, or `a 1,000th of`."""
    if ratio >= 1:
        return f"{formats.quantity(round(ratio, 4))} times"
    return f"a {formats.quantity(round(1 / ratio, 4))}th of"


def _rows(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
