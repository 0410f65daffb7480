"""The steps in which an item is made."""

from __future__ import annotations

from typing import Any

from accounts.errors import AppError
from accounts.rights import demand
from accounts.tenancy.writes import delete_row, save_row
from inventory.models import Item
from production.models import Operation

HIGHEST = 2**31 - 1


def set_operation(
    item: Item,
    *,
    number: int,
    actor: Any,
    name: str = "",
    is_backflush_point: bool = False,
    reason: str = "Operation entered",
) -> Operation:
    """Enter an operation, or change the one with this number. Orders keep the points that their recipe froze."""
    demand(actor, item.organization, "release_orders")
    if not 0 < number <= HIGHEST:
        raise AppError("INVALID", "An operation's number is a whole number above zero.", {"column": "number"})
    operation = Operation.objects.filter(item=item, number=number).first()
    if operation is None:
        operation = Operation(organization_id=item.organization_id, item=item, number=number)
    operation.name = name.strip()[:120]
    operation.is_backflush_point = is_backflush_point
    return save_row(operation, actor=actor, reason=reason)


def remove_operation(operation: Operation, *, actor: Any, reason: str = "Operation removed") -> None:
    """Take an operation away. Orders that report at it keep it as their own."""
    demand(actor, operation.organization, "release_orders")
    delete_row(operation, actor=actor, reason=reason)
