"""Whole numbers for exact sums: quantities and unit costs count in millionths.

A quantity times a unit cost then counts in 10⁻¹² of a major currency unit. Both directions are remembered for a
while, because the same numbers come back many times in a run.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal
from math import gcd

from .enums import Rounding
from .errors import EngineError

MICRO = 1_000_000
_EXACT = Context(prec=60)
_REMEMBERED = 200_000


class _Micros(dict[Decimal, int]):
    def __missing__(self, value: Decimal) -> int:
        if not value.is_finite():
            raise EngineError("INVALID", f"{value} is not a number.")
        scaled = _EXACT.scaleb(value, 6)
        whole = int(scaled)
        if whole != scaled:
            raise EngineError("INVALID", f"{value} has more than six decimals: round it before it is used.")
        if len(self) >= _REMEMBERED:
            self.clear()
        self[value] = whole
        return whole


class _Quantities(dict[int, Decimal]):
    def __missing__(self, count: int) -> Decimal:
        if len(self) >= _REMEMBERED:
            self.clear()
        made = self[count] = _EXACT.scaleb(Decimal(count), -6)
        return made


class _Texts(dict[int, str]):
    def __missing__(self, count: int) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        made = self[count] = shortest(_EXACT.scaleb(Decimal(count), -6))
        return made


# A quantity or unit cost in millionths; refuses what has more than six decimals or is no number.
micro: Callable[[Decimal], int] = _Micros().__getitem__
# Millionths as a Decimal with six decimals.
quantity: Callable[[int], Decimal] = _Quantities().__getitem__
# Millionths as the shortest decimal text: 2500000 is `2.5`.
text: Callable[[int], str] = _Texts().__getitem__


def shortest(value: Decimal) -> str:
    """A Decimal without exponent and without trailing zeros."""
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def reduced(numerator: int, denominator: int) -> tuple[int, int]:
    """The same fraction in lowest terms, with a positive denominator."""
    divisor = gcd(numerator, denominator)
    if denominator < 0:
        divisor = -divisor
    return numerator // divisor, denominator // divisor


def half_away(numerator: int, denominator: int) -> int:
    """A fraction (denominator > 0) to the nearest whole number, halves away from zero."""
    if numerator < 0:
        return -((-2 * numerator + denominator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def to_step(numerator: int, denominator: int, step: int, direction: Rounding) -> int:
    """A fraction of millionths (denominator > 0) rounded once: to `step` millionths, without one half-up."""
    if not step:
        return half_away(numerator, denominator)
    size = -numerator if numerator < 0 else numerator
    unit = denominator * step
    if direction is Rounding.UP:
        steps = -(-size // unit)
    elif direction is Rounding.DOWN:
        steps = size // unit
    else:
        steps = (2 * size + unit) // (2 * unit)
    return -steps * step if numerator < 0 else steps * step
