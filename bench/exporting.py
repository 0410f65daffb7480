"""The file for the ERP, beside COPY TO of the same lines."""

from __future__ import annotations

from bench.database import superuser
from bench.limits import measured_with_limit
from bench.measure import Result, median
from bench.world import DAY, make_world

LIMIT = """
COPY (
    SELECT e.effective_date, e.document_number, i.sku, l.code, t.code, e.quantity, i.unit, e.unit_cost, e.id
    FROM inventory_stockentry e
    JOIN inventory_item i ON i.id = e.item_id JOIN inventory_location l ON l.id = e.location_id
    LEFT JOIN inventory_lot t ON t.id = e.lot_id
    WHERE e.event = 'CONSUME' ORDER BY e.id
) TO STDOUT (FORMAT csv)
"""


def fill_ledger(world: object, entries: int) -> None:
    """Posted consumption, written by the server itself: the export has only to find and to write it."""
    with superuser() as cursor:
        cursor.execute(
            "INSERT INTO inventory_stockentry (organization_id, item_id, location_id, lot_id, event, "
            "quantity, unit_cost, amount_minor, effective_date, source_kind, source_id, document_number, "
            "order_number, posted_at) "
            "SELECT b.organization_id, b.item_id, b.location_id, b.lot_id, 'CONSUME', -((n %% 9) + 0.25), 2.5, "
            "-((n %% 9) * 250), %s, 'backflush', n, 'BF-' || n, 'WO-' || n, now() FROM generate_series(1, %s) n "
            "JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS at, count(*) OVER () AS many "
            "FROM inventory_stockbalance WHERE organization_id = %s) b ON b.at = n %% b.many",
            [DAY, entries, world.organization.pk],  # type: ignore[attr-defined]
        )
        cursor.execute("VACUUM ANALYZE inventory_stockentry")


def bench(entries: int) -> list[Result]:
    """One batch of everything that is due."""
    from accounts.tenancy.binding import bind
    from exports.actions.batches import create_batch
    from exports.models import ExportTemplate
    from exports.writer.files import write_file
    from exports.writer.layouts import layout_of
    from inventory.models import StockEntry

    world = make_world("export", products=1, lines=1)
    fill_ledger(world, entries)
    with bind(world.organization):
        template = ExportTemplate.objects.order_by("pk").first()
    made = []
    seconds, copied, rows = measured_with_limit(
        lambda: made.append(
            create_batch(organization=world.organization, template_id=template.pk, actor=world.planner)
        )
    )
    assert made[0].line_count == entries, made[0].line_count
    with superuser() as cursor:

        def copy_out() -> None:
            with cursor.copy(LIMIT) as copy:
                for _ in copy:
                    pass

        limit = median(copy_out)
    with bind(world.organization):
        entry_ids = list(
            StockEntry.objects.filter(event="CONSUME").order_by("pk").values_list("pk", flat=True)
        )
        writing = median(lambda: write_file(layout_of(template), entry_ids, batch_number="EX-000000"))
    return [
        Result(f"write {entries:,} lines of an export", writing, "COPY TO of the same lines", limit, 3.0),
        Result(
            f"the whole batch of {entries:,} lines, kept with its lines and history",
            seconds,
            f"COPY TO of the same lines, COPY of the same {rows:,} rows",
            limit + copied,
            3.0,
        ),
    ]
