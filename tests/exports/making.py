"""Ledger entries to export, posted as the ledger posts them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accounts.models import Organization
from accounts.tenancy.binding import bind
from exports.acknowledgements import LineAnswer
from exports.actions.acknowledging import record_acknowledgements
from exports.actions.batches import create_batch
from exports.actions.templates import save_template
from exports.choices import Answer
from exports.models import ExportBatch, ExportTemplate
from exports.queries.due import entries_due
from exports.writer import LayoutColumn
from inventory.choices import SourceKind, StockEvent
from inventory.ledger import NewEntry, post_entries
from inventory.models import Item, Lot, StockEntry
from tests.factories import make_location

DAY = dt.date(2026, 3, 9)


def post(
    organization: Organization,
    item: Item,
    quantity: str | int,
    *,
    location: str = "MAIN",
    lot: Lot | None = None,
    **values: Any,
) -> StockEntry:
    """One entry; a relief unless said otherwise."""
    place = make_location(organization, location)
    columns: dict[str, Any] = {
        "event": StockEvent.CONSUME.value,
        "unit_cost": Decimal("1.25"),
        "amount_minor": int(Decimal(quantity) * 125),
        "effective_date": DAY,
        "source_id": 1,
        "source_line_id": None,
        "document_number": "BF-000001",
        "order_number": "WO-1",
        **values,
    }
    with bind(organization):
        posted = post_entries(
            [
                NewEntry(
                    item_id=item.pk,
                    location_id=place.pk,
                    lot_id=lot.pk if lot else None,
                    quantity=Decimal(quantity),
                    **columns,
                )
            ],
            source_kind=SourceKind.BACKFLUSH.value,
            actor=None,
            reason="posted for a test",
            is_exact=True,
        )
        return StockEntry.objects.get(pk=posted.ids[0])


def reverse(organization: Organization, entry: StockEntry, day: dt.date | None = None) -> StockEntry:
    """The entry's inverse."""
    with bind(organization):
        posted = post_entries(
            [
                NewEntry(
                    item_id=entry.item_id,
                    location_id=entry.location_id,
                    lot_id=entry.lot_id,
                    event=entry.event,
                    quantity=-entry.quantity,
                    unit_cost=entry.unit_cost,
                    amount_minor=-entry.amount_minor,
                    effective_date=day or entry.effective_date,
                    source_id=entry.source_id,
                    source_line_id=None,
                    document_number=entry.document_number,
                    order_number=entry.order_number,
                    reversal_of_id=entry.pk,
                )
            ],
            source_kind=entry.source_kind,
            actor=None,
            reason="reversed for a test",
        )
        return StockEntry.objects.get(pk=posted.ids[0])


def template_named(organization: Organization, name: str = "Stock adjustments") -> ExportTemplate:
    with bind(organization):
        return ExportTemplate.objects.get(name=name)


def make_template(
    organization: Organization, columns: Sequence[LayoutColumn], name: str = "Ours", **values: Any
) -> ExportTemplate:
    return save_template(
        organization=organization,
        template=None,
        values={"name": name, **values},
        columns=columns,
        actor=None,
        reason="made for a test",
    )


def export(
    organization: Organization, template: ExportTemplate | None = None, actor: Any = None
) -> ExportBatch:
    return create_batch(
        organization=organization,
        template_id=(template or template_named(organization)).pk,
        actor=actor,
    )


def answer(
    organization: Organization,
    batch: ExportBatch,
    kind: Answer,
    *lines: int,
    loaded_at: dt.datetime | None = None,
    message: str = "",
) -> None:
    record_acknowledgements(
        organization=organization,
        batch_id=batch.pk,
        answers=[
            LineAnswer(line, kind, loaded_at, message) for line in (lines or range(1, batch.line_count + 1))
        ],
        actor=None,
    )


def due(organization: Organization) -> list[Decimal]:
    """The quantities that wait, in the order of posting."""
    with bind(organization):
        return list(entries_due().order_by("pk").values_list("quantity", flat=True))
