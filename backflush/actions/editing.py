"""Change a draft's lines, and compute it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.errors import AppError
from accounts.models import Organization
from accounts.rights import demand
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import insert_rows, save_row, update_rows, update_where
from backflush.actions.drafting import compute, guard_completion, use_for
from backflush.actions.guards import lock_documents
from backflush.actions.lines import TOTALS, Document, totals_of
from backflush.actions.rewriting import rewrite_lines
from backflush.choices import BackflushStatus
from backflush.engine.enums import Flag
from backflush.engine.results import ComputedBackflush
from backflush.models import Backflush, BackflushLine, HeldUse
from backflush.queries.basis import basis_of
from backflush.queries.documents import DocumentRow
from backflush.queries.inputs import InputsBuilder
from backflush.queries.involved import with_person
from backflush.queries.rows import CompletionRow, HeldDocument, UseRow
from backflush.states import EDITABLE
from inventory.models import Lot


@dataclass(frozen=True, slots=True)
class LotChoice:
    """A lot (or none), a location (or any) and how much of it (or as much as is needed)."""

    lot_id: int | None
    location_id: int | None = None
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LineChange:
    """What a person changes on one line; None leaves it as it is.

    Without `line_id` it adds a line for `item_used_id`: extra, or standing in for `input_id`'s item. `is_reset` drops
    all earlier changes of the line. `actual_quantity` is signed as the line is.
    """

    line_id: int | None
    actual_quantity: Decimal | None = None
    item_used_id: int | None = None
    factor: Decimal | None = None
    lots: Sequence[LotChoice] | None = None
    reason_id: int | None = None
    note: str | None = None
    input_id: int | None = None
    is_reset: bool = False


def edit_backflush(
    *,
    organization: Organization,
    backflush_id: int,
    changes: Sequence[LineChange],
    actor: Any,
    reason: str = "",
    version: int | None = None,
) -> Backflush:
    """Change lines of a draft or returned document and compute it again, in one transaction.

    `version` is the one the person looked at: another person's change since then is a conflict, not overwritten.
    """
    demand(actor, organization, "edit_backflush")
    with bind(organization):
        backflush, document = _editable(backflush_id, version)
        lines = {line.pk: line for line in BackflushLine.objects.filter(backflush_id=backflush_id)}
        edits = list(backflush.edits)
        for change in changes:
            if change.line_id is not None and change.line_id not in lines:
                raise AppError(
                    "NOT_FOUND", "There is no such line on this document.", {"line": change.line_id}
                )
            _demand_line_in_use(change, lines.get(change.line_id or 0))
            _demand_own_lots(change, lines.get(change.line_id or 0))
            edits = _with_change(edits, change, lines.get(change.line_id or 0))
        why = reason or _words(changes, lines)
        backflush.edits = edits
        computed = _recompute(organization, backflush, document, actor=actor, reason=why)
        _demand_posted_returns(computed)
        _explain(backflush_id, changes, lines, actor=actor, reason=why)
        return backflush


def recompute_backflush(
    *, organization: Organization, backflush_id: int, actor: Any, reason: str = "Recomputed"
) -> Backflush:
    """Compute a document again from what holds now, keeping what people changed. A submitted one is returned."""
    demand(actor, organization, "edit_backflush")
    with bind(organization):
        documents = lock_documents([backflush_id])
        if not documents:
            raise AppError("NOT_FOUND", "There is no such backflush.", {"backflush": backflush_id})
        backflush = Backflush.objects.get(pk=backflush_id)
        if backflush.status == BackflushStatus.SUBMITTED:
            backflush.status = BackflushStatus.RETURNED
        elif backflush.status not in EDITABLE:
            raise _not_editable(backflush)
        _recompute(organization, backflush, documents[0], actor=actor, reason=reason)
        return backflush


def preview(
    *, organization: Organization, backflush: Backflush, changes: Sequence[LineChange]
) -> tuple[ComputedBackflush, InputsBuilder, CompletionRow]:
    """What the document would be with these changes; nothing is written."""
    lines = {line.pk: line for line in BackflushLine.objects.filter(backflush=backflush)}
    edits = list(backflush.edits)
    for change in changes:
        edits = _with_change(edits, change, lines.get(change.line_id or 0))
    builder, completion, against, use = _inputs(organization, backflush, edits)
    return compute(builder, completion, against=against, use=use, edits=edits), builder, completion


def _editable(backflush_id: int, version: int | None) -> tuple[Backflush, DocumentRow]:
    documents = lock_documents([backflush_id])
    if not documents:
        raise AppError("NOT_FOUND", "There is no such backflush.", {"backflush": backflush_id})
    backflush = Backflush.objects.get(pk=backflush_id)
    if backflush.status not in EDITABLE:
        raise _not_editable(backflush)
    if version is not None and version != backflush.version:
        raise AppError(
            "EDIT_CONFLICT",
            f"Somebody changed {backflush.number} while you looked at it. Reload it and make your change again.",
            {"backflush": backflush.number, "version": backflush.version},
        )
    return backflush, documents[0]


def _not_editable(backflush: Backflush) -> AppError:
    code = "ALREADY_BACKFLUSHED" if backflush.status == BackflushStatus.POSTED else "INVALID_STATE"
    return AppError(
        code,
        f"{backflush.number} is {backflush.get_status_display().lower()} and cannot be edited.",
        {"backflush": backflush.number, "status": backflush.status},
    )


def _with_change(
    edits: list[dict[str, Any]], change: LineChange, line: BackflushLine | None
) -> list[dict[str, Any]]:
    if line is None:
        if change.item_used_id is None:
            raise AppError("INVALID", "Name the item that was used.", {"field": "item"})
        key = (change.input_id, change.item_used_id)
    else:
        key = (line.input_id, line.item_id)
    rest = [e for e in edits if not _is_for(e, key)]
    before = next((e for e in edits if _is_for(e, key)), {"input_id": key[0], "item_id": key[1]})
    if change.is_reset:
        return rest
    edit = dict(before)
    if change.actual_quantity is not None:
        edit["actual_quantity"] = str(change.actual_quantity)
    if line is not None and change.item_used_id is not None and change.item_used_id != line.item_id:
        edit["item_used_id"] = change.item_used_id
    if change.factor is not None:
        edit["factor"] = str(change.factor)
    if change.lots is not None:
        actual = change.actual_quantity
        if actual is None and line is not None:
            actual = line.actual_quantity
        edit["lots"] = [
            {
                "lot_id": lot.lot_id,
                "location_id": lot.location_id,
                "quantity": None if lot.quantity is None else str(_amount(lot.quantity, actual)),
            }
            for lot in change.lots
        ]
    return [*rest, edit] if len(edit) > 2 else rest


def _amount(quantity: Decimal, actual: Decimal | None) -> Decimal:
    """How much of a lot is meant. On a line that takes back a person may write the sign of the line, or none."""
    if actual is not None and actual < 0:
        return abs(quantity)
    if quantity < 0:
        raise AppError(
            "INVALID", "A lot gives nothing less than zero: say how much of it.", {"field": "lots"}
        )
    return quantity


def _is_for(edit: dict[str, Any], key: tuple[int | None, int]) -> bool:
    return edit["input_id"] == key[0] and key[1] in (edit["item_id"], edit.get("item_used_id"))


def _edited_items(edits: Sequence[dict[str, Any]]) -> set[int]:
    return {i for edit in edits for i in (edit["item_id"], edit.get("item_used_id")) if i}


def _inputs(
    organization: Organization, backflush: Backflush, edits: Sequence[dict[str, Any]]
) -> tuple[InputsBuilder, CompletionRow, list[HeldDocument], list[UseRow]]:
    basis = basis_of(
        organization,
        [backflush.completion_id],
        own_backflush_ids=[backflush.pk],
        extra_item_ids=_edited_items(edits),
    )
    completion = basis.completions[0]
    guard_completion(completion, basis)
    against = [h for h in basis.held[completion.output_id] if h.backflush_id != backflush.pk]
    return InputsBuilder(basis), completion, against, use_for(basis, completion, set())


def _recompute(
    organization: Organization, backflush: Backflush, document: DocumentRow, *, actor: Any, reason: str
) -> ComputedBackflush:
    builder, completion, against, use = _inputs(organization, backflush, backflush.edits)
    computed: ComputedBackflush = compute(
        builder, completion, against=against, use=use, edits=backflush.edits
    )
    inputs = builder.basis.recipes[completion.output_id].ids_by_position
    rewrite_lines(
        Document(backflush.pk, computed, inputs, completion.scrap_reason_id), actor=actor, reason=reason
    )
    _hold(backflush.pk, use, actor=actor, reason=reason)
    for name, value in zip(TOTALS, totals_of(computed), strict=True):
        setattr(backflush, name, value)
    backflush.line_count = len(computed.lines)
    backflush.fingerprint = builder.fingerprint(
        completion, against=against, use=use, edited_item_ids=sorted(_edited_items(backflush.edits))
    )
    backflush.computed_against = [held.backflush_id for held in against]
    backflush.version += 1
    backflush.involved_user_ids = with_person(backflush.involved_user_ids, actor)
    backflush.drafted_at = timezone.now()
    save_row(
        backflush,
        actor=actor,
        reason=reason,
        fields=[
            *TOTALS,
            "status",
            "line_count",
            "fingerprint",
            "computed_against",
            "edits",
            "version",
            "involved_user_ids",
            "drafted_at",
        ],
    )
    return computed


def _demand_line_in_use(change: LineChange, line: BackflushLine | None) -> None:
    """A line that only keeps a signer's question has no figures to change: another item stands in its place."""
    figures = (change.actual_quantity, change.item_used_id, change.factor, change.lots)
    is_emptied = line is not None and line.input_id is not None and not line.terms
    if is_emptied and any(figure is not None for figure in figures):
        raise AppError(
            "INVALID",
            "Another item was used in place of this line's: change that item's line, or reset this one first.",
            {"field": "line"},
        )


