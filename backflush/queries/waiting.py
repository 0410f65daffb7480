"""Completions that wait for their backflush."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.tenancy.plans import whole_tables
from production.states import BACKFLUSHABLE

# What a completion says of its backflush is kept with the backflush, and proved by verify_books: an index holds those
# that wait, so that years of posted ones cost nothing.
WAITING = """
SELECT c.id, o.work_order_id
FROM production_completion c
JOIN production_workorderoutput o ON o.id = c.output_id
JOIN production_workorder w ON w.id = o.work_order_id
WHERE c.backflush_state = ''
"""


def waiting_completion_ids(
    *, order_numbers: Sequence[str] | None = None, completion_ids: Sequence[int] | None = None
) -> list[tuple[int, int]]:
    """(completion, order) without a live backflush, in the order they happened.

    Without names: those whose orders may be backflushed now. Named ones are given whatever their order's state, so that
    a refusal can say why.
    """
    statement = WAITING
    parameters: list[Any] = []
    if order_numbers is not None:
        statement += " AND w.number = ANY(%s)"
        parameters.append(list(order_numbers))
    if completion_ids is not None:
        statement += " AND c.id = ANY(%s)"
        parameters.append(list(completion_ids))
    is_named = order_numbers is not None or completion_ids is not None
    if not is_named:
        statement += " AND NOT w.is_closed AND w.status = ANY(%s)"
        parameters.append([str(status) for status in BACKFLUSHABLE])
    with nullcontext() if is_named else whole_tables(), connection.cursor() as cursor:
        cursor.execute(statement + " ORDER BY o.work_order_id, c.completed_at, c.id", parameters)
        return list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class IdleOrder:
    """A named order of which nothing waits. `backflush` is the number of its newest live document, if there is one."""

    number: str
    is_known: bool
    backflush: str | None


def idle_orders(order_numbers: Sequence[str]) -> list[IdleOrder]:
    """Those of these orders that have no completion without a live backflush."""
    if not order_numbers:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH waiting AS ({WAITING}) SELECT named.number, w.id IS NOT NULL, ("
            "SELECT b.number FROM backflush_backflush b JOIN production_completion c ON c.id = b.completion_id "
            "JOIN production_workorderoutput o ON o.id = c.output_id "
            "WHERE o.work_order_id = w.id AND b.status NOT IN ('REVERSED', 'DISCARDED') ORDER BY b.id DESC LIMIT 1) "
            "FROM unnest(%s::text[]) AS named(number) LEFT JOIN production_workorder w ON w.number = named.number "
            "WHERE w.id IS NULL OR w.id NOT IN (SELECT work_order_id FROM waiting) ORDER BY named.number",
            [list(dict.fromkeys(order_numbers))],
        )
        return [IdleOrder(*row) for row in cursor.fetchall()]


def lock_orders_of(completion_ids: Sequence[int]) -> None:
    """Lock the orders of these completions in one order for all writers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT o.work_order_id FROM production_completion c "
            "JOIN production_workorderoutput o ON o.id = c.output_id WHERE c.id = ANY(%s)",
            [list(completion_ids)],
        )
        # By their ids, not by the join: after a big import the planner knows nothing of the fresh rows yet.
        cursor.execute(
            "SELECT id FROM production_workorder WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [sorted(row[0] for row in cursor.fetchall())],
        )


def outputs_without_snapshot(completion_ids: Sequence[int]) -> list[int]:
    """Outputs of these completions whose recipe is not known yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT o.id FROM production_completion c "
            "JOIN production_workorderoutput o ON o.id = c.output_id "
            "WHERE c.id = ANY(%s) AND o.snapshot_at IS NULL",
            [list(completion_ids)],
        )
        return [row[0] for row in cursor.fetchall()]


def waiting_count() -> int:
    """How many completions wait for their draft."""
    with whole_tables(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM ({WAITING} AND NOT w.is_closed AND w.status = ANY(%s)) found",
            [[str(status) for status in BACKFLUSHABLE]],
        )
        return int(cursor.fetchone()[0])
