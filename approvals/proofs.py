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
    Proof(
        1,
        "What the policy signed was a standard run while a controller had the policy on",
        """
        SELECT b.number, 'was posted by policy without being a standard run of its day' FROM backflush_backflush b
        WHERE b.is_posted_by_policy AND b.status IN ('POSTED', 'REVERSED') AND (
            b.posted_by_id IS NOT NULL OR b.beyond_count > 0 OR b.short_count > 0 OR b.unknown_cost_count > 0
            OR NOT EXISTS (
                SELECT 1 FROM accounts_historicalorganization h
                WHERE h.id = b.organization_id AND h.is_standard_run_posted
                  AND h.standard_run_limit_minor >= greatest(b.weight_minor, b.value_minor)
                  AND h.history_date <= b.posted_at
                  AND NOT EXISTS (
                      SELECT 1 FROM accounts_historicalorganization later WHERE later.id = h.id
                      AND later.history_id > h.history_id AND later.history_date <= b.posted_at)))
        """,
    ),
)
