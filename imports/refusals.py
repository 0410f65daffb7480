"""Which rows of an import were refused, and why: what reading refused and what its kind refused, together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from imports.files import read_batch
from imports.models import ImportBatch, ImportIssue
from imports.reading.issues import Issue, Severity
from imports.reading.result import ReadResult


def refused_read(batch: ImportBatch) -> ReadResult:
    """The file as it is read now, with the issues and refusals that the import kept."""
    read = read_batch(batch)
    kept = [
        Issue(row, column, value, code, message, Severity(severity))
        for row, column, value, code, message, severity in ImportIssue.objects.filter(batch=batch)
        .order_by("pk")
        .values_list("row", "column", "value", "code", "message", "severity")
    ]
    refused = set(read.refused_rows.tolist())
    refused |= {issue.row for issue in kept if issue.row is not None and issue.severity is Severity.ERROR}
    if any(issue.row is None and issue.severity is Severity.ERROR for issue in kept):
        refused |= set(read.row_numbers.tolist())
    return replace(read, issues=kept, refused_rows=np.asarray(sorted(refused), np.int32))
