"""Reported use from rows: what the floor says it took, in the components' stock units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from accounts.tenancy.writes import allocate_ids, insert_rows, update_rows
from inventory.models import Item, Lot
from production.choices import BackflushState
from production.models import Completion, ReportedUse, WorkOrder, WorkOrderInput
from production.queries.conversions import Conversions
from production.queries.reading import batches

from .locks import lock_order_numbers
from .rows import STEP, ZERO, LoadResult, Outcome, wrong_number


class UseRow(NamedTuple):
    """What was used. The quantity counts in `unit`, blank in the component's own; 0 says that none was used.

    A row with a reference belongs to that completion, one without to the order's next draft. `position` and
    `operation_number` say which of several inputs of one item is meant.
    """

    row: int
    number: str
    item_id: int
    quantity: Decimal
    unit: str = ""
    lot_code: str = ""
    location_id: int | None = None
    stands_in_for_id: int | None = None
    factor: Decimal | None = None
    operation_number: int | None = None
    position: int | None = None
    reference: str = ""


Told = tuple[str, int, str]  # order, component, reference
Key = tuple[int, int, str, int | None, int | None, int | None, str]


@dataclass(slots=True)
class _Order:
    id: int
    number: str
    is_closed: bool
    completions: dict[str, tuple[int, str]] = field(default_factory=dict)
    inputs: list[tuple[int, int, int, int | None]] = field(default_factory=list)


@dataclass(slots=True)
class _Use:
    """One report, made of all rows of its key."""

    row: UseRow
    order: _Order
    quantity: Decimal = ZERO
    rows: list[int] = field(default_factory=list)
    completion_id: int | None = None
    input_id: int | None = None
    id: int | None = None
    outcome: Outcome = "created"


def load_use(
    *,
    rows: Sequence[UseRow],
    posted_ids: Collection[int] = frozenset(),
    actor: Any,
    reason: str,
    import_id: int | None = None,
    is_by_hand: bool = False,
    is_check: bool = False,
    is_partial: bool = False,
    unread: Mapping[Told, int] | None = None,
) -> LoadResult:
    """Record what was used, per order, component, lot, location, operation, position and reference.

    Rows of one key add up. What is there already is unchanged or brought up to date, until a posted backflush holds it
    (`posted_ids` are those reports): then it is refused. Orders, and completions that a reference names, must be there.

    Runs in the caller's transaction. With any refused row nothing is written, unless `is_partial`; with `is_check`
    nothing is written at all. `made_ids` are the reports made. A component's rows of one completion tell its use
    together: with one of them refused, here or before (`unread`: order, component, reference → row), none counts.
    """
    result = LoadResult()
    orders = _orders({row.number for row in rows})
    items = _units({row.item_id for row in rows})
    lots = _lots(rows)
    conversions = Conversions()
    uses: dict[Key, _Use] = {}
    broken = dict(unread or {})
    for row in rows:
        order = orders.get(row.number)
        quantity = _in_stock_units(row, items, conversions, result)
        if quantity is None or order is None:
            broken.setdefault((row.number, row.item_id, row.reference), row.row)
            if order is None:
                result.refuse(
                    row.row,
                    "wo_number",
                    row.number,
                    "NOT_FOUND",
                    f"There is no order {row.number}: load it, or its completion, first.",
                )
            continue
        key = _key(row, order)
        use = uses.setdefault(key, _Use(row, order))
        use.rows.append(row.row)
        use.quantity += quantity
        if row.lot_code and (row.item_id, row.lot_code) not in lots:
            result.warn(
                row.row,
                "lot",
                row.lot_code,
                "UNKNOWN_LOT",
                f"No stock file has named lot {row.lot_code}: lots are picked as usual until one does.",
            )
    refused = {key for key, use in uses.items() if not _settle(use, items, broken, result)}
    good = {key: use for key, use in uses.items() if key not in refused}
    _compare(good, posted_ids, result)
    for use in good.values():
        for number in use.rows:
            result.outcomes.setdefault(number, use.outcome)
    if result.may_write(is_check=is_check, is_partial=is_partial):
        kept = [use for use in good.values() if result.outcomes[use.rows[0]] != "refused"]
        recorded_by = actor.pk if is_by_hand and actor is not None else None
        result.made_ids = _write(kept, import_id, recorded_by, {"actor": actor, "reason": reason})
        result.is_written = True
    return result


def _orders(numbers: set[str]) -> dict[str, _Order]:
    found: dict[int, _Order] = {}
    for some in batches(sorted(lock_order_numbers(numbers))):
        for pk, number, is_closed in WorkOrder.objects.filter(pk__in=some).values_list(
            "pk", "number", "is_closed"
        ):
            found[pk] = _Order(pk, number, is_closed)
    for ids in batches(sorted(found)):
        reports = Completion.objects.filter(output__work_order_id__in=ids).order_by("pk")
        for order, pk, reference, state in reports.values_list(
            "output__work_order_id", "pk", "reference", "backflush_state"
        ):
            found[order].completions[reference] = (pk, state)
        inputs = WorkOrderInput.objects.filter(output__work_order_id__in=ids, is_phantom=False)
        columns = ("output__work_order_id", "pk", "component_id", "position", "operation_number")
        for order, pk, component, position, operation in inputs.order_by("position").values_list(*columns):
            found[order].inputs.append((pk, component, position, operation))
    return {order.number: order for order in found.values()}


def _units(ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    return {
        pk: (sku, unit)
        for some in batches(sorted(ids))
        for pk, sku, unit in Item.objects.filter(pk__in=some).values_list("pk", "sku", "unit")
    }


def _lots(rows: Sequence[UseRow]) -> set[tuple[int, str]]:
    items = {row.item_id for row in rows if row.lot_code}
    return {
        (item, code)
        for some in batches(sorted(items))
        for item, code in Lot.objects.filter(item_id__in=some).values_list("item_id", "code")
    }


def _in_stock_units(
    row: UseRow, items: dict[int, tuple[str, str]], conversions: Conversions, result: LoadResult
) -> Decimal | None:
    if wrong := wrong_number(row.quantity):
        result.refuse(row.row, "quantity", row.quantity, "INVALID", f"This number {wrong}.")
        return None
    sku, unit = items[row.item_id]
    factor = conversions.factor(row.item_id, row.unit, unit)
    if factor is None:
        result.refuse(
            row.row,
            "unit",
            row.unit,
            "NO_CONVERSION",
            f"Nothing says how many {unit} of {sku} one {row.unit} is: add a conversion, or report in {unit}.",
        )
        return None
    exact = Fraction(row.quantity) * factor[0] / factor[1]
    found = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(STEP, rounding=ROUND_HALF_UP)
    if wrong := wrong_number(found):
        result.refuse(row.row, "quantity", row.quantity, "INVALID", f"In {unit} this number {wrong}.")
        return None
    return found


def _key(row: UseRow, order: _Order) -> Key:
    return (
        order.id,
        row.item_id,
        row.lot_code,
        row.location_id,
        row.operation_number,
        row.position,
        row.reference,
    )


def _settle(
    use: _Use, items: dict[int, tuple[str, str]], broken: Mapping[Told, int], result: LoadResult
) -> bool:
    """Find the completion and the input that a report belongs to. False when it cannot stand."""
    row, order = use.row, use.order
    if part := broken.get((row.number, row.item_id, row.reference)):
        return _refuse(
            use,
            result,
            "quantity",
            use.quantity,
            "PART_REFUSED",
            f"Row {part} tells a part of the same use and is refused: the sum would be wrong. Mend it first.",
        )
    if use.quantity < 0:
        return _refuse(
            use,
            result,
            "quantity",
            use.quantity,
            "INVALID",
            "Less than nothing was used: correct the figures.",
        )
    if row.reference:
        known = order.completions.get(row.reference)
        if known is None:
            return _refuse(
                use,
                result,
                "reference",
                row.reference,
                "NOT_FOUND",
                f"Order {order.number} has no completion {row.reference}: load it first, or leave the reference out.",
            )
        use.completion_id = known[0]
    if order.is_closed:
        return _refuse(
            use,
            result,
            "wo_number",
            order.number,
            "ALREADY_BACKFLUSHED",
            f"Order {order.number} is closed: a controller must reopen it before its use is reported.",
        )
    _find_input(use, items, result)
    return True


def _find_input(use: _Use, items: dict[int, tuple[str, str]], result: LoadResult) -> None:
    row = use.row
    wanted = row.stands_in_for_id or row.item_id
    fitting = [
        pk
        for pk, component, position, operation in use.order.inputs
        if component == wanted
        and row.position in (None, position)
        and (row.operation_number is None or row.operation_number == operation)
    ]
    is_precise = row.position is not None or row.operation_number is not None
    if len(fitting) == 1 and is_precise:
        use.input_id = fitting[0]
    if not fitting and use.order.inputs:
        sku = items[row.item_id][0]
        result.warn(
            row.row,
            "component_sku",
            sku,
            "NOT_ON_THE_BILL",
            f"The recipe of order {use.order.number} has no such line: {sku} becomes a line of its own. "
            "If it replaces another item, name that in stands_in_for.",
        )


def _refuse(use: _Use, result: LoadResult, column: str, value: object, code: str, message: str) -> bool:
    for number in use.rows:
        result.refuse(number, column, value, code, message)
    return False


def _compare(uses: dict[Key, _Use], posted_ids: Collection[int], result: LoadResult) -> None:
    """Give each report its outcome against what is there."""
    by_order: dict[int, list[_Use]] = defaultdict(list)
    for use in uses.values():
        by_order[use.order.id].append(use)
    columns = (
        "work_order_id",
        "item_id",
        "lot_code",
        "location_id",
        "operation_number",
        "position",
        "reference",
        "pk",
        "quantity",
        "stands_in_for_id",
        "factor",
        "completion_id",
    )
    for ids in batches(sorted(by_order)):
        for *key, pk, quantity, instead, factor, completion in ReportedUse.objects.filter(
            work_order_id__in=ids
        ).values_list(*columns):
            there = uses.get((key[0], key[1], key[2], key[3], key[4], key[5], key[6]))
            if there is None:
                continue
            there.id = pk
            same = (quantity, instead, factor, completion) == (
                there.quantity,
                there.row.stands_in_for_id,
                there.row.factor,
                there.completion_id,
            )
            there.outcome = "unchanged" if same else "updated"
    for use in uses.values():
        state = use.order.completions.get(use.row.reference, (0, ""))[1] if use.row.reference else ""
        is_posted = use.id in posted_ids or state == BackflushState.POSTED
        if use.outcome != "unchanged" and is_posted:
            _refuse(
                use,
                result,
                "quantity",
                use.quantity,
                "ALREADY_BACKFLUSHED",
                "A posted backflush holds this use: have it reversed, or send a correction of the completion.",
            )


def _write(
    uses: Sequence[_Use], import_id: int | None, recorded_by: int | None, who: dict[str, Any]
) -> list[int]:
    new = [use for use in uses if use.outcome == "created"]
    ids = allocate_ids(ReportedUse, len(new))
    insert_rows(
        ReportedUse,
        [
            "id",
            "work_order_id",
            "completion_id",
            "input_id",
            "item_id",
            "quantity",
            "lot_code",
            "location_id",
            "stands_in_for_id",
            "factor",
            "operation_number",
            "position",
            "reference",
            "import_row",
        ],
        [
            (
                pk,
                use.order.id,
                use.completion_id,
                use.input_id,
                use.row.item_id,
                use.quantity,
                use.row.lot_code,
                use.row.location_id,
                use.row.stands_in_for_id,
                use.row.factor,
                use.row.operation_number,
                use.row.position,
                use.row.reference,
                use.rows[0],
            )
            for pk, use in zip(ids, new, strict=True)
        ],
        constants={"import_id": import_id, "recorded_by_id": recorded_by},
        **who,
    )
    changed = [
        (use.id, use.quantity, use.row.stands_in_for_id, use.row.factor, use.completion_id, use.input_id)
        for use in uses
        if use.outcome == "updated"
    ]
    columns = ["quantity", "stands_in_for_id", "factor", "completion_id", "input_id"]
    update_rows(ReportedUse, columns, changed, **who)
    return ids
