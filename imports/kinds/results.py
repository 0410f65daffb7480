"""From what the production room answers to what a file's rows are told."""

from __future__ import annotations

from collections.abc import Mapping

from imports.kinds.shapes import Answer
from inventory.rows import UPDATED, RowOutcome
from production.actions.rows import LoadResult


def tell(result: LoadResult, keys: Mapping[int, str], answer: Answer) -> None:
    """Add the room's outcomes and issues to the answer. `keys` names each row's subject."""
    for issue in result.errors:
        answer.refuse(*issue)
    for issue in result.warnings:
        answer.warn(*issue)
    answer.outcomes += [
        RowOutcome(row, outcome, keys[row])
        for row, outcome in sorted(result.outcomes.items())
        if outcome != "refused"
    ]
    answer.is_written = result.is_written


def updated_rows(result: LoadResult) -> set[int]:
    """The rows that change something."""
    return {row for row, outcome in result.outcomes.items() if outcome == UPDATED}
