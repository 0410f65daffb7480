"""What exports promise."""

from __future__ import annotations

from accounts.books import Proof

PROOFS = (
    Proof(
        2,
        "An entry is in at most one live export batch, and the ERP's own snapshots in none",
        """
        SELECT x.entry_id, 'is in ' || count(*) || ' live batches' FROM exports_exportline x
        WHERE x.is_live GROUP BY x.entry_id HAVING count(*) > 1
        UNION ALL
        SELECT x.entry_id, 'is a snapshot and was exported' FROM exports_exportline x
        JOIN inventory_stockentry e ON e.id = x.entry_id WHERE e.event = 'SNAPSHOT'
        """,
    ),
    Proof(
        2,
        "A batch's bytes are those that were hashed when it was written, and every line of it is there",
        """
        SELECT b.number, 'has other bytes than when it was written' FROM exports_exportbatch b
        WHERE encode(sha256(b.content), 'hex') <> b.sha256
        UNION ALL
        SELECT b.number, 'has ' || b.line_count || ' lines in its file and ' || count(x.id) || ' here'
        FROM exports_exportbatch b LEFT JOIN exports_exportline x ON x.batch_id = b.id
        GROUP BY b.id, b.number, b.line_count HAVING count(x.id) <> b.line_count
        UNION ALL
        SELECT b.number, 'is withdrawn and has live lines' FROM exports_exportbatch b
        WHERE b.status = 'withdrawn' AND EXISTS
            (SELECT 1 FROM exports_exportline x WHERE x.batch_id = b.id AND x.is_live)
        """,
    ),
)
