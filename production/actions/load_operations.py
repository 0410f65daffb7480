"""Operations from rows: the steps in which items are made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from accounts.tenancy.writes import allocate_ids, insert_rows, update_rows
from production.models import Operation
from production.queries.reading import batches

from .rows import LoadResult


class OperationRow(NamedTuple):
    """A step of an item's route. None means that the file does not say: what is there stays."""

    row: int
    item_id: int
    number: int
    name: str | None = None
    is_backflush_point: bool | None = None


def load_operations(
    *, rows: Sequence[OperationRow], actor: Any, reason: str, is_check: bool = False, is_partial: bool = False
) -> LoadResult:
    """Make and change operations. Several rows of one item and number (a route per order) are one operation.

    Rows that contradict each other are refused. Orders keep the points that their recipe froze.
    """
    result = LoadResult()
    known: dict[tuple[int, int], tuple[int, str, bool]] = {}
    for items in batches(sorted({row.item_id for row in rows})):
        found = Operation.objects.filter(item_id__in=items)
        for operation in found.only("item_id", "number", "name", "is_backflush_point"):
            key = (operation.item_id, operation.number)
            known[key] = (operation.pk, operation.name, operation.is_backflush_point)
    wanted: dict[tuple[int, int], OperationRow] = {}
    for row in rows:
        key = (row.item_id, row.number)
        first = wanted.setdefault(key, row)
        if not 0 < row.number < 2**31:
            message = "An operation's number is a whole number above zero."
            result.refuse(row.row, "operation", row.number, "INVALID", message)
        elif first[3:] != row[3:]:
            result.refuse(
                row.row,
                "name",
                row.name,
                "INVALID",
                f"Row {first.row} says something else of the same operation: keep one of the two rows.",
            )
        elif first is not row:
            result.outcomes[row.row] = "unchanged"
        elif key not in known:
            result.outcomes[row.row] = "created"
        else:
            result.outcomes[row.row] = "updated" if _changed(row, *known[key][1:]) else "unchanged"
    if not result.may_write(is_check=is_check, is_partial=is_partial):
        return result
    who = {"actor": actor, "reason": reason}
    new = [row for row in wanted.values() if result.outcomes.get(row.row) == "created"]
    result.made_ids = allocate_ids(Operation, len(new))
    insert_rows(
        Operation,
        ["id", "item_id", "number", "name", "is_backflush_point"],
        [
            (pk, row.item_id, row.number, row.name or "", bool(row.is_backflush_point))
            for pk, row in zip(result.made_ids, new, strict=True)
        ],
        **who,
    )
    changed = []
    for key, row in wanted.items():
        if result.outcomes.get(row.row) == "updated":
            pk, name, is_point = known[key]
            said = row.is_backflush_point
            changed.append((pk, name if row.name is None else row.name, is_point if said is None else said))
    update_rows(Operation, ["name", "is_backflush_point"], changed, **who)
    result.is_written = True
    return result


def _changed(row: OperationRow, name: str, is_point: bool) -> bool:
    return row.name not in (None, name) or row.is_backflush_point not in (None, is_point)
