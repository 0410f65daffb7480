"""The moves a backflush may make."""

from __future__ import annotations

from backflush.choices import BackflushStatus as S
from production.states import BACKFLUSHABLE

MOVES: dict[S, frozenset[S]] = {
    S.DRAFT: frozenset({S.SUBMITTED, S.DISCARDED}),
    S.SUBMITTED: frozenset({S.POSTED, S.RETURNED}),
    S.RETURNED: frozenset({S.SUBMITTED, S.DISCARDED}),
    S.POSTED: frozenset({S.REVERSED}),
    S.REVERSED: frozenset(),
    S.DISCARDED: frozenset(),
}

EDITABLE = frozenset({S.DRAFT, S.RETURNED})
LIVE = frozenset({S.DRAFT, S.SUBMITTED, S.RETURNED, S.POSTED})


def is_backflushable(order_status: str) -> bool:
    """Whether an order in this status may be backflushed: in progress or complete."""
    return order_status in BACKFLUSHABLE
