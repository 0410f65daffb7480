"""Whether the parts of an order add up: with everything held, nothing more may be due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.db import connection

from accounts.models import Organization
from backflush.engine.compute import compute_completion
from backflush.queries.basis import basis_of
from backflush.queries.inputs import InputsBuilder

# One completion per output and operation of outputs with several documents, all posted. Where one was reversed or
# discarded the rest may owe something, which the next draft takes; an open one may be stale: there is nothing to prove.
LAST_PARTS = """
SELECT max(c.id) FROM production_completion c
JOIN backflush_backflush b ON b.completion_id = c.id
WHERE c.good_quantity + c.scrap_quantity > 0
GROUP BY c.output_id
HAVING count(*) > 1 AND bool_and(b.status = 'POSTED')
   AND count(DISTINCT c.operation_number) <= 1
"""
CHUNK = 2000


def parts_that_do_not_add_up(organization: Organization) -> list[tuple[str, str]]:
    """Outputs in parts whose inputs hold another quantity than one completion of the whole would."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_PARTS)
        ids = [row[0] for row in cursor.fetchall()]
    found: list[tuple[str, str]] = []
    for start in range(0, len(ids), CHUNK):
        found.extend(_due(organization, ids[start : start + CHUNK]))
    return found


def _due(organization: Organization, completion_ids: Sequence[int]) -> Iterator[tuple[str, str]]:
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
                sku = basis.items[line.item].sku
                yield (
                    completion.order_number,
                    f"{sku}: {line.expected_quantity} is due beyond what its parts hold",
                )
