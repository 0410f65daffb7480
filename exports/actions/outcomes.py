"""Keep inventory's record of what became of each exported entry, which stock files are judged by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Organization
from accounts.tenancy.writes import insert_rows, update_rows, update_where
from exports.models import ExportBatch, ExportLine
from inventory.choices import ErpAnswer
from inventory.models import EntryOutcome
from inventory.stock_files.answers import book_answers, recall_answers


def note_exported(batch: ExportBatch, entry_ids: Sequence[int], *, actor: Any, reason: str) -> None:
    """The batch's entries went out at its moment and are unanswered; those that came back begin anew."""
    known = dict(_outcomes(batch).values_list("entry_id", "pk"))
    update_where(
        EntryOutcome,
        list(known.values()),
        {"exported_at": batch.exported_at, "answer": ErpAnswer.NONE, "answered_at": None, "loaded_at": None},
        actor=actor,
        reason=reason,
    )
    insert_rows(
        EntryOutcome,
        ["entry_id"],
        ((entry_id,) for entry_id in entry_ids if entry_id not in known),
        constants={"exported_at": batch.exported_at},
        actor=actor,
        reason=reason,
    )


def note_answers(
    organization: Organization, batch: ExportBatch, lines: Sequence[ExportLine], *, actor: Any, reason: str
) -> None:
    """What the ERP said of these lines; where a stock file assumed otherwise, the balance moves by the difference."""
    answers = {line.entry_id: line for line in lines}
    recall_answers(list(answers), actor=actor, reason=reason)
    rows = [row for row in _outcomes(batch).values_list("pk", "entry_id") if row[1] in answers]
    update_rows(
        EntryOutcome,
        ["answer", "answered_at", "loaded_at"],
        (
            (pk, answers[entry_id].answer, answers[entry_id].answered_at, answers[entry_id].loaded_at)
            for pk, entry_id in rows
        ),
        actor=actor,
        reason=reason,
    )
    book_answers(list(answers), on=_today(organization), actor=actor, reason=reason)


def note_withdrawn(
    organization: Organization, batch: ExportBatch, entry_ids: Sequence[int], *, actor: Any, reason: str
) -> None:
    """The ERP will not load these entries from this batch."""
    withdrawn = set(entry_ids)
    recall_answers(entry_ids, actor=actor, reason=reason)
    rows = [row for row in _outcomes(batch).values_list("pk", "entry_id") if row[1] in withdrawn]
    update_where(
        EntryOutcome,
        [pk for pk, _ in rows],
        {"answer": ErpAnswer.WITHDRAWN, "answered_at": batch.withdrawn_at, "loaded_at": None},
        actor=actor,
        reason=reason,
    )
    book_answers(list(withdrawn), on=_today(organization), actor=actor, reason=reason)


def _outcomes(batch: ExportBatch) -> Any:
    return EntryOutcome.objects.filter(entry_id__in=ExportLine.objects.filter(batch=batch).values("entry_id"))


def _today(organization: Organization) -> dt.date:
    return timezone.localdate(timezone=ZoneInfo(organization.time_zone))
