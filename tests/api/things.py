"""Something of each kind that a call's address can name."""

from __future__ import annotations

from typing import Any

from accounts.models import Job, Organization
from accounts.tenancy.binding import bind
from backflush.models import BackflushLine
from tests import documents
from tests.rows import any_row


def things(organization: Organization) -> dict[str, dict[str, Any]]:
    """Something of each kind that an address can name: by the beginning of the address, what its parameters are."""
    batch = documents.make_export(organization)
    draft = documents.make_draft(organization)
    received = documents.make_import(organization)
    with bind(organization):
        line = BackflushLine.objects.filter(backflush=draft).select_related("item").earliest("pk")
        job = any_row(Job, organization)
        number = draft.completion.output.work_order.number
    return {
        "/v1/work-orders/": {"number": number},
        "/v1/backflushes/": {"id": draft.pk, "line_id": line.pk},
        "/v1/items/": {"sku": line.item.sku},
        "/v1/imports/": {"id": received.pk},
        "/v1/exports/": {"id": batch.pk},
        "/v1/jobs/": {"id": job.pk},
    }


def named(path: str, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return next((values for start, values in known.items() if path.startswith(start)), {})
