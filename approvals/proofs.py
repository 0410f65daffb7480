"""What signatures promise."""

from __future__ import annotations

from accounts.books import Proof

PROOFS = (
    Proof(
        1,
        "Every posted backflush carries all its signatures, each of another person",
        """
        SELECT b.number, 'has no complete signature' FROM backflush_backflush b
        WHERE b.status IN ('POSTED', 'REVERSED') AND NOT b.is_posted_by_policy AND NOT EXISTS (
            SELECT 1 FROM approvals_approvalrequest r WHERE r.backflush_id = b.id AND r.status = 'approved'
            AND (SELECT count(DISTINCT d.decided_by_id) FROM approvals_approvaldecision d
                 WHERE d.request_id = r.id AND d.decision = 'approve') >= greatest(jsonb_array_length(r.tiers), 1))
        """,
    ),
)
