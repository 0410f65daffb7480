"""What calls ask for, in the keys of rows: codes are looked up, all of a kind at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from accounts.errors import AppError
from api.schemas.backflushes import LineIn, LotIn, UsedIn
from api.schemas.files import LineAnswerIn
from approvals.actions.reporting import Used
from backflush.actions.editing import LineChange, LotChoice
from backflush.models import BackflushLine
from exports.acknowledgements import LineAnswer, line_number_of
from exports.choices import Answer
from inventory.queries.lookup import (
    active_reason_ids,
    item_by_sku,
    item_ids,
    location_ids,
    lot_ids,
    reason_by_code,
)


def used_of(lines: Sequence[UsedIn]) -> list[Used]:
    """What was used. Raises NOT_FOUND naming every code that nobody knows."""
    items = _known(
        "item", item_ids, [line.item for line in lines] + _given(line.stands_in_for for line in lines)
    )
    places = _known("location", location_ids, _given(line.location for line in lines))
    reasons = _known("reason", active_reason_ids, _given(line.reason for line in lines))
    return [
        Used(
            item_id=items[line.item],
            quantity=line.actual_quantity,
            unit=line.unit,
            lot_code=line.lot,
            location_id=places[line.location] if line.location else None,
            stands_in_for_id=items[line.stands_in_for] if line.stands_in_for else None,
            factor=line.factor,
            operation_number=line.operation_id,
            reason_id=reasons[line.reason] if line.reason else None,
            note=line.note,
        )
        for line in lines
    ]


def changes_of(line: BackflushLine, body: LineIn) -> list[LineChange]:
    """The changes that a call asks for on one line."""
    item = item_by_sku(body.item_used) if body.item_used else None
    reason_id = None
    if "reason" in body.model_fields_set:
        reason_id = reason_by_code(body.reason).pk if body.reason else 0
    change = LineChange(
        line_id=line.pk,
        actual_quantity=body.actual_quantity,
        item_used_id=item.pk if item else None,
        factor=body.factor,
        lots=None if body.lots is None else _lots(body.lots, item.pk if item else line.item_id),
        reason_id=reason_id,
        note=body.note,
    )
    reset = [LineChange(line_id=line.pk, is_reset=True)] if body.is_reset else []
    is_anything = any(
        value is not None
        for value in (
            change.actual_quantity,
            change.item_used_id,
            change.factor,
            change.lots,
            change.reason_id,
            change.note,
        )
    )
    return [*reset, change] if is_anything else reset


def answers_of(lines: Sequence[LineAnswerIn], batch_number: str) -> list[LineAnswer]:
    """The ERP's answers by line. Raises INVALID naming every line that is not told."""
    found, problems = [], []
    for place, one in enumerate(lines):
        try:
            named = "" if one.line is None else str(one.line)
            number = line_number_of(named, one.external_id or "", batch_number)
        except ValueError as error:
            problems.append({"field": f"lines.{place}", "message": str(error)})
            continue
        found.append(LineAnswer(number, Answer(one.answer), one.loaded_at, one.message))
    if problems:
        raise AppError("INVALID", f"lines: {problems[0]['message']}", problems)
    return found


def _lots(chosen: Sequence[LotIn], item_id: int) -> list[LotChoice]:
    known = lot_ids([item_id]) if any(one.lot for one in chosen) else {}
    places = _known("location", location_ids, _given(one.location for one in chosen))
    unknown = sorted({one.lot for one in chosen if one.lot and (item_id, one.lot) not in known})
    if unknown:
        raise AppError("NOT_FOUND", f"The item has no lot {', '.join(unknown)}.", {"lot": unknown})
    return [
        LotChoice(
            known[(item_id, one.lot)] if one.lot else None,
            places[one.location] if one.location else None,
            one.quantity,
        )
        for one in chosen
    ]


def _given(codes: Iterable[str | None]) -> list[str]:
    return [code for code in codes if code]


def _known(
    name: str, look_up: Callable[[Collection[str]], dict[str, int]], codes: Sequence[str]
) -> dict[str, int]:
    if not codes:
        return {}
    found = look_up(set(codes))
    if missing := sorted(set(codes) - found.keys()):
        raise AppError("NOT_FOUND", f"There is no {name} {', '.join(missing)}.", {name: missing})
    return found
