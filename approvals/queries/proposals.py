"""What signers asked of single lines."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from approvals.models import ApprovalDecision


def lines_asked_about(line_ids: Sequence[int]) -> Collection[int]:
    """Those of these lines for which a signer has proposed a figure: decisions are never rewritten."""
    return set(ApprovalDecision.objects.filter(line_id__in=list(line_ids)).values_list("line_id", flat=True))
