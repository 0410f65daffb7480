"""One completion's backflush: what is due, what was used, where it comes from, what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .enums import Flag, NegativePolicy, ScrapPolicy, Source
from .journal import upstream_scrap
from .lines import LineMaker
from .questions import questions
from .recipe import CompiledInput, CompiledRecipe, compile_recipe, report_terms
from .results import ComputedBackflush, Totals
from .scale import half_away, micro, text
from .shares import Exact, Share, share_out, whole_lot
from .types import ONE, CompletionInputs, Held
from .uses import Use, resolve_uses

_NOTHING: tuple[Any, ...] = ()
# This completion's standard and expected of an input, and their cumulative targets, in millionths.
Due = tuple[int, int, int, int]


def compute_completion(inputs: CompletionInputs) -> ComputedBackflush:
    """Compute the lines, lots, variances and totals of one completion; picks are taken from `inputs.stock`.

    Raises EngineError when no right quantity can come of the input: unknown items or inputs, a correction below
    zero, a recipe that makes no sense.
    """
    return _Run(inputs, compile_recipe(inputs.recipe)).result()


class _Run:
    """The computation of one completion."""

    __slots__ = ("drivers", "held", "inputs", "make", "ordered", "recipe", "reports")

    def __init__(self, inputs: CompletionInputs, recipe: CompiledRecipe) -> None:
        self.inputs = inputs
        self.recipe = recipe
        self.held = inputs.held
        self.make = LineMaker(inputs)
        self.drivers = recipe.drivers(inputs)
        self.reports = [report_terms(driver) for driver in self.drivers]
        if inputs.order_quantity is not None:
            self.ordered = micro(inputs.order_quantity)
        else:
            # A completion without an order's quantity is the whole order.
            self.ordered = sum(
                (micro(t.good) + micro(t.scrap) for t in inputs.totals),
                micro(inputs.good) + micro(inputs.scrap),
            )

    def result(self) -> ComputedBackflush:
        if self.inputs.reported or self.inputs.edits:
            self._with_uses()
        else:
            for line in self.recipe.inputs:
                if not line.is_hand:
                    due = self._due(line)
                    if due[0] or due[1] or self.drivers[line.group].is_touched:
                        self._lines_of(line, due, None)
        return self._summed()

    def _with_uses(self) -> None:
        """With reports or edits, everything that is due must be known before use can be shared."""
        dues = [self._due(line) for line in self.recipe.inputs]

        def drafted(line: CompiledInput) -> list[Use]:
            expected = dues[line.position][1]
            if expected * line.sign < 0:
                return self._proposed_return(line, expected)
            return [Use(line.item, None, None, Source.EXPECTED, None)]

        expected = [due[1] for due in dues]
        resolved = resolve_uses(self.inputs, self.recipe, expected, self.drivers, drafted)
        for line, due in zip(self.recipe.inputs, dues, strict=True):
            uses = resolved.by_input.get(line.position)
            is_due = due[0] or due[1] or self.drivers[line.group].is_touched
            if uses is not None or (is_due and not line.is_hand):
                self._lines_of(line, due, uses)
        for use in resolved.extras:
            self.make.unknown_to_recipe(use)

    def _due(self, line: CompiledInput) -> Due:
        driver = self.drivers[line.group]
        held_standard = held_expected = 0
        if self.held:
            for row in self.held.get(line.key, _NOTHING):
                held_standard += _in_origin(row, row.standard, row.origin_standard)
                held_expected += _in_origin(row, row.expected, row.origin_expected)
        if not driver.is_due:
            return -held_standard, -held_expected, 0, 0
        if line.is_whole_lot:
            whole = held_expected or whole_lot(self.inputs, line, self.make.supply(line))
            return whole - held_standard, whole - held_expected, whole, whole
        standard = line.rounded_target(driver, self.ordered, is_standard=True)
        if self.recipe.policy is ScrapPolicy.NONE or (not driver.scrap and line.is_plain):
            expected = standard
        else:
            expected = line.rounded_target(driver, self.ordered, is_standard=False)
        return standard - held_standard, expected - held_expected, standard, expected

    def _lines_of(self, line: CompiledInput, due: Due, uses: list[Use] | None) -> None:
        """The lines of one input. `uses` is None when nobody reported or edited anything of it."""
        standard, expected, standard_target, expected_target = due
        terms: dict[str, Any] = {
            "input": line.terms,
            "reports": self.reports[line.group],
            "target": text(expected_target),
        }
        if line.is_by_order:
            terms["ordered"] = text(self.ordered)
        if standard_target != expected_target:
            terms["standard_target"] = text(standard_target)
        flags: tuple[Flag, ...] = ()
        held = self.held.get(line.key) if self.held else None
        if held:
            terms["held"] = text(expected_target - expected)
            if standard_target - standard != expected_target - expected:
                terms["standard_held"] = text(standard_target - standard)
            flags, asked = questions(held, expected * line.sign, line.sign)
            if asked:
                terms["asked"] = asked
        if line.is_whole_lot and not expected_target and self.drivers[line.group].is_due:
            flags += (Flag.LOT_MISSING,)
        if uses is None:
            if expected > 0 and line.sign > 0 and self.make.ordinary(line, standard, expected, terms, flags):
                return
            if expected * line.sign < 0:
                uses = self._proposed_return(line, expected)
        if uses is None:
            share = Share(standard, expected, standard, expected)
            self.make.line(line, None, share, expected, terms, flags)
            return
        uses = uses or [Use(line.item, None, 0, Source.REPORTED, None)]
        if len(uses) == 1 and uses[0].item == line.item:
            shares = [Share(standard, expected, standard, expected)]
            told = [terms]
        else:
            shares = self._shares(line, due, uses, held or ())
            told = [{**terms, **share.terms(use)} for use, share in zip(uses, shares, strict=True)]
        for use, share, own in zip(uses, shares, told, strict=True):
            actual = share.expected if use.quantity is None else use.quantity
            self.make.line(line, use, share, actual, own, flags)

    def _shares(self, line: CompiledInput, due: Due, uses: list[Use], held: Sequence[Held]) -> list[Share]:
        """What each item used has of the standard and of the expected quantity."""
        standard, expected, standard_target, expected_target = due
        if line.is_whole_lot:
            exact = [
                Exact(Fraction(standard_target), Fraction(standard)),
                Exact(Fraction(expected_target), Fraction(expected)),
            ]
        else:
            now = self.drivers[line.group]
            exact = []
            for is_standard, held_before in (
                (True, standard_target - standard),
                (self.recipe.policy is ScrapPolicy.NONE, expected_target - expected),
            ):
                after = Fraction(*line.target(now, self.ordered, is_standard=is_standard))
                before = Fraction(*line.target(now.before(), self.ordered, is_standard=is_standard))
                # What nobody holds of the parts before (a reversal, unreported use by hand) is due now too.
                if held_before or any(row.item != line.item for row in held):
                    left_open = Fraction(line.rounded(before.numerator, before.denominator) - held_before)
                else:
                    left_open = before
                exact.append(Exact(after, after - before + left_open))
        facts = {use.item: self.make.facts(use.item) for use in uses}
        return share_out(line, uses, due[:2], exact[0], exact[1], held, facts)

    def _proposed_return(self, line: CompiledInput, expected: int) -> list[Use]:
        """What was posted last for the input comes back first, at most what is net posted."""
        left = abs(expected)
        uses: dict[int, Use] = {}
        for row in self.inputs.posted.get(line.key, _NOTHING):
            net = line.sign * micro(row.quantity)
            if left <= 0:
                break
            if net <= 0:
                continue
            f_n, f_d = row.factor.as_integer_ratio()
            wanted = -(-left * f_n // f_d)
            part = min(net, wanted)
            use = uses.get(row.item)
            if use is None:
                origin = None if row.item == line.item else line.item
                use = Use(row.item, row.factor if origin else None, 0, Source.EXPECTED, origin)
                uses[row.item] = use
            use.quantity = (use.quantity or 0) - line.sign * part
            left -= left if part == wanted else part * f_d // f_n
        return list(uses.values()) or [Use(line.item, None, 0, Source.EXPECTED, None)]

    def _summed(self) -> ComputedBackflush:
        lines = self.make.lines
        standard = actual = substitution = scrap = usage = price = weight = value = 0
        beyond = short = unknown = 0
        is_anything_used = False
        for line in lines:
            standard += line.standard_cost_minor
            actual += line.actual_cost_minor
            substitution += line.substitution_minor
            scrap += line.scrap_minor
            usage += line.usage_minor
            price += line.price_minor
            weight += (
                abs(line.substitution_minor)
                + abs(line.scrap_minor)
                + abs(line.usage_minor)
                + abs(line.price_minor)
            )
            value += abs(line.actual_cost_minor)
            beyond += line.is_beyond_tolerance
            if line.flags:
                short += Flag.SHORT in line.flags
                unknown += Flag.NO_COST in line.flags
            if line.picks:
                is_anything_used = True
        inputs = self.inputs
        upstream = 0
        if inputs.upstream and inputs.scrap:
            found_at = inputs.operation if inputs.scrap_operation is None else inputs.scrap_operation
            upstream = upstream_scrap(inputs.upstream, inputs.scrap, self.recipe.operation(found_at))
        shortages = tuple(self.make.shortages)
        return ComputedBackflush(
            lines=tuple(lines),
            totals=Totals(
                standard_cost_minor=standard,
                actual_cost_minor=actual,
                substitution_minor=substitution,
                scrap_minor=scrap,
                usage_minor=usage,
                price_minor=price,
                variance_minor=actual - standard,
                upstream_scrap_minor=upstream,
                weight_minor=weight + abs(upstream),
                value_minor=value,
                beyond_count=beyond,
                short_count=short,
                unknown_cost_count=unknown,
            ),
            shortages=shortages,
            is_blocked=any(shortage.policy is NegativePolicy.BLOCK for shortage in shortages),
            is_nothing_used=inputs.good > 0 and not is_anything_used,
        )


def _in_origin(row: Held, own: Decimal, origin: Decimal | None) -> int:
    """What a held line counts in the input's own item; without a stored figure the factor says it."""
    if origin is not None:
        return micro(origin)
    if row.factor is ONE or row.factor == ONE:
        return micro(own)
    f_n, f_d = row.factor.as_integer_ratio()
    return half_away(micro(own) * f_d, f_n)
