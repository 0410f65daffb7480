"""Events about batches."""

from __future__ import annotations

from typing import Any

from accounts.choices import EventName
from accounts.events import NewEvent, record_events
from exports.models import ExportBatch


def tell_of_batch(name: EventName, batch: ExportBatch, data: dict[str, Any], *, actor: Any) -> None:
    """Write one event about this batch in the transaction that is open."""
    about = {"export_id": batch.pk, "export": batch.number}
    record_events([NewEvent(name, about, data, ordering_key=batch.number)], actor=actor)
