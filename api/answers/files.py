"""Files in and out as answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from accounts.models import Organization
from api.answers.backflushes import job
from api.answers.common import sure_digits
from exports.models import ExportBatch, ExportLine
from exports.queries.batches import Answers, answers_of
from imports.choices import ImportStatus
from imports.models import ImportBatch
from imports.queries.batches import issues_of

MOST_ISSUES = 1000


def imported(batch: ImportBatch, *, is_already_loaded: bool = False) -> dict[str, Any]:
    issues = issues_of(batch)
    is_refused = batch.status == ImportStatus.REFUSED  # what would have been made was not
    return {
        "id": batch.pk,
        "number": batch.number,
        "kind": batch.kind,
        "file_name": batch.file_name,
        "status": batch.status,
        "is_already_loaded": is_already_loaded,
        "rows": batch.row_count,
        "accepted": batch.accepted_count,
        "refused": batch.refused_count,
        "created": 0 if is_refused else batch.created_count,
        "updated": 0 if is_refused else batch.updated_count,
        "unchanged": batch.unchanged_count,
        "issue_count": issues.count(),
        "issues": [
            {
                "row": issue.row,
                "column": issue.column,
                "value": issue.value,
                "code": issue.code,
                "message": issue.message,
                "severity": issue.severity,
            }
            for issue in issues[:MOST_ISSUES]
        ],
        "job": job(batch.job) if batch.job is not None else None,
        "uploaded_at": batch.uploaded_at,
        "loaded_at": batch.loaded_at,
    }


def exports(batches: Iterable[ExportBatch], organization: Organization) -> list[dict[str, Any]]:
    """Batches with how they were answered (one query). Their templates are read with them."""
    rows = list(batches)
    answers = answers_of([row.pk for row in rows])
    return [_export(row, answers[row.pk], organization) for row in rows]


def export_lines(lines: Sequence[ExportLine], number: str) -> list[dict[str, Any]]:
    return [
        {
            "line": line.line_number,
            "external_id": f"{number}-{line.line_number}",
            "txn_id": line.entry_id,
            "item": line.entry.item.sku,
            "location": line.entry.location.code,
            "lot": line.entry.lot.code if line.entry.lot else None,
            "quantity": sure_digits(line.entry.quantity),
            "document": line.entry.document_number,
            "work_order": line.entry.order_number or None,
            "is_live": line.is_live,
            "answer": line.answer or None,
            "loaded_at": line.loaded_at,
            "message": line.message,
        }
        for line in lines
    ]


def _export(row: ExportBatch, answers: Answers, organization: Organization) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "template": row.template.name,
        "status": row.status,
        "file_name": row.file_name,
        "sha256": row.sha256,
        "line_count": row.line_count,
        "total_quantity": sure_digits(row.total_quantity),
        "total_minor": row.total_minor,
        "currency_code": organization.currency_code,
        "exported_at": row.exported_at,
        "answers": {
            "accepted": answers.accepted,
            "rejected": answers.rejected,
            "open": answers.open,
            "ended": answers.ended,
        },
    }
