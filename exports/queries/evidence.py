"""What stands behind the lines of a batch: the document, the completion, who made and signed it, the ERP's answer."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, NamedTuple

from django.db import connection

from accounts.files import file_names
from accounts.tenancy.plans import whole_tables
from exports.models import ExportBatch

MANY = 5_000
# Names of people as they are today, moments in UTC to the second, money in minor units.
NAME = "COALESCE(NULLIF({0}.name, ''), {0}.email)"
MOMENT = "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"


class Table(NamedTuple):
    """Columns and their rows. `texts` are the columns that may begin with anything; `money` is in minor units."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    texts: frozenset[str]
    money: frozenset[str]


LINE_COLUMNS = {
    "line": "x.line_number",
    "is_in_file_still": "CASE WHEN x.is_live THEN 'yes' ELSE 'no' END",
    "entry": "e.id",
    "event": "e.event",
    "reverses_entry": "e.reversal_of_id",
    "item": "i.sku",
    "description": "i.description",
    "location": "l.code",
    "lot": "t.code",
    "quantity": "e.quantity",
    "unit": "i.unit",
    "unit_cost": "e.unit_cost",
    "amount": "e.amount_minor",
    "posted_on": "e.effective_date",
    "posted_at": MOMENT.format("e.posted_at"),
    "document": "e.document_number",
    "work_order": "e.order_number",
    "product": "p.sku",
    "reference": "c.reference",
    "operation": "c.operation_number",
    "good": "c.good_quantity",
    "scrap": "c.scrap_quantity",
    "completed_on": "c.completed_on",
    "file": "c.import_id",
    "file_row": "c.import_row",
    "recorded_by": NAME.format("r"),
    "standard_quantity": "b.standard_quantity",
    "expected_quantity": "b.expected_quantity",
    "actual_quantity": "b.actual_quantity",
    "stands_in_for": "s.sku",
    "substitution": "b.substitution_minor",
    "scrap_cost": "b.scrap_minor",
    "usage": "b.usage_minor",
    "price": "b.price_minor",
    "reason": "COALESCE(br.code, er.code)",
    "note": "b.note",
    "erp_answer": "x.answer",
    "erp_loaded_at": MOMENT.format("x.loaded_at"),
    "erp_message": "x.message",
}
LINES = f"""
SELECT {", ".join(LINE_COLUMNS.values())}
FROM exports_exportline x
JOIN inventory_stockentry e ON e.id = x.entry_id
JOIN inventory_item i ON i.id = e.item_id
JOIN inventory_location l ON l.id = e.location_id
LEFT JOIN inventory_lot t ON t.id = e.lot_id
LEFT JOIN inventory_reasoncode er ON er.id = e.reason_id
LEFT JOIN backflush_backflushline b ON e.source_kind = 'backflush' AND b.id = e.source_line_id
LEFT JOIN inventory_item s ON s.id = b.stands_in_for_id
LEFT JOIN inventory_reasoncode br ON br.id = b.reason_id
LEFT JOIN backflush_backflush d ON e.source_kind = 'backflush' AND d.id = e.source_id
LEFT JOIN production_completion c ON c.id = d.completion_id
LEFT JOIN production_workorderoutput o ON o.id = c.output_id
LEFT JOIN inventory_item p ON p.id = o.item_id
LEFT JOIN accounts_user r ON r.id = c.recorded_by_id
WHERE x.batch_id = %s ORDER BY x.line_number
"""

