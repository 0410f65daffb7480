"""Lines of one completion: stock is picked, money is worked out, flags are set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .enums import Flag, LineType, NegativePolicy, Source, Tracking
from .errors import EngineError
from .picking import Part, Picked, bring_back, merged, pick, receive
from .places import Supply
from .recipe import CompiledInput
from .results import ComputedLine, Pick, Shortage
from .scale import half_away, micro, quantity
from .shares import Share
from .tolerance import is_beyond
from .types import ONE, ChosenLot, CompletionInputs, ItemFacts
from .uses import Use
from .valuation import shared, value_line

_NOTHING: tuple[Any, ...] = ()
_NONE = quantity(0)
# A NamedTuple's own constructor takes three times as long, and there is one call per line and per pick.
_make = tuple.__new__


class LineMaker:
    """Makes the lines of one completion, with the policies at hand."""

    __slots__ = ("inputs", "is_scrap_unexplained", "items", "lines", "places", "shortages", "stock", "unit")

    def __init__(self, inputs: CompletionInputs) -> None:
        self.inputs = inputs
        self.items = inputs.items
        self.stock = inputs.stock
        self.places = inputs.places
        self.unit = 10 ** (12 - inputs.policies.currency_decimals)
        self.is_scrap_unexplained = bool(inputs.scrap) and not inputs.has_scrap_reason
        self.lines: list[ComputedLine] = []
        self.shortages: list[Shortage] = []

    def supply(self, line: CompiledInput) -> Supply:
        return self.places.supply(line.supply_location, self.facts(line.item).supply_location)

    def facts(self, item: int) -> ItemFacts:
        known = self.items.get(item)
        if known is None:
            raise EngineError("INVALID", f"Nothing is known of item {item}: pass its facts.", (item,))
        return known

    def ordinary(
        self,
        line: CompiledInput,
        standard: int,
        expected: int,
        terms: dict[str, Any],
        flags: tuple[Flag, ...],
    ) -> bool:
        """The plain issue, made fast: as expected, of a component whose cost is known and whose stock is enough.

        It says what `line` below would say; False (and nothing done) where the case is not that plain.
        """
        facts = self.facts(line.item)
        cost = facts.cost_micro
        if cost is None or facts.tracking is Tracking.SERIAL:
            return False
        queue = self.stock.queue(line.item, self.places.supply(line.supply_location, facts.supply_location))
        order, rows, left_of = queue.order, queue.stock.rows, queue.stock.left
        start, end = queue.start, len(order)
        while start < end and left_of[order[start]] <= 0:
            start += 1
        queue.start = at = start
        left = expected
        taken = []
        exact = []
        at_standard = self.inputs.policies.is_stock_at_standard
        while left:
            if at == end:
                return False
            place = order[at]
            held = left_of[place]
            if held > 0:
                part = left if held > left else held
                left -= part
                row = rows[place]
                each = cost if at_standard or row.unit_cost is None else micro(row.unit_cost)
                taken.append((place, part, each))
                exact.append(part * each)
            at += 1
        unit = self.unit
        spent = sum(exact)
        standard_minor, actual_minor = half_away(standard * cost, unit), half_away(spent, unit)
        variance = price_minor = actual_minor - standard_minor
        scrap = expected - standard
        scrap_minor = 0
        is_unexplained = False
        if scrap:
            scrap_cost = scrap * cost
            _, scrap_minor, _, price_minor = shared(
                (0, scrap_cost, 0, spent - expected * cost), unit, variance
            )
            if self.is_scrap_unexplained:
                is_unexplained = True
                flags += (Flag.SCRAP_UNEXPLAINED,)
        amounts = [actual_minor] if len(exact) == 1 else shared(exact, unit, actual_minor)
        picks = []
        for (place, part, each), amount in zip(taken, amounts, strict=True):
            left_of[place] -= part
            row = rows[place]
            picks.append(_make(Pick, (row.location, row.lot, quantity(part), quantity(each), amount, False)))
        standard_quantity, expected_quantity = quantity(standard), quantity(expected)
        self.lines.append(
            _make(
                ComputedLine,
                (
                    line.key,
                    line.item,
                    None,
                    ONE,
                    line.operation,
                    line.line_type,
                    Source.EXPECTED,
                    standard_quantity,
                    quantity(scrap),
                    expected_quantity,
                    expected_quantity,
                    standard_quantity,
                    expected_quantity,
                    facts.standard_cost,
                    facts.standard_cost,
                    standard_minor,
                    actual_minor,
                    0,
                    scrap_minor,
                    0,
                    price_minor,
                    variance,
                    is_unexplained,
                    _NONE,
                    flags,
                    terms,
                    tuple(picks),
                ),
            )
        )
        return True

    def unknown_to_recipe(self, use: Use) -> None:
        """Use of an item that the recipe does not know: nothing of it is standard."""
        self.line(None, use, Share(0, 0, 0, 0), use.quantity or 0, {}, (Flag.EXTRA,))

    def line(
        self,
        line: CompiledInput | None,
        use: Use | None,
        share: Share,
        actual: int,
        terms: dict[str, Any],
        flags: tuple[Flag, ...],
    ) -> None:
        standard, expected, origin_standard, origin_expected, _ = share
        stands_in_for: int | None = None
        chosen: Sequence[ChosenLot] = _NOTHING
        if use is None:
            assert line is not None
            item, source, factor = line.item, Source.EXPECTED, ONE
        else:
            item, chosen, source, factor = use.item, use.lots, use.source, use.factor
            stands_in_for = use.stands_in_for
        facts = self.facts(item)
        policies = self.inputs.policies
        parts: Sequence[Part] = _NOTHING
        short, is_return = 0, False
        if actual:
            picked, is_return = self._picked(line, facts, actual, chosen)
            parts, short = picked.parts, picked.short
            flags += picked.flags
            if use is not None and use.is_lot_unknown and facts.tracking is Tracking.LOT and actual > 0:
                flags += (Flag.LOT_UNKNOWN,)
        origin_cost: int | None = None
        origin: ItemFacts | None = None
        is_substitute = stands_in_for is not None and line is not None
        if is_substitute:
            assert stands_in_for is not None
            origin = self.facts(stands_in_for)
            origin_cost = origin.cost_micro
            flags += (Flag.SUBSTITUTE,)
        scrap = expected - standard
        valued = value_line(
            standard=standard,
            scrap=scrap,
            actual=actual,
            origin_standard=origin_standard,
            is_substitute=is_substitute,
            cost=facts.cost_micro,
            origin_cost=origin_cost,
            parts=parts,
            unit=self.unit,
            at_standard=policies.is_stock_at_standard and not is_return,
        )
        if not valued.is_cost_known and (standard or expected or actual):
            flags += (Flag.NO_COST,)
        if expected and not actual:
            flags += (Flag.NONE_USED,)
        is_over = actual != expected and is_beyond(
            expected=expected,
            actual=actual,
            step=line.step if line is not None and item == line.item else facts.step_micro,
            judged=valued.judged,
            unit=valued.unit,
            is_cost_known=valued.is_cost_known,
            facts=facts,
            policies=policies,
        )
        if scrap and self.is_scrap_unexplained:
            is_over = True
            flags += (Flag.SCRAP_UNEXPLAINED,)
        if short:
            policy = facts.negative_policy or policies.negative_policy
            if policy is NegativePolicy.BLOCK:
                flags += (Flag.BLOCKED,)
            self.shortages.append(
                Shortage(line.key if line else None, item, quantity(actual), quantity(actual - short), policy)
            )
        self.lines.append(
            _make(
                ComputedLine,
                (
                    line.key if line else None,
                    item,
                    stands_in_for,
                    factor,
                    line.operation if line else None,
                    line.line_type if line else LineType.COMPONENT,
                    source,
                    quantity(standard),
                    quantity(scrap),
                    quantity(expected),
                    quantity(actual),
                    quantity(origin_standard),
                    quantity(origin_expected),
                    facts.standard_cost,
                    facts.standard_cost if origin is None else origin.standard_cost,
                    valued.standard,
                    valued.actual,
                    valued.substitution,
                    valued.scrap,
                    valued.usage,
                    valued.price,
                    valued.actual - valued.standard,
                    is_over,
                    quantity(short),
                    flags,
                    terms,
                    tuple(
                        [
                            _make(
                                Pick,
                                (
                                    part.location,
                                    part.lot,
                                    quantity(part.size),
                                    quantity(cost),
                                    amount,
                                    part.is_short,
                                ),
                            )
                            for part, cost, amount in zip(parts, valued.costs, valued.amounts, strict=True)
                        ]
                    ),
                ),
            )
        )

    def _picked(
        self, line: CompiledInput | None, facts: ItemFacts, actual: int, chosen: Sequence[ChosenLot]
    ) -> tuple[Picked, bool]:
        """Where the quantity comes from, and whether it comes back rather than goes."""
        supply = self.places.supply(line.supply_location if line else None, facts.supply_location)
        sign = line.sign if line else 1
        if actual * sign < 0:
            posted = self.inputs.posted.get(line.key, _NOTHING) if line else _NOTHING
            return bring_back(actual, facts.key, supply, chosen, posted), True
        if sign < 0:
            return receive(actual, facts, supply, chosen), False
        picked = pick(actual, facts, self.stock, supply, chosen)
        return (picked._replace(parts=merged(picked.parts)) if chosen else picked), False
