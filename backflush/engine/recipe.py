"""A recipe made ready for computing: whole-number coefficients per input, and which reports drive it.

A target is `(a × driver + f) ÷ b` in millionths wherever the bases are straight lines, phantoms included; batches and
pieces, which jump, keep the chain of their steps and are worked out one by one, exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .enums import Basis, LineType, LossMethod, Rounding, ScrapPolicy, Supply
from .errors import EngineError
from .scale import micro, shortest, text, to_step
from .steps import Step, Straight, step_of, straight_lines, walk
from .types import CompletionInputs, Recipe, RecipeInput

_NOWHERE = -1  # before every operation


class Driver(NamedTuple):
    """Reports that drive the inputs of one operation, in millionths: now, and before this completion."""

    good: int
    scrap: int
    is_due: bool
    is_touched: bool
    good_before: int
    scrap_before: int
    was_due: bool

    def before(self) -> Driver:
        """The same totals without this completion."""
        return self._replace(good=self.good_before, scrap=self.scrap_before, is_due=self.was_due)


class CompiledInput:
    """An input with its coefficients. `standard` and `expected` are None where the chain must be walked."""

    __slots__ = (
        "chain",
        "expected",
        "group",
        "is_by_order",
        "is_hand",
        "is_plain",
        "is_whole_lot",
        "item",
        "key",
        "line_type",
        "operation",
        "position",
        "rounding",
        "sign",
        "source",
        "standard",
        "step",
        "supply_location",
        "terms",
    )

    def __init__(
        self,
        source: RecipeInput,
        position: int,
        group: int,
        chain: tuple[Step, ...],
        straight: tuple[Straight, Straight] | None,
        terms: dict[str, Any],
    ) -> None:
        self.source = source
        self.key = source.key
        self.item = source.item
        self.operation = source.operation
        self.supply_location = source.supply_location
        self.line_type = source.line_type
        self.position = position
        self.group = group
        self.chain = chain
        self.standard: Straight | None = straight[0] if straight else None
        self.expected: Straight | None = straight[1] if straight else None
        self.terms = terms
        self.sign = -1 if source.line_type is LineType.BYPRODUCT else 1
        self.is_by_order = any(step.basis is Basis.ORDER_QUANTITY for step in chain)
        # Without a planned loss, and without scrap, expected is standard.
        self.is_plain = all(step.planned_n == step.planned_d for step in chain)
        self.is_hand = source.supply is Supply.HAND
        self.is_whole_lot = source.basis is Basis.WHOLE_LOT
        self.step = 0 if source.rounding_step is None else micro(source.rounding_step)
        self.rounding = source.rounding or (Rounding.DOWN if self.sign < 0 else Rounding.UP)

    def target(self, driver: Driver, ordered: int, *, is_standard: bool) -> tuple[int, int]:
        """The exact cumulative target as a fraction of millionths: of good units, or of good and scrap."""
        if not driver.is_due:
            return 0, 1
        straight = self.standard if is_standard else self.expected
        count = driver.good if is_standard else driver.good + driver.scrap
        if straight is not None:
            return straight.a * count + straight.f, straight.b
        return walk(self.chain, count, ordered, is_standard)

    def rounded(self, numerator: int, denominator: int) -> int:
        return to_step(numerator, denominator, self.step, self.rounding)

    def rounded_target(self, driver: Driver, ordered: int, *, is_standard: bool) -> int:
        """`target`, rounded. The usual case is written out: this runs for every line."""
        straight = self.standard if is_standard else self.expected
        if straight is not None and driver.is_due and not self.step:
            a, f, b = straight
            n = a * (driver.good if is_standard else driver.good + driver.scrap) + f
            if n >= 0:
                return (2 * n + b) // (2 * b)
        return self.rounded(*self.target(driver, ordered, is_standard=is_standard))


class CompiledRecipe:
    """A recipe's lines in their order (phantoms left out), and its operations."""

    __slots__ = ("by_key", "groups", "inputs", "last", "points", "policy")

    def __init__(self, recipe: Recipe) -> None:
        named = [i.operation for i in recipe.inputs if i.operation is not None]
        highest = max([*named, *recipe.reporting_points], default=0)
        self.last = recipe.last_operation if recipe.last_operation is not None else highest
        self.points = sorted({*(p for p in recipe.reporting_points if p < self.last), self.last})
        self.policy = recipe.scrap_policy
        by_key = {source.key: source for source in recipe.inputs}
        if len(by_key) != len(recipe.inputs):
            raise EngineError("INVALID", "Two recipe inputs have the same key.")
        planned = recipe.planned_loss_percent
        self.groups: list[int | None] = []
        group_of: dict[int | None, int] = {}
        self.inputs: list[CompiledInput] = []
        for source in recipe.inputs:
            if source.is_phantom:
                continue
            group = group_of.setdefault(source.operation, len(self.groups))
            if group == len(self.groups):
                self.groups.append(source.operation)
            if source.parent is None:
                chain: tuple[Step, ...] = (step_of(source, planned),)
                straight = straight_lines(chain)
                terms = input_terms(source, ())
            else:
                parents = _ancestors(source, by_key)
                losses = (planned, *(parent.planned_loss_percent for parent in parents))
                chain = tuple(
                    step_of(line, loss) for line, loss in zip((*parents, source), losses, strict=True)
                )
                straight = straight_lines(chain)
                terms = input_terms(source, parents)
            if planned:
                terms["planned"] = shortest(planned)
            self.inputs.append(CompiledInput(source, len(self.inputs), group, chain, straight, terms))
        self.by_key = {line.key: line for line in self.inputs}

    def operation(self, number: int | None) -> int:
        """A reported operation as one of the route: unnamed and later ones are the last."""
        return self.last if number is None or number > self.last else number

    def point_of(self, operation: int | None) -> int:
        """The reporting point that an input belongs to; without an operation it is the last."""
        if operation is None:
            return self.last
        return next((point for point in self.points if point >= operation), self.last)

    def receives(self, operation: int | None) -> bool:
        """Whether a completion at this operation brings finished goods."""
        return self.operation(operation) == self.last

    def drivers(self, inputs: CompletionInputs) -> list[Driver]:
        """For each group of inputs (by operation) the totals of the live completions with this one."""
        good: dict[int, int] = {}
        scrap: dict[int, int] = {}
        for total in inputs.totals:
            at = self.operation(total.operation)
            good[at] = good.get(at, 0) + micro(total.good)
            scrap[at] = scrap.get(at, 0) + micro(total.scrap)
        at = self.operation(inputs.operation)
        found_at = at if inputs.scrap_operation is None else self.operation(inputs.scrap_operation)
        new_good, new_scrap = micro(inputs.good), micro(inputs.scrap)
        for totals, place, change, word in (
            (good, at, new_good, "good"),
            (scrap, found_at, new_scrap, "scrap"),
        ):
            if totals.get(place, 0) + change < 0:
                raise EngineError(
                    "INVALID",
                    f"Corrections would bring the {word} total at operation {place} below zero: "
                    "correct no more than was reported.",
                )
        drivers = []
        for operation in self.groups:
            point = self.point_of(operation)
            all_scrap = operation is None or self.policy is ScrapPolicy.ALL
            start = _NOWHERE if all_scrap else self.operation(operation)
            good_before = good.get(point, 0)
            scrap_before = sum(n for place, n in scrap.items() if start <= place <= point)
            good_change = new_good if point == at else 0
            scrap_change = new_scrap if start <= found_at <= point else 0
            good_now, scrap_now = good_before + good_change, scrap_before + scrap_change
            is_due, was_due = good_now > 0 or scrap_now > 0, good_before > 0 or scrap_before > 0
            is_touched = bool(good_change or scrap_change)
            if self.policy is ScrapPolicy.NONE:
                scrap_now = scrap_before = 0
            drivers.append(
                Driver(good_now, scrap_now, is_due, is_touched, good_before, scrap_before, was_due)
            )
        return drivers


