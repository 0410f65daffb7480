"""Events about imports."""

from __future__ import annotations

from typing import Any

from accounts.choices import EventName
from accounts.events import NewEvent, record_events
from imports.models import ImportBatch


def tell_of_import(name: EventName, batch: ImportBatch, *, actor: Any) -> None:
    """Write one event about this import in the transaction that is open."""
    told = {
        "kind": batch.kind,
        "file_name": batch.file_name,
        "status": batch.status,
        "rows": batch.row_count,
        "accepted": batch.accepted_count,
        "refused": batch.refused_count,
        "created": batch.created_count,
        "updated": batch.updated_count,
        "unchanged": batch.unchanged_count,
    }
    about = {"import_id": batch.pk, "import": batch.number}
    record_events([NewEvent(name, about, told, ordering_key=f"import {batch.number}")], actor=actor)
