"""Write a batch for the ERP, take one back, put rejected lines back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from accounts.choices import EventName
from accounts.errors import AppError
from accounts.events import decimal
from accounts.models import Organization
from accounts.numbers import take_numbers
from accounts.rights import demand
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import insert_rows, save_row, update_where
from exports.choices import Answer, ExportStatus
from exports.models import ExportBatch, ExportLine, ExportTemplate
from exports.queries.due import due_entry_ids, due_sums
from exports.writer import layout_of, write_file

from .locks import lock_exports, locked_batch
from .marks import list_below_mark, move_mark_on
from .outcomes import note_exported, note_withdrawn
from .telling import tell_of_batch

# What one file holds at most, whatever its template says: it is built in memory and kept in one row.
MAX_LINES = 500_000


def create_batch(*, organization: Organization, template_id: int, actor: Any) -> ExportBatch:
    """Write everything that is due and that the template takes into one file, oldest posting dates first.

    In one transaction: the bytes, their sha256, one line per entry. What does not fit the template's columns refuses
    the whole file (INVALID, with every misfit in the details); nothing due is INVALID too. Without an actor
    (commands) nobody's right is asked.
    """
    if actor is not None:
        demand(actor, organization, "export_batches")
    with bind(organization):
        lock_exports(organization)
        template = ExportTemplate.objects.filter(pk=template_id).first()
        if template is None:
            raise AppError("NOT_FOUND", "There is no such template.", {"template": template_id})
        _guard_usable(template)
        entry_ids = due_entry_ids(template, at_most=min(template.max_lines or MAX_LINES, MAX_LINES))
        if not entry_ids:
            raise _nothing_due(template)
        number = f"EX-{take_numbers('export', 1)[0]:06d}"
        layout = layout_of(template)
        written = write_file(layout, entry_ids, batch_number=number)
        reason = f"Exported as {number}"
        batch = save_row(
            ExportBatch(
                organization=organization,
                number=number,
                template=template,
                file_name=_file_name(organization, number, template),
                content=written.content,
                sha256=hashlib.sha256(written.content).hexdigest(),
                layout=layout.as_json(),
                line_count=written.line_count,
                total_quantity=written.total_quantity,
                total_minor=written.total_minor,
                exported_at=timezone.now(),
                exported_by=actor,
            ),
            actor=actor,
            reason=reason,
        )
        insert_rows(
            ExportLine,
            ["entry_id", "line_number"],
            ((entry_id, line) for line, entry_id in enumerate(entry_ids, start=1)),
            constants={"batch_id": batch.pk},
            actor=actor,
            reason=reason,
        )
        note_exported(batch, entry_ids, actor=actor, reason=reason)
        move_mark_on(organization)
        told = {
            "template": template.name,
            "file_name": batch.file_name,
            "sha256": batch.sha256,
            "line_count": batch.line_count,
            "total_quantity": decimal(batch.total_quantity),
            "total_minor": batch.total_minor,
        }
        tell_of_batch(EventName.EXPORT_CREATED, batch, told, actor=actor)
        return batch


def withdraw_batch(*, organization: Organization, batch_id: int, actor: Any, reason: str) -> ExportBatch:
    """Take a file back that the ERP has not loaded: its lines no longer count and its entries fall due again.

    Refused with INVALID_STATE when it is withdrawn already or the ERP accepted any of its lines.
    """
    if actor is not None:
        demand(actor, organization, "export_batches")
    if not reason.strip():
        raise AppError("REASON_REQUIRED", "Say why the file is withdrawn.", {"field": "reason"})
    with bind(organization):
        lock_exports(organization)
        batch = locked_batch(batch_id)
        guard_live(batch)
        accepted = ExportLine.objects.filter(batch=batch, answer=Answer.ACCEPTED).count()
        if accepted:
            raise AppError(
                "INVALID_STATE",
                f"The ERP accepted {accepted} of {batch.number}'s lines, so they would be loaded twice. "
                "Put back the rejected lines instead, or correct the answers first.",
                {"batch": batch.number, "accepted": accepted},
            )
        entry_ids = _end_lines(
            ExportLine.objects.filter(batch=batch, is_live=True), actor=actor, reason=reason
        )
        batch.status = ExportStatus.WITHDRAWN
        batch.withdrawn_at = timezone.now()
        batch.withdrawn_by = actor
        batch.withdrawn_reason = reason.strip()
        save_row(
            batch,
            actor=actor,
            reason=reason.strip(),
            fields=["status", "withdrawn_at", "withdrawn_by", "withdrawn_reason"],
        )
        note_withdrawn(organization, batch, entry_ids, actor=actor, reason=reason.strip())
        list_below_mark(entry_ids)
        tell_of_batch(
            EventName.EXPORT_WITHDRAWN,
            batch,
            {"lines": len(entry_ids), "reason": reason.strip()},
            actor=actor,
        )
        return batch


def put_back_rejected(*, organization: Organization, batch_id: int, actor: Any, reason: str) -> int:
    """Let the lines that the ERP rejected fall due again; returns how many. Those reversed meanwhile stay settled."""
    if actor is not None:
        demand(actor, organization, "export_batches")
    with bind(organization):
        lock_exports(organization)
        batch = locked_batch(batch_id)
        guard_live(batch)
        lines = ExportLine.objects.filter(batch=batch, is_live=True, answer=Answer.REJECTED)
        entry_ids = _end_lines(
            lines, actor=actor, reason=reason.strip() or "Put back after the ERP rejected it"
        )
        if not entry_ids:
            raise AppError(
                "INVALID_STATE", f"No line of {batch.number} is rejected.", {"batch": batch.number}
            )
        list_below_mark(entry_ids)
        told = {"lines": len(entry_ids), "reason": reason.strip()}
        tell_of_batch(EventName.EXPORT_LINES_PUT_BACK, batch, told, actor=actor)
        return len(entry_ids)


def guard_live(batch: ExportBatch) -> None:
    if batch.status != ExportStatus.LIVE:
        raise AppError("INVALID_STATE", f"{batch.number} is withdrawn already.", {"batch": batch.number})


def _end_lines(lines: Any, *, actor: Any, reason: str) -> list[int]:
    """Make these lines count no longer; returns their entries."""
    found: Sequence[tuple[int, int]] = list(lines.values_list("pk", "entry_id"))
    update_where(ExportLine, [pk for pk, _ in found], {"is_live": False}, actor=actor, reason=reason)
    return [entry_id for _, entry_id in found]


def _guard_usable(template: ExportTemplate) -> None:
    if not template.is_active:
        raise AppError(
            "INVALID", f"The template “{template.name}” is switched off. Switch it on or choose another."
        )
    if not template.columns.exists():
        raise AppError("INVALID", f"The template “{template.name}” has no columns yet. Add some first.")


def _nothing_due(template: ExportTemplate) -> AppError:
    others = [f"{each.entries} {each.label.lower()}" for each in due_sums()]
    hint = f" Other kinds are due ({', '.join(others)}): choose a template that takes them." if others else ""
    return AppError(
        "INVALID",
        f"Nothing is due for “{template.name}”: everything posted was exported already.{hint}",
        {"template": template.name, "due": 0},
    )


def _file_name(organization: Organization, number: str, template: ExportTemplate) -> str:
    return f"{organization.slug}-{number}-{slugify(template.name)[:60] or 'file'}.csv"