PEOPLE_COLUMNS = ("document", "at", "deed", "by", "role", "weight", "value", "note")
OF_BATCH = """
entries AS (
    SELECT DISTINCT e.source_kind, e.source_id
    FROM exports_exportline x JOIN inventory_stockentry e ON e.id = x.entry_id
    WHERE x.batch_id = %s
), batch AS (
    SELECT source_id AS id FROM entries WHERE source_kind = 'backflush'
), settled AS (
    SELECT s.source_id AS id, x.proposed_at, x.proposed_by_id, x.proposal->>'note' AS proposed_note, x.resolved_at,
           x.resolved_by_id
    FROM entries e JOIN inventory_stockexception x ON x.id = e.source_id
    JOIN inventory_stockentry s ON s.id = x.entry_id
    WHERE e.source_kind = 'exception'
)
"""
# One row for each deed. Who signed by a policy is nobody: the policy is named. The last signature and the posting are
# of one transaction and are told in this order, though the posting is written first.
PEOPLE = f"""
WITH {OF_BATCH},
deeds AS (
    SELECT h.id, 1 AS place, h.history_date AS at,
           CASE h.history_type WHEN '+' THEN 'drafted' ELSE 'changed' END AS deed,
           h.history_user_id AS person, '' AS role, NULL::bigint AS weight, NULL::bigint AS value,
           CASE h.history_type WHEN '+' THEN '' ELSE h.history_change_reason END AS note
    FROM (SELECT h.*, lag(version) OVER (PARTITION BY h.id ORDER BY history_id) AS version_before
          FROM backflush_historicalbackflush h JOIN batch ON batch.id = h.id) h
    WHERE h.history_type = '+' OR h.version <> h.version_before
    UNION ALL
    SELECT q.backflush_id, 2, q.requested_at, 'submitted', q.requested_by_id, '', q.weight_minor, q.value_minor, q.note
    FROM batch JOIN approvals_approvalrequest q ON q.backflush_id = batch.id
    UNION ALL
    SELECT q.backflush_id, 3, a.decided_at, CASE a.decision WHEN 'approve' THEN 'signed' ELSE 'returned' END,
           a.decided_by_id, a.role, NULL, NULL, a.note
    FROM batch JOIN approvals_approvalrequest q ON q.backflush_id = batch.id
    JOIN approvals_approvaldecision a ON a.request_id = q.id
    UNION ALL
    SELECT d.id, 4, d.posted_at, CASE WHEN d.is_posted_by_policy THEN 'posted by the policy on standard runs'
           ELSE 'posted' END, d.posted_by_id, '', NULL, NULL, ''
    FROM batch JOIN backflush_backflush d ON d.id = batch.id WHERE d.posted_at IS NOT NULL
    UNION ALL
    SELECT d.id, 5, d.reversed_at, 'reversed', d.reversed_by_id, '', NULL, NULL, d.reversal_reason
    FROM batch JOIN backflush_backflush d ON d.id = batch.id WHERE d.reversed_at IS NOT NULL
    UNION ALL
    SELECT s.id, 6, s.proposed_at, 'proposed how a shortage is settled', s.proposed_by_id, '', NULL, NULL,
           s.proposed_note
    FROM settled s WHERE s.proposed_at IS NOT NULL
    UNION ALL
    SELECT s.id, 7, s.resolved_at, 'signed how a shortage is settled', s.resolved_by_id, '', NULL, NULL, ''
    FROM settled s
)
SELECT d.number, {MOMENT.format("deeds.at")}, deeds.deed, {NAME.format("u")}, deeds.role, deeds.weight, deeds.value,
       deeds.note
FROM deeds JOIN backflush_backflush d ON d.id = deeds.id LEFT JOIN accounts_user u ON u.id = deeds.person
LEFT JOIN (SELECT id, max(at) AS at FROM deeds WHERE place = 3 GROUP BY id) signed ON signed.id = deeds.id
ORDER BY d.number, CASE deeds.place WHEN 4 THEN GREATEST(deeds.at, signed.at) ELSE deeds.at END, deeds.place
"""


def evidence_lines(batch: ExportBatch) -> Table:
    """Every line of the file with what it came from, in the file's order (two queries)."""
    columns = list(LINE_COLUMNS)
    at = columns.index("file")
    rows = _read(LINES, batch)
    names = file_names({row[at] for row in rows})
    return Table(
        columns,
        [(*row[:at], names.get(row[at]), *row[at + 1 :]) for row in rows],
        frozenset({"item", "description", "location", "lot", "unit", "work_order", "product", "reference"})
        | {"stands_in_for", "file", "recorded_by", "reason", "note", "erp_message"},
        frozenset({"amount", "substitution", "scrap_cost", "usage", "price"}),
    )


def evidence_people(batch: ExportBatch) -> Table:
    """Who made, signed and reversed the documents of the file, and who settled their shortages (one query)."""
    return Table(
        list(PEOPLE_COLUMNS),
        _read(PEOPLE, batch),
        frozenset({"by", "note"}),
        frozenset({"weight", "value"}),
    )


def _read(statement: str, batch: ExportBatch) -> list[tuple[Any, ...]]:
    is_long = batch.line_count > MANY
    with whole_tables() if is_long else nullcontext(), connection.cursor() as cursor:
        cursor.execute(statement, [batch.pk])
        return list(cursor.fetchall())
