"""What a posting brings to its order."""

from __future__ import annotations

from backflush.queries.rows import CompletionRow


def receives(completion: CompletionRow) -> bool:
    """Only the last operation receives finished goods."""
    points = completion.reporting_points
    return completion.operation is None or not points or completion.operation >= max(points)
