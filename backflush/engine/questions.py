"""What a line asks: earlier parts took more than expected, or skipped it. Nothing is netted by itself."""

from __future__ import annotations

from collections.abc import Sequence

from .enums import Flag
from .scale import micro, text
from .types import ONE, Held


def questions(held: Sequence[Held], need: int, sign: int) -> tuple[tuple[Flag, ...], dict[str, str]]:
    """Compare what live backflushes used of an input with what they expected (`need` in millionths, of this part).

    Overuse asks when it reaches this part's need. Missing use asks when it does, or when a part skipped the input.
    """
    over = skipped = 0
    for row in held:
        difference = sign * (micro(row.actual) - micro(row.expected))
        if difference and row.factor != ONE:
            f_n, f_d = row.factor.as_integer_ratio()
            difference = difference * f_d // f_n
        over += difference
        skipped += abs(micro(row.skipped))
    if need > 0 and over >= need:
        return (Flag.ASKS_OVERUSE,), {"over": text(over)}
    if need > 0 and over < 0 and (skipped or -over >= need):
        return (Flag.ASKS_SKIPPED,), {"skipped": text(-over)}
    return (), {}
