"""When a difference needs a reason, and which documents are a standard run."""

from __future__ import annotations

from .enums import Flag
from .results import ComputedBackflush
from .scale import MICRO, micro
from .types import ItemFacts, Policies

# A line with one of these needs a person.
NOT_STANDARD = frozenset(
    {
        Flag.SHORT,
        Flag.BLOCKED,
        Flag.NO_COST,
        Flag.SERIAL_MISSING,
        Flag.LOT_MISSING,
        Flag.LOT_SHORT,
        Flag.LOT_UNKNOWN,
        Flag.RETURN_UNPOSTED,
        Flag.ASKS_OVERUSE,
        Flag.ASKS_SKIPPED,
    }
)


def is_beyond(
    *,
    expected: int,
    actual: int,
    step: int,
    judged: int,
    unit: int,
    is_cost_known: bool,
    facts: ItemFacts,
    policies: Policies,
) -> bool:
    """Whether actual − expected exceeds both tolerances; quantities in millionths, `judged ÷ unit` in minor units.

    Smaller than one rounding step never does; with nothing expected every use does; without a cost percent counts.
    """
    difference = abs(actual - expected)
    if not difference or difference < step:
        return False
    if not expected:
        return True
    percent = policies.tolerance_percent if facts.tolerance_percent is None else facts.tolerance_percent
    if difference * 100 * MICRO <= micro(percent) * abs(expected):
        return False
    amount = policies.tolerance_minor if facts.tolerance_minor is None else facts.tolerance_minor
    return not is_cost_known or abs(judged) > amount * unit


def is_standard_run(computed: ComputedBackflush, *, weight_limit_minor: int, value_limit_minor: int) -> bool:
    """Every line within tolerance, nothing short, unknown or asked, weight and value at most the limits."""
    totals = computed.totals
    return (
        not totals.beyond_count
        and not totals.short_count
        and not totals.unknown_cost_count
        and not computed.is_blocked
        and not computed.is_nothing_used
        and totals.weight_minor <= weight_limit_minor
        and totals.value_minor <= value_limit_minor
        and not any(flag in NOT_STANDARD for line in computed.lines for flag in line.flags)
    )
