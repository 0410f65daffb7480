"""The bases as exact whole-number arithmetic.

A step is one line of a bill; a chain of steps leads from the units made through phantoms to a component. Where all
bases of a chain are straight lines it is one straight line itself; batches and pieces, which jump, are walked.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from math import gcd
from typing import NamedTuple

from .enums import Basis, LineType, LossMethod
from .errors import EngineError
from .scale import MICRO, reduced
from .types import RecipeInput

_STRAIGHT = (Basis.PER_UNIT, Basis.PER_N)
_ONCE = (Basis.PER_ORDER, Basis.WHOLE_LOT)


class Step(NamedTuple):
    """One basis with its numbers: `(a × driver + f) ÷ b`, the driver first cut into whole lots of `lot_n ÷ lot_d`."""

    basis: Basis
    a: int
    f: int
    b: int
    lot_n: int = 0
    lot_d: int = 1
    planned_n: int = 1
    planned_d: int = 1


class Straight(NamedTuple):
    a: int
    f: int
    b: int


def step_of(source: RecipeInput, planned: Decimal) -> Step:
    return _step(
        source.basis,
        source.usage,
        source.usage_per,
        source.fixed_quantity,
        source.loss_percent,
        source.loss_method,
        source.factor_numerator,
        source.factor_denominator,
        LineType.COMPONENT
        if source.is_phantom
        else source.line_type,  # a phantom's lines have signs of their own
        planned,
    )


@lru_cache(maxsize=50_000)
def _step(
    basis: Basis,
    usage: Decimal,
    usage_per: Decimal,
    fixed_quantity: Decimal,
    loss_percent: Decimal,
    loss_method: LossMethod,
    factor_numerator: int,
    factor_denominator: int,
    line_type: LineType,
    planned: Decimal,
) -> Step:
    for amount in (usage, usage_per, fixed_quantity, loss_percent, planned):
        if not amount.is_finite():
            raise EngineError("INVALID", f"{amount} is not a number.")
    if usage < 0 or fixed_quantity < 0:
        raise EngineError("INVALID", "A usage is never negative: declare a by-product by its line type.")
    if usage_per <= 0:
        raise EngineError("INVALID", "A usage is for more than zero units: correct “per”.")
    if factor_numerator <= 0 or factor_denominator <= 0:
        raise EngineError("INVALID", "A unit conversion is made of two whole numbers above zero.")
    if loss_percent < 0 or (loss_method is LossMethod.YIELD and loss_percent >= 100):
        raise EngineError("INVALID", "A loss is a percent from 0, and below 100 by the yield method.")
    if planned < 0:
        raise EngineError("INVALID", "A planned loss is a percent from 0.")
    sign = -1 if line_type is LineType.BYPRODUCT else 1
    if basis is Basis.WHOLE_LOT:
        return Step(basis, 0, 0, 1)
    if basis is Basis.PER_ORDER:
        once = fixed_quantity or usage
        f, b = _product(sign * MICRO, once, factor_numerator, factor_denominator)
        return Step(basis, 0, f, b)
    loss_n, loss_d = _percent_over(loss_percent)
    if loss_method is LossMethod.YIELD:
        loss_n, loss_d = reduced(loss_d, 2 * loss_d - loss_n)
    f_n, f_d = _product(sign * MICRO, fixed_quantity, factor_numerator, factor_denominator)
    per_n, per_d = usage_per.as_integer_ratio()
    lot_n, lot_d = 0, 1
    a_n, a_d = _product(sign, usage, factor_numerator, factor_denominator)
    if basis is Basis.PER_BATCH:
        lot_n, lot_d = per_n * MICRO, per_d
        a_n, a_d = a_n * MICRO * loss_n, a_d * loss_d
    elif basis is Basis.PIECES:
        lot_n, lot_d = per_n * MICRO * loss_d, per_d * loss_n
        a_n *= MICRO
    else:
        a_n, a_d = a_n * per_d * loss_n, a_d * per_n * loss_d
    a_n, a_d = reduced(a_n, a_d)
    planned_n, planned_d = 1, 1
    if planned and basis is not Basis.ORDER_QUANTITY:
        planned_n, planned_d = _percent_over(planned)
    common = a_d * f_d
    return Step(basis, a_n * f_d, f_n * a_d, common, lot_n, lot_d, planned_n, planned_d)


def _percent_over(percent: Decimal) -> tuple[int, int]:
    """1 + p as a fraction."""
    n, d = percent.as_integer_ratio()
    return reduced(100 * d + n, 100 * d)


def _product(sign: int, amount: Decimal, numerator: int, denominator: int) -> tuple[int, int]:
    n, d = amount.as_integer_ratio()
    return reduced(sign * n * numerator, d * denominator)


@lru_cache(maxsize=50_000)
def straight_lines(chain: tuple[Step, ...]) -> tuple[Straight, Straight] | None:
    """Standard and expected as straight lines, where every step of the chain is one."""
    standard = expected = Straight(1, 0, 1)
    for step in chain:
        if step.basis in _STRAIGHT:
            standard = _through(standard, step, step.planned_n, step.planned_d)
            expected = _through(expected, step, 1, 1)
        elif step.basis in _ONCE:
            standard = expected = Straight(0, step.f, step.b)
        else:
            return None
    return standard, expected


def _through(line: Straight, step: Step, planned_n: int, planned_d: int) -> Straight:
    a = step.a * line.a * planned_n
    b = step.b * line.b * planned_d
    f = step.a * line.f * planned_n + step.f * line.b * planned_d
    least = gcd(a, f, b)
    return Straight(a // least, f // least, b // least)


def walk(chain: tuple[Step, ...], count: int, ordered: int, is_standard: bool) -> tuple[int, int]:
    """A chain worked out step by step for a driver in millionths."""
    n, d = count, 1
    for at, step in enumerate(chain):
        if step.basis in _ONCE:
            n, d = step.f, step.b
            continue
        if step.basis is Basis.ORDER_QUANTITY:
            n, d = walk(chain[:at], ordered, ordered, False)
        elif is_standard:
            n, d = n * step.planned_n, d * step.planned_d
        if step.lot_n:
            n, d = -(-n * step.lot_d // (d * step.lot_n)), 1
        n, d = step.a * n + step.f * d, step.b * d
    return n, d
