"""Whether the parts of an order add up: with everything held, nothing more may be due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from accounts.models import Organization
from backflush.engine.compute import compute_completion
from backflush.queries.basis import basis_of
from backflush.queries.inputs import InputsBuilder

# One completion per output whose documents are all posted. Where one was reversed or
# discarded the rest may owe something, which the next draft takes; an open one may be stale: there is nothing to prove.
LAST_PARTS = """
SELECT max(c.id) FROM production_completion c
JOIN backflush_backflush b ON b.completion_id = c.id
WHERE c.good_quantity + c.scrap_quantity > 0
GROUP BY c.output_id
HAVING bool_and(b.status = 'POSTED')
   AND count(DISTINCT c.operation_number) <= 1
"""
# The last completion with a live document, of each output of an order that had one reversed or discarded.
LAST_LIVE = """
SELECT max(c.id) FILTER (WHERE b.status NOT IN ('REVERSED', 'DISCARDED')) FROM production_completion c
JOIN production_workorderoutput o ON o.id = c.output_id
JOIN backflush_backflush b ON b.completion_id = c.id
WHERE o.work_order_id = %s GROUP BY c.output_id
HAVING bool_or(b.status IN ('REVERSED', 'DISCARDED')) AND bool_or(b.status NOT IN ('REVERSED', 'DISCARDED'))
"""
CHUNK = 2000


class Outstanding(NamedTuple):
    """What an order's reports call for beyond what its live documents hold; the next draft takes it."""

    order_number: str
    sku: str
    unit: str
    quantity: Decimal
    is_by_order: bool


def parts_that_do_not_add_up(organization: Organization) -> list[tuple[str, str]]:
    """Outputs whose inputs hold another quantity than one completion of all that was reported would."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_PARTS)
        ids = [row[0] for row in cursor.fetchall()]
    return [
        (due.order_number, f"{due.sku}: {due.quantity} is due beyond what its parts hold")
        for start in range(0, len(ids), CHUNK)
        for due in _outstanding(organization, ids[start : start + CHUNK])
        if not due.is_by_order  # the order's quantity may have been changed since
    ]


def outstanding_of(organization: Organization, order_id: int) -> list[Outstanding]:
    """What is due of one order where a document was reversed or discarded; elsewhere parts add up by themselves."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_LIVE, [order_id])
        ids = [row[0] for row in cursor.fetchall()]
    return list(_outstanding(organization, ids)) if ids else []


def _outstanding(organization: Organization, completion_ids: Sequence[int]) -> Iterator[Outstanding]:
    basis = basis_of(organization, completion_ids, with_stock=False)
    builder = InputsBuilder(basis)
    nothing = Decimal(0)
    for completion in basis.completions:
        against = basis.held[completion.output_id]
        computed = compute_completion(
            builder.inputs_for(completion._replace(good=nothing, scrap=nothing), against=against)
        )
        for line in computed.lines:
            if line.standard_quantity or line.expected_quantity:
                item = basis.items[line.item]
                yield Outstanding(
                    completion.order_number,
                    item.sku,
                    item.unit,
                    line.expected_quantity,
                    "ordered" in line.terms,
                )
