"""What bulk writers wait for, in one order for all."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django_scopes import get_scope

from production.models import WorkOrder
from production.queries.reading import batches


def lock_room(name: str) -> None:
    """One writer at a time for what no row lock can hold, such as orders that are still to be made.

    Taken before any row lock and held until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [get_scope()["organization"].pk % 2**31, name]
        )


def lock_orders(ids: Iterable[int]) -> None:
    """Lock these work orders in the order of their ids, as everybody does who changes what stands on them."""
    for batch in batches(sorted(set(ids))):
        list(
            WorkOrder.objects.filter(pk__in=batch)
            .order_by("pk")
            .select_for_update(of=("self",))
            .values_list("pk", flat=True)
        )


def lock_order_numbers(numbers: set[str]) -> list[int]:
    """Lock the orders of these numbers and answer their ids.

    Only who is about to make orders waits for others who do: recording on an order that is there never waits for a
    long import of other orders.
    """
    if len(numbers) == 1 and (ids := _locked_id(*numbers)):  # nothing is locked where it is not found
        return ids
    ids = _ids_of(numbers)
    if len(ids) < len(numbers):
        lock_room("orders")
        ids = _ids_of(numbers)
    lock_orders(ids)
    return ids


def _locked_id(number: str) -> list[int]:
    found = WorkOrder.objects.filter(number=number).select_for_update(of=("self",))
    return list(found.values_list("pk", flat=True))


def _ids_of(numbers: set[str]) -> list[int]:
    return [
        pk
        for batch in batches(sorted(numbers))
        for pk in WorkOrder.objects.filter(number__in=batch).values_list("pk", flat=True)
    ]
