"""The journal: balanced entries with mapped accounts, written once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.errors import AppError
from accounts.numbers import take_numbers
from accounts.tenancy.writes import CHUNK, allocate_ids, insert_rows
from inventory.choices import AccountRole
from inventory.models import AccountMapping, JournalEntry, JournalLine


class NewLine(NamedTuple):
    """One amount for one account; debit positive, credit negative, in minor units."""

    role: str
    account_code: str
    item_id: int | None
    amount_minor: int
    memo: str = ""


@dataclass(frozen=True, slots=True)
class NewJournal:
    """One entry to be written with its lines."""

    effective_date: dt.date
    source_id: int
    document_number: str
    description: str
    lines: Sequence[NewLine]
    reversal_of_id: int | None = None


class Accounts:
    """The organization's accounts by part and item class. A missing one refuses by name."""

    def __init__(self) -> None:
        self._codes = {
            (role, item_class): code
            for role, item_class, code in AccountMapping.objects.values_list(
                "role", "item_class", "account_code"
            )
        }

    def code(self, role: str, item_class: str = "") -> str:
        code = self._codes.get((role, item_class)) or self._codes.get((role, ""))
        if not code:
            raise AppError(
                "INVALID",
                f"No account is set for “{AccountRole(role).label}”"
                + (f" of item class {item_class}" if item_class else "")
                + ". Set it under Settings → Accounts.",
                {"account_role": str(role), "item_class": item_class},
            )
        return code


def post_journals(journals: Sequence[NewJournal], *, source_kind: str, actor: Any, reason: str) -> list[int]:
    """Write balanced journal entries; returns their ids. Lines of zero are left out."""
    if not journals:
        return []
    ids = allocate_ids(JournalEntry, len(journals))
    numbers = take_numbers("journal", len(journals))
    insert_rows(
        JournalEntry,
        ["id", "number", "effective_date", "source_id", "document_number", "description", "reversal_of_id"],
        (
            (
                i,
                f"JE-{n:06}",
                j.effective_date,
                j.source_id,
                j.document_number,
                j.description,
                j.reversal_of_id,
            )
            for i, n, j in zip(ids, numbers, journals, strict=True)
        ),
        constants={
            "source_kind": source_kind,
            "posted_at": timezone.now(),
            "posted_by_id": actor.pk if actor is not None else None,
        },
        actor=actor,
        reason=reason,
    )
    for batch in _batches(list(zip(ids, journals, strict=True))):
        insert_rows(
            JournalLine, ["entry_id", "position", *NewLine._fields], batch, actor=actor, reason=reason
        )
    return ids


def reverse_journals(
    *, source_kind: str, source_id: int, document_number: str, day: dt.date, actor: Any, reason: str
) -> list[int]:
    """Write the opposite of the journals of a document, line by line; nothing is computed again."""
    originals = list(
        JournalEntry.objects.filter(source_kind=source_kind, source_id=source_id, reversal_of=None).order_by(
            "pk"
        )
    )
    lines = list(JournalLine.objects.filter(entry__in=originals).order_by("entry_id", "position"))
    return post_journals(
        [
            NewJournal(
                effective_date=day,
                source_id=source_id,
                document_number=document_number,
                description=f"Reversal: {reason}"[:255],
                lines=[
                    NewLine(line.role, line.account_code, line.item_id, -line.amount_minor, line.memo)
                    for line in lines
                    if line.entry_id == original.pk
                ],
                reversal_of_id=original.pk,
            )
            for original in originals
        ],
        source_kind=source_kind,
        actor=actor,
        reason=reason,
    )


def _batches(journals: list[tuple[int, NewJournal]]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows in batches that never part an entry's lines: the database checks that each statement balances."""
    batch: list[tuple[Any, ...]] = []
    for entry_id, journal in journals:
        lines = [line for line in journal.lines if line.amount_minor]
        if batch and len(batch) + len(lines) > CHUNK:
            yield batch
            batch = []
        batch.extend((entry_id, position, *line) for position, line in enumerate(lines, start=1))
    if batch:
        yield batch
