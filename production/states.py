"""Which moves an order may make, and in which states it may be backflushed."""

from __future__ import annotations

from production.choices import OrderStatus as S

BACKFLUSHABLE = frozenset({S.PRODUCTION, S.PARTIAL, S.IN_TRANSIT, S.RECEIVED, S.COMPLETED})

# What a person may do. Receipts, closing and reopening move orders by themselves (SYSTEM_MOVES).
MOVES: dict[S, frozenset[S]] = {
    S.DRAFT: frozenset({S.ENTERED, S.CANCELLED}),
    S.ENTERED: frozenset({S.DRAFT, S.PLACED, S.CANCELLED}),
    S.PLACED: frozenset({S.ENTERED, S.PRODUCTION, S.CANCELLED}),
    S.PRODUCTION: frozenset({S.IN_TRANSIT, S.PARTIAL, S.RECEIVED, S.CANCELLED}),
    S.IN_TRANSIT: frozenset({S.PARTIAL, S.RECEIVED}),
    S.PARTIAL: frozenset({S.IN_TRANSIT, S.RECEIVED}),
    S.RECEIVED: frozenset({S.COMPLETED}),
    S.COMPLETED: frozenset(),
    S.CANCELLED: frozenset(),
}

SYSTEM_MOVES: dict[S, frozenset[S]] = {
    S.PLACED: frozenset({S.PRODUCTION}),
    S.PRODUCTION: frozenset({S.PARTIAL, S.RECEIVED, S.COMPLETED}),
    S.IN_TRANSIT: frozenset({S.PARTIAL, S.RECEIVED, S.COMPLETED}),
    S.PARTIAL: frozenset({S.PARTIAL, S.RECEIVED, S.COMPLETED, S.PRODUCTION}),
    S.RECEIVED: frozenset({S.COMPLETED, S.PARTIAL, S.PRODUCTION}),
    S.COMPLETED: frozenset({S.PARTIAL, S.PRODUCTION, S.RECEIVED}),
}

# Words that other systems use, in lower case without punctuation.
ALIASES: dict[str, S] = {
    "in progress": S.PRODUCTION,
    "in process": S.PRODUCTION,
    "started": S.PRODUCTION,
    "released": S.PLACED,
    "firm": S.PLACED,
    "complete": S.COMPLETED,
    "finished": S.COMPLETED,
    "closed": S.COMPLETED,
    "teco": S.COMPLETED,
    "pdlv": S.PARTIAL,
    "dlv": S.RECEIVED,
    "built": S.RECEIVED,
    "planned": S.ENTERED,
    "pending": S.ENTERED,
    "void": S.CANCELLED,
    "deleted": S.CANCELLED,
    "canceled": S.CANCELLED,
    **{status.label.lower(): status for status in S},
    **{status.value.lower().replace("_", " "): status for status in S},
}


def status_of(word: str) -> S | None:
    """The status that a word of ours or of another system means; None where somebody must be asked."""
    return ALIASES.get(" ".join(word.replace("_", " ").replace("-", " ").replace(".", " ").lower().split()))


def is_reachable(start: S, end: S) -> bool:
    """Whether a person could move an order there, in one step or in several."""
    seen, waiting = {start}, [start]
    while waiting:
        for further in MOVES[waiting.pop()] - seen:
            seen.add(further)
            waiting.append(further)
    return end in seen
