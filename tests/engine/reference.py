"""The calculation a second time: slow and obvious, in fractions, written from the rules and not from the engine.

It uses the engine's types as the common language of inputs, and nothing else of it.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from backflush.engine.enums import Basis, LineType, LossMethod, LotOrder, Rounding, ScrapPolicy, Supply
from backflush.engine.stock import StockRow
from backflush.engine.types import ItemFacts, Policies, Recipe, RecipeInput, ReportedUse

ZERO = Fraction(0)
MILLIONTH = Fraction(1, 1_000_000)


def half_up(value: Fraction) -> int:
    """To a whole number, halves away from zero."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole


def rounded(
    value: Fraction, step: Decimal | None, direction: Rounding | None, *, is_output: bool
) -> Fraction:
    """Of the magnitude, once."""
    if step is None:
        return half_up(value / MILLIONTH) * MILLIONTH
    steps = abs(value) / Fraction(step)
    direction = direction or (Rounding.DOWN if is_output else Rounding.UP)
    whole = {
        Rounding.UP: math.ceil(steps),
        Rounding.DOWN: math.floor(steps),
        Rounding.NEAREST: math.floor(steps + Fraction(1, 2)),
    }[direction]
    return whole * Fraction(step) * (-1 if value < 0 else 1)


@dataclass
class SlowLine:
    """One line as the rules say it must be."""

    input_key: int | None
    item: int
    standard: Fraction
    scrap: Fraction
    actual: Fraction
    origin_standard: Fraction
    standard_minor: int
    actual_minor: int
    parts_minor: list[int]
    picks: list[tuple[int | None, int | None, Fraction, int, bool]]
    is_beyond: bool
    short: Fraction


@dataclass
class SlowPart:
    operation: int | None
    good: Fraction
    scrap: Fraction
    lines: list[SlowLine] = field(default_factory=list)
    # What the lines hold: per input in the input's item; per input and substitute in its unit, rounded and exact.
    held: dict[int, tuple[Fraction, Fraction]] = field(default_factory=dict)
    substitutes: dict[tuple[int, int], tuple[Fraction, Fraction, Fraction, Fraction]] = field(
        default_factory=dict
    )
    # What was posted for each input, in order: place, lot, quantity, unit cost. Returns are negative (of an input).
    posted: dict[int, list[tuple[int | None, int | None, Fraction, Fraction]]] = field(default_factory=dict)
    is_live: bool = True


@dataclass
class OnHand:
    row: StockRow
    left: Fraction


