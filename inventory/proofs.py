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
        1,
        "What settles a shortage with stock was signed by another than its proposer, and taken back with its posting",
        """
        SELECT e.id, 'shortage ' || e.source_id || ' is ' || COALESCE(NULLIF(x.resolution, ''), 'open')
        FROM inventory_stockentry e LEFT JOIN inventory_stockexception x ON x.id = e.source_id
        WHERE e.source_kind = 'exception'
          AND (x.id IS NULL OR x.resolved_by_id IS NULL OR x.resolution NOT IN ('picked', 'moved', 'substituted')
               OR x.proposed_by_id = x.resolved_by_id AND NOT EXISTS (
                   SELECT 1 FROM accounts_historicalorganization h
                   WHERE h.id = x.organization_id AND h.is_same_person_allowed)
               OR EXISTS (SELECT 1 FROM inventory_stockentry f WHERE f.reversal_of_id = x.entry_id)
                  <> EXISTS (SELECT 1 FROM inventory_stockentry r
                             WHERE r.reversal_of_id = e.id OR r.id = e.id AND e.reversal_of_id IS NOT NULL))
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
        "Stock that settles a shortage and its journal are one number",
        """
        SELECT x.document_number, format('stock %s, journal %s', e.amount, COALESCE(l.amount, 0))
        FROM (SELECT source_id, sum(amount_minor) AS amount FROM inventory_stockentry
              WHERE source_kind = 'exception' GROUP BY 1) e
        JOIN inventory_stockexception x ON x.id = e.source_id
        LEFT JOIN (SELECT j.source_id, sum(l.amount_minor) AS amount FROM inventory_journalentry j
                   JOIN inventory_journalline l ON l.entry_id = j.id
                   WHERE j.source_kind = 'exception' AND l.role IN ('component_inventory', 'finished_goods')
                   GROUP BY 1) l
          ON l.source_id = e.source_id
        WHERE e.amount <> COALESCE(l.amount, 0)
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
