"""What backflushes promise."""

from __future__ import annotations

from accounts.books import Proof
from backflush.queries.parts import parts_that_do_not_add_up

PROOFS = (
    Proof(
        1,
        "Every entry of a backflush belongs to a posted one, and its reversal to a reversed one",
        """
        SELECT e.id, 'backflush ' || e.document_number || ' is ' || COALESCE(b.status, 'missing')
        FROM inventory_stockentry e LEFT JOIN backflush_backflush b ON b.id = e.source_id
        WHERE e.source_kind = 'backflush' AND (
            b.id IS NULL OR b.status NOT IN ('POSTED', 'REVERSED')
            OR (e.reversal_of_id IS NOT NULL AND (b.status <> 'REVERSED' OR b.reversed_by_id IS NULL)))
        """,
    ),
    Proof(
        3,
        "A completion has at most one live backflush",
        """
        SELECT c.id, count(*) || ' live backflushes' FROM backflush_backflush b
        JOIN production_completion c ON c.id = b.completion_id
        WHERE b.status NOT IN ('REVERSED', 'DISCARDED') GROUP BY c.id HAVING count(*) > 1
        """,
    ),
    Proof(
        3,
        "What a completion says of its backflush is true",
        """
        SELECT c.id, format('says “%s”, its backflush is %s', c.backflush_state, COALESCE(b.status, 'none'))
        FROM production_completion c
        LEFT JOIN backflush_backflush b ON b.completion_id = c.id AND b.status NOT IN ('REVERSED', 'DISCARDED')
        WHERE c.backflush_state <> CASE WHEN b.id IS NULL THEN '' WHEN b.status = 'POSTED' THEN 'posted' ELSE 'live' END
        """,
    ),
    Proof(
        3,
        "A closed order has nothing left to post",
        """
        SELECT w.number, 'is closed with a completion that is not posted' FROM production_workorder w
        JOIN production_workorderoutput o ON o.work_order_id = w.id JOIN production_completion c ON c.output_id = o.id
        WHERE w.is_closed AND NOT EXISTS (
            SELECT 1 FROM backflush_backflush b WHERE b.completion_id = c.id AND b.status = 'POSTED')
        """,
    ),
    Proof(
        5,
        "A reversed backflush leaves nothing behind, in stock and in money",
        """
        SELECT b.number, 'leaves ' || sum(e.quantity) || ' / ' || sum(e.amount_minor) FROM backflush_backflush b
        JOIN inventory_stockentry e ON e.source_kind = 'backflush' AND e.source_id = b.id
        WHERE b.status = 'REVERSED' GROUP BY b.number, e.item_id, e.location_id, e.lot_id
        HAVING sum(e.quantity) <> 0 OR sum(e.amount_minor) <> 0
        UNION ALL
        SELECT b.number, 'leaves ' || sum(l.amount_minor) || ' on ' || l.account_code FROM backflush_backflush b
        JOIN inventory_journalentry j ON j.source_kind = 'backflush' AND j.source_id = b.id
        JOIN inventory_journalline l ON l.entry_id = j.id
        WHERE b.status = 'REVERSED' GROUP BY b.number, l.account_code HAVING sum(l.amount_minor) <> 0
        """,
    ),
    Proof(
        6,
        "Stock entries and the journal's inventory accounts are one number",
        """
        SELECT b.number, format('stock %s, journal %s', e.amount, l.amount) FROM backflush_backflush b
        JOIN (SELECT source_id, sum(amount_minor) AS amount FROM inventory_stockentry WHERE source_kind = 'backflush'
              GROUP BY 1) e ON e.source_id = b.id
        LEFT JOIN (SELECT j.source_id, sum(l.amount_minor) AS amount FROM inventory_journalentry j
              JOIN inventory_journalline l ON l.entry_id = j.id
              WHERE j.source_kind = 'backflush'
                AND l.role IN ('component_inventory', 'byproduct_inventory', 'finished_goods') GROUP BY 1) l
          ON l.source_id = b.id
        WHERE e.amount <> COALESCE(l.amount, 0)
        """,
    ),
    Proof(
        7,
        "The four variances of a line, and of a document, are actual less standard cost",
        """
        SELECT l.id, 'line does not add up' FROM backflush_backflushline l
        WHERE l.substitution_minor + l.scrap_minor + l.usage_minor + l.price_minor <> l.variance_minor
           OR l.actual_cost_minor - l.standard_cost_minor <> l.variance_minor
        UNION ALL
        SELECT l.id, format('picks %s / %s, line %s / %s', sum(p.quantity), sum(p.amount_minor), l.actual_quantity,
               l.actual_cost_minor)
        FROM backflush_backflushline l LEFT JOIN backflush_lotpick p ON p.line_id = l.id
        GROUP BY l.id HAVING COALESCE(sum(p.quantity), 0) <> l.actual_quantity
           OR COALESCE(sum(p.amount_minor), 0) <> l.actual_cost_minor
        UNION ALL
        SELECT b.id, 'document is not the sum of its lines' FROM backflush_backflush b
        LEFT JOIN backflush_backflushline l ON l.backflush_id = b.id GROUP BY b.id
        HAVING COALESCE(sum(l.variance_minor), 0) <> b.variance_minor
           OR COALESCE(sum(l.actual_cost_minor), 0) <> b.actual_cost_minor
           OR COALESCE(sum(l.standard_cost_minor), 0) <> b.standard_cost_minor
        """,
    ),
    Proof(
        8,
        "A line's quantities are what its sum says: its target, less what earlier parts hold",
        """
        WITH line AS (
            SELECT l.*, l.terms ? 'target' AS is_due, (l.terms->>'target')::numeric AS target,
                   COALESCE(l.terms->>'held', '0')::numeric AS held,
                   COALESCE(l.terms->>'standard_target', l.terms->>'target')::numeric AS standard_target,
                   COALESCE(l.terms->>'standard_held', l.terms->>'held', '0')::numeric AS standard_held
            FROM backflush_backflushline l
        )
        SELECT l.id, format('expected %s, standard %s and scrap %s', l.expected_quantity, l.standard_quantity,
                            l.scrap_quantity)
        FROM line l WHERE l.expected_quantity <> l.standard_quantity + l.scrap_quantity
        UNION ALL
        SELECT l.id, format('standard %s of %s, expected %s of %s', l.standard_quantity, l.origin_standard_quantity,
                            l.expected_quantity, l.origin_expected_quantity)
        FROM line l WHERE l.stands_in_for_id IS NULL
          AND (l.standard_quantity <> l.origin_standard_quantity OR l.expected_quantity <> l.origin_expected_quantity)
        UNION ALL
        SELECT l.id, format('expected %s, and its substitute gives %s', l.expected_quantity, l.terms->>'gives')
        FROM line l WHERE l.expected_quantity <> (l.terms->>'gives')::numeric
        UNION ALL
        SELECT l.id, format('expected %s of nothing that is due', l.expected_quantity) FROM line l
        WHERE NOT l.is_due AND (l.standard_quantity <> 0 OR l.expected_quantity <> 0
                                OR l.origin_standard_quantity <> 0 OR l.origin_expected_quantity <> 0)
        UNION ALL
        SELECT min(l.id), format('standard %s where %s is due, expected %s where %s is',
                                 sum(l.origin_standard_quantity), l.standard_target - l.standard_held,
                                 sum(l.origin_expected_quantity), l.target - l.held)
        FROM line l WHERE l.is_due
        GROUP BY l.backflush_id, l.input_id, l.target, l.held, l.standard_target, l.standard_held
        HAVING sum(l.origin_standard_quantity) <> l.standard_target - l.standard_held
            OR sum(l.origin_expected_quantity) <> l.target - l.held
        """,
    ),
    Proof(8, "What was reported is consumed, whole or in parts", function=parts_that_do_not_add_up),
)
