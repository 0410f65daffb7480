"""Reversal: what was posted, flipped. Nothing is computed again."""

from __future__ import annotations

from collections.abc import Iterable

from .types import Pick


def reverse_picks(picks: Iterable[Pick]) -> tuple[Pick, ...]:
    """The posted picks with quantity and amount flipped: same location, lot and unit cost."""
    return tuple(
        pick._replace(quantity=-pick.quantity, amount_minor=-pick.amount_minor, is_short=False)
        for pick in picks
    )
