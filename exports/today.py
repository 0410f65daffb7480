"""This room's part of the Today page: what the ERP has still to hear of, and what it refused."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import Organization
from exports.queries.batches import batch_with_rejections, rejected_line_count
from exports.queries.due import due_sums
from ui import formats
from ui.navigation import Panel


def panels(request: HttpRequest) -> list[Panel]:
    organization: Organization = request.organization  # type: ignore[attr-defined]
    due = due_sums()
    rejected = rejected_line_count()
    if not due and not rejected:
        return []
    money = formats.MoneyFormat(organization)
    context = {
        "rows": [
            (each.label, formats.quantity(each.entries), money.money(each.amount_minor)) for each in due
        ],
        "rejected": rejected,
        "batch": batch_with_rejections() if rejected else None,
        "may_export": "export_batches" in request.rights,  # type: ignore[attr-defined]
    }
    return [Panel("exports/panels/due.html", context, order=40, is_wide=False)]
