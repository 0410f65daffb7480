"""Bills of materials from rows: made, recognised, or revised, a million lines at a time."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Max

from accounts.tenancy.writes import allocate_ids, insert_rows, update_where
from inventory.models import Item
from production.choices import Basis
from production.models import BillOfMaterials, BomLine, Substitute
from production.queries.conversions import Conversions
from production.queries.reading import batches

from .bill_checks import check_bill_rows
from .cycles import closing_edges
from .locks import lock_room
from .rows import ONE, ZERO, BillRow, LoadResult, Outcome

LINE_COLUMNS = (
    "component_id",
    "line_type",
    "basis",
    "usage",
    "usage_per",
    "fixed_quantity",
    "unit",
    "loss_percent",
    "loss_method",
    "operation_number",
    "supply",
    "supply_location_id",
    "is_phantom",
    "effective_from",
    "effective_to",
)
Line = tuple[Any, ...]
Key = tuple[int, str]


@dataclass(slots=True)
class _Bill:
    """One bill of the file, as it would be written."""

    parent_id: int
    revision: str
    rows: list[BillRow] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    is_positioned: bool = True
    outcome: Outcome = "created"

    def header(self) -> tuple[Decimal, Decimal, dt.date | None, dt.date | None]:
        """Output quantity, planned loss and the days from and to which any of its lines holds."""
        output = next((r.output_quantity for r in self.rows if r.output_quantity is not None), ONE)
        loss = next((r.planned_loss_percent for r in self.rows if r.planned_loss_percent is not None), ZERO)
        starts = [r.effective_from for r in self.rows]
        ends = [r.effective_to for r in self.rows]
        start = None if None in starts else min(d for d in starts if d is not None)
        end = None if None in ends else max(d for d in ends if d is not None)
        return output, loss, start, end

    def fingerprint(self) -> tuple[Any, ...]:
        """Equal for equal bills. Positions count only where the file gives them."""
        lines = (
            (position if self.is_positioned else 0, *line, tuple(sorted(row.substitutes)))
            for position, line, row in zip(self.positions, self.lines, self.rows, strict=True)
        )
        return (*self.header()[:2], Counter(lines))


def load_bills(
    *,
    lines: Sequence[BillRow],
    actor: Any,
    reason: str,
    import_id: int | None = None,
    is_check: bool = False,
    is_partial: bool = False,
) -> LoadResult:
    """Load bills of materials, whole: the rows of one (parent, revision) are that bill.

    A bill that is not there is made; one with the same lines is unchanged; an edited one becomes a new bill with
    the item's next sequence, and the one it replaces stays, inactive. Snapshots of orders are never touched. A bill
    holds from the first to the last day of any of its lines. Rows that close a circle (over all active bills,
    whatever their dates) are refused with its path. A unit without a conversion to the component's own is a warning.

    Runs in the caller's transaction. With any refused row nothing is written, unless `is_partial`; with `is_check`
    nothing is written at all. `made_ids` are the bills made.
    """
    result = LoadResult()
    lock_room("bills")
    good = check_bill_rows(lines, result)
    units = _units({row.component_id for row in good})
    bills = _grouped(good, units, result)
    if any(bill.rows for bill in bills.values()):
        _refuse_circles(bills, result)
        _warn_of_units(bills, units, result)
    bills = {
        key: bill for key, bill in bills.items() if bill.rows
    }  # one of which nothing is left says nothing
    replaced = _compare(bills)
    for bill in bills.values():
        for row in bill.rows:
            result.outcomes[row.row] = bill.outcome
    if result.may_write(is_check=is_check, is_partial=is_partial):
        changed = [bill for bill in bills.values() if bill.outcome != "unchanged"]
        result.made_ids = _write(changed, import_id=import_id, actor=actor, reason=reason)
        old = [pk for key, ids in replaced.items() if bills[key].outcome == "updated" for pk in ids]
        update_where(BillOfMaterials, old, {"is_active": False}, actor=actor, reason=reason)
        result.is_written = True
    return result


def _units(item_ids: Iterable[int]) -> dict[int, str]:
    return {
        pk: unit
        for batch in batches(sorted(item_ids))
        for pk, unit in Item.objects.filter(pk__in=batch).values_list("pk", "unit")
    }


def _grouped(rows: Sequence[BillRow], units: dict[int, str], result: LoadResult) -> dict[Key, _Bill]:
    bills: dict[Key, _Bill] = {}
    for row in rows:
        bill = bills.get((row.parent_id, row.revision))
        if bill is None:
            bill = bills[(row.parent_id, row.revision)] = _Bill(row.parent_id, row.revision)
        bill.rows.append(row)
    for bill in bills.values():
        _settle(bill, result)
        bill.lines = [_line(row, units) for row in bill.rows]
        _place(bill)
    return bills


def _settle(bill: _Bill, result: LoadResult) -> None:
    """Refuse rows that contradict their bill: another loss or output quantity, a position given twice."""
    taken: set[int] = set()
    output = loss = None
    kept: list[BillRow] = []
    for row in bill.rows:
        if row.output_quantity is not None and output is not None and row.output_quantity != output:
            result.refuse(
                row.row,
                "output_quantity",
                row.output_quantity,
                "INVALID",
                f"An earlier row of this bill makes {output}: give one output quantity per bill.",
            )
        elif row.planned_loss_percent is not None and loss is not None and row.planned_loss_percent != loss:
            result.refuse(
                row.row,
                "planned_loss_percent",
                row.planned_loss_percent,
                "INVALID",
                f"An earlier row of this bill plans {loss} %: give one planned loss per bill.",
            )
        elif row.position is not None and row.position in taken:
            result.refuse(
                row.row,
                "position",
                row.position,
                "INVALID",
                "This bill has a line at this position already: number its lines differently or leave the column out.",
            )
        else:
            output = row.output_quantity if output is None else output
            loss = row.planned_loss_percent if loss is None else loss
            if row.position is not None:
                taken.add(row.position)
            kept.append(row)
    bill.rows = kept


def _line(row: BillRow, units: dict[int, str]) -> Line:
    usage, fixed = row.usage, row.fixed_quantity
    if row.basis == Basis.PER_ORDER.value:
        usage, fixed = ZERO, fixed + usage  # once per order: the quantity is a fixed one
    return (
        row.component_id,
        row.line_type,
        row.basis,
        usage,
        row.usage_per,
        fixed,
        row.unit or units.get(row.component_id, ""),
        row.loss_percent,
        row.loss_method,
        row.operation_number,
        row.supply,
        row.supply_location_id,
        row.is_phantom,
        row.effective_from,
        row.effective_to,
    )


def _place(bill: _Bill) -> None:
    """Positions as given; rows without one follow in tens after the last."""
    last = max((row.position for row in bill.rows if row.position is not None), default=0)
    for row in bill.rows:
        if row.position is None:
            bill.is_positioned = False
            last += 10
        bill.positions.append(last if row.position is None else row.position)


def _refuse_circles(bills: dict[Key, _Bill], result: LoadResult) -> None:
    kept = {
        pk: item
        for pk, item, revision in BillOfMaterials.objects.filter(is_active=True).values_list(
            "pk", "item_id", "revision"
        )
        if (item, revision) not in bills or not bills[(item, revision)].rows
    }
    # By ids, not by a join: right after a big import the planner knows nothing of the fresh rows.
    old = [
        (kept[bom], component)
        for batch in batches(sorted(kept))
        for bom, component in BomLine.objects.filter(bom_id__in=batch).values_list("bom_id", "component_id")
    ]
    rows = sorted((row for bill in bills.values() for row in bill.rows), key=lambda row: row.row)
    circles = closing_edges(old, [(row.parent_id, row.component_id) for row in rows])
    if not circles:
        return
    names: dict[int, str] = {}
    for batch in batches({item for path in circles.values() for item in path}):
        names.update(Item.objects.filter(pk__in=batch).values_list("pk", "sku"))
    refused: set[int] = set()
    for index, path in circles.items():
        row = rows[index]
        way = " → ".join(names[item] for item in path) or "one that is told in another row"
        result.refuse(
            row.row,
            "component_sku",
            names.get(row.component_id),
            "INVALID",
            f"This closes a circle: {way}. An item cannot be made of itself: remove one of these lines.",
        )
        refused.add(index)
    left = {row.row for index, row in enumerate(rows) if index not in refused}
    for bill in bills.values():
        keep = [i for i, row in enumerate(bill.rows) if row.row in left]
        if len(keep) < len(bill.rows):
            bill.rows = [bill.rows[i] for i in keep]
            bill.lines = [bill.lines[i] for i in keep]
            bill.positions = [bill.positions[i] for i in keep]


def _warn_of_units(bills: dict[Key, _Bill], units: dict[int, str], result: LoadResult) -> None:
    conversions = Conversions()
    for bill in bills.values():
        for row in bill.rows:
            if row.unit and row.unit != units.get(row.component_id):
                stock_unit = units.get(row.component_id, "")
                if conversions.factor(row.component_id, row.unit, stock_unit) is None:
                    result.warn(
                        row.row,
                        "unit",
                        row.unit,
                        "NO_CONVERSION",
                        f"Nothing says how many {stock_unit} one {row.unit} is: add a conversion to the component, "
                        "or its orders cannot be drafted.",
                    )


def _active(parents: Iterable[int]) -> Iterator[tuple[int, Key]]:
    """Active bills of these items: id and (item, revision)."""
    for batch in batches(sorted(set(parents))):
        rows = BillOfMaterials.objects.filter(item_id__in=batch, is_active=True).order_by("sequence")
        for pk, item, revision in rows.values_list("pk", "item_id", "revision"):
            yield pk, (item, revision)


def _compare(bills: dict[Key, _Bill]) -> dict[Key, list[int]]:
    """Give each bill its outcome against what is active now; returns the active bills by key."""
    present: dict[Key, list[int]] = defaultdict(list)
    for pk, key in _active(bill.parent_id for bill in bills.values()):
        if key in bills:
            present[key].append(pk)
    latest = {ids[-1]: key for key, ids in present.items()}
    headers: dict[int, tuple[Decimal, Decimal]] = {}
    stored: dict[int, list[tuple[int, Line]]] = {pk: [] for pk in latest}
    for batch in batches(sorted(latest), 1_000):
        rows = BillOfMaterials.objects.filter(pk__in=batch)
        for pk, output, loss in rows.values_list("pk", "output_quantity", "planned_loss_percent"):
            headers[pk] = (output, loss)
        columns = ("bom_id", "id", "position", *LINE_COLUMNS)
        lines = list(BomLine.objects.filter(bom_id__in=batch).values_list(*columns))
        others = _substitutes([line[1] for line in lines])
        for bom, line, position, *values in lines:
            stored[bom].append((position, (*values, tuple(sorted(others.get(line, ()))))))
    for pk, key in latest.items():
        bill = bills[key]
        counted = Counter((p if bill.is_positioned else 0, *line) for p, line in stored[pk])
        bill.outcome = "unchanged" if bill.fingerprint() == (*headers[pk], counted) else "updated"
    return present


def _substitutes(lines: Iterable[int]) -> dict[int, list[tuple[int, Decimal]]]:
    found: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    if not Substitute.objects.exists():
        return found
    for batch in batches(lines):
        rows = Substitute.objects.filter(bom_line_id__in=batch)
        for line, item, factor in rows.values_list("bom_line_id", "item_id", "factor"):
            found[line].append((item, factor))
    return found


def _write(bills: Sequence[_Bill], *, import_id: int | None, actor: Any, reason: str) -> list[int]:
    if not bills:
        return []
    sequences: dict[int, int] = {}
    for batch in batches(sorted({bill.parent_id for bill in bills})):
        highest = BillOfMaterials.objects.filter(item_id__in=batch).values("item_id")
        sequences.update(highest.annotate(last=Max("sequence")).values_list("item_id", "last"))
    ids = allocate_ids(BillOfMaterials, len(bills))
    heads = []
    for pk, bill in zip(ids, bills, strict=True):
        sequences[bill.parent_id] = sequence = sequences.get(bill.parent_id, 0) + 1
        output, loss, start, end = bill.header()
        heads.append((pk, bill.parent_id, bill.revision, sequence, start, end, output, loss))
    who = {"actor": actor, "reason": reason}
    insert_rows(
        BillOfMaterials,
        [
            "id",
            "item_id",
            "revision",
            "sequence",
            "effective_from",
            "effective_to",
            "output_quantity",
            "planned_loss_percent",
        ],
        heads,
        constants={"import_id": import_id},
        **who,
    )
    plain = (
        (pk, position, row.row, *line)
        for pk, bill in zip(ids, bills, strict=True)
        for position, row, line in zip(bill.positions, bill.rows, bill.lines, strict=True)
        if not row.substitutes
    )
    columns = ["bom_id", "position", "import_row", *LINE_COLUMNS]
    insert_rows(BomLine, columns, plain, **who)
    replaceable = [
        (pk, position, row, line)
        for pk, bill in zip(ids, bills, strict=True)
        for position, row, line in zip(bill.positions, bill.rows, bill.lines, strict=True)
        if row.substitutes
    ]
    if replaceable:
        line_ids = allocate_ids(BomLine, len(replaceable))
        insert_rows(
            BomLine,
            ["id", *columns],
            [
                (line_id, pk, position, row.row, *line)
                for line_id, (pk, position, row, line) in zip(line_ids, replaceable, strict=True)
            ],
            **who,
        )
        insert_rows(
            Substitute,
            ["bom_line_id", "item_id", "factor", "position"],
            [
                (line_id, substitute.item_id, substitute.factor, place)
                for line_id, (_, _, row, _) in zip(line_ids, replaceable, strict=True)
                for place, substitute in enumerate(row.substitutes, start=1)
            ],
            **who,
        )
    return ids
