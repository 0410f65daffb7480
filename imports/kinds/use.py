"""Files of reported use."""

from __future__ import annotations

from collections.abc import Mapping

from backflush.models import HeldUse
from imports.kinds.absurd import compared, outliers
from imports.kinds.results import tell
from imports.kinds.shapes import Answer, Rows, Run, column, records, unknown_items, without
from inventory.actions.places import load_locations
from inventory.queries.lookup import item_ids, location_ids
from production.actions.load_use import Told, UseRow, load_use
from production.models import ReportedUse as Use

REMEDY = "Load it with an items file first."
NAMES = (
    "wo_number",
    "component_sku",
    "quantity",
    "unit",
    "lot",
    "location",
    "stands_in_for",
    "factor",
    "operation",
    "position",
    "reference",
)


class ReportedUse:
    totals = ("quantity",)

    def take(self, rows: Rows, run: Run) -> Answer:
        answer = Answer()
        names = [name for name in ("component_sku", "stands_in_for") if name in rows.columns]
        known = item_ids({sku for name in names for sku in column(rows, name) if sku})
        unknown_items(rows, names, known, answer, remedy=REMEDY)
        if answer.refused_rows and not run.is_partial and not run.is_check:
            return answer
        good = without(rows, answer.refused_rows)
        _warn_of_quantities(good, answer)
        result = load_use(
            rows=_rows(good, known, _places(good, run)),
            posted_ids=_posted(good),
            actor=run.actor,
            reason=run.reason,
            import_id=run.batch_id,
            is_check=run.is_check,
            is_partial=run.is_partial,
            unread=_unread(run, rows, answer, known),
        )
        keys = {number: f"{order} · {sku}" for number, order, sku in records(rows, *NAMES[:2])}
        tell(result, keys, answer)
        return answer


def _warn_of_quantities(rows: Rows, answer: Answer) -> None:
    told = list(records(rows, "component_sku", "unit", "quantity"))
    for row, _, _, quantity in told:
        if quantity < 0:
            answer.warn(
                row,
                "quantity",
                quantity,
                "negative_use",
                "The use is negative: so much came back into stock. Mend the sign if it did not.",
            )
    used = [((sku, unit), row, quantity) for row, sku, unit, quantity in told if quantity > 0]
    for row, quantity, usual in outliers(lambda: used):
        answer.warn(
            row,
            "quantity",
            quantity,
            "absurd_use",
            f"The use is {compared(quantity, usual)} what the other rows of this component say "
            f"({usual.normalize():f}). Check the unit and the decimal mark.",
        )


def _unread(run: Run, rows: Rows, answer: Answer, known: Mapping[str, int]) -> dict[Told, int]:
    """Refused rows that tell a part of a use, by the use."""
    refused = answer.refused_rows
    names = ("wo_number", "component_sku", "reference")
    found: dict[Told, int] = {}
    for number, order, sku, reference in [
        *records(run.unread, *names),
        *(row for row in records(rows, *names) if row[0] in refused),
    ]:
        if order and sku in known:
            found.setdefault((order, known[sku], reference or ""), number)
    return found


def _posted(rows: Rows) -> set[int]:
    """Reports of these orders that a posted backflush holds."""
    numbers = sorted(set(column(rows, "wo_number")))
    found: set[int] = set()
    for start in range(0, len(numbers), 5_000):
        uses = Use.objects.filter(work_order__number__in=numbers[start : start + 5_000])
        held = HeldUse.objects.filter(
            is_live=True, reported_use_id__in=list(uses.values_list("pk", flat=True))
        )
        found.update(held.filter(backflush__status="POSTED").values_list("reported_use_id", flat=True))
    return found


def _places(rows: Rows, run: Run) -> Mapping[str, int]:
    codes = {code for code in column(rows, "location") if code} if "location" in rows.columns else set()
    known = location_ids(codes)
    missing = {(code,) for code in codes if code not in known}
    if run.is_check or not missing:
        return known
    made = load_locations(missing, actor=run.actor, reason=run.reason)
    return known | {place[0]: pk for place, pk in made.items()}


def _rows(rows: Rows, known: Mapping[str, int], places: Mapping[str, int]) -> list[UseRow]:
    return [
        UseRow(
            row=number,
            number=order,
            item_id=known[sku],
            quantity=quantity,
            unit=unit or "",
            lot_code=lot or "",
            location_id=places.get(location) if location else None,
            stands_in_for_id=known[instead] if instead else None,
            factor=factor,
            operation_number=operation,
            position=position,
            reference=reference or "",
        )
        for (
            number,
            order,
            sku,
            quantity,
            unit,
            lot,
            location,
            instead,
            factor,
            operation,
            position,
            reference,
        ) in records(rows, *NAMES)
    ]
