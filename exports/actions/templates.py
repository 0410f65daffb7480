"""Make, change, copy and switch templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError

from accounts.errors import AppError
from accounts.models import Organization
from accounts.rights import demand
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import delete_rows, insert_rows, save_row, update_rows
from exports.column_rules import column_problems, template_problem
from exports.models import ExportColumn, ExportTemplate
from exports.writer import LayoutColumn, layout_of

FIELDS = (
    "name",
    "description",
    "delimiter",
    "encoding",
    "line_end",
    "decimal_mark",
    "date_format",
    "has_header",
    "has_consumption",
    "has_receipts",
    "has_adjustments",
    "max_lines",
    "is_guarded",
    "is_active",
)
COLUMN_FIELDS = (
    "header",
    "source",
    "constant",
    "decimals",
    "max_length",
    "pad_to",
    "is_required",
    "translations",
)


def save_template(
    *,
    organization: Organization,
    template: ExportTemplate | None,
    values: Mapping[str, Any],
    columns: Sequence[LayoutColumn],
    actor: Any,
    reason: str,
) -> ExportTemplate:
    """Make a template, or change one: its fields in `values`, its columns as given, in this order.

    Columns keep their rows by position, so that their history tells what each became. Batches keep the layout that
    they were written in. Raises INVALID with the problems by field or by column.
    """
    if actor is not None:
        demand(actor, organization, "export_batches")
    with bind(organization):
        _refuse_wrong(columns)
        row = template or ExportTemplate(organization=organization)
        if template is not None:
            row = _locked(template.pk)
        changed = [name for name in FIELDS if name in values and getattr(row, name) != values[name]]
        for name in changed:
            setattr(row, name, values[name])
        try:
            row.full_clean()
        except ValidationError as error:
            raise AppError("INVALID", " ".join(error.messages), error.message_dict) from error
        if template is None:
            save_row(row, actor=actor, reason=reason)
        elif changed:
            save_row(row, actor=actor, reason=reason, fields=changed)
        _write_columns(row, columns, actor=actor, reason=reason)
        return row


def duplicate_template(
    *, organization: Organization, template_id: int, name: str, actor: Any
) -> ExportTemplate:
    """The same template under another name."""
    with bind(organization):
        original = _locked(template_id)
        return save_template(
            organization=organization,
            template=None,
            values={**{field: getattr(original, field) for field in FIELDS}, "name": name, "is_active": True},
            columns=layout_of(original).columns,
            actor=actor,
            reason=f"Copied from {original.name}",
        )


def switch_template(
    *, organization: Organization, template_id: int, is_active: bool, actor: Any
) -> ExportTemplate:
    """Switch a template on or off. What was written with it stays."""
    if actor is not None:
        demand(actor, organization, "export_batches")
    with bind(organization):
        row = _locked(template_id)
        if row.is_active != is_active:
            row.is_active = is_active
            reason = "Switched on" if is_active else "Switched off"
            save_row(row, actor=actor, reason=reason, fields=["is_active"])
        return row


def _locked(template_id: int) -> ExportTemplate:
    row = ExportTemplate.objects.select_for_update(of=("self",)).filter(pk=template_id).first()
    if row is None:
        raise AppError("NOT_FOUND", "There is no such template.", {"template": template_id})
    return row


def _refuse_wrong(columns: Sequence[LayoutColumn]) -> None:
    by_column = {
        position: problems
        for position, column in enumerate(columns, start=1)
        if (problems := column_problems(column))
    }
    if by_column:
        position, problems = next(iter(by_column.items()))
        raise AppError("INVALID", f"Column {position}: {' '.join(problems.values())}", {"columns": by_column})
    if problem := template_problem(columns):
        raise AppError("INVALID", problem)


def _write_columns(
    template: ExportTemplate, columns: Sequence[LayoutColumn], *, actor: Any, reason: str
) -> None:
    kept = list(ExportColumn.objects.filter(template=template).order_by("position"))
    wanted = [asdict(column) for column in columns]
    delete_rows(ExportColumn, [row.pk for row in kept[len(wanted) :]], actor=actor, reason=reason)
    update_rows(
        ExportColumn,
        list(COLUMN_FIELDS),
        [
            (row.pk, *(values[name] for name in COLUMN_FIELDS))
            for row, values in zip(kept, wanted, strict=False)
            if any(getattr(row, name) != values[name] for name in COLUMN_FIELDS)
        ],
        actor=actor,
        reason=reason,
    )
    insert_rows(
        ExportColumn,
        ["position", *COLUMN_FIELDS],
        [
            (position, *(values[name] for name in COLUMN_FIELDS))
            for position, values in enumerate(wanted, start=1)
            if position > len(kept)
        ],
        constants={"template_id": template.pk},
        actor=actor,
        reason=reason,
    )