def compile_recipe(recipe: Recipe) -> CompiledRecipe:
    """The recipe made ready; kept on the recipe, so that orders which share the object pay for it once."""
    compiled = recipe._compiled
    if compiled is None:
        compiled = CompiledRecipe(recipe)
        object.__setattr__(recipe, "_compiled", compiled)
    return compiled


def report_terms(driver: Driver) -> dict[str, str]:
    """The totals that drive a line, as its stored terms keep them."""
    terms = {"good": text(driver.good)}
    if driver.scrap:
        terms["scrap"] = text(driver.scrap)
    if driver.good_before:
        terms["good_before"] = text(driver.good_before)
    if driver.scrap_before:
        terms["scrap_before"] = text(driver.scrap_before)
    return terms


def input_terms(source: RecipeInput, parents: tuple[RecipeInput, ...]) -> dict[str, Any]:
    """What a line's stored terms say of its recipe input: only what differs from the plainest line."""
    is_byproduct = source.line_type is LineType.BYPRODUCT and not source.is_phantom
    terms: dict[str, Any] = {"usage": shortest(source.usage)}
    if source.basis is not Basis.PER_UNIT:
        terms["basis"] = str(source.basis)
    if source.usage_per != 1:
        terms["per"] = shortest(source.usage_per)
    if source.loss_percent:
        terms["loss"] = shortest(source.loss_percent)
        if source.loss_method is LossMethod.YIELD:
            terms["yield"] = True
    if source.fixed_quantity:
        terms["fixed"] = shortest(source.fixed_quantity)
    if source.factor_numerator != source.factor_denominator:
        terms["factor"] = [source.factor_numerator, source.factor_denominator]
    if source.rounding_step is not None:
        terms["step"] = shortest(source.rounding_step)
        terms["round"] = str(source.rounding or (Rounding.DOWN if is_byproduct else Rounding.UP))
    if is_byproduct:
        terms["byproduct"] = True
    if source.unit:
        terms["unit"] = source.unit
    if source.stock_unit and source.stock_unit != source.unit:
        terms["stock_unit"] = source.stock_unit
    if parents:
        terms["phantoms"] = [input_terms(parent, ()) for parent in parents]
        for told, parent in zip(terms["phantoms"], parents, strict=True):
            if parent.planned_loss_percent:
                told["planned"] = shortest(parent.planned_loss_percent)
    return terms


def _ancestors(source: RecipeInput, by_key: Mapping[int, RecipeInput]) -> tuple[RecipeInput, ...]:
    """A line's phantoms, from the top down."""
    path: list[RecipeInput] = []
    seen = [source.key]
    parent = source.parent
    while parent is not None:
        if parent in seen:
            raise EngineError("CYCLE", "A phantom contains itself: mend the bill.", (*seen, parent))
        if parent not in by_key:
            raise EngineError("INVALID", f"Recipe input {seen[-1]} belongs to a phantom that is not there.")
        seen.append(parent)
        path.append(by_key[parent])
        parent = by_key[parent].parent
    return tuple(reversed(path))
