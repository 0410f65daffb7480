"""What the ledger and the journal promise."""

from __future__ import annotations

from accounts.books import Proof

PROOFS = (
    Proof(
        1,
        "Every movement but the ERP's own snapshots comes from a document",
        """
        SELECT e.id, e.event || ' from ' || e.source_kind FROM inventory_stockentry e
        WHERE (e.event = 'SNAPSHOT') <> (e.source_kind = 'stock_file')
        """,
    ),
    Proof(
        4,
        "A balance is the sum of its entries",
        """
        SELECT COALESCE(b.id, -1),
               format('balance %s / %s, entries %s / %s', b.on_hand, b.value_minor, s.quantity, s.amount)
        FROM inventory_stockbalance b
        FULL JOIN (
            SELECT item_id, location_id, COALESCE(lot_id, 0) AS lot, sum(quantity) AS quantity,
                   sum(amount_minor) AS amount
            FROM inventory_stockentry GROUP BY 1, 2, 3
        ) s ON s.item_id = b.item_id AND s.location_id = b.location_id AND s.lot = COALESCE(b.lot_id, 0)
        WHERE COALESCE(b.on_hand, 0) <> COALESCE(s.quantity, 0) OR COALESCE(b.value_minor, 0) <> COALESCE(s.amount, 0)
        """,
    ),
    Proof(
        5,
        "An entry and its reversal are zero",
        """
        SELECT r.id, 'does not mirror entry ' || e.id FROM inventory_stockentry r
        JOIN inventory_stockentry e ON e.id = r.reversal_of_id
        WHERE r.quantity <> -e.quantity OR r.amount_minor <> -e.amount_minor OR r.item_id <> e.item_id
           OR r.location_id <> e.location_id OR r.lot_id IS DISTINCT FROM e.lot_id OR r.event <> e.event
        """,
    ),
    Proof(
        6,
        "A journal's debits equal its credits",
        """
        SELECT j.number, 'is off by ' || sum(l.amount_minor) FROM inventory_journalline l
        JOIN inventory_journalentry j ON j.id = l.entry_id GROUP BY j.number HAVING sum(l.amount_minor) <> 0
        """,
    ),
)
