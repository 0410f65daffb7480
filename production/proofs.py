"""What orders and their completions promise."""

from __future__ import annotations

from accounts.books import Proof

PROOFS = (
    Proof(
        3,
        "An order whose final and all other completions are posted is closed",
        """
        SELECT w.number, 'has everything posted and is open' FROM production_workorder w
        JOIN production_workorderoutput o ON o.work_order_id = w.id
        LEFT JOIN LATERAL (
            SELECT bool_and(c.backflush_state = 'posted') AND bool_or(c.is_final) AS is_done
            FROM production_completion c WHERE c.output_id = o.id
        ) c ON true
        WHERE NOT w.is_closed GROUP BY w.number HAVING bool_and(COALESCE(c.is_done, false))
        """,
    ),
    Proof(
        8,
        "Corrections take back no more than was reported",
        """
        SELECT w.number, format('has %s good and %s scrap at operation %s', sum(c.good_quantity), sum(c.scrap_quantity),
                                COALESCE(c.operation_number::text, 'last'))
        FROM production_completion c
        JOIN production_workorderoutput o ON o.id = c.output_id JOIN production_workorder w ON w.id = o.work_order_id
        GROUP BY w.number, c.output_id, c.operation_number
        HAVING sum(c.good_quantity) < 0 OR sum(c.scrap_quantity) < 0
        """,
    ),
)
