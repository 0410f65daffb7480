"""Quantities times costs, as money in minor units."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

# Enough digits that a product of two NUMERIC(18,6) is exact before its one rounding.
_EXACT = Context(prec=60)


def share_of(amount_minor: int, part: Decimal, whole: Decimal) -> int:
    """The part's share of an amount, rounded half away from zero."""
    share = Fraction(amount_minor) * Fraction(part) / Fraction(whole)
    size = int(abs(share) + Fraction(1, 2))
    return -size if share < 0 else size


def minor_units(quantity: Decimal, unit_cost: Decimal, decimals: int) -> int:
    """quantity × unit cost in minor units, rounded once, half away from zero."""
    amount = _EXACT.multiply(quantity, unit_cost).scaleb(decimals, context=_EXACT)
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP, context=_EXACT))
