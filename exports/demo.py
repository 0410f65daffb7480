"""What this room adds to the demo company: a batch every week, and what the ERP answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from exports.acknowledgements import LineAnswer
from exports.actions.acknowledging import record_acknowledgements
from exports.actions.batches import create_batch
from exports.choices import Answer
from exports.models import ExportLine, ExportTemplate
from exports.presets import GENERIC
from inventory.choices import StockEvent

REJECTED = 3
REFUSAL = "Item is blocked for stock postings until the count of its store is finished"


def step(
    *,
    organization: Organization,
    actor: User,
    set_clock: Callable[[int], dt.datetime],
    is_last: bool,
) -> None:
    """Write what is due, and half an hour later the answers: all loaded, but for a few receipts of the last batch."""
    set_clock(20)
    with bind(organization):
        template = ExportTemplate.objects.get(name=GENERIC.name)
        batch = create_batch(organization=organization, template_id=template.pk, actor=actor)
    loaded_at = set_clock(41)
    with bind(organization):
        lines = list(
            ExportLine.objects.filter(batch=batch)
            .order_by("line_number")
            .values_list("line_number", "entry__event")
        )
        receipts = [number for number, event in lines if event == StockEvent.RECEIVE]
        rejected = set(receipts[-REJECTED:]) if is_last else set()
        answers = [
            LineAnswer(number, Answer.REJECTED, None, REFUSAL)
            if number in rejected
            else LineAnswer(number, Answer.ACCEPTED, loaded_at)
            for number, _ in lines
        ]
        record_acknowledgements(
            organization=organization,
            batch_id=batch.pk,
            answers=answers,
            actor=actor,
            reason="The ERP answered",
        )