def _demand_own_lots(change: LineChange, line: BackflushLine | None) -> None:
    """Lots that a person names are those of the item that the line takes."""
    item_id = change.item_used_id or (line.item_id if line else None)
    named = {lot.lot_id for lot in change.lots or () if lot.lot_id is not None}
    known = set(Lot.objects.filter(pk__in=named, item_id=item_id or 0).values_list("pk", flat=True))
    if strange := sorted(named - known):
        raise AppError(
            "NOT_FOUND", "The item of this line has no such lot: choose one of its own.", {"lots": strange}
        )


def _demand_posted_returns(computed: ComputedBackflush) -> None:
    """What comes back was posted before: nobody returns more than an earlier part of the order took."""
    for line in computed.lines:
        if Flag.RETURN_UNPOSTED in line.flags:
            raise AppError(
                "INVALID",
                "More would come back than this order has posted of that component. Use is never less than nothing: "
                "put in what was used, or send a correction of the completion.",
                {"field": "actual_quantity"},
            )


def _hold(backflush_id: int, use: Sequence[UseRow], *, actor: Any, reason: str) -> None:
    held = dict(
        HeldUse.objects.filter(backflush_id=backflush_id, is_live=True).values_list("reported_use_id", "pk")
    )
    wanted = {row.id for row in use}
    insert_rows(
        HeldUse,
        ["backflush_id", "reported_use_id"],
        [(backflush_id, use_id) for use_id in sorted(wanted - held.keys())],
        actor=actor,
        reason=reason,
    )
    freed = [pk for use_id, pk in held.items() if use_id not in wanted]
    update_where(HeldUse, freed, {"is_live": False}, actor=actor, reason=reason)


def _explain(
    backflush_id: int,
    changes: Sequence[LineChange],
    before: dict[int, BackflushLine],
    *,
    actor: Any,
    reason: str,
) -> None:
    """Put reasons and notes on the lines as they stand after the recomputation."""
    after = {
        (line.input_id, line.item_id): line
        for line in BackflushLine.objects.filter(backflush_id=backflush_id)
    }
    rows = []
    for change in changes:
        if change.reason_id is None and change.note is None:
            continue
        old = before.get(change.line_id or 0)
        input_id = old.input_id if old else change.input_id
        item_id = change.item_used_id or (old.item_id if old else None)
        line = after.get((input_id, item_id or 0)) or after.get((input_id, old.item_id if old else 0))
        if line is None:
            continue
        reason_id = change.reason_id if change.reason_id is not None else line.reason_id
        rows.append((line.pk, reason_id or None, line.note if change.note is None else change.note))
    update_rows(BackflushLine, ["reason_id", "note"], rows, actor=actor, reason=reason)


def _words(changes: Sequence[LineChange], lines: dict[int, BackflushLine]) -> str:
    notes = [change.note for change in changes if change.note]
    return "; ".join(notes) or "Edited"