class SlowOrder:
    """One output, its parts, and the stock they take from."""

    def __init__(
        self,
        recipe: Recipe,
        items: dict[int, ItemFacts],
        stock: list[StockRow],
        policies: Policies,
        locations: list[int],
        order_quantity: Decimal | None,
        lot_order: LotOrder = LotOrder.FIFO,
    ) -> None:
        self.lot_order = lot_order
        self.recipe = recipe
        self.items = items
        self.policies = policies
        self.locations = locations
        self.order_quantity = order_quantity
        self.parts: list[SlowPart] = []
        self.stock = [OnHand(row, Fraction(row.quantity)) for row in stock]

    # --- sections 1 to 3: targets ----------------------------------------------------------------------------

    def by_key(self, key: int) -> RecipeInput:
        return next(line for line in self.recipe.inputs if line.key == key)

    def last_operation(self) -> int:
        if self.recipe.last_operation is not None:
            return self.recipe.last_operation
        named = [line.operation for line in self.recipe.inputs if line.operation is not None]
        return max([0, *named, *self.recipe.reporting_points])

    def place(self, operation: int | None) -> int:
        last = self.last_operation()
        return last if operation is None else min(operation, last)

    def point(self, line: RecipeInput) -> int:
        last = self.last_operation()
        points = sorted({*self.recipe.reporting_points, last})
        own = last if line.operation is None else line.operation
        return min([point for point in points if own <= point <= last], default=last)

    def totals(self, line: RecipeInput, parts: list[SlowPart]) -> tuple[Fraction, Fraction, bool]:
        """Good and scrap that drive an input, and whether anything at all was reported for it."""
        point = self.point(line)
        start = -1 if line.operation is None else self.place(line.operation)
        if self.recipe.scrap_policy is ScrapPolicy.ALL:
            start = -1
        good = sum((part.good for part in parts if self.place(part.operation) == point), ZERO)
        scrap = sum((part.scrap for part in parts if start <= self.place(part.operation) <= point), ZERO)
        is_due = good > 0 or scrap > 0
        if self.recipe.scrap_policy is ScrapPolicy.NONE:
            scrap = ZERO
        return good, scrap, is_due

    def need(self, line: RecipeInput, units: Fraction, planned: bool) -> Fraction:
        """usage × driver × loss + fixed, converted; a phantom's result is the driver of its lines."""
        per_order = line.basis is Basis.PER_ORDER
        once = line.fixed_quantity or line.usage
        factor = Fraction(line.factor_numerator, line.factor_denominator)
        if per_order:
            return Fraction(once) * factor
        parent = None if line.parent is None else self.by_key(line.parent)
        loss_of_bill = self.recipe.planned_loss_percent if parent is None else parent.planned_loss_percent
        if line.basis is Basis.ORDER_QUANTITY:
            ordered = self.ordered()
            driver = ordered if parent is None else self.need(parent, ordered, False)
        else:
            driver = units if parent is None else self.need(parent, units, planned)
            if planned:
                driver *= 1 + Fraction(loss_of_bill) / 100
        s = Fraction(line.loss_percent) / 100
        loss = 1 + s if line.loss_method is LossMethod.MULTIPLY else 1 / (1 - s)
        usage, per = Fraction(line.usage), Fraction(line.usage_per)
        if line.basis is Basis.PER_BATCH:
            amount = math.ceil(driver / per) * usage * loss
        elif line.basis is Basis.PIECES:
            amount = math.ceil(driver * loss / per) * usage
        else:
            amount = usage * driver / per * loss
        return (amount + Fraction(line.fixed_quantity)) * factor

    def ordered(self) -> Fraction:
        if self.order_quantity is not None:
            return Fraction(self.order_quantity)
        return sum((part.good + part.scrap for part in self.live()), ZERO)

    def live(self) -> list[SlowPart]:
        return [part for part in self.parts if part.is_live]

    def targets(self, line: RecipeInput, parts: list[SlowPart]) -> tuple[Fraction, Fraction]:
        """The exact targets: of good with the planned loss, of good and scrap without."""
        good, scrap, is_due = self.totals(line, parts)
        if not is_due:
            return ZERO, ZERO
        sign = -1 if line.line_type is LineType.BYPRODUCT else 1
        standard = sign * self.need(line, good, True)
        if self.recipe.scrap_policy is ScrapPolicy.NONE:
            return standard, standard
        return standard, sign * self.need(line, good + scrap, False)

    def to_step(self, line: RecipeInput, value: Fraction) -> Fraction:
        is_output = line.line_type is LineType.BYPRODUCT
        return rounded(value, line.rounding_step, line.rounding, is_output=is_output)

    # --- a completion ----------------------------------------------------------------------------------------

    def complete(
        self, good: Decimal, scrap: Decimal, operation: int | None, reported: list[ReportedUse]
    ) -> SlowPart:
        part = SlowPart(operation, Fraction(good), Fraction(scrap))
        self.parts.append(part)
        earlier = [p for p in self.live() if p is not part]
        due: dict[int, tuple[Fraction, Fraction]] = {}
        for line in self.recipe.inputs:
            standard, expected = (self.to_step(line, t) for t in self.targets(line, self.live()))
            held = [p.held.get(line.key, (ZERO, ZERO)) for p in earlier]
            due[line.key] = (standard - sum(h[0] for h in held), expected - sum(h[1] for h in held))
        uses = self.shared_out(reported, due, part)
        for line in self.recipe.inputs:
            if line.is_phantom:
                continue
            used = uses.pop(line.key, None)
            touched = self.totals(line, self.live()) != self.totals(line, earlier) or self.raw_touched(
                line, part
            )
            if used is None and (line.supply is Supply.HAND or not (any(due[line.key]) or touched)):
                continue
            self.add_lines(part, line, due[line.key], used)
        for use in uses.pop(-1, []):
            self.add_line(part, None, use.item, None, (ZERO, ZERO), ZERO, Fraction(use.quantity), [])
        return part

    def raw_touched(self, line: RecipeInput, part: SlowPart) -> bool:
        point, at = self.point(line), self.place(part.operation)
        start = (
            -1 if line.operation is None or self.recipe.scrap_policy is ScrapPolicy.ALL else line.operation
        )
        return (part.good != 0 and at == point) or (part.scrap != 0 and min(start, point) <= at <= point)

    # --- section 4: actual -----------------------------------------------------------------------------------

    def shared_out(
        self, reported: list[ReportedUse], due: dict[int, tuple[Fraction, Fraction]], part: SlowPart
    ) -> dict[int, list[ReportedUse]]:
        """Rows by input (-1: the recipe does not know the item). Rows are for items here, never for inputs."""
        result: dict[int, list[ReportedUse]] = {}
        for row in reported:
            wanted = row.item if row.stands_in_for is None else row.stands_in_for
            lines = [line for line in self.recipe.inputs if line.item == wanted and not line.is_phantom]
            lines = [line for line in lines if line.line_type is LineType.COMPONENT] or lines
            lines = [line for line in lines if self.raw_touched(line, part)] or lines
            if not lines:
                result.setdefault(-1, []).append(row)
                continue
            left = Fraction(row.quantity)
            for line in lines:
                rows = result.setdefault(line.key, [])
                share = left
                if line is not lines[-1]:
                    covered = sum(
                        (Fraction(r.quantity) / Fraction(r.factor or 1) for r in rows if r is not row), ZERO
                    )
                    sign = -1 if line.line_type is LineType.BYPRODUCT else 1
                    room = max(ZERO, sign * due[line.key][1] - covered) * Fraction(row.factor or 1)
                    share = min(left, math.floor(room / MILLIONTH) * MILLIONTH)
                if share or len(lines) == 1:
                    rows.append(row._replace(quantity=Decimal(int(share / MILLIONTH)) / 1_000_000))
                left -= share
        return result

    def add_lines(
        self,
        part: SlowPart,
        line: RecipeInput,
        due: tuple[Fraction, Fraction],
        used: list[ReportedUse] | None,
    ) -> None:
        standard, expected = due
        part.held[line.key] = due
        sign = -1 if line.line_type is LineType.BYPRODUCT else 1
        if used is None and expected * sign < 0:
            back = self.coming_back(line, abs(expected))
            actual = -sign * sum((quantity for _, _, quantity, _ in back), ZERO)
            self.add_line(part, line, line.item, None, due, standard, actual, [], back)
            return
        if used is None:
            self.add_line(part, line, line.item, None, due, standard, expected, [])
            return
        by_item: dict[int, list[ReportedUse]] = {}
        for row in used:
            by_item.setdefault(row.item, []).append(row)
        if not by_item:
            self.add_line(part, line, line.item, None, due, standard, ZERO, [])
            return
        amounts = {item: sign * sum(Fraction(r.quantity) for r in rows) for item, rows in by_item.items()}
        substitutes = [item for item in by_item if item != line.item]
        if not substitutes:
            self.add_line(part, line, line.item, None, due, standard, amounts[line.item], by_item[line.item])
            return
        # The item keeps its use up to what is expected; substitutes share the rest, the last takes all that is left.
        factors = {item: Fraction(by_item[item][0].factor or 1) for item in substitutes}
        left, shares = expected, {}
        for item in sorted(by_item, key=lambda item: item != line.item):
            amount = amounts[item] / factors.get(item, Fraction(1))
            if item == substitutes[-1]:
                shares[item] = left
            else:
                shares[item] = min(amount, left) if left > 0 and amount > 0 else ZERO
                if left < 0 and amount < 0:
                    shares[item] = max(amount, left)
            left -= shares[item]
        live_before = [p for p in self.live() if p is not part]
        target_after = self.targets(line, self.live())
        target_before = self.targets(line, live_before)
        for item in by_item:
            is_last = item == substitutes[-1]
            weight = shares[item] / expected if expected else Fraction(is_last)
            if is_last:
                origin = standard - sum(
                    half_up(shares[other] / expected * standard / MILLIONTH) * MILLIONTH if expected else ZERO
                    for other in by_item
                    if other != item
                )
            else:
                origin = half_up(weight * standard / MILLIONTH) * MILLIONTH
            if item == line.item:
                self.add_line(
                    part, line, item, None, (origin, shares[item]), origin, amounts[item], by_item[item]
                )
                continue
            held = [p.substitutes[line.key, item] for p in live_before if (line.key, item) in p.substitutes]
            facts = self.items[item]
            numbers = []
            for which in (0, 1):
                # What nobody took before (a reversal, use by hand that was not reported) is due now too.
                held_before = sum((p.held.get(line.key, (ZERO, ZERO))[which] for p in live_before), ZERO)
                left_open = target_before[which]
                if held_before or any(key == line.key for p in live_before for key, _ in p.substitutes):
                    left_open = self.to_step(line, target_before[which]) - held_before
                change = target_after[which] - target_before[which] + left_open
                share = factors[item] * weight * change
                whole = sum((h[which + 2] for h in held), ZERO) + share
                total = rounded(whole, facts.rounding_step, facts.rounding, is_output=sign < 0)
                numbers.append((total - sum((h[which] for h in held), ZERO), share))
            part.substitutes[line.key, item] = (numbers[0][0], numbers[1][0], numbers[0][1], numbers[1][1])
            own = (numbers[0][0], numbers[1][0])
            self.add_line(part, line, item, line.item, own, origin, amounts[item], by_item[item])

    # --- section 3: corrections ------------------------------------------------------------------------------

    def coming_back(
        self, line: RecipeInput, most: Fraction
    ) -> list[tuple[int | None, int | None, Fraction, Fraction]]:
        """What was posted last for the input comes back first, at most what is net posted: place, lot, size, cost."""
        sign = -1 if line.line_type is LineType.BYPRODUCT else 1
        standing: list[list[object]] = []
        for part in self.live():
            for place, lot, quantity, cost in part.posted.get(line.key, []):
                left = sign * quantity
                if left < 0:
                    for row in reversed(standing):
                        if row[:2] == [place, lot] and left < 0:
                            assert isinstance(row[2], Fraction)
                            taken = min(row[2], -left)
                            row[2] -= taken
                            left += taken
                else:
                    standing.append([place, lot, left, cost])
        found = []
        for place, lot, size, cost in reversed(standing):
            assert isinstance(size, Fraction)
            taken = min(size, most)
            if taken > 0:
                most -= taken
                found.append((place, lot, taken, cost))
        return found  # type: ignore[return-value]

    # --- sections 5 and 6: lots and money --------------------------------------------------------------------

    def add_line(
        self,
        part: SlowPart,
        line: RecipeInput | None,
        item: int,
        stands_in_for: int | None,
        own: tuple[Fraction, Fraction],
        origin_standard: Fraction,
        actual: Fraction,
        rows: list[ReportedUse],
        back: list[tuple[int | None, int | None, Fraction, Fraction]] | None = None,
    ) -> None:
        standard, expected = own
        facts = self.items[item]
        is_byproduct = line is not None and line.line_type is LineType.BYPRODUCT
        first = self.order_of_places(line, facts)[0]
        if back is not None:
            turn = 1 if is_byproduct else -1
            picks = [(place, lot, turn * size, each, False) for place, lot, size, each in back]
        elif is_byproduct:
            picks = []
            left = actual
            for row in rows:
                if row.lot is not None:
                    picks.append((first, row.lot, -Fraction(row.quantity), None, False))
                    left += Fraction(row.quantity)
            picks += [(first, None, left, None, False)]
            picks = [pick for pick in picks if pick[2]]
        else:
            picks = self.pick(line, facts, actual, rows)
        cost = None if facts.standard_cost is None else Fraction(facts.standard_cost)
        origin_cost = cost
        if stands_in_for is not None:
            known = self.items[stands_in_for].standard_cost
            origin_cost = None if known is None else Fraction(known)
        is_known = cost is not None and origin_cost is not None
        if cost is None:
            of_lots = [(q, c) for _, _, q, c, _ in picks if c is not None]
            weight = sum((q for q, _ in of_lots), ZERO)
            cost = sum((q * c for q, c in of_lots), ZERO) / weight if weight else None
        elif self.policies.is_stock_at_standard and back is None:
            picks = [(place, lot, q, cost, short) for place, lot, q, _, short in picks]
        scrap = expected - standard
        if cost is None:
            exact, actual_cost, standard_cost = [ZERO] * 4, ZERO, ZERO
            amounts = [ZERO for _ in picks]
        else:
            amounts = [q * (cost if c is None else c) for _, _, q, c, _ in picks]
            actual_cost = sum(amounts, ZERO)
            standard_cost = standard * cost
            if stands_in_for is not None and origin_cost is not None:
                standard_cost = origin_standard * origin_cost
            exact = [
                standard * cost - standard_cost,
                scrap * cost,
                (actual - standard - scrap) * cost,
                actual_cost - actual * cost,
            ]
        if line is not None:
            # A unit cost is kept with six decimals; a return comes in at it.
            kept = [ZERO if cost is None else (cost if c is None else c) for _, _, _, c, _ in picks]
            part.posted.setdefault(line.key, []).extend(
                (place, lot, q, half_up(each / MILLIONTH) * MILLIONTH)
                for (place, lot, q, _, _), each in zip(picks, kept, strict=True)
            )
        minor = 10**self.policies.currency_decimals
        standard_minor, actual_minor = half_up(standard_cost * minor), half_up(actual_cost * minor)
        parts_minor = self.with_residual(exact, actual_minor - standard_minor, minor)
        pick_minor = self.with_residual(amounts, actual_minor, minor)
        part.lines.append(
            SlowLine(
                None if line is None else line.key,
                item,
                standard,
                scrap,
                actual,
                origin_standard,
                standard_minor,
                actual_minor,
                parts_minor,
                [
                    (place, lot, q, amount, short)
                    for (place, lot, q, _, short), amount in zip(picks, pick_minor, strict=True)
                ],
                self.beyond(line, facts, expected, actual, exact[0] + exact[2], is_known),
                sum((q for _, _, q, _, short in picks if short), ZERO),
            )
        )

    @staticmethod
    def with_residual(exact: list[Fraction], total: int, minor: int) -> list[int]:
        """Each rounded; the largest before rounding takes the residual, of equals the last."""
        if not exact:
            return []
        result = [half_up(each * minor) for each in exact]
        largest = max(range(len(exact)), key=lambda at: (abs(exact[at]), at))
        result[largest] += total - sum(result)
        return result

    def beyond(
        self,
        line: RecipeInput | None,
        facts: ItemFacts,
        expected: Fraction,
        actual: Fraction,
        money: Fraction,
        is_known: bool,
    ) -> bool:
        difference = abs(actual - expected)
        step = line.rounding_step if line is not None and line.item == facts.key else facts.rounding_step
        if not difference or (step is not None and difference < Fraction(step)):
            return False
        if not expected:
            return True
        percent = (
            self.policies.tolerance_percent if facts.tolerance_percent is None else facts.tolerance_percent
        )
        amount = self.policies.tolerance_minor if facts.tolerance_minor is None else facts.tolerance_minor
        if difference / abs(expected) * 100 <= Fraction(percent):
            return False
        return not is_known or abs(money) * 10**self.policies.currency_decimals > amount

    def order_of_places(self, line: RecipeInput | None, facts: ItemFacts) -> list[int]:
        named = [None if line is None else line.supply_location, facts.supply_location, *self.locations]
        return list(dict.fromkeys(place for place in named if place is not None))

    def pick(
        self, line: RecipeInput | None, facts: ItemFacts, actual: Fraction, rows: list[ReportedUse]
    ) -> list[tuple[int | None, int | None, Fraction, Fraction | None, bool]]:
        """Reported lots first, wherever they are, then by place and age; what is missing stands at the first place."""
        places = self.order_of_places(line, facts)
        everywhere = [entry for entry in self.stock if entry.row.item == facts.key]
        offered = [entry for entry in everywhere if entry.row.location in places]
        last = dt.date.max
        offered.sort(
            key=lambda entry: (
                places.index(entry.row.location),
                (entry.row.expires_on or last).toordinal() if self.lot_order is LotOrder.FEFO else 0,
                entry.row.received_on.toordinal() if entry.row.received_on else 0,
                entry.row.code,
                entry.row.lot or 0,
            )
        )
        elsewhere = [entry for entry in everywhere if entry.row.location not in places]
        wishes: list[tuple[int | None, Fraction]] = [
            (r.lot, abs(Fraction(r.quantity))) for r in rows if r.lot
        ]
        wishes.append((None, actual))
        found: dict[tuple[int | None, int | None, Fraction | None, bool], Fraction] = {}
        left = actual
        for lot, most in wishes:
            most = min(most, left)
            for entry in offered if lot is None else [*offered, *elsewhere]:
                row = entry.row
                take = min(most, entry.left) if lot in (None, row.lot) else ZERO
                if take > 0:
                    cost = None if row.unit_cost is None else Fraction(row.unit_cost)
                    key = (row.location, row.lot, cost, False)
                    found[key] = found.get(key, ZERO) + take
                    entry.left -= take
                    most -= take
                    left -= take
        if left:
            found[(places[0], None, None, facts.is_stock_known)] = left
        return [(place, lot, q, cost, short) for (place, lot, cost, short), q in found.items()]
